"""One malformed or hostile input, and the place and the reason that its refusal must name."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from tests.hostile.world import LETTER, TEMPLATE, zip_of
from tests.services.drawing import chain, files_of, flow, line, node, user
from tests.services.stage import RULES

DIAGRAM = "bpmn/bad.bpmn"
TABLE = "bpmn/bad.dmn"
FORM = "forms/a/bad.json"
#: Stands in a source right before what must be named by its line, and is taken out of it.
MARK = "¶"

Laid = Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Made:
    """What a case puts into the bundle, or a whole zip, and where its fault must be told."""

    files: Laid | bytes
    place: str


@dataclass(frozen=True, slots=True)
class Case:
    """A name that says the idea, what makes the input, and a pattern that the reason matches."""

    name: str
    make: Callable[[], Made]
    word: str


def sound() -> dict[str, bytes]:
    """Return the content around each case, which has no fault."""
    return files_of([line("a", key="sound")]) | {
        "documents/letter/document.json": json.dumps(LETTER | {"data": {"about": "x"}}).encode(),
        "documents/letter/template.html": TEMPLATE.encode(),
        "bpmn/_shared/deadlines.dmn": RULES.encode(),
    }


def file(
    name: str,
    data: str | bytes | Callable[[], str | bytes],
    word: str,
    element: str = "",
    path: str = DIAGRAM,
) -> Case:
    """Lay one file over the sound ones; a mark in it is the line, `element` what stands there."""
    return Case(name, partial(_marked, data, element, path), word)


def drawn(name: str, element: str, word: str, *parts: str, **more: Any) -> Case:
    """Draw a process of these parts, each on a line of its own."""
    return Case(name, partial(_drawn, element, parts, more), word)


def laid(name: str, files: Laid | Callable[[], Laid], place: str, word: str) -> Case:
    """Lay several files over the sound ones."""
    return Case(name, partial(_laid, files, place), word)


def zipped(name: str, make: Callable[[], bytes], place: str, word: str) -> Case:
    """Send a whole zip."""
    return Case(name, lambda: Made(make(), place), word)


def diagram(
    *parts: str,
    key: str = "bad",
    ours: str = '<wf:start role="drafter" label="新建"/>',
    beside: str = "",
    before: str = "",
    head: str = 'isExecutable="true"',
) -> str:
    """Draw a process; `begin` and `end` are there already unless a part draws them."""
    body = "\n".join(parts)
    begin = "" if 'id="begin"' in body else '<b:startEvent id="begin" name="开始"/>'
    end = "" if 'id="end"' in body else '<b:endEvent id="end" name="结束"/>'
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<b:definitions xmlns:b="http://www.omg.org/spec/BPMN/20100524/MODEL"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xmlns:x="http://example.org/strangers" xmlns:wf="urn:workflow-server:bpmn:1" id="d"
 targetNamespace="http://example.org/t">
<b:message id="m_ask" name="M-ASK"/>
<b:message id="m_tell" name="M-TELL"/>
{before}
<b:process id="{key}" name="许可" {head}>
<b:extensionElements><wf:process title="许可" party="office"/>{ours}</b:extensionElements>
{begin}{end}
{body}
</b:process>
{beside}
</b:definitions>
"""


def boundary(key: str, host: str, inner: str = "", **more: str) -> str:
    """Draw a boundary event, of a timer unless something else is given."""
    return node("boundaryEvent", key, inner=inner or timer("P1D"), attachedToRef=host, **more)


def timer(text: str, kind: str = "timeDuration") -> str:
    """Write what a timer event is about."""
    return f"<b:timerEventDefinition><b:{kind}>{text}</b:{kind}></b:timerEventDefinition>"


def message(reference: str = "m_ask") -> str:
    """Write what a message event is about."""
    return f'<b:messageEventDefinition messageRef="{reference}"/>'


def tasks(count: int) -> str:
    """Draw tasks in a row, very many."""
    names = [f"t{n}" for n in range(count)]
    return "\n".join([*map(user, names), chain("begin", *names, "end")])


def sub(key: str, inner: str, **more: str) -> str:
    """Draw a subprocess with its own start and end around what is in it."""
    ends = f'<b:startEvent id="{key}_s"/><b:endEvent id="{key}_e"/>'
    return node("subProcess", key, inner=ends + inner, **more)


def packed(*entries: tuple[zipfile.ZipInfo, bytes]) -> bytes:
    """Pack entries just as they are described."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for entry, data in entries:
            archive.writestr(entry, data)
    return target.getvalue()


def _drawn(element: str, parts: tuple[str, ...], more: dict[str, Any]) -> Made:
    text = diagram(*parts, **more)
    if element and MARK not in text:
        text = text.replace(f' id="{element}"', f'{MARK} id="{element}"', 1)
    return _marked(text, element, DIAGRAM)


def _marked(data: Any, element: str, path: str) -> Made:
    given = data() if callable(data) else data
    if isinstance(given, str):
        given = given.encode()
    mark = MARK.encode()
    before, _, _ = given.partition(mark)
    place = path
    if len(before) < len(given):
        line_number = before.count(b"\n") + 1
        place = f"{path}:{line_number}"
    return Made({path: given.replace(mark, b"")}, f"{place} {element}" if element else place)


def _laid(files: Any, place: str) -> Made:
    return Made(files() if callable(files) else files, place)


__all__ = [
    "DIAGRAM",
    "FORM",
    "MARK",
    "TABLE",
    "Case",
    "Made",
    "boundary",
    "chain",
    "diagram",
    "drawn",
    "file",
    "flow",
    "laid",
    "line",
    "message",
    "node",
    "packed",
    "sound",
    "sub",
    "tasks",
    "timer",
    "user",
    "zip_of",
    "zipped",
]
