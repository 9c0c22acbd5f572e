"""How much a diagram may hold: beyond it nothing else of a bundle is looked at."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from workflow_server.content import xml
from workflow_server.content.bundle import Bundle
from workflow_server.content.grammar import FLOW_NODES, NAMESPACE
from workflow_server.content.refusals import ContentRefused
from workflow_server.errors import Fault

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
#: More lines the parser doesn't count.
MAXIMUM_LINES = 60_000
MAXIMUM_PROCESSES = 50
MAXIMUM_FLOWS = 4_000
#: Far above what the engine runs, which names its own limit.
MAXIMUM_NODES = 4_000
#: Bytes of a file of decisions.
MAXIMUM_TABLE = 500_000
#: Of our own words on one element.
MAXIMUM_WORDS = 300


def check(bundle: Bundle) -> Iterator[Fault]:
    """Yield where the diagrams and tables of a bundle are too much to be judged."""
    for path, data in bundle.under("bpmn/"):
        if path.endswith((".bpmn", ".dmn")):
            if data.count(b"\n") > MAXIMUM_LINES:
                yield Fault(path, f"文件超过 {MAXIMUM_LINES} 行，请去掉多余的换行")
            elif path.endswith(".dmn") and len(data) > MAXIMUM_TABLE:
                yield Fault(path, f"决策表文件超过 {MAXIMUM_TABLE // 1_000} KB，请拆分")
            else:
                yield from _file(path, data)


def _file(path: str, data: bytes) -> Iterator[Fault]:
    try:
        root = xml.parse(path, data)
    except xml.TooMuch as refused:
        yield from refused.faults
        return
    except ContentRefused:
        return
    processes = list(root.iterchildren(f"{{{BPMN}}}process"))
    if len(processes) > MAXIMUM_PROCESSES:
        yield Fault(path, f"文件里有 {len(processes)} 个流程，超过 {MAXIMUM_PROCESSES} 个，请拆分")
        return
    for process in processes:
        flows = sum(1 for _ in process.iter(f"{{{BPMN}}}sequenceFlow"))
        if flows > MAXIMUM_FLOWS:
            sentence = f"流程有 {flows} 条流向，超过 {MAXIMUM_FLOWS} 条，请拆分"
            yield Fault(_place(path, process), sentence)
        nodes = sum(1 for each in process.iter() if xml.local_name(each) in FLOW_NODES)
        if nodes > MAXIMUM_NODES:
            sentence = f"流程有 {nodes} 个环节，超过 {MAXIMUM_NODES} 个，请拆分"
            yield Fault(_place(path, process), sentence)
        for holder in process.iter(f"{{{BPMN}}}extensionElements"):
            words = sum(1 for _ in holder.iter(f"{{{NAMESPACE}}}*"))
            if words > MAXIMUM_WORDS:
                sentence = f"一个元素上有 {words} 个 wf: 扩展，超过 {MAXIMUM_WORDS} 个，请删减"
                yield Fault(_place(path, holder), sentence)


def _place(path: str, element: etree._Element) -> str:
    around = (each.get("id") for each in (element, *element.iterancestors()))
    identity = next((each for each in around if each), "")
    return f"{path}:{element.sourceline or 0} {identity}".rstrip()
