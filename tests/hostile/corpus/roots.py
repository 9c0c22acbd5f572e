"""Wrong roots and namespaces, processes where none may stand, and words in the wrong hands."""

from __future__ import annotations

from tests.hostile.corpus.case import (
    DIAGRAM,
    MARK,
    Case,
    chain,
    diagram,
    drawn,
    file,
    flow,
    line,
    node,
    user,
)

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
OURS = "urn:workflow-server:bpmn:1"
ROOT = "definitions"


def spaced(namespace: str) -> str:
    """Draw a file whose BPMN stands in another namespace."""
    drawn_there = diagram(user("a"), chain("begin", "a", "end")).replace(MODEL, namespace)
    return drawn_there.replace(" targetNamespace", f"{MARK} targetNamespace")


SPACES = {
    "the namespace of BPMN 1": "http://schema.omg.org/spec/BPMN/1.2",
    "the namespace of a draft of BPMN 2": "http://schema.omg.org/spec/BPMN/2.0",
    "a namespace with a slash too many": f"{MODEL}/",
    "a namespace by https": MODEL.replace("http:", "https:"),
    "a namespace in capitals": MODEL.upper(),
    "the namespace of DMN": "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "our own namespace for BPMN": OURS,
    "a namespace that is a program": "javascript:alert(1)",
    "a namespace that is a file": "file:///etc/passwd",
}
SPACED = [
    file(f"the root in {name}", spaced(given), ROOT, "d") for name, given in SPACES.items()
] + [
    file(f"the root in {name}", spaced(given).replace(MARK, ""), "语法", path=DIAGRAM)
    for name, given in (
        ("a namespace with a space too many", f"{MODEL} "),
        ("a namespace that looks the same", MODEL.replace("o", "\u043e")),
    )
]
ROOTS = [
    file("the root without a namespace", line("a").replace("b:", "").replace("xmlns:b", "x"), ROOT),
    file("a process as root", f'<b:process xmlns:b="{MODEL}" id="p" isExecutable="true"/>', ROOT),
    file("a collaboration as root", f'<b:collaboration xmlns:b="{MODEL}" id="c"/>', ROOT),
    file(
        "a drawing as root",
        '<i:BPMNDiagram xmlns:i="http://www.omg.org/spec/BPMN/20100524/DI" id="i"/>',
        ROOT,
    ),
    file("a root that is spelt otherwise", f'<b:Definitions xmlns:b="{MODEL}"/>', ROOT),
    file(
        "a root within a root",
        lambda: (
            f'<b:definitions xmlns:b="{MODEL}">'
            + line("a", key="bad").split("?>", 1)[1]
            + "</b:definitions>"
        ),
        "没有可执行的流程",
    ),
    file(
        "a root that has nothing in it", f'<b:definitions xmlns:b="{MODEL}"/>', "没有可执行的流程"
    ),
    file(
        "a message and no process",
        f'<b:definitions xmlns:b="{MODEL}"><b:message id="m" name="M"/></b:definitions>',
        "没有可执行的流程",
    ),
]
PLAIN = (user("a"), chain("begin", "a", "end"))
EXECUTABLE = [
    drawn(
        f"a process that is executable {text or 'empty'!r}",
        "bad",
        "isExecutable",
        *PLAIN,
        head=f'isExecutable="{text}"',
    )
    for text in ("", "yes", "TRUE", "True", " true", "0x1", "真", "null", "true false")
]
PROCESSES = [
    drawn("a process that says nothing of running", "bad", "isExecutable", *PLAIN, head=""),
    drawn(
        "a process of its own, not to be run",
        "",
        "没有可执行的流程",
        *PLAIN,
        head='isExecutable="false"',
        ours="",
    ),
    drawn("a process without an id", "", "标识|流程", *PLAIN, head='isExecutable="true"', key=""),
    drawn(
        "a process in a process",
        "in",
        "不支持",
        *PLAIN,
        node("process", "in", inner='<b:startEvent id="s2"/>', isExecutable="true"),
    ),
    drawn("a root in a process", "in", "不支持", *PLAIN, node("definitions", "in")),
    drawn(
        "two processes of one id",
        "bad",
        "已",
        *PLAIN,
        beside=f'{MARK}<b:process id="bad" isExecutable="true"/>',
    ),
    drawn("a process that another file has", "sound", "已", *PLAIN, key="sound"),
    drawn("a process with an id in capitals", "Bad", "小写", *PLAIN, key="Bad"),
    drawn("a process with an id in Chinese", "流程", "小写", *PLAIN, key="流程"),
    drawn("a process with an id that is a path", "../etc", "小写", *PLAIN, key="../etc"),
    drawn(
        "a process in a collaboration",
        "",
        "没有可执行的流程",
        beside='<b:collaboration id="c"><b:process id="q" isExecutable="true"/></b:collaboration>',
        head='isExecutable="false"',
        ours="",
    ),
]
CASED = [
    drawn(f"an element written {kind}", "x", "不支持", node(kind, "x"), chain("begin", "end"))
    for kind in ("UserTask", "usertask", "user-task", "任务", "Task", "subprocess", "startevent")
]
STRANGE = [
    drawn(
        "a task of no namespace",
        "a",
        "不是 BPMN",
        f'{MARK}<userTask id="a" name="x"/>',
        chain("begin", "end"),
    ),
    drawn(
        "a task of the draft of BPMN 2",
        "a",
        "不是 BPMN",
        f'{MARK}<o:userTask xmlns:o="http://schema.omg.org/spec/BPMN/2.0" id="a"/>',
        chain("begin", "end"),
    ),
    drawn(
        "a task of our namespace",
        "",
        "不起作用",
        f'{MARK}<wf:userTask id="a"/>',
        chain("begin", "end"),
    ),
    drawn(
        "a flow of another namespace",
        "",
        "不是 BPMN",
        user("a"),
        chain("begin", "a", "end"),
        f'{MARK}<x:sequenceFlow id="f" sourceRef="begin" targetRef="end"/>',
    ),
    drawn(
        "a condition of another namespace",
        "f",
        "不是 BPMN",
        '<b:exclusiveGateway id="g" default="no"/>',
        chain("begin", "g"),
        f'{MARK}<b:sequenceFlow id="f" sourceRef="g" targetRef="end"><x:conditionExpression>=1'
        "</x:conditionExpression></b:sequenceFlow>",
        flow("g", "end", key="no"),
    ),
    drawn(
        "an event of another namespace",
        "late",
        "不是 BPMN",
        user("a"),
        f'{MARK}<b:boundaryEvent id="late" attachedToRef="a"><x:timerEventDefinition/>'
        "</b:boundaryEvent>",
        chain("begin", "a", "end"),
        flow("late", "end"),
    ),
    drawn(
        "our words of a later version",
        "a",
        "wf:form",
        f'{MARK}<b:userTask id="a"><b:extensionElements><v:form xmlns:v="{OURS[:-1]}2" '
        'key="a/note"/></b:extensionElements></b:userTask>',
        chain("begin", "a", "end"),
    ),
    drawn(
        "our words outside of the extensions",
        "a",
        "不起作用",
        f'{MARK}<b:userTask id="a"><wf:form key="a/note"/></b:userTask>',
        chain("begin", "a", "end"),
    ),
    drawn(
        "forms of another house",
        "a",
        "wf:form",
        f'{MARK}<b:userTask id="a" '
        'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" camunda:formKey="a/note"/>',
        chain("begin", "a", "end"),
    ),
]

CASES: list[Case] = [*SPACED, *ROOTS, *EXECUTABLE, *PROCESSES, *CASED, *STRANGE]
