"""Reads what an event is about, and refuses what can't happen where it is drawn."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from workflow_server.engine import words
from workflow_server.engine.declared import Declarations
from workflow_server.engine.sources import BPMN, Faults, name_of
from workflow_server.engine.texts import expression, wrong_feel, wrong_time

OURS = "urn:workflow-server:bpmn:1"

_TIMES = {"timeDate": "date", "timeDuration": "duration", "timeCycle": "cycle"}
_FALSE = ("false", "0")
#: Events that a designer may leave without a reference: they catch whatever is thrown.
_CATCH_ALL = frozenset(["error", "escalation"])


@dataclass(frozen=True, slots=True)
class About:
    """What an event, a send task or a receive task is about; see `graph.Node`."""

    event: str | None = None
    message: str | None = None
    reference: str | None = None
    timer: tuple[str, str] | None = None
    condition: str | None = None
    interrupting: bool = True


class EventReader:
    """Reads the events of one file."""

    def __init__(self, declarations: Declarations, faults: Faults) -> None:
        self._declarations = declarations
        self._faults = faults

    def read(self, element: etree._Element, kind: str, place: str) -> About:
        """Return what an element is about; `place` is its key in `words.EVENTS`."""
        if kind in ("sendTask", "receiveTask"):
            return About(message=self._message(element, element.get("messageRef")))
        if kind not in words.PLACES:
            return About()
        definition = self._definition(element)
        event = _event(definition)
        if event not in words.EVENTS[place]:
            known = words.EVENT_NAMES.get(event, event)
            sentence = f"{words.PLACES[place]}不支持“{known}”，{words.allowed(place)}"
            self._faults.at(element, sentence)
            return About(event)
        about = About(
            event,
            message=self._message(element, _ref(definition, event)) if event == "message" else None,
            reference=self._reference(element, place, event, definition),
            timer=self._timer(element, definition) if event == "timer" else None,
            condition=self._condition(element, definition) if event == "conditional" else None,
            interrupting=_interrupting(element, kind),
        )
        self._refuse_misplaced(element, place, about)
        return about

    def _definition(self, element: etree._Element) -> etree._Element | None:
        found = [child for child in element if (name_of(child) or "").endswith("EventDefinition")]
        if len(found) > 1:
            self._faults.at(element, "一个事件只能有一种触发方式")
        references = element.iterfind(f"{{{BPMN}}}eventDefinitionRef")
        if next(references, None) is not None:
            self._faults.at(element, "请在事件内写明触发方式，不支持引用（eventDefinitionRef）")
        return found[0] if found else None

    def _message(self, element: etree._Element, reference: str | None) -> str | None:
        if reference is None:
            self._faults.at(element, "没有写明是哪一种消息：请选择消息（messageRef）")
            return None
        return self._declarations.name("message", element, reference, self._faults)

    def _reference(
        self, element: etree._Element, place: str, event: str, definition: etree._Element | None
    ) -> str | None:
        if event == "link":
            name = ("" if definition is None else definition.get("name") or "").strip()
            if not name:
                self._faults.at(element, "链接事件没有写名称：抛出与捕获按名称相连")
            return name
        if event not in ("signal", "error", "escalation"):
            return None
        reference = _ref(definition, event)
        if reference is not None:
            return self._declarations.name(event, element, reference, self._faults)
        catching = place in ("boundaryEvent", "eventSubprocessStart")
        if not (catching and event in _CATCH_ALL):
            known = words.EVENT_NAMES[event]
            self._faults.at(element, f"没有写明是哪一种{known}：请选择（{event}Ref）")
        return None

    def _condition(self, element: etree._Element, definition: etree._Element | None) -> str:
        found = None if definition is None else definition.find(f"{{{BPMN}}}condition")
        text = expression(None if found is None else found.text)
        if not text:
            self._faults.at(element, "条件事件没有写条件")
        elif sentence := wrong_feel(text):
            self._faults.at(element, sentence)
        return text

    def _timer(
        self, element: etree._Element, definition: etree._Element | None
    ) -> tuple[str, str] | None:
        texts = [
            (_TIMES[kind], (child.text or "").strip())
            for child in ([] if definition is None else definition)
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
        if sentence := wrong_time(*texts[0]):
            self._faults.at(element, sentence)
        return texts[0]

    def _refuse_misplaced(self, element: etree._Element, place: str, about: About) -> None:
        ends = place in ("boundaryEvent", "eventSubprocessStart") and about.interrupting
        if about.event == "error" and not about.interrupting:
            self._faults.at(element, "错误总是中断所在的环节，不能画成非中断")
        once = ends or place == "intermediateCatchEvent"
        if about.timer is not None and about.timer[0] == "cycle" and once:
            self._faults.at(
                element, "循环定时只能用在非中断的边界事件、非中断的事件子流程和流程的开始事件上"
            )


def _event(definition: etree._Element | None) -> str:
    name = "none" if definition is None else name_of(definition) or ""
    return name.removesuffix("EventDefinition")


def _ref(definition: etree._Element | None, event: str) -> str | None:
    return None if definition is None else definition.get(f"{event}Ref")


def _interrupting(element: etree._Element, kind: str) -> bool:
    attribute = "isInterrupting" if kind == "startEvent" else "cancelActivity"
    return element.get(attribute, "true") not in _FALSE
