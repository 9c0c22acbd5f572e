"""Refuses words that would be read another way than they are written."""

from __future__ import annotations

from collections import Counter

from lxml import etree

from workflow_server.engine.sources import BPMN, Faults, name_of

_TRUTHS = (
    "cancelActivity",
    "instantiate",
    "isForCompensation",
    "isInterrupting",
    "isSequential",
    "parallelMultiple",
    "testBefore",
    "triggeredByEvent",
)
#: What holds an expression; of each an element has one at most.
_EXPRESSIONS = frozenset(
    [
        "completionCondition",
        "condition",
        "conditionExpression",
        "loopCardinality",
        "loopCondition",
        "timeCycle",
        "timeDate",
        "timeDuration",
        "transformation",
    ]
)


def is_true(element: etree._Element, name: str) -> bool:
    """Return the value of a mark that is true or false."""
    return element.get(name) in ("true", "1")


def judge_wording(process: etree._Element, faults: Faults) -> None:
    """Note marks that are neither true nor false, and expressions in two or another language."""
    for element in process.iter(f"{{{BPMN}}}*"):
        for name in _TRUTHS:
            value = element.get(name)
            if value is not None and value not in ("true", "false", "1", "0"):
                faults.at(element, f"{name} 只能是 true 或 false，现在是 {value!r:.40}")
        if len(element):
            _judge_expressions(element, faults)


def _judge_expressions(element: etree._Element, faults: Faults) -> None:
    held = [child for child in element if name_of(child) in _EXPRESSIONS]
    for name, count in Counter(name_of(child) for child in held).items():
        if count > 1:
            faults.at(element, f"{name} 只能写一个")
    for child in held:
        language = child.get("language") or ""
        if language and "feel" not in language.lower():
            faults.at(child, f"表达式只能用 FEEL 书写，不支持 {language:.80}")
