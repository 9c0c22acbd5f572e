"""Which rules a clock goes by on its first day, and from when it counts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from workflow_server.config import CHINA
from workflow_server.content import decisions, rule_files
from workflow_server.errors import InvalidInput
from workflow_server.rules.deadlines import Rule, read_rule, shanghai_day

if TYPE_CHECKING:
    from workflow_server.services.situation import Situation

_MOST_RULES = 10
_MOST_AMOUNT = 9_999


class UnknownRule(InvalidInput):
    """没有适用的期限规则"""


class DeadlineRefused(InvalidInput):
    """期限无法起算"""


def find_all(
    codes: Any, began: date | datetime, situation: Situation, amount: Any = None
) -> list[Rule]:
    """Return the rules of one code or of several, in force on the first day of a clock.

    `amount` is what the diagram sets: of those rules only that let it.
    """
    asked = list(dict.fromkeys(codes if isinstance(codes, list) else [codes]))
    if not 0 < len(asked) <= _MOST_RULES:
        raise UnknownRule(
            f"期限规则须为 1 至 {_MOST_RULES} 个。"
            f" Expected 1 to {_MOST_RULES} rules of a deadline, but got {len(asked)}."
        )
    found = [_find(code, began, situation, amount) for code in asked]
    if amount is not None and not any(is_set for _, is_set in found):
        raise DeadlineRefused(
            f"规则“{'、'.join(str(code) for code in asked)}”的期限由规则确定，不能另行填写。"
            f" Expected a rule whose amount may be set, but none of {asked!r} lets it."
        )
    return [rule for rule, _ in found]


def parse_start(start: Any, name: str) -> date | datetime:
    """Return the day or moment that a clock starts at; `name` is the clock in the refusal."""
    try:
        if isinstance(start, str) and "T" in start:
            moment = datetime.fromisoformat(start)
            return moment if moment.tzinfo else moment.replace(tzinfo=CHINA)
        return date.fromisoformat(start)
    except (TypeError, ValueError) as error:
        raise DeadlineRefused(
            f"期限“{name}”缺少起算日期，得到的是 {start!r:.60}。"
            f" Expected a date to start deadline '{name}', but got {start!r:.60}."
        ) from error


def _find(
    code: Any, began: date | datetime, situation: Situation, amount: Any
) -> tuple[Rule, bool]:
    """Return the rule of a code, and whether its amount is the diagram's."""
    bare, region = _asked(code, situation)
    day = shanghai_day(began)
    row = situation.content.shared.rule(bare, region, day)
    is_set = row is not None and amount is not None and _may_set(row)
    if row is not None and is_set:
        row = {**row, "amount": _checked(amount, row, str(code))}
    elif row is not None and row.get("amount") is None:
        row = _ask_with_facts(bare, region, day, situation)
    if row is None:
        raise UnknownRule(
            f"{day} 没有适用的期限规则“{code}”（地区：{region or '未设定'}）。"
            f" Expected a row of rule '{code}' in force on {day}, but there is none."
        )
    return read_rule(str(code), row), is_set


def _asked(code: Any, situation: Situation) -> tuple[str, str | None]:
    """Return the code as the table has it, and the region: the one that it names, or the host's."""
    bare, region = rule_files.split(str(code))
    if region is None:
        return bare, situation.organisation.get("region")
    if region and not rule_files.is_region(region):
        raise UnknownRule(
            f"期限规则“{code}”里的地区须是行政区划代码，如“{bare}@50”。"
            f" Expected the code of a region, such as '{bare}@50', but got {region!r:.40}."
        )
    return bare, region or None


def _may_set(row: Mapping[str, Any]) -> bool:
    return row.get("amount") is None or bool(row.get("min_amount") or row.get("max_amount"))


def _checked(amount: Any, row: Mapping[str, Any], code: str) -> int:
    least, most = int(row.get("min_amount") or 1), int(row.get("max_amount") or _MOST_AMOUNT)
    is_number = isinstance(amount, int | float) and not isinstance(amount, bool)
    if not is_number or amount != int(amount) or not least <= amount <= most:
        raise DeadlineRefused(
            f"“{row.get('label') or code}”须为 {least} 至 {most} 的整数，得到的是 {amount!r:.40}。"
            f" Expected {least} to {most} for rule '{code}', but got {amount!r:.40}."
        )
    return int(amount)


def _ask_with_facts(
    code: str, region: str | None, day: date, situation: Situation
) -> Mapping[str, Any] | None:
    """Ask the table again for a rule whose amount the case decides, such as a period it set."""
    table = situation.content.shared.rules
    assert table is not None
    asked = {"rule": code, "region": region or "", "day": day.isoformat()}
    row = decisions.decide(table, {**situation.context(), **asked}, situation.now)
    return row if isinstance(row, Mapping) else None
