"""Decides, and makes sentences of what a decision refuses."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from workflow_server.content.decisions.model import (
    Decision,
    DecisionAmbiguous,
    DecisionFailed,
    Place,
)
from workflow_server.errors import Fault, InvalidInput

_MOST_NAMED = 10


def decide(decision: Decision, context: Mapping[str, Any], now: datetime | None) -> Any:
    """Decide: the value of the decision's logic, as JSON; dates come and go as ISO texts.

    A table of one output gives its value, of several a context of them; COLLECT, RULE ORDER
    and OUTPUT ORDER give lists. No matching row is the default, else None (an empty list).
    """
    given = context
    if decision.inputs is not None:
        given = {name: context[name] for name in decision.inputs if name in context}
    decided = decision.model.decide(given, now=now)
    if decided.refused is not None:
        raise _refusal(decision, decided.refused)
    return decided.value


def _refusal(decision: Decision, told: Mapping[str, Any]) -> InvalidInput:
    at = told.get("at")
    place = Place(decision.line, decision.id, decision.name) if at is None else decision.places[at]
    pointer = f"{decision.path}:{place.line} {place.element}"
    if told["kind"] in ("several", "differ"):
        return _ambiguous(decision, place, told)
    chinese, english = _SENTENCES[told["kind"]](told)
    where = f"“{decision.name}”" + (f"的“{place.label}”" if place.label != decision.name else "")
    return DecisionFailed(
        f"决策{where}（第 {place.line} 行）{chinese}。"
        f" Expected decision '{decision.id}' to be decided, but {english} (line {place.line}).",
        [Fault(pointer, chinese)],
    )


def _ambiguous(decision: Decision, place: Place, told: Mapping[str, Any]) -> DecisionAmbiguous:
    numbers = told["rows"]
    lines = [decision.places[each] for each in told["lines"]]
    rows = "、".join(
        f"第 {number + 1} 行（文件第 {line.line} 行）"
        for number, line in zip(numbers[:_MOST_NAMED], lines, strict=False)
    )
    given = "，".join(f"{label} = {_shown(value)}" for label, value in told["inputs"])
    differ = told["kind"] == "differ"
    policy = "ANY" if differ else "UNIQUE"
    what = f"同时符合，结果却不同（{_shown(told['results'])}）" if differ else "同时符合"
    english = "disagree" if differ else "match"
    spoken = ", ".join(str(number + 1) for number in numbers[:_MOST_NAMED])
    asked = "" if place.label == decision.name else f"（为“{decision.name}”）"
    return DecisionAmbiguous(
        f"决策表“{place.label}”{asked}（{policy}）的{rows}{what}；输入：{given or '无'}。"
        f" Expected one row of decision '{decision.id}' ({policy}), but {len(numbers)} {english}:"
        f" rules {spoken}.",
        [
            Fault(f"{decision.path}:{line.line} {line.element}", f"{rows}{what}")
            for line in lines[:_MOST_NAMED]
        ],
    )


def _type(told: Mapping[str, Any]) -> tuple[str, str]:
    value = _shown(told["value"])
    return (
        f"“{told['name']}”应为 {told['expected']}，得到的是 {told['got']}：{value}",
        f"'{told['name']}' is {told['got']}, not {told['expected']}",
    )


def _allowed(told: Mapping[str, Any]) -> tuple[str, str]:
    value = _shown(told["value"])
    return (
        f"“{told['name']}”的值 {value} 不在允许值里：{told['allowed']}",
        f"'{told['name']}' is {value}, which is not allowed",
    )


def _aggregate(told: Mapping[str, Any]) -> tuple[str, str]:
    value = _shown(told["value"])
    return f"无法汇总 {value}，须是数", f"only numbers are aggregated, not {value}"


def _no_function(told: Mapping[str, Any]) -> tuple[str, str]:
    return f"“{told['name']}”不是函数，无法调用", f"'{told['name']}' is no function"


def _arguments(told: Mapping[str, Any]) -> tuple[str, str]:
    expected = "、".join(told["expected"])
    return (
        f"调用“{told['name']}”须给参数：{expected}",
        f"'{told['name']}' was not given its parameters",
    )


def _failure(told: Mapping[str, Any]) -> tuple[str, str]:
    return f"无法计算：{told['message']}", told["message"]


_SENTENCES = {
    "type": _type,
    "allowed": _allowed,
    "output": _allowed,
    "aggregate": _aggregate,
    "no function": _no_function,
    "arguments": _arguments,
    "failure": _failure,
}


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 200 else f"{text[:200]}…"
