"""Processes that call what is not there, what may not be called, or in a circle themselves."""

from __future__ import annotations

from tests.hostile.corpus.case import (
    DIAGRAM,
    MARK,
    Case,
    chain,
    diagram,
    drawn,
    laid,
    node,
    sub,
    user,
)

MANY = (
    "<b:multiInstanceLoopCharacteristics><b:loopCardinality>3</b:loopCardinality>"
    "</b:multiInstanceLoopCharacteristics>"
)
OTHER = '<b:process id="other" isExecutable="false"><b:userTask id="o"/></b:process>'


def call(called: str, key: str = "call", inner: str = "") -> str:
    """Draw a call of a process."""
    return node("callActivity", key, inner=inner, calledElement=called)


def file_of(key: str, called: str, inner: str = "", within: bool = False) -> bytes:
    """Draw a process that waits, then calls another."""
    drawn_call = call(called, f"call_{key}", inner)
    name = f"call_{key}"
    if within:
        drawn_call = sub(f"sub_{key}", drawn_call + chain(f"sub_{key}_s", name, f"sub_{key}_e"))
        name = f"sub_{key}"
    return diagram(user("a"), drawn_call, chain("begin", "a", name, "end"), key=key).encode()


def circle(name: str, length: int, inner: str = "", within: bool = False) -> Case:
    """Let processes call each other in a circle."""
    keys = [f"bad_{n}" for n in range(length)]
    files = {
        f"bpmn/{key}.bpmn": file_of(key, keys[(n + 1) % length], inner, within)
        for n, key in enumerate(keys)
    }
    return laid(name, files, "bpmn/bad_0.bpmn", "调用")


CALLED = {
    "unknown": "ghost",
    "empty": "",
    "not to be run": "other",
    "an element": "a",
    "a message": "m_ask",
    "a file": "a.bpmn",
    "a path": "../../etc/passwd",
    "an address": "http://127.0.0.1:1/p",
    "a process in other letters": "Sound",
    "an expression": "=sound",
    "an expression of another house": "${sound}",
    "one that looks the same": "s\u043eund",
}
CALLS = [
    drawn(
        f"a call of a process that is {name}",
        "call",
        "调用",
        user("a"),
        f"{MARK}{call(given)}",
        chain("begin", "a", "call", "end"),
        beside=OTHER,
    )
    for name, given in CALLED.items()
] + [
    drawn(
        "a call of nothing",
        "call",
        "调用",
        user("a"),
        f'{MARK}<b:callActivity id="call"/>',
        chain("begin", "a", "call", "end"),
    ),
]
CIRCLES = [
    circle("a process that calls itself", 1),
    circle("two processes that call each other", 2),
    circle("three processes that call each other", 3),
    circle("forty processes in a circle of calls", 40),
    circle("a process that calls itself three times over", 1, MANY),
    circle("two processes that call each other three times over", 2, MANY),
    circle("a process that calls itself out of a subprocess", 1, within=True),
    circle("three processes that call each other out of subprocesses", 3, within=True),
    laid(
        "a circle of calls that is reached from outside",
        {
            "bpmn/in.bpmn": file_of("inside", "bad_0"),
            "bpmn/bad.bpmn": file_of("bad_0", "bad_1"),
            "bpmn/bad_1.bpmn": file_of("bad_1", "bad_0"),
        },
        DIAGRAM,
        "调用",
    ),
]

CASES: list[Case] = [*CALLS, *CIRCLES]
