"""When a statutory period ends: the arithmetic of dated rules, explained in one sentence."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal, get_args

from workflow_server.config import CHINA
from workflow_server.errors import Fault, InvalidInput
from workflow_server.rules.calendars import ONE_DAY, Calendar

Unit = Literal["hour", "day", "workday", "month"]
Direction = Literal["forward", "backward"]
Roll = Literal["next_workday", "previous_workday", "none"]
_LARGEST_AMOUNT = 9_999
_DIGITS = "零一二三四五六七八九"
_UNIT_LABELS: Mapping[str, str] = {
    "hour": "小时",
    "day": "日",
    "workday": "个工作日",
    "month": "个月",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the dated rule table, resolved for a region and a day.

    `warn` counts days before the due day at which somebody is alerted. `version` names the
    row that was in force, so that a stored deadline can say by which text it was counted.
    """

    code: str
    amount: int
    unit: Unit
    label: str = ""
    direction: Direction = "forward"
    roll: Roll = "next_workday"
    exclude_first_day: bool = True
    close_time: str = "24:00"
    start_event: str = ""
    basis: str = ""
    extendable: bool = False
    pausable: bool = False
    warn: tuple[int, ...] = (15, 7, 3)
    version: str = ""
    region: str = ""

    def __post_init__(self) -> None:
        faults = tuple(_rule_faults(self))
        if faults:
            raise InvalidInput(
                f"期限规则“{self.code}”有误：{faults[0].detail}"
                f" Expected a valid deadline rule '{self.code}', but it has faults.",
                faults,
            )


#: The day a clock stopped, and the day it went on.
Held = tuple[date, date]


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


def read_rule(code: str, row: Mapping[str, Any], *, version: str = "") -> Rule:
    """Make a rule of what the decision table answered; unknown columns are left alone."""
    backward = row.get("direction") == "backward"
    exclude_first = row.get("exclude_first_day", row.get("exclude_first"))
    roll: Any = row.get("roll")
    if isinstance(roll, bool):
        roll = "next_workday" if roll else "none"
    return Rule(
        code=code,
        amount=_whole(row.get("amount")),
        unit=row.get("unit") or "day",
        label=str(row.get("label") or ""),
        direction="backward" if backward else "forward",
        roll=roll or ("previous_workday" if backward else "next_workday"),
        exclude_first_day=exclude_first is not False,
        close_time=str(row.get("close_time") or "24:00")[:5],
        start_event=str(row.get("start_event") or ""),
        basis=str(row.get("basis") or row.get("legal_basis") or ""),
        extendable=row.get("extendable") is True,
        pausable=row.get("pausable") is True,
        warn=_steps(row.get("warn")),
        version=str(row.get("version") or row.get("valid_from") or version),
        region=str(row.get("region") or ""),
    )


def compute(
    rule: Rule, start: date | datetime, calendar: Calendar, held: Sequence[Held] = ()
) -> Due:
    """Count a period from its start, as 民法典 200-203 and 民事诉讼法 85 do.

    The first day is excluded; a month ends on the corresponding date or on the month's last
    day; a last day that is not worked rolls to the next working day, or, for periods counted
    back from an event, to the previous one. Periods of hours need the time of their start
    and, where they roll, end with the working day they roll to. What the clock was `held`
    for is added before the last day rolls, in days, or working days where those are counted;
    periods of hours are not held.
    """
    start_day = _shanghai_day(start)
    if rule.unit == "hour":
        return _compute_hours(rule, start, calendar)
    raw = _after_holds(rule, _raw(rule, start_day, calendar), calendar, held)
    due = _rolled(rule, raw, calendar)
    consulted = _last_consulted(rule, start_day, raw, due)
    provisional = consulted is not None and not calendar.is_known(consulted)
    return Due(
        raw=raw,
        due=due,
        due_at=day_end(due, rule.close_time),
        provisional=provisional,
        explanation=_explain(rule, start_day, raw, due, calendar, provisional, held),
        rule_version=rule.version,
        calendar_version=calendar.version,
    )


def day_end(day: date, close_time: str = "24:00") -> datetime:
    """Give the instant (UTC) at which a day of Asia/Shanghai closes; 24:00 is midnight after."""
    if close_time == "24:00":
        local = datetime.combine(day + ONE_DAY, time(), CHINA)
    else:
        local = datetime.combine(day, time.fromisoformat(close_time), CHINA)
    return local.astimezone(UTC)


