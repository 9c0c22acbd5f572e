"""Reads what a diagram says beyond BPMN: our extension elements, per executable process.

It knows the grammar of the namespace only; whether the forms, roles and rules that are
named exist is for `checks`, and whether the diagram can run is for the engine.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from lxml import etree

from workflow_server.content import values, xml
from workflow_server.content.elements import (
    Act,
    Assign,
    CatchMessage,
    Condition,
    DeadlineEffect,
    DocumentEffect,
    Effect,
    ElementExtensions,
    Flag,
    LinkEffect,
    Loop,
    MessageEffect,
    NamedValue,
    NumberEffect,
    Operation,
    Outcome,
    Output,
    ProcessExtensions,
    Reads,
    RecordEffect,
    Separation,
    Start,
    StateEffect,
    Team,
    Timer,
)
from workflow_server.content.grammar import CATCHING, FLOW_NODES, NAMESPACE, WORDS, Word
from workflow_server.content.refusals import ContentRefused
from workflow_server.content.values import BPMN
from workflow_server.errors import Fault

__all__ = [
    "Act",
    "Assign",
    "CatchMessage",
    "Condition",
    "DeadlineEffect",
    "DocumentEffect",
    "Effect",
    "ElementExtensions",
    "LinkEffect",
    "MessageEffect",
    "NamedValue",
    "NumberEffect",
    "Operation",
    "Outcome",
    "Output",
    "ProcessExtensions",
    "Reads",
    "RecordEffect",
    "Separation",
    "Start",
    "StateEffect",
    "Team",
    "Timer",
    "read",
    "read_with_faults",
]

_OURS = f"{{{NAMESPACE}}}"
_SENDING = {"to", "inReplyTo"}


def read(path: str, data: bytes) -> tuple[ProcessExtensions, ...]:
    """Read the executable processes of one diagram; refuse it with every fault it has."""
    processes, faults = read_with_faults(path, data)
    if faults:
        raise ContentRefused(
            f"Expected {path} to speak the extension namespace, but it has {len(faults)} faults",
            faults,
        )
    return processes


@lru_cache(maxsize=64)
def read_with_faults(
    path: str, data: bytes
) -> tuple[tuple[ProcessExtensions, ...], tuple[Fault, ...]]:
    """Read what can be read, and return every fault beside it."""
    try:
        root = xml.parse(path, data)
    except ContentRefused as refusal:
        return (), refusal.faults
    reader = _Reader(path, _messages(root))
    processes = tuple(
        reader.process(element)
        for element in root.iterchildren(f"{{{BPMN}}}process")
        if element.get("isExecutable", "false") in ("true", "1")
    )
    reader.refuse_strays(root)
    return processes, tuple(reader.faults)


def _messages(root: etree._Element) -> Mapping[str, str]:
    return {
        message.get("id", ""): message.get("name", "")
        for message in root.iterchildren(f"{{{BPMN}}}message")
    }


def _bpmn_children(element: etree._Element) -> Iterator[etree._Element]:
    return element.iterchildren(f"{{{BPMN}}}*")


def _of(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    return element.iterchildren(*(f"{{{BPMN}}}{name}" for name in names))


@dataclass(slots=True)
class _Ours:
    """The accepted extension elements of one BPMN element, by name."""

    items: tuple[etree._Element, ...]

    def all(self, name: str) -> Iterator[etree._Element]:
        return (item for item in self.items if xml.local_name(item) == name)

    def one(self, name: str) -> etree._Element | None:
        return next(self.all(name), None)


@dataclass(slots=True)
class _Reader:
    path: str
    messages: Mapping[str, str]
    faults: list[Fault] = field(default_factory=list)
    seen: set[etree._Element] = field(default_factory=set)

    def process(self, element: etree._Element) -> ProcessExtensions:
        ours = self.ours(element)
        head = ours.one("process")
        name = element.get("name", "")
        elements = self.elements(element, self.lane_roles(element), None, None)
        none_start = _none_start(element)
        return ProcessExtensions(
            process_id=element.get("id", ""),
            name=name,
            path=self.path,
            line=_line(element),
            title=name if head is None else head.get("title", name),
            party=None if head is None else head.get("party"),
            signals="organisation" if head is None else head.get("signals", "organisation"),
            starts=tuple(_start(item, none_start) for item in ours.all("start")),
            team=tuple(
                Team(item.get("role", ""), item.get("value", "")) for item in ours.all("team")
            ),
            flags=tuple(
                Flag(item.get("name", ""), item.get("value", "")) for item in ours.all("flag")
            ),
            message_starts=_message_starts(elements.values()),
            elements=elements,
            conditions=tuple(_conditions(element)),
            separations=tuple(
                Separation(values.words(item, "tasks"), item.get("label", ""))
                for item in ours.all("separate")
            ),
        )

    def lane_roles(self, process: etree._Element) -> Mapping[str, str]:
        """Map node ids to the role of their lane; the innermost lane that has one wins."""
        roles: dict[str, str] = {}
        for lane in process.iter(f"{{{BPMN}}}lane"):
            item = self.ours(lane).one("lane")
            if item is not None:
                for reference in lane.iter(f"{{{BPMN}}}flowNodeRef"):
                    roles[(reference.text or "").strip()] = item.get("role", "")
        return roles

    def elements(
        self,
        around: etree._Element,
        roles: Mapping[str, str],
        inherited: str | None,
        scope: str | None,
    ) -> dict[str, ElementExtensions]:
        found: dict[str, ElementExtensions] = {}
        for node in _bpmn_children(around):
            if xml.local_name(node) in FLOW_NODES:
                node_id = node.get("id", "")
                host = node.get("attachedToRef", "")
                role = roles.get(node_id) or roles.get(host) or inherited
                found[node_id] = self.element(node, role, scope)
                found |= self.elements(node, roles, role, node_id)
        return found

    def element(
        self, node: etree._Element, role: str | None, scope: str | None
    ) -> ElementExtensions:
        ours = self.ours(node)
        kind = xml.local_name(node)
        event, definition = _event(node)
        message_name = self.message_name(node, definition)
        act = values.act(ours.one("act"))
        return ElementExtensions(
            id=node.get("id", ""),
            type=kind,
            name=node.get("name", ""),
            line=_line(node),
            event=event,
            message_name=message_name,
            timer_text=values.timer_text(definition),
            lane_role=role,
            assign=values.assign(ours.one("assign")),
            separate_from=values.words(ours.one("separateFrom"), "tasks"),
            form=values.attribute(ours.one("form"), "key") if act is None else act.form,
            act=act,
            field_access={
                item.get("field", ""): item.get("access", "") for item in ours.all("fieldAccess")
            },
            reads=tuple(
                Reads(item.get("label", ""), item.get("value", "")) for item in ours.all("reads")
            ),
            previews=tuple(item.get("kind", "") for item in ours.all("preview")),
            outputs=tuple(
                Output(item.get("name", ""), item.get("value", "")) for item in ours.all("output")
            ),
            effects=tuple(values.effects(ours.items, kind)),
            operation=values.operation(ours.one("operation")),
            catch_message=values.catch(ours.one("message"), kind, message_name, act),
            timer=values.timer(ours.one("timer")),
            outcome=values.outcome(ours.one("outcome")),
            scope=scope,
            triggered=node.get("triggeredByEvent", "false") in ("true", "1"),
            loop=self.loop(node),
            called=values.called(node),
            call=values.call(ours.one("call")),
            condition=values.condition_text(definition),
            data=tuple(values.data(node)),
        )

    def loop(self, node: etree._Element) -> Loop | None:
        """Return how often an activity is done, None for once."""
        for mark in _of(node, values.MULTI, values.STANDARD):
            return values.loop(mark, self.ours(mark, node).one("each"))
        return None

    def message_name(self, node: etree._Element, definition: etree._Element | None) -> str | None:
        holder = node if definition is None else definition
        reference = holder.get("messageRef")
        return None if reference is None else self.messages.get(reference, "")

    def ours(self, element: etree._Element, owner: etree._Element | None = None) -> _Ours:
        """Return our elements that stand on a BPMN element and are well formed.

        `owner` is the element that a designer knows, where that is one around.
        """
        known = element if owner is None else owner
        place = xml.local_name(element)
        items: list[etree._Element] = []
        names: set[str] = set()
        for container in _of(element, "extensionElements"):
            for item in container.iterchildren(f"{_OURS}*"):
                self.seen.add(item)
                if self.accept(item, known, place, names):
                    items.append(item)
                    names.add(xml.local_name(item))
        return _Ours(tuple(items))

    def accept(
        self, item: etree._Element, owner: etree._Element, place: str, before: Container[str]
    ) -> bool:
        name = xml.local_name(item)
        word = WORDS.get(name)
        if word is None:
            return self.fault(item, owner, f"wf:{name} 不是扩展命名空间里的元素")
        if place not in word.places:
            return self.fault(item, owner, f"wf:{name} 不能写在 {place} 上")
        once = word.once or (name == "message" and place in CATCHING)
        if once and name in before:
            return self.fault(item, owner, f"wf:{name} 在一个元素上只能写一次")
        if name == "message" and place in CATCHING and (len(item) or _SENDING & set(item.keys())):
            return self.fault(item, owner, "wf:message 在接收的元素上只能有 type 和 conversation")
        return self.well_formed(item, word, owner)

    def well_formed(self, item: etree._Element, word: Word, owner: etree._Element) -> bool:
        faults = list(grammar_faults(item, word))
        for line, sentence in faults:
            self.faults.append(Fault(f"{self.path}:{line} {owner.get('id', '')}", sentence))
        return not faults

    def fault(self, item: etree._Element, owner: etree._Element, sentence: str) -> bool:
        self.faults.append(Fault(f"{self.path}:{_line(item)} {owner.get('id', '')}", sentence))
        return False

    def refuse_strays(self, root: etree._Element) -> None:
        """Refuse elements of ours that stand where nobody reads them."""
        for item in root.iter(f"{_OURS}*"):
            parent = item.getparent()
            if parent is None or item in self.seen or xml.namespace(parent) == NAMESPACE:
                continue
            around = (each.get("id") for each in item.iterancestors(f"{{{BPMN}}}*"))
            identity = next((each for each in around if each), "")
            self.faults.append(
                Fault(
                    f"{self.path}:{_line(item)} {identity}".rstrip(),
                    f"wf:{xml.local_name(item)} 写在了不起作用的位置，请移到可执行流程的元素上",
                )
            )


def grammar_faults(item: etree._Element, word: Word) -> Iterator[tuple[int, str]]:
    """Yield line and sentence of everything that the schema would refuse in an element."""
    line = _line(item)
    name = xml.local_name(item)
    attributes = {key: str(value) for key, value in item.attrib.items() if not key.startswith("{")}
    for key in item.attrib:
        if key.startswith(_OURS):
            yield line, f"wf:{name} 的属性 {key.removeprefix(_OURS)} 不能带前缀"
    for key, text in attributes.items():
        kind = word.attribute(key)
        if kind is None:
            yield line, f"wf:{name} 没有属性 {key}"
        elif not kind.accepts(text):
            yield line, f"wf:{name} 的属性 {key}“{text}”不对：{kind.sentence}"
    for key in word.required:
        if key not in attributes:
            yield line, f"wf:{name} 缺少属性 {key}"
    yield from _content_faults(item, word, name)


def _content_faults(item: etree._Element, word: Word, name: str) -> Iterator[tuple[int, str]]:
    texts = [item.text, *(child.tail for child in item)]
    if any((text or "").strip() for text in texts):
        yield _line(item), f"wf:{name} 里不能写文字"
    for child in item:
        child_name = xml.local_name(child)
        if xml.namespace(child) != NAMESPACE or child_name not in word.children:
            yield _line(child), f"wf:{name} 里不能写 {child_name}"
        else:
            yield from grammar_faults(child, WORDS[child_name])


def _line(element: etree._Element) -> int:
    return int(element.sourceline or 0)


def _none_start(process: etree._Element) -> str:
    for start in _of(process, "startEvent"):
        if _event(start)[1] is None:
            return start.get("id", "")
    return ""


def _start(item: etree._Element, none_start: str) -> Start:
    return Start(
        role=item.get("role", ""),
        label=item.get("label", ""),
        form=item.get("form"),
        element_id=item.get("element") or none_start,
    )


def _message_starts(elements: Iterable[ElementExtensions]) -> dict[str, str]:
    return {
        element.id: element.catch_message.type
        for element in elements
        if element.type == "startEvent"
        and element.scope is None
        and element.event == "message"
        and element.catch_message is not None
    }


def _conditions(process: etree._Element) -> Iterator[Condition]:
    for flow in process.iter(f"{{{BPMN}}}sequenceFlow"):
        for condition in _of(flow, "conditionExpression"):
            text, source = (condition.text or "").strip(), flow.get("sourceRef", "")
            yield Condition(flow.get("id", ""), _line(condition), text, source)


def _event(node: etree._Element) -> tuple[str | None, etree._Element | None]:
    for child in _bpmn_children(node):
        name = xml.local_name(child)
        if name.endswith("EventDefinition"):
            return name.removesuffix("EventDefinition"), child
    return None, None
