"""What is wrong with a wf:deadline, judged by its operation."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from workflow_server.content import rule_files
from workflow_server.content.elements import DeadlineEffect

#: Per operation: the attributes it needs, and those it may have beside them.
_NEEDED: Mapping[str, tuple[str, ...]] = {
    "start": ("rule", "start"),
    "stop": (),
    "extend": ("reason",),
    "pause": ("reason",),
    "resume": (),
    "exclude": (),
    "restart": ("start",),
    "revise": ("start", "reason"),
    "add": ("rule",),
}
_OPTIONAL: Mapping[str, tuple[str, ...]] = {
    "start": ("amount", "stopOn", "subject", "label", "copyTo"),
    "stop": ("as",),
    "extend": ("until", "by"),
    "pause": (),
    "resume": ("reason",),
    "exclude": ("days", "from", "to", "reason"),
    "restart": ("rule", "amount", "reason", "label"),
    "revise": (),
    "add": ("amount", "reason"),
}


def values(effect: DeadlineEffect) -> Iterator[tuple[str, str | None]]:
    """Yield the attributes that hold values, by name."""
    yield "rule", effect.rule
    yield "start", effect.start
    yield "label", effect.label
    yield "amount", effect.amount
    yield "until", effect.until
    yield "by", effect.by
    yield "days", effect.days
    yield "from", effect.from_
    yield "to", effect.to
    yield "reason", effect.reason
    yield "copyTo", effect.copy_to


def sentences(
    effect: DeadlineEffect, codes: Collection[str], started: Collection[str]
) -> Iterator[str]:
    """Yield what is missing, superfluous or unknown."""
    operation = effect.operation
    word = "wf:deadline" if operation == "start" else f"wf:deadline operation={operation}"
    if operation != "start" and effect.name not in started:
        yield f"{word}：这个流程没有起算过期限“{effect.name}”"
    given = {name for name, text in values(effect) if text is not None} | _others(effect)
    for name in _NEEDED[operation]:
        if name not in given:
            yield f"{word}：缺少 {name}" + ("，请写明从哪一天起算" if name == "start" else "")
    for name in sorted(given - {*_NEEDED[operation], *_OPTIONAL[operation]}):
        yield f"{word}：不能写属性 {name}"
    if operation == "extend" and len({"until", "by"} & given) != 1:
        yield f"{word}：until 和 by 须写明其中一个"
    if operation == "exclude" and "days" not in given and not {"from", "to"} <= given:
        yield f"{word}：请写明 days，或者 from 和 to"
    for name, code in (("rule", effect.rule), ("by", effect.by)):
        if code is not None and not code.startswith("="):
            yield from (f"{word} {name}：{fault}" for fault in _faults_of(code, codes))


def _faults_of(code: str, codes: Collection[str]) -> Iterator[str]:
    bare, region = rule_files.split(code)
    if bare not in codes:
        yield f"deadlines.dmn 里没有规则“{bare}”"
    if region and not rule_files.is_region(region):
        yield f"“{code}”里的地区须是行政区划代码"


def _others(effect: DeadlineEffect) -> set[str]:
    written = {"as": effect.ended_as, "stopOn": effect.stop_on, "subject": effect.subject}
    return {name for name, text in written.items() if text}
