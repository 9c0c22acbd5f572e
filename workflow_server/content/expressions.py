"""Which expressions content holds, and what is wrong with each before anybody runs it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from workflow_server import feel
from workflow_server.content import deadline_checks
from workflow_server.content.documents import DocumentKind
from workflow_server.content.elements import (
    DeadlineEffect,
    DocumentEffect,
    Effect,
    ElementExtensions,
    LinkEffect,
    MessageEffect,
    ProcessExtensions,
    RecordEffect,
    StateEffect,
)
from workflow_server.content.form_names import form_faults
from workflow_server.content.forms import Form
from workflow_server.content.process_checks import RESERVED, Declared, Known
from workflow_server.errors import Fault

_PATH = re.compile(r"(?<![\w.])([A-Za-z_]\w*)((?:\.[A-Za-z_]\w*)*)")
_WORDS = feel.RESERVED | {"string", "count", "number", "contains"}
_MOST_SHOWN = 200
_ENDLESS = "用空的案件试算就停不下来（耗时过长、占内存过多或嵌套过深），请改写"
#: Activities that nobody answers themselves.
_UNANSWERED = frozenset({"subProcess", "transaction", "adHocSubProcess"})
#: What is read while nothing is being answered.
_UNSAID = frozenset({"wf:each items", "loopCardinality", "定时器", "条件", "wf:act condition"})
#: What is read before the turns begin.
_OUTSIDE = frozenset({"wf:each items", "loopCardinality"})
_SOME_MOMENT = datetime(2026, 1, 1, tzinfo=UTC)

Labelled = Iterator[tuple[str, str | None]]


def process_faults(process: ProcessExtensions, declared: Declared, known: Known) -> Iterator[Fault]:
    """Yield what is wrong with every expression of a process."""
    judge = _Judge(process, declared, known)
    head = f"{process.path}:{process.line} {process.process_id}"
    for member in process.team:
        yield from judge.value(head, "wf:team", member.value)
        yield from _unsaid(head, "wf:team", member.value)
    for flag in process.flags:
        yield from judge.value(head, f"wf:flag {flag.name}", flag.value)
        yield from _unsaid(head, f"wf:flag {flag.name}", flag.value)
    for element in process.elements.values():
        pointer = f"{process.path}:{element.line} {element.id}"
        form = _form_of(element, process, known)
        for label, text in _of_loop(element):
            outside = label in _OUTSIDE
            yield from judge.value(pointer, label, text, judge.at(element.id, outside=outside))
            if label in _UNSAID or element.type in _UNANSWERED:
                yield from _unsaid(pointer, label, text)
        for label, text in _values(element):
            yield from judge.value(pointer, label, text, judge.at(element.id))
            if label in _UNSAID:
                yield from _unsaid(pointer, label, text)
            if form is not None and text is not None and text.startswith("="):
                yield from _answer_faults(pointer, label, text[1:], form)
    for key in sorted(declared.documents & known.documents.keys()):
        for pointer, label, text in _document_values(known.documents[key]):
            if text.startswith("=") and feel.check(text[1:]) is None:
                where = f"流程 {process.process_id} 制作时，{label}"
                yield from judge.references(pointer, where, text[1:])
    for condition in process.conditions:
        pointer = f"{process.path}:{condition.line} {condition.flow_id}"
        text = condition.text if condition.text.startswith("=") else f"={condition.text}"
        yield from judge.value(pointer, "条件", text, judge.at(condition.source, outside=True))
        source = process.elements.get(condition.source)
        if source is None or source.loop is not None or _is_silent(source.type):
            yield from _unsaid(pointer, "条件", text)
    yield from form_faults(process, known)


def _is_silent(kind: str) -> bool:
    return kind in _UNANSWERED or kind.endswith("Gateway")


def _unsaid(pointer: str, label: str, text: str | None) -> Iterator[Fault]:
    """Refuse `this` where nothing was answered: it would be null, whatever was meant."""
    if text is None or not text.startswith("="):
        return
    words = {match.group(1) for match in _PATH.finditer(feel.without_texts(text[1:]))}
    if "this" in words:
        yield Fault(
            pointer,
            f"{label}“{_shown(text)}”：这里没有 this，请先在作答的元素上用 wf:output 写成事实",
        )


def document_faults(kind: DocumentKind) -> Iterator[Fault]:
    """Yield what is wrong with the expressions of a document kind, whoever makes it."""
    for pointer, label, text in _document_values(kind):
        yield from _syntax(pointer, label, text)


def _document_values(kind: DocumentKind) -> Iterator[tuple[str, str, str]]:
    path = f"documents/{kind.key}/document.json"
    for name, text in kind.data.items():
        yield f"{path}#/data/{name}", name, text
    for index, part in enumerate(kind.required):
        yield f"{path}#/required/{index}/value", part.part, part.value
    if kind.filename is not None:
        yield f"{path}#/filename", "filename", kind.filename
    if kind.series is not None:
        yield f"{path}#/series", "series", kind.series


class _Judge:
    """Judges the expressions of one process against what the process brings about."""

    def __init__(self, process: ProcessExtensions, declared: Declared, known: Known) -> None:
        self.process = process
        self.declared = declared
        self.known = known
        # With each name set to null, parts that depend on a value are not reached: what is
        # found missing is missing, but not all that is missing is found.
        self.names = self.at(None)
        self.members = {
            "documents": (frozenset(known.documents), "没有文书 documents/{}/"),
            "records": (frozenset(known.shared.records), "records.json 里没有台账种类“{}”"),
            "deadlines": (declared.deadlines, "这个流程没有起算过期限“{}”"),
            "parameters": (frozenset(known.shared.parameters), "parameters.json 里没有参数“{}”"),
            **dict.fromkeys(
                ("answers", "errors", "results"),
                (frozenset(process.elements), "流程里没有元素“{}”"),
            ),
        }

    def at(self, element_id: str | None, *, outside: bool = False) -> dict[str, Any]:
        """Return the names known at an element; None: anywhere in the process."""
        names = self.declared.names
        found = self.declared.facts if names is None else names.at(element_id, outside=outside)
        return dict.fromkeys(found) | {name: {} for name in RESERVED}

    def value(
        self, pointer: str, label: str, text: str | None, names: dict[str, Any] | None = None
    ) -> Iterator[Fault]:
        """Judge whether a value parses, then what it refers to."""
        if text is None or not text.startswith("="):
            return
        faults = tuple(_syntax(pointer, label, text))
        yield from faults or self.references(pointer, label, text[1:], names)

    def references(
        self, pointer: str, label: str, expression: str, names: dict[str, Any] | None = None
    ) -> Iterator[Fault]:
        for match in _PATH.finditer(feel.without_texts(expression)):
            root, *steps = match.group(0).split(".")
            members, sentence = self.members.get(root, (frozenset(), ""))
            if sentence and steps and steps[0] not in members:
                yield Fault(pointer, f"{label}“={_shown(expression)}”：{sentence.format(steps[0])}")
        yield from self.facts(pointer, label, expression, self.names if names is None else names)

    def facts(
        self, pointer: str, label: str, expression: str, names: dict[str, Any]
    ) -> Iterator[Fault]:
        """Try the expression with nothing but names: what is not found, nobody has set."""
        words = {match.group(1) for match in _PATH.finditer(feel.without_texts(expression))}
        if words <= names.keys() | _WORDS:
            return
        try:
            _, notices = feel.explain(expression, names, now=_SOME_MOMENT)
        except feel.FeelSpent as spent:
            yield Fault(pointer, f"{label}：{spent.message}")
            return
        except feel.FeelStopped:
            yield Fault(pointer, f"{label}“={_shown(expression)}”：{_ENDLESS}")
            return
        except feel.FeelError:
            return
        missing = {notice.text for notice in notices if notice.kind == "NO_VARIABLE_FOUND"}
        for name in sorted(missing):
            yield Fault(
                pointer,
                f"{label}“={_shown(expression)}”：没有名为“{name}”的事实，请用 wf:output 写出，"
                f"或改用 this.{name}",
            )


def _form_of(element: ElementExtensions, process: ProcessExtensions, known: Known) -> Form | None:
    """Return the form whose answers are `this` at an element, if it has but one."""
    keys = {start.form for start in process.starts if start.element_id == element.id}
    if element.form is not None:
        keys.add(element.form)
    return known.forms.get(keys.pop() or "") if len(keys) == 1 else None


def _answer_faults(pointer: str, label: str, expression: str, form: Form) -> Iterator[Fault]:
    names = {path.split(".")[0] for path in form.fields}
    for match in _PATH.finditer(feel.without_texts(expression)):
        root, *steps = match.group(0).split(".")
        if root == "this" and steps and steps[0] not in names:
            yield Fault(
                pointer, f"{label}“={_shown(expression)}”：表单 {form.key} 没有字段“{steps[0]}”"
            )


def _syntax(pointer: str, label: str, text: str) -> Iterator[Fault]:
    if text.startswith("="):
        problem = feel.check(text[1:])
        if problem is not None:
            yield Fault(pointer, f"{label}“{_shown(text)}”：FEEL 语法错误（{problem}）")


def _shown(text: str) -> str:
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…"


def _values(element: ElementExtensions) -> Labelled:
    if element.assign is not None:
        yield "wf:assign", element.assign.value
        yield "wf:assign department", element.assign.department
        yield "wf:assign of", element.assign.of
        yield "wf:assign fallback", element.assign.fallback
    for reads in element.reads:
        yield "wf:reads", reads.value
    for output in element.outputs:
        yield f"wf:output {output.name}", output.value
    for effect in element.effects:
        yield from _effect_values(effect)
    if element.operation is not None:
        for parameter in element.operation.parameters:
            yield f"wf:parameter {parameter.name}", parameter.value
    if element.catch_message is not None:
        yield "wf:message conversation", element.catch_message.conversation
    if element.act is not None:
        yield "wf:act condition", element.act.condition
    yield "定时器", element.timer_text
    yield "条件", _as_feel(element.condition)
    for parameter in element.call:
        yield f"wf:parameter {parameter.name}", parameter.value


def _of_loop(element: ElementExtensions) -> Labelled:
    if element.loop is not None:
        yield "wf:each items", _as_feel(element.loop.items)
        yield "loopCardinality", _as_feel(element.loop.cardinality)
        yield "wf:each result", _as_feel(element.loop.result)
        yield "循环或多实例的条件", _as_feel(element.loop.condition)


def _as_feel(text: str | None) -> str | None:
    return None if text is None else f"={text.removeprefix('=')}"


def _effect_values(effect: Effect) -> Labelled:
    match effect:
        case RecordEffect():
            yield "wf:record of", effect.of
            yield "wf:record title", effect.title
            yield "wf:record state", effect.state
            for item in effect.fields:
                yield f"wf:field {item.name}", item.value
        case StateEffect():
            yield "wf:state of", effect.of
        case LinkEffect():
            yield "wf:link from", effect.source
            yield "wf:link to", effect.target
        case DocumentEffect():
            yield "wf:document to", effect.to
            yield "wf:document name", effect.name
        case DeadlineEffect():
            for name, text in deadline_checks.values(effect):
                yield f"wf:deadline {name}", text
        case MessageEffect():
            yield "wf:message to", effect.to
            yield "wf:message conversation", effect.conversation
            yield "wf:message inReplyTo", effect.in_reply_to
            for item in effect.payload:
                yield f"wf:payload {item.name}", item.value
        case _:
            pass