def add_months(day: date, months: int) -> date:
    """Give the corresponding date months later (or earlier), or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _rule_faults(rule: Rule) -> list[Fault]:
    checks = (
        ("unit", rule.unit in get_args(Unit), f"单位“{rule.unit}”应为 {'、'.join(get_args(Unit))}"),
        ("roll", rule.roll in get_args(Roll), f"顺延方式“{rule.roll}”应为 {get_args(Roll)}"),
        ("amount", 0 < rule.amount <= _LARGEST_AMOUNT, f"期限数“{rule.amount}”应为正整数"),
        ("close_time", _is_close_time(rule.close_time), f"截止时刻“{rule.close_time}”应为 HH:MM"),
    )
    return [Fault(f"{rule.code}/{name}", detail) for name, good, detail in checks if not good]


def _is_close_time(text: str) -> bool:
    if text == "24:00":
        return True
    try:
        time.fromisoformat(text)
    except ValueError:
        return False
    return True


def _whole(value: Any) -> int:
    """Decision tables answer with JavaScript numbers: 2.0 is a whole number, 2.5 and "x" none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return 0
    try:
        number = float(value)
    except ValueError:
        return 0
    return int(number) if number.is_integer() else 0


def _steps(value: Any) -> tuple[int, ...]:
    if value is None:
        return (15, 7, 3)
    parts = value.replace(",", " ").split() if isinstance(value, str) else list(value)
    return tuple(sorted({_whole(part) for part in parts} - {0}, reverse=True))


def _shanghai_day(start: date | datetime) -> date:
    if not isinstance(start, datetime):
        return start
    if start.tzinfo is None:
        raise InvalidInput("起算时间缺少时区。 Expected a start with a time zone, but it has none.")
    return start.astimezone(CHINA).date()


def _raw(rule: Rule, start: date, calendar: Calendar) -> date:
    sign = -1 if rule.direction == "backward" else 1
    amount = sign * rule.amount
    included = timedelta() if rule.exclude_first_day else sign * ONE_DAY
    if rule.unit == "month":
        return add_months(start, amount) - included
    if rule.unit == "day":
        return start + timedelta(days=amount) - included
    return calendar.add_workdays(start - included, amount)


def _after_holds(rule: Rule, raw: date, calendar: Calendar, held: Sequence[Held]) -> date:
    for began, ended in held:
        days = [began + ONE_DAY * n for n in range((ended - began).days)]
        if rule.unit == "workday":
            raw = calendar.add_workdays(raw, sum(calendar.is_workday(day) for day in days))
        else:
            raw += ONE_DAY * len(days)
    return raw


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
    raw = _shanghai_day(end)
    due = _rolled(rule, raw, calendar)
    provisional = rule.roll != "none" and not calendar.is_known(max(raw, due))
    due_at = end if due == raw else day_end(due, rule.close_time)
    local = due_at.astimezone(CHINA)
    begun = start.astimezone(CHINA)
    tail = f"，届满时刻为{_date_zh(raw)}{end.astimezone(CHINA):%H:%M}"
    if due != raw:
        tail += f"，当日为{calendar.describe(raw)}，顺延至{_date_zh(due)}"
    return Due(
        raw=raw,
        due=due,
        due_at=local.astimezone(UTC),
        provisional=provisional,
        explanation=_opening(rule, f"{_date_zh(begun.date())}{begun:%H:%M}") + tail + "。",
        rule_version=rule.version,
        calendar_version=calendar.version,
    )


def _explain(
    rule: Rule,
    start: date,
    raw: date,
    due: date,
    calendar: Calendar,
    provisional: bool,
    held: Sequence[Held],
) -> str:
    backward = rule.direction == "backward"
    end, roll = ("最迟日", "提前至") if backward else ("届满日", "顺延至")
    if due != raw:
        tail = f"{end}{_date_zh(raw)}为{calendar.describe(raw)}，{roll}{_date_zh(due)}"
    elif raw.weekday() >= 5 and rule.roll != "none" and calendar.is_workday(raw):
        tail = f"{end}为{_date_zh(raw)}（{calendar.describe(raw)}），不{roll[:2]}"
    else:
        tail = f"{end}为{_date_zh(raw)}"
    if provisional:
        last = calendar.known_until
        tail += f"；{_date_zh(last)}之后的放假安排尚未公布，本期限暂定"
    holds = "".join(f"，{_date_zh(began)}至{_date_zh(ended)}中止" for began, ended in held)
    return f"{_opening(rule, _date_zh(start))}{holds}，{tail}。"


def _opening(rule: Rule, start: str) -> str:
    amount = _number_zh(rule.amount) + _UNIT_LABELS[rule.unit]
    basis = f"（{rule.basis}）" if rule.basis else ""
    event = rule.start_event.removesuffix("之日")
    if rule.direction == "backward":
        return f"自{start}{event}之日向前推算{amount}{basis}"
    return f"自{start}{event}之日起算{amount}{basis}" if event else f"自{start}起算{amount}{basis}"


def _date_zh(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _number_zh(number: int) -> str:
    """Write a period as laws write it: 二个月, 十五日, 二十四小时, 一百八十日."""
    if number >= 1000:
        return str(number)
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else _DIGITS[tens]) + "十"
    elif hundreds and ones:
        text += "零"
    return text + (_DIGITS[ones] if ones else "")
