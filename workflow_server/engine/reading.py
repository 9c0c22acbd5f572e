"""Reads BPMN files into graphs, and refuses what can't be run as it is drawn."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from workflow_server.engine import words
from workflow_server.engine.data_reading import DataReader
from workflow_server.engine.declared import Declarations, read_declarations
from workflow_server.engine.event_reading import EventReader
from workflow_server.engine.graph import Flow, Graph, Node
from workflow_server.engine.links import link_flows
from workflow_server.engine.loop_reading import MULTI, STANDARD, read_loop
from workflow_server.engine.sources import BPMN, Faults, line_of, name_of
from workflow_server.engine.texts import expression, wrong_feel
from workflow_server.engine.wording import is_true, judge_wording

SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"

MAXIMUM_NODES = 1_000
MAXIMUM_ID = 120


def read(root: etree._Element, faults: Faults) -> list[Graph]:
    """Return the executable processes of one file; their faults make them unfit to run."""
    _refuse_duplicates(root, faults)
    declarations = read_declarations(root, faults)
    graphs = []
    for process in root.iterfind(f"{{{BPMN}}}process"):
        executable = process.get("isExecutable")
        if executable not in ("true", "false", "1", "0"):
            faults.at(process, "未写明流程是否可执行：请设置 isExecutable 为 true 或 false")
        elif executable in ("true", "1"):
            graphs.append(_Reader(process, declarations, faults).graph())
    if not graphs and not faults.found:
        faults.add(None, None, "文件中没有可执行的流程（isExecutable 为 true）")
    return graphs


def _refuse_duplicates(root: etree._Element, faults: Faults) -> None:
    seen: set[str] = set()
    for element in root.iter(f"{{{BPMN}}}*"):
        identity = element.get("id")
        if identity is not None and identity in seen:
            faults.at(element, f"标识 {identity} 重复，每个元素须有自己的标识")
        elif identity is not None:
            seen.add(identity)


class _Reader:
    """Reads one process."""

    def __init__(self, process: etree._Element, declarations: Declarations, faults: Faults) -> None:
        self._process = process
        self._events = EventReader(declarations, faults)
        self._data = DataReader(process, faults)
        self._faults = faults
        self._lanes: dict[str, str] = {}
        self._nodes: dict[str, Node] = {}
        self._flows: list[tuple[Flow, etree._Element]] = []

    def graph(self) -> Graph:
        """Return what is drawn, leaving out what is refused."""
        key = self._process.get("id") or ""
        if not key:
            self._faults.at(self._process, "流程须有标识")
        judge_wording(self._process, self._faults)
        self._read_lanes()
        self._read_scope(self._process, None)
        self._read_annotations()
        if len(self._nodes) > MAXIMUM_NODES:
            self._faults.at(
                self._process,
                f"流程有 {len(self._nodes)} 个环节，超过 {MAXIMUM_NODES} 个，请拆成几个流程",
            )
        drawn = (flow for flow, element in self._flows if self._joins(flow, element))
        flows = (*drawn, *link_flows(self._nodes.values(), self._faults))
        name = self._process.get("name") or key
        return Graph(key, name, line_of(self._process) or 0, self._nodes, flows)

    def _read_lanes(self) -> None:
        for reference in self._process.iter(f"{{{BPMN}}}flowNodeRef"):
            lane = reference.getparent()
            if lane is not None and reference.text:
                self._lanes[reference.text.strip()] = lane.get("name") or lane.get("id") or ""

    def _lane(self, identity: str, scope: str | None) -> str | None:
        """Return the lane an element is in; what is in a subprocess is in its lane."""
        around = self._nodes[scope].lane if scope in self._nodes else None
        return self._lanes.get(identity) or around

    def _read_annotations(self) -> None:
        notes = {note.get("id") for note in self._process.iter(f"{{{BPMN}}}textAnnotation")}
        for line in self._process.iter(f"{{{BPMN}}}association"):
            if not notes & {line.get("sourceRef"), line.get("targetRef")}:
                self._faults.at(line, "关联线只能连接文本注释，其他用途（如补偿）不支持")

    def _read_scope(self, parent: etree._Element, scope: str | None) -> None:
        for child in _bpmn(parent):
            kind = name_of(child) or ""
            if kind == "sequenceFlow":
                self._read_flow(child)
            elif kind in _NODES:
                self._read_node(child, kind, scope)
            elif self._data.knows(child) or (scope is not None and kind in (MULTI, STANDARD)):
                continue
            elif kind in words.REFUSED:
                self._faults.at(child, words.REFUSED[kind])
            elif not (kind in words.BESIDE or kind == "association" or _inner(kind, scope)):
                self._faults.at(child, f"元素 {kind} 不支持")

    def _read_node(self, element: etree._Element, kind: str, scope: str | None) -> None:
        identity = element.get("id") or ""
        if not identity or len(identity) > MAXIMUM_ID:
            self._faults.at(element, f"环节须有标识，长度不超过 {MAXIMUM_ID} 个字符")
            return
        about = self._events.read(element, kind, self._place(kind, scope))
        self._nodes[identity] = Node(
            id=identity,
            type=kind,
            name=" ".join((element.get("name") or "").split()),
            line=line_of(element) or 0,
            lane=self._lane(identity, scope),
            scope=scope,
            event=about.event,
            message=about.message,
            timer=about.timer,
            attached_to=element.get("attachedToRef") if kind == "boundaryEvent" else None,
            interrupting=about.interrupting,
            default=element.get("default"),
            reference=about.reference,
            condition=about.condition,
            triggered=is_true(element, "triggeredByEvent"),
            called=self._called(element) if kind == "callActivity" else None,
            loop=read_loop(element, self._faults) if kind in words.ACTIVITIES else None,
            data=self._data.written_by(element),
        )
        self._refuse_marks(element, kind)
        if kind == "subProcess":
            self._read_scope(element, identity)
        else:
            self._refuse_unknown(element, kind)

    def _place(self, kind: str, scope: str | None) -> str:
        if kind != "startEvent" or scope is None:
            return kind
        around = self._nodes.get(scope)
        triggered = around is not None and around.triggered
        return "eventSubprocessStart" if triggered else "subprocessStart"

    def _called(self, element: etree._Element) -> str | None:
        called = (element.get("calledElement") or "").rpartition(":")[2].strip()
        if not called:
            self._faults.at(element, "调用活动没有写明调用哪个流程（calledElement）")
        return called or None

    def _refuse_unknown(self, element: etree._Element, kind: str) -> None:
        for child in _bpmn(element):
            name = name_of(child) or ""
            about = name.endswith("EventDefinition") or name == "eventDefinitionRef"
            if name in words.WITHIN or (kind in words.PLACES and about):
                continue
            if kind in words.ACTIVITIES and name in (MULTI, STANDARD):
                continue
            if not self._data.knows(child):
                self._faults.at(child, words.REFUSED.get(name, f"元素 {name} 在这里不支持"))

    def _refuse_marks(self, element: etree._Element, kind: str) -> None:
        at = self._faults.at
        if is_true(element, "isForCompensation"):
            at(element, "补偿活动不支持")
        if is_true(element, "parallelMultiple"):
            at(element, "并行多重事件不支持")
        if is_true(element, "instantiate"):
            at(element, "由网关或接收任务启动流程不支持，请用消息开始事件")
        if element.get("eventGatewayType", "Exclusive") != "Exclusive":
            at(element, "并行的事件网关不支持")
        if (
            element.get("startQuantity", "1") != "1"
            or element.get("completionQuantity", "1") != "1"
        ):
            at(element, "起始数量和完成数量只能是 1")
        for extension in element.iterfind(f"{{{BPMN}}}extensionElements/{{{SPIFF}}}*"):
            if etree.QName(extension).localname in words.SPIFF_SCRIPTS:
                at(extension, "流程图中的脚本一律不执行，请删除 SpiffWorkflow 的脚本扩展")

    def _read_flow(self, element: etree._Element) -> None:
        condition = element.find(f"{{{BPMN}}}conditionExpression")
        text: str | None = None
        if condition is not None:
            text = expression(condition.text)
            if not text:
                self._faults.at(element, "流向的条件是空的")
            elif sentence := wrong_feel(text):
                self._faults.at(element, sentence)
        flow = Flow(
            element.get("id") or "",
            element.get("sourceRef") or "",
            element.get("targetRef") or "",
            text,
            line_of(element) or 0,
        )
        if not flow.id:
            self._faults.at(element, "流向须有标识")
        self._flows.append((flow, element))

    def _joins(self, flow: Flow, element: etree._Element) -> bool:
        source, target = self._nodes.get(flow.source), self._nodes.get(flow.target)
        if source is None or target is None:
            end = "起点" if source is None else "终点"
            named = (flow.source if source is None else flow.target) or "（未写）"
            self._faults.at(element, f"流向的{end} {named} 不是本流程中可运行的环节")
            return False
        if source.scope != target.scope:
            self._faults.at(element, "流向不能穿过子流程的边框")
            return False
        return True


_NODES = words.ACTIVITIES | words.GATEWAYS | words.PLACES.keys()


def _bpmn(parent: etree._Element | None) -> Iterator[etree._Element]:
    if parent is not None:
        yield from (child for child in parent if name_of(child) is not None)


def _inner(kind: str, scope: str | None) -> bool:
    return scope is not None and kind in words.WITHIN
