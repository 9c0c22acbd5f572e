"""What a diagram draws that nobody would run: wrong ids, names of nothing, parts of strangers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from workflow_server.content import xml
from workflow_server.content.grammar import FLOW_NODES, NAMESPACE
from workflow_server.content.refusals import ContentRefused
from workflow_server.errors import Fault

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"

_ID = re.compile(r"[A-Za-z_\u4e00-\u9fff][A-Za-z0-9_.\-\u4e00-\u9fff]*")
#: What may hold elements of any namespace, because nobody runs what is in it.
_HOLDERS = frozenset(["extensionElements", "documentation", "text"])


def faults(path: str, data: bytes) -> Iterator[Fault]:
    """Yield what is wrong with what a file draws; one that can't be read is not judged here."""
    try:
        root = xml.parse(path, data)
    except ContentRefused:
        return
    drawing = _Drawing(path, root)
    yield from drawing.ids()
    yield from drawing.strangers()
    for process in root.iterchildren(f"{{{BPMN}}}process"):
        yield from drawing.lanes(process)
        yield from drawing.flows(process)
    yield from drawing.pools()
    yield from drawing.lines()


class _Drawing:
    """One file, with its elements by their ids."""

    def __init__(self, path: str, root: etree._Element) -> None:
        self.path = path
        self.root = root
        self.drawn = {
            element.get("id", ""): element
            for element in root.iter(f"{{{BPMN}}}*")
            if element.get("id") is not None
        }

    def fault(self, element: etree._Element, sentence: str) -> Fault:
        """Tell a fault at an element, or the nearest around it that has an id."""
        named: etree._Element | None = element
        while named is not None and not named.get("id"):
            named = named.getparent()
        identity = "" if named is None else f" {named.get('id')}"
        return Fault(f"{self.path}:{element.sourceline or 0}{identity}", sentence)

    def ids(self) -> Iterator[Fault]:
        """Refuse ids that a machine may read as something else, or a person as another id."""
        for identity, element in self.drawn.items():
            if identity == "__proto__" or not _ID.fullmatch(identity):
                yield self.fault(
                    element,
                    f"标识 {identity[:60]!a} 须由字母、数字、汉字、点、下划线和连字符组成，"
                    "以字母、汉字或下划线开头，不能是 __proto__",
                )

    def strangers(self) -> Iterator[Fault]:
        """Refuse elements of other namespaces among those that are run: they would be left out."""
        for process in self.root.iter(f"{{{BPMN}}}process", f"{{{BPMN}}}collaboration"):
            for holder in process.iter(f"{{{BPMN}}}*"):
                if xml.local_name(holder) in _HOLDERS:
                    continue
                for child in holder:
                    if xml.namespace(child) not in (BPMN, NAMESPACE):
                        name = xml.local_name(child)[:60]
                        yield self.fault(
                            child, f"{name} 不是 BPMN 的元素，写在这里不起作用，请删除"
                        )

    def lanes(self, process: etree._Element) -> Iterator[Fault]:
        """Refuse lanes of what is not there, and elements in two lanes."""
        found: dict[str, etree._Element] = {}
        for reference in process.iter(f"{{{BPMN}}}flowNodeRef"):
            lane = reference.getparent()
            name = _bare(reference.text)
            element = self.drawn.get(name)
            if element is None or lane is None or not _is_node_of(element, process):
                yield self.fault(reference, f"泳道里的 {name[:60]!a} 不是这个流程的环节")
                continue
            other = found.setdefault(name, lane)
            if other is not lane and not _is_around(other, lane) and not _is_around(lane, other):
                yield self.fault(
                    reference, f"环节 {name[:60]} 同时在两个泳道里（另一个是 {other.get('id')}）"
                )

    def flows(self, process: etree._Element) -> Iterator[Fault]:
        """Refuse elements that name a flow which isn't theirs."""
        for word, end in (("incoming", "targetRef"), ("outgoing", "sourceRef")):
            for reference in process.iter(f"{{{BPMN}}}{word}"):
                name = _bare(reference.text)
                flow = self.drawn.get(name)
                owner = reference.getparent()
                theirs = None if flow is None else _bare(flow.get(end))
                if owner is not None and theirs != owner.get("id"):
                    yield self.fault(reference, f"{word} 所写的流向 {name[:60]} 不在这个环节上")

    def pools(self) -> Iterator[Fault]:
        """Refuse pools of a process that isn't there, or that another pool has."""
        taken: set[str] = set()
        for pool in self.root.iter(f"{{{BPMN}}}participant"):
            name = _bare(pool.get("processRef"))
            element = self.drawn.get(name)
            if pool.get("processRef") is None:
                continue
            if element is None or xml.local_name(element) != "process":
                yield self.fault(pool, f"参与者所指的流程 {name[:60]} 不在文件里")
            elif name in taken:
                yield self.fault(pool, f"流程 {name[:60]} 已属于另一个参与者")
            taken.add(name)

    def lines(self) -> Iterator[Fault]:
        """Refuse lines between pools or to notes that lead nowhere."""
        for name, sentence in (("messageFlow", "消息流"), ("association", "关联线")):
            for line in self.root.iter(f"{{{BPMN}}}{name}"):
                for end, words in (("sourceRef", "起点"), ("targetRef", "终点")):
                    target = _bare(line.get(end))
                    if target not in self.drawn:
                        shown = target[:60] or "（未写）"
                        yield self.fault(line, f"{sentence}的{words} {shown} 不在文件里")


def _bare(reference: str | None) -> str:
    """Return an id without the prefix that a reference may have."""
    return (reference or "").strip().rpartition(":")[2]


def _is_node_of(element: etree._Element, process: etree._Element) -> bool:
    return xml.local_name(element) in FLOW_NODES and _is_around(process, element)


def _is_around(outer: etree._Element, inner: etree._Element) -> bool:
    return any(around is outer for around in inner.iterancestors())
