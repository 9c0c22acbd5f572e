"""When a statutory period ends: the arithmetic of dated rules, explained in one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from workflow_server.config import CHINA
from workflow_server.errors import InvalidInput
from workflow_server.rules import deadline_sentences as sentences
from workflow_server.rules.calendars import ONE_DAY, Calendar
from workflow_server.rules.deadline_rules import Rule as Rule
from workflow_server.rules.deadline_rules import read_rule as read_rule
from workflow_server.rules.deadline_terms import Term, raw_end, touching
from workflow_server.rules.deadline_terms import add_months as add_months


@dataclass(frozen=True, slots=True)
class Due:
    """The end of a period; `due_at` is the instant after which it is missed (UTC)."""

    raw: date
    due: date
    due_at: datetime
    provisional: bool
    explanation: str
    rule_version: str
    calendar_version: int


def compute(
    rule: Rule, start: date | datetime, calendar: Calendar, terms: Sequence[Term] = ()
) -> Due:
    """Count a period from its start, as 民法典 200-203 and 民事诉讼法 85 do.

    The first day is excluded; a month ends on the corresponding date or on the month's last
    day; a last day that is not worked rolls to the next working day, or, for periods counted
    back from an event, to the previous one. Periods of hours need the time of their start
    and, where they roll, end with the working day they roll to. What happened to the period
    (`terms`) is counted before the last day rolls; to periods of hours nothing happens.
    """
    start_day = shanghai_day(start)
    if rule.unit == "hour":
        return _compute_hours(rule, start, calendar)
    touched = touching(rule, terms)
    raw = raw_end(rule, start_day, calendar, touched)
    due = _rolled(rule, raw, calendar)
    consulted = _last_consulted(rule, start_day, raw, due)
    provisional = consulted is not None and not calendar.is_known(consulted)
    return Due(
        raw=raw,
        due=due,
        due_at=day_end(due, rule.close_time),
        provisional=provisional,
        explanation=sentences.explain(rule, start_day, raw, due, calendar, provisional, touched),
        rule_version=rule.version,
        calendar_version=calendar.version,
    )


def reckon(
    rules: Sequence[Rule],
    start: date | datetime,
    calendar: Calendar,
    terms: Sequence[Term] = (),
) -> tuple[int, Due]:
    """Count a period that several rules apply to: which of them ends first, and its end.

    A special law goes before the period that a letter sets, and that before the general one:
    each of these is shorter, so the earliest end wins. The sentence tells of all of them.
    """
    found = [compute(rule, start, calendar, terms) for rule in rules]
    first = min(range(len(found)), key=lambda index: (found[index].due_at, index))
    others = [
        sentences.beside(rule, due.due, touching(rule, terms))
        for index, (rule, due) in enumerate(zip(rules, found, strict=True))
        if index != first
    ]
    if not others:
        return first, found[first]
    also = f"；同时适用{'；'.join(others)}；以先届满者为准。"
    explanation = found[first].explanation.removesuffix("。") + also
    return first, replace(found[first], explanation=explanation)


def day_end(day: date, close_time: str = "24:00") -> datetime:
    """Give the instant (UTC) at which a day of Asia/Shanghai closes; 24:00 is midnight after."""
    if close_time == "24:00":
        local = datetime.combine(day + ONE_DAY, time(), CHINA)
    else:
        local = datetime.combine(day, time.fromisoformat(close_time), CHINA)
    return local.astimezone(UTC)


def shanghai_day(start: date | datetime) -> date:
    """Give the day of a moment in Asia/Shanghai; a day is itself."""
    if not isinstance(start, datetime):
        return start
    if start.tzinfo is None:
        raise InvalidInput("起算时间缺少时区。 Expected a start with a time zone, but it has none.")
    return start.astimezone(CHINA).date()


def _rolled(rule: Rule, raw: date, calendar: Calendar) -> date:
    if rule.roll == "none":
        return raw
    if rule.roll == "previous_workday" or rule.direction == "backward":
        return calendar.previous_workday(raw)
    return calendar.next_workday(raw)


def _last_consulted(rule: Rule, start: date, raw: date, due: date) -> date | None:
    if rule.unit == "workday":
        return max(start, due)
    return None if rule.roll == "none" else max(raw, due)


def _compute_hours(rule: Rule, start: date | datetime, calendar: Calendar) -> Due:
    if not isinstance(start, datetime):
        raise InvalidInput(
            f"期限“{rule.code}”按小时计算，需要起算的具体时间。"
            f" Expected a time to count hours of '{rule.code}' from, but got only a date."
        )
    sign = -1 if rule.direction == "backward" else 1
    end = start.astimezone(UTC) + sign * timedelta(hours=rule.amount)
    raw = shanghai_day(end)
    due = _rolled(rule, raw, calendar)
    provisional = rule.roll != "none" and not calendar.is_known(max(raw, due))
    due_at = end if due == raw else day_end(due, rule.close_time)
    local = due_at.astimezone(CHINA)
    begun = start.astimezone(CHINA)
    tail = f"，届满时刻为{sentences.date_zh(raw)}{end.astimezone(CHINA):%H:%M}"
    if due != raw:
        tail += f"，当日为{calendar.describe(raw)}，顺延至{sentences.date_zh(due)}"
    opened = sentences.opening(rule, f"{sentences.date_zh(begun.date())}{begun:%H:%M}")
    return Due(
        raw=raw,
        due=due,
        due_at=local.astimezone(UTC),
        provisional=provisional,
        explanation=opened + tail + "。",
        rule_version=rule.version,
        calendar_version=calendar.version,
    )
