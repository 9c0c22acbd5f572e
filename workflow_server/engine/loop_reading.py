"""Reads the mark of an activity that is done several times."""

from __future__ import annotations

import re

from lxml import etree

from workflow_server.engine.event_reading import OURS
from workflow_server.engine.graph import Loop
from workflow_server.engine.sources import BPMN, Faults, name_of
from workflow_server.engine.texts import expression, wrong_feel

MULTI = "multiInstanceLoopCharacteristics"
STANDARD = "standardLoopCharacteristics"
#: More turns than this are never meant.
MAXIMUM_TURNS = 10_000
#: A number as it stands, and one that is whole and short.
_NUMBER = re.compile(r"-?[0-9.]+")
_COUNT = re.compile(r"[0-9]{1,5}")

_TRUE = ("true", "1")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_KNOWN = {
    MULTI: ("documentation", "extensionElements", "loopCardinality", "completionCondition"),
    STANDARD: ("documentation", "extensionElements", "loopCondition"),
}


def read_loop(element: etree._Element, faults: Faults) -> Loop | None:
    """Return how often an activity is done, None for once."""
    marks = [child for child in element if name_of(child) in (MULTI, STANDARD)]
    if not marks:
        return None
    if len(marks) > 1:
        faults.at(element, "多实例标记和循环标记只能有一个")
    mark = marks[0]
    kind = name_of(mark) or ""
    for child in mark:
        name = name_of(child)
        if name is not None and name not in _KNOWN[kind]:
            faults.at(child, f"{name} 不支持；请用 wf:each 写明逐项办理的列表")
    return _multi(mark, faults) if kind == MULTI else _standard(mark, faults)


def _multi(mark: etree._Element, faults: Faults) -> Loop:
    each = mark.find(f"{{{BPMN}}}extensionElements/{{{OURS}}}each")
    cardinality = _text(mark, "loopCardinality", faults)
    items = None if each is None else _feel(each, each.get("items"), faults)
    if (items is None) == (cardinality is None):
        faults.at(mark, "多实例须写明次数（loopCardinality）或列表（wf:each 的 items），只写一个")
    if mark.get("behavior", "All") != "All":
        faults.at(mark, "多实例的 behavior 只支持 All")
    if cardinality is not None and _NUMBER.fullmatch(cardinality) and not _is_count(cardinality):
        faults.at(mark, f"多实例的次数须是 0 到 {MAXIMUM_TURNS} 的整数，不能是 {cardinality:.40}")
    names = {} if each is None else {name: each.get(name) for name in ("as", "into")}
    for name, value in names.items():
        if value is not None and not _NAME.fullmatch(value):
            faults.at(mark, f"wf:each 的 {name} 须由字母、数字和下划线组成")
    result = None if each is None else _feel(each, each.get("result"), faults)
    if (result is None) != (names.get("into") is None):
        faults.at(mark, "wf:each 的 result 与 into 须同时写明：每次的结果，汇集到哪里")
    return Loop(
        kind="sequential" if mark.get("isSequential", "false") in _TRUE else "parallel",
        items=items,
        cardinality=cardinality,
        item=names.get("as"),
        result=result,
        into=names.get("into"),
        condition=_text(mark, "completionCondition", faults),
    )


def _standard(mark: etree._Element, faults: Faults) -> Loop:
    maximum = mark.get("loopMaximum")
    number = int(maximum) if maximum is not None and _is_count(maximum) else 0
    if maximum is not None and not 0 < number <= MAXIMUM_TURNS:
        faults.at(mark, f"循环的最多次数（loopMaximum）须是 1 到 {MAXIMUM_TURNS} 的整数")
    condition = _text(mark, "loopCondition", faults)
    if condition is None:
        faults.at(mark, "循环没有写继续的条件（loopCondition）")
    return Loop(
        kind="standard",
        condition=condition,
        before=mark.get("testBefore", "false") in _TRUE,
        maximum=number or None,
    )


def _is_count(text: str) -> bool:
    return _COUNT.fullmatch(text) is not None and int(text) <= MAXIMUM_TURNS


def _text(mark: etree._Element, name: str, faults: Faults) -> str | None:
    found = mark.find(f"{{{BPMN}}}{name}")
    return None if found is None else _feel(found, found.text, faults)


def _feel(element: etree._Element, text: str | None, faults: Faults) -> str | None:
    if text is None or not text.strip():
        return None
    if sentence := wrong_feel(expression(text)):
        faults.at(element, sentence)
    return expression(text)
