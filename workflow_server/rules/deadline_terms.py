"""What changes the length of a period that runs: held, excluded and added days."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any, Literal

from workflow_server.rules.calendars import ONE_DAY, Calendar
from workflow_server.rules.deadline_rules import EXTENSION, Rule, restore

Kind = Literal["hold", "exclude", "extend", "revise", "restart", "add"]


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that happened to a running period, in the order of their happening.

    `hold` stood still from `began` to `ended` (None: it still does); `exclude` left out `days`,
    or those from `began` to `ended`; `extend` moved the end of the rule `rule` to `until`, or by
    the rule `by`. `revise` (a start corrected from `began`), `restart` (in the place of a period
    that ran from `began`) and `add` (of the rule `rule`) only tell what happened.
    """

    kind: Kind
    at: date
    reason: str = ""
    began: date | None = None
    ended: date | None = None
    days: int = 0
    until: date | None = None
    by: Rule | None = None
    rule: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return it as a clock keeps it."""
        return {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in asdict(self).items()
            if value or name in ("kind", "at")
        }


def read_term(row: Mapping[str, Any]) -> Term:
    """Return a term as a clock has kept it."""
    days = {
        name: date.fromisoformat(row[name])
        for name in ("at", "began", "ended", "until")
        if name in row
    }
    by = {"by": restore(row["by"])} if "by" in row else {}
    return Term(**{**row, **days, **by})


def touching(rule: Rule, terms: Iterable[Term]) -> tuple[Term, ...]:
    """Return the terms that change the period of a rule: another one's extension does not."""
    able = {
        "hold": rule.pausable,
        "exclude": rule.excludable or rule.pausable,
    }
    return tuple(
        term
        for term in terms
        if able.get(term.kind, True) and (term.kind != "extend" or term.rule == rule.code)
    )


def raw_end(rule: Rule, start: date, calendar: Calendar, terms: Sequence[Term] = ()) -> date:
    """Count the days of a rule, with what happened to them since, before the last day rolls."""
    raw = _counted(rule, start, calendar)
    passed: list[Term] = []
    for term in terms:
        if term.kind == "extend":
            raw = extended(rule, start, calendar, passed, term, raw)
        else:
            raw = _shifted(rule, raw, calendar, term)
            passed.append(term)
    return raw


def extended(
    rule: Rule, start: date, calendar: Calendar, passed: Sequence[Term], term: Term, raw: date
) -> date:
    """Return the end that an extension gives: its day, or that of the rule it goes by."""
    if term.by is None:
        return term.until or raw
    if term.by.counts_from == "due":
        return _counted(term.by, raw, calendar)
    longer = _counted(term.by, start, calendar)
    for each in passed:
        longer = _shifted(rule, longer, calendar, each)
    return longer


def latest_extension(
    rule: Rule, start: date, calendar: Calendar, terms: Sequence[Term]
) -> date | None:
    """Return the last day that a period may be extended to, None where the rule has no limit."""
    limit = EXTENSION.fullmatch(rule.max_extension)
    if limit is None:
        return None
    count, unit = int(limit["count"]), limit["unit"]
    others = [term for term in terms if term.kind != "extend"]
    if unit == "M" and rule.unit == "month":
        return raw_end(replace(rule, amount=rule.amount + count), start, calendar, others)
    raw = raw_end(rule, start, calendar, others)
    if unit == "M":
        return add_months(raw, count)
    return raw + timedelta(days=count * (7 if unit == "W" else 1))


def add_months(day: date, months: int) -> date:
    """Give the corresponding date months later (or earlier), or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _counted(rule: Rule, start: date, calendar: Calendar) -> date:
    sign = -1 if rule.direction == "backward" else 1
    amount = sign * rule.amount
    included = timedelta() if rule.exclude_first_day else sign * ONE_DAY
    if rule.unit == "month":
        return add_months(start, amount) - included
    if rule.unit == "day":
        return start + timedelta(days=amount) - included
    return calendar.add_workdays(start - included, amount)


def _shifted(rule: Rule, raw: date, calendar: Calendar, term: Term) -> date:
    """Put an end off by the days after `began` up to `ended`, as the rule counts days."""
    if term.kind not in ("hold", "exclude"):
        return raw
    days = term.days
    if term.began is not None and not days:
        if term.ended is None:
            return raw
        gone = [term.began + ONE_DAY * (n + 1) for n in range((term.ended - term.began).days)]
        days = sum(rule.unit != "workday" or calendar.is_workday(day) for day in gone)
    if rule.unit == "workday":
        return calendar.add_workdays(raw, days) if days else raw
    return raw + ONE_DAY * days
