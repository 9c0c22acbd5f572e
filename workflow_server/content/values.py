"""Turns one accepted extension element into the value that it means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, cast

from lxml import etree

from workflow_server.content import xml
from workflow_server.content.elements import (
    Act,
    Assign,
    CatchMessage,
    DeadlineEffect,
    DocumentEffect,
    Effect,
    LinkEffect,
    Loop,
    MessageEffect,
    NamedValue,
    NumberEffect,
    Operation,
    Outcome,
    Output,
    RecordEffect,
    StateEffect,
    Timer,
)
from workflow_server.content.grammar import CATCHING, NAMESPACE

_OURS = f"{{{NAMESPACE}}}"
BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
_TIMES = tuple(f"{{{BPMN}}}{name}" for name in ("timeDate", "timeDuration", "timeCycle"))
MULTI, STANDARD = "multiInstanceLoopCharacteristics", "standardLoopCharacteristics"


def attribute(item: etree._Element | None, name: str) -> str | None:
    """Return an attribute of an element that may be missing."""
    return None if item is None else item.get(name)


def words(item: etree._Element | None, name: str) -> tuple[str, ...]:
    """Return the words of an attribute that lists them."""
    return tuple((attribute(item, name) or "").split())


def assign(item: etree._Element | None) -> Assign | None:
    """Return whom a task is offered to."""
    if item is None:
        return None
    level = item.get("level")
    return Assign(
        strategy=item.get("strategy", ""),
        role=item.get("role"),
        task=item.get("task"),
        value=item.get("value"),
        title=item.get("title"),
        department=item.get("department"),
        of=item.get("of"),
        level=None if level is None else int(level),
        until=item.get("until"),
        group=item.get("group"),
        field=item.get("field"),
        on_empty=item.get("onEmpty", "incident"),
        fallback=item.get("fallback"),
        self_rule=item.get("selfRule", "allow"),
    )


def act(item: etree._Element | None) -> Act | None:
    """Return what people may do to a case while an event waits."""
    if item is None:
        return None
    roles, label = words(item, "role"), item.get("label", "")
    return Act(roles, label, item.get("form"), item.get("condition"))


def catch(
    item: etree._Element | None, place: str, message_name: str | None, act: Act | None
) -> CatchMessage | None:
    """Return which letter an element waits for: ours says it, else the name of its message.

    One that only a person makes happen waits for none.
    """
    if place not in CATCHING:
        return None
    if item is not None:
        return CatchMessage(item.get("type", ""), item.get("conversation"))
    return CatchMessage(message_name) if message_name and act is None else None


def timer(item: etree._Element | None) -> Timer | None:
    """Return which deadline a timer follows."""
    return None if item is None else Timer(item.get("deadline", ""), item.get("offset"))


def outcome(item: etree._Element | None) -> Outcome | None:
    """Return how an end event ends."""
    return None if item is None else Outcome(item.get("value", ""), item.get("label", ""))


def operation(item: etree._Element | None) -> Operation | None:
    """Return what a service task does."""
    if item is None:
        return None
    return Operation(item.get("name", ""), item.get("result"), _named(item, "parameter"))


def timer_text(definition: etree._Element | None) -> str | None:
    """Return what stands in a timer's timeDate, timeDuration or timeCycle."""
    found = () if definition is None else definition.iterchildren(*_TIMES)
    return next((text for each in found if (text := (each.text or "").strip())), None)


def condition_text(definition: etree._Element | None) -> str | None:
    """Return the condition of a conditional event."""
    found = None if definition is None else definition.find(f"{{{BPMN}}}condition")
    return None if found is None else (found.text or "").strip()


def called(node: etree._Element) -> str | None:
    """Return the process that a call activity starts."""
    if xml.local_name(node) != "callActivity":
        return None
    return node.get("calledElement", "").rpartition(":")[2].strip() or None


