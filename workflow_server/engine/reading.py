"""Reads BPMN files into graphs, and refuses what can't be run as it is drawn."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from lxml import etree

from workflow_server import feel
from workflow_server.engine import words
from workflow_server.engine.graph import Flow, Graph, Node
from workflow_server.engine.sources import BPMN, Faults, line_of, name_of

OURS = "urn:workflow-server:bpmn:1"
SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"

MAXIMUM_NODES = 1_000
MAXIMUM_ID = 120

_DURATION = re.compile(
    r"P(?=.)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?", re.ASCII
)
_TIMES = {"timeDate": "date", "timeDuration": "duration", "timeCycle": "cycle"}


def read(root: etree._Element, faults: Faults) -> list[Graph]:
    """Return the executable processes of one file; their faults make them unfit to run."""
    _refuse_duplicates(root, faults)
    messages = _messages(root, faults)
    graphs = []
    for process in root.iterfind(f"{{{BPMN}}}process"):
        executable = process.get("isExecutable")
        if executable not in ("true", "false", "1", "0"):
            faults.at(process, "未写明流程是否可执行：请设置 isExecutable 为 true 或 false")
        elif executable in ("true", "1"):
            graphs.append(_Reader(process, messages, faults).graph())
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


def _messages(root: etree._Element, faults: Faults) -> dict[str, str]:
    found = {}
    for message in root.iterfind(f"{{{BPMN}}}message"):
        identity, name = message.get("id"), (message.get("name") or "").strip()
        if identity is None or not name:
            faults.at(message, "消息须有标识和名称，名称即消息类型")
        else:
            found[identity] = name
    return found


class _Reader:
    """Reads one process."""

    def __init__(self, process: etree._Element, messages: dict[str, str], faults: Faults) -> None:
        self._process = process
        self._messages = messages
        self._faults = faults
        self._lanes: dict[str, str] = {}
        self._nodes: dict[str, Node] = {}
        self._flows: list[tuple[Flow, etree._Element]] = []

    def graph(self) -> Graph:
        """Return what is drawn, leaving out what is refused."""
        key = self._process.get("id") or ""
        if not key:
            self._faults.at(self._process, "流程须有标识")
        self._read_lanes()
        self._read_scope(self._process, None)
        self._read_annotations()
        if len(self._nodes) > MAXIMUM_NODES:
            self._faults.at(
                self._process,
                f"流程有 {len(self._nodes)} 个环节，超过 {MAXIMUM_NODES} 个，请拆成几个流程",
            )
        flows = tuple(flow for flow, element in self._flows if self._joins(flow, element))
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
            elif kind in words.EVENTS or kind in _NODES:
                self._read_node(child, kind, scope)
            elif kind in words.REFUSED:
                self._faults.at(child, words.REFUSED[kind])
            elif not (kind in words.BESIDE or kind == "association" or _inner(kind, scope)):
                self._faults.at(child, f"元素 {kind} 不支持")

    def _read_node(self, element: etree._Element, kind: str, scope: str | None) -> None:
        identity = element.get("id") or ""
        if not identity or len(identity) > MAXIMUM_ID:
            self._faults.at(element, f"环节须有标识，长度不超过 {MAXIMUM_ID} 个字符")
            return
        event, definition = self._read_event(element, kind)
        interrupting = element.get("cancelActivity", "true") not in ("false", "0")
        self._nodes[identity] = Node(
            id=identity,
            type=kind,
            name=" ".join((element.get("name") or "").split()),
            line=line_of(element) or 0,
            lane=self._lane(identity, scope),
            scope=scope,
            event=event,
            message=self._read_message(element, kind, event, definition),
            timer=self._read_timer(element, definition) if event == "timer" else None,
            attached_to=element.get("attachedToRef") if kind == "boundaryEvent" else None,
            interrupting=interrupting,
            default=element.get("default"),
        )
        self._refuse_marks(element, kind)
        if kind == "subProcess":
            self._read_scope(element, identity)
        else:
            self._refuse_unknown(element, kind)

    def _refuse_unknown(self, element: etree._Element, kind: str) -> None:
        for child in _bpmn(element):
            name = name_of(child) or ""
            if name in words.WITHIN or (kind in words.EVENTS and name.endswith("EventDefinition")):
                continue
            self._faults.at(child, words.REFUSED.get(name, f"元素 {name} 在这里不支持"))

    def _refuse_marks(self, element: etree._Element, kind: str) -> None:
        at = self._faults.at
        if element.get("triggeredByEvent") == "true":
            at(element, "事件子流程不支持，请改用边界事件")
        if element.get("isForCompensation") == "true":
            at(element, "补偿活动不支持")
        if element.get("parallelMultiple") == "true":
            at(element, "并行多重事件不支持")
        if element.get("instantiate") == "true":
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

    def _read_event(
        self, element: etree._Element, kind: str
    ) -> tuple[str | None, etree._Element | None]:
        if kind not in words.EVENTS:
            return None, None
        definitions = [
            child for child in _bpmn(element) if (name_of(child) or "").endswith("EventDefinition")
        ]
        if len(definitions) > 1:
            self._faults.at(element, "一个事件只能有一种触发方式")
        definition = definitions[0] if definitions else None
        name = "none" if definition is None else name_of(definition) or ""
        event = name.removesuffix("EventDefinition")
        if event not in words.EVENTS[kind]:
            known = words.EVENT_NAMES.get(event, event)
            place = words.PLACES[kind]
            self._faults.at(element, f"{place}不支持“{known}”，{words.allowed(kind)}")
        return event, definition

    def _read_message(
        self,
        element: etree._Element,
        kind: str,
        event: str | None,
        definition: etree._Element | None,
    ) -> str | None:
        if kind in ("sendTask", "receiveTask"):
            reference = element.get("messageRef")
        elif event == "message" and definition is not None:
            reference = definition.get("messageRef")
        else:
            return None
        if reference is None:
            self._faults.at(element, "没有写明是哪一种消息：请选择消息（messageRef）")
            return None
        name = self._messages.get(reference.rpartition(":")[2])
        if name is None:
            self._faults.at(element, f"消息 {reference} 没有定义")
        return name

    def _read_timer(
        self, element: etree._Element, definition: etree._Element | None
    ) -> tuple[str, str] | None:
        texts = [
            (_TIMES[kind], (child.text or "").strip())
            for child in _bpmn(definition)
            if (kind := name_of(child) or "") in _TIMES
        ]
        ours = next(element.iter(f"{{{OURS}}}timer"), None)
        if ours is not None and texts:
            self._faults.at(element, "定时既写了时间又写了 wf:timer，只能保留一个")
        elif len(texts) > 1:
            self._faults.at(element, "一个定时只能写一个时间")
        elif ours is None and not texts:
            self._faults.at(element, "定时没有写时间：请填写时间、时长或 wf:timer")
        if len(texts) != 1:
            return None
        if sentence := _wrong_time(*texts[0]):
            self._faults.at(element, sentence)
        return texts[0]

    def _read_flow(self, element: etree._Element) -> None:
        condition = element.find(f"{{{BPMN}}}conditionExpression")
        text: str | None = None
        if condition is not None:
            text = (condition.text or "").strip().removeprefix("=").strip()
            language = condition.get("language") or ""
            if language and "feel" not in language.lower():
                self._faults.at(element, f"条件只能用 FEEL 书写，不支持 {language}")
            elif not text:
                self._faults.at(element, "流向的条件是空的")
            elif sentence := _wrong_feel(text):
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


_NODES = frozenset(
    [
        "userTask",
        "manualTask",
        "serviceTask",
        "businessRuleTask",
        "sendTask",
        "receiveTask",
        "subProcess",
        *words.GATEWAYS,
    ]
)


def _bpmn(parent: etree._Element | None) -> Iterator[etree._Element]:
    if parent is not None:
        yield from (child for child in parent if name_of(child) is not None)


def _inner(kind: str, scope: str | None) -> bool:
    return scope is not None and kind in words.WITHIN


def _wrong_time(kind: str, text: str) -> str | None:
    """Return what is wrong with a timer's text, which is ISO 8601 or "=" and FEEL."""
    if not text:
        return "定时的时间是空的"
    if kind == "cycle":
        return "循环定时尚不支持，请用时间或时长"
    if text.startswith("="):
        return _wrong_feel(text.removeprefix("=").strip())
    if kind == "duration" and not _DURATION.fullmatch(text):
        return f"时长 {text!r:.80} 不是 ISO 8601（如 P15D、PT2H），也不是以 = 开头的 FEEL"
    if kind == "date":
        try:
            datetime.fromisoformat(text)
        except ValueError:
            return f"时间 {text!r:.80} 不是 ISO 8601（如 2026-11-22T09:00:00+08:00），也不是 FEEL"
    return None


def _wrong_feel(text: str) -> str | None:
    """Return what is wrong with the syntax of a FEEL expression."""
    wrong = feel.check(text)
    return f"FEEL 表达式 {text!r:.80} 有误：{wrong}" if wrong else None