def data(node: etree._Element) -> Iterator[Output]:
    """Yield the data objects that a node writes, each with the FEEL of its arrow."""
    for arrow in node.iterchildren(f"{{{BPMN}}}dataOutputAssociation"):
        target = (arrow.findtext(f"{{{BPMN}}}targetRef") or "").strip()
        text = (arrow.findtext(f"{{{BPMN}}}transformation") or "this").strip()
        for each in arrow.getroottree().iter(f"{{{BPMN}}}dataObjectReference"):
            if each.get("id") == target:
                yield Output(each.get("dataObjectRef", ""), f"={text.removeprefix('=').strip()}")


def call(item: etree._Element | None) -> tuple[NamedValue, ...]:
    """Return the facts that a called process begins with."""
    return () if item is None else _named(item, "parameter")


def loop(mark: etree._Element, each: etree._Element | None) -> Loop:
    """Return how often an activity is done: its mark, and our word in it."""
    texts = {xml.local_name(child): (child.text or "").strip() or None for child in mark}
    if xml.local_name(mark) == STANDARD:
        return Loop("standard", condition=texts.get("loopCondition"))
    return Loop(
        "multi",
        items=attribute(each, "items"),
        item=attribute(each, "as"),
        result=attribute(each, "result"),
        into=attribute(each, "into"),
        cardinality=texts.get("loopCardinality"),
        condition=texts.get("completionCondition"),
    )


def _named(item: etree._Element, child: str) -> tuple[NamedValue, ...]:
    return tuple(
        NamedValue(part.get("name", ""), part.get("value", ""), words(part, "disclose"))
        for part in item.iterchildren(f"{_OURS}{child}")
    )


def effects(items: Iterable[etree._Element], place: str) -> Iterator[Effect]:
    """Yield the effects of one node in written order."""
    for item in items:
        build = _EFFECTS.get(xml.local_name(item))
        if build is not None and not (build is _message and place in CATCHING):
            yield build(item)


def _when(item: etree._Element) -> Any:
    return item.get("when", "leave")


def _record(item: etree._Element) -> Effect:
    return RecordEffect(
        operation=cast(Any, item.get("operation")),
        kind=item.get("kind", ""),
        title=item.get("title"),
        state=item.get("state"),
        fields=_named(item, "field"),
        of=item.get("of"),
        when=_when(item),
    )


def _link(item: etree._Element) -> Effect:
    return LinkEffect(
        item.get("from", ""), item.get("relation", ""), item.get("to", ""), _when(item)
    )


def _state(item: etree._Element) -> Effect:
    return StateEffect(item.get("record", ""), item.get("label", ""), item.get("of"))


def _number(item: etree._Element) -> Effect:
    return NumberEffect(item.get("series", ""), item.get("name", ""), _when(item))


def _document(item: etree._Element) -> Effect:
    return DocumentEffect(
        kind=item.get("kind", ""),
        moment=cast(Any, item.get("moment")),
        to=item.get("to"),
        name=item.get("name"),
        when=_when(item),
    )


def _deadline(item: etree._Element) -> Effect:
    return DeadlineEffect(
        operation=cast(Any, item.get("operation", "start")),
        name=item.get("name", ""),
        rule=item.get("rule"),
        start=item.get("start"),
        stop_on=words(item, "stopOn"),
        subject=item.get("subject"),
        label=item.get("label"),
        when=_when(item),
        amount=item.get("amount"),
        until=item.get("until"),
        by=item.get("by"),
        days=item.get("days"),
        from_=item.get("from"),
        to=item.get("to"),
        reason=item.get("reason"),
        ended_as=cast(Any, item.get("as")),
        copy_to=item.get("copyTo"),
    )


def _message(item: etree._Element) -> Effect:
    return MessageEffect(
        type=item.get("type", ""),
        to=item.get("to"),
        conversation=item.get("conversation"),
        in_reply_to=item.get("inReplyTo"),
        payload=_named(item, "payload"),
        enclose=tuple(part.get("document", "") for part in item.iterchildren(f"{_OURS}enclose")),
        disclose=tuple(
            key for part in item.iterchildren(f"{_OURS}enclose") for key in words(part, "disclose")
        ),
    )


_EFFECTS = {
    "record": _record,
    "link": _link,
    "state": _state,
    "number": _number,
    "document": _document,
    "deadline": _deadline,
    "message": _message,
}
