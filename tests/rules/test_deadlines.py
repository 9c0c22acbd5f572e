"""Deadline arithmetic against the worked examples, and what it refuses."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from workflow_server.errors import InvalidInput
from workflow_server.rules import calendar_seed
from workflow_server.rules.calendars import Calendar
from workflow_server.rules.deadlines import Rule, add_months, compute, day_end, read_rule

D = date.fromisoformat


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    rows = calendar_seed.read()
    return Calendar(
        {row.day: row.is_workday for row in rows},
        calendar_seed.KNOWN_UNTIL,
        version=1,
        names={row.day: row.name for row in rows},
    )


def rule(amount: int = 2, unit: Any = "month", **more: Any) -> Rule:
    return Rule(code="R-TEST", amount=amount, unit=unit, **more)


WORKED_EXAMPLES = [
    ("2026-08-07", 2, "month", "2026-10-07", "2026-10-08"),
    ("2025-12-31", 2, "month", "2026-02-28", "2026-02-28"),
    ("2026-03-01", 2, "month", "2026-05-01", "2026-05-06"),
    ("2026-06-30", 2, "month", "2026-08-30", "2026-08-31"),
    ("2026-03-15", 2, "month", "2026-05-15", "2026-05-15"),
    ("2026-08-01", 2, "month", "2026-10-01", "2026-10-08"),
    ("2026-02-04", 3, "month", "2026-05-04", "2026-05-06"),
    ("2025-08-31", 6, "month", "2026-02-28", "2026-02-28"),
    ("2026-03-04", 1, "month", "2026-04-04", "2026-04-07"),
    ("2026-02-10", 5, "day", "2026-02-15", "2026-02-24"),
    ("2026-02-10", 5, "workday", None, "2026-02-24"),
    ("2026-02-13", 3, "day", "2026-02-16", "2026-02-24"),
    ("2026-02-13", 3, "workday", None, "2026-02-25"),
    ("2026-09-28", 5, "day", "2026-10-03", "2026-10-08"),
    ("2026-09-28", 5, "workday", None, "2026-10-10"),
    ("2026-04-30", 15, "day", "2026-05-15", "2026-05-15"),
    ("2026-09-18", 10, "workday", None, "2026-10-09"),
    ("2026-02-09", 10, "workday", None, "2026-02-28"),
    ("2026-11-22", 2, "month", "2027-01-22", "2027-01-22"),
]


@pytest.mark.parametrize(("start", "amount", "unit", "raw", "due"), WORKED_EXAMPLES)
def test_worked_examples_come_out_as_computed(
    calendar: Calendar, start: str, amount: int, unit: str, raw: str | None, due: str
) -> None:
    result = compute(rule(amount, unit), D(start), calendar)
    assert result.due == D(due)
    assert result.raw == D(raw or due)
    assert result.provisional is (D(due) > calendar_seed.KNOWN_UNTIL)
    assert result.calendar_version == 1


def test_the_explanation_names_start_basis_holiday_and_roll(calendar: Calendar) -> None:
    reply = rule(start_event="收到", basis="《人民检察院检察建议工作规定》第十九条")
    assert compute(reply, D("2026-08-07"), calendar).explanation == (
        "自2026年8月7日收到之日起算二个月（《人民检察院检察建议工作规定》第十九条），"
        "届满日2026年10月7日为法定休假日（国庆节），顺延至2026年10月8日。"
    )


def test_the_explanation_says_why_a_make_up_saturday_does_not_roll(calendar: Calendar) -> None:
    text = compute(rule(), D("2025-12-31"), calendar).explanation
    assert text == "自2025年12月31日起算二个月，届满日为2026年2月28日（星期六，调休上班），不顺延。"


def test_a_date_beyond_the_announced_calendar_is_provisional_and_says_so(
    calendar: Calendar,
) -> None:
    result = compute(rule(), D("2026-11-23"), calendar)
    assert (result.raw, result.due) == (D("2027-01-23"), D("2027-01-25"))
    assert result.provisional
    assert "2026年12月31日之后的放假安排尚未公布，本期限暂定" in result.explanation


def test_the_day_ends_at_midnight_of_shanghai(calendar: Calendar) -> None:
    result = compute(rule(), D("2026-08-07"), calendar)
    assert result.due_at == datetime(2026, 10, 8, 16, tzinfo=UTC)


def test_a_closing_time_ends_the_day_earlier(calendar: Calendar) -> None:
    result = compute(rule(close_time="17:30"), D("2026-08-07"), calendar)
    assert result.due_at == datetime(2026, 10, 8, 9, 30, tzinfo=UTC)
    assert day_end(D("2026-10-08"), "17:30") == result.due_at


def test_an_instant_starts_on_its_day_in_shanghai(calendar: Calendar) -> None:
    late = datetime(2026, 8, 6, 17, 0, tzinfo=UTC)
    assert compute(rule(), late, calendar).raw == D("2026-10-07")


@pytest.mark.parametrize(
    ("start", "amount", "unit", "due"),
    [
        ("2026-03-10", 3, "day", "2026-03-06"),
        ("2026-03-11", 3, "day", "2026-03-06"),
        ("2026-03-12", 3, "day", "2026-03-09"),
        ("2026-10-09", 3, "day", "2026-09-30"),
        ("2026-10-09", 3, "workday", "2026-09-29"),
        ("2026-05-31", 3, "month", "2026-02-28"),
    ],
)
def test_counting_back_ends_on_the_last_permitted_working_day(
    calendar: Calendar, start: str, amount: int, unit: str, due: str
) -> None:
    back = rule(amount, unit, direction="backward", start_event="会议")
    result = compute(back, D(start), calendar)
    assert result.due == D(due)
    assert "会议之日向前推算" in result.explanation


def test_without_roll_a_holiday_stays_the_due_day(calendar: Calendar) -> None:
    result = compute(rule(roll="none"), D("2026-08-07"), calendar)
    assert result.due == result.raw == D("2026-10-07")
    assert not result.provisional


def test_including_the_first_day_ends_one_day_earlier(calendar: Calendar) -> None:
    assert compute(rule(5, "day", exclude_first_day=False), D("2026-03-09"), calendar).due == D(
        "2026-03-13"
    )
    assert compute(rule(5, "workday", exclude_first_day=False), D("2026-03-09"), calendar).due == D(
        "2026-03-13"
    )


def test_hours_run_from_the_minute_and_need_one(calendar: Calendar) -> None:
    day_long = rule(24, "hour", roll="none")
    result = compute(day_long, datetime(2026, 3, 6, 2, 15, tzinfo=UTC), calendar)
    assert result.due_at == datetime(2026, 3, 7, 2, 15, tzinfo=UTC)
    assert "二十四小时" in result.explanation
    with pytest.raises(InvalidInput, match="具体时间"):
        compute(day_long, D("2026-03-06"), calendar)


def test_hours_that_roll_end_with_the_next_working_day(calendar: Calendar) -> None:
    start = datetime(2026, 3, 6, 2, 15, tzinfo=UTC)
    result = compute(rule(24, "hour"), start, calendar)
    assert result.due_at == datetime(2026, 3, 9, 16, tzinfo=UTC)
    assert "顺延至2026年3月9日" in result.explanation


def test_a_start_without_time_zone_is_refused(calendar: Calendar) -> None:
    with pytest.raises(InvalidInput, match="时区"):
        compute(rule(), datetime(2026, 3, 6, 2, 15), calendar)


@pytest.mark.parametrize(
    ("row", "pointer"),
    [
        ({"amount": 0, "unit": "day"}, "amount"),
        ({"amount": 2.5, "unit": "day"}, "amount"),
        ({"amount": "two", "unit": "day"}, "amount"),
        ({"amount": 10_000, "unit": "month"}, "amount"),
        ({"amount": 2, "unit": "fortnight"}, "unit"),
        ({"amount": 2, "unit": "day", "roll": "sideways"}, "roll"),
        ({"amount": 2, "unit": "day", "close_time": "25:61"}, "close_time"),
    ],
)
def test_a_faulty_rule_row_is_refused_with_the_column(row: dict[str, Any], pointer: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        read_rule("R-BAD", row)
    assert refusal.value.faults[0].pointer == f"R-BAD/{pointer}"


def test_a_table_row_becomes_a_rule() -> None:
    made = read_rule(
        "R-REPLY",
        {"amount": 2.0, "unit": "month", "roll": True, "warn": "7 15", "valid_from": "2019-02-26"},
    )
    assert (made.amount, made.roll, made.warn) == (2, "next_workday", (15, 7))
    assert made.version == "2019-02-26"
    back = read_rule("R-BACK", {"amount": 3, "unit": "day", "direction": "backward"})
    assert back.roll == "previous_workday"


def test_months_cross_years_in_both_directions() -> None:
    assert add_months(D("2024-12-31"), 2) == D("2025-02-28")
    assert add_months(D("2024-01-31"), -2) == D("2023-11-30")


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (2, "二日"),
        (10, "十日"),
        (15, "十五日"),
        (30, "三十日"),
        (180, "一百八十日"),
        (105, "一百零五日"),
    ],
)
def test_periods_are_written_as_laws_write_them(calendar: Calendar, amount: int, text: str) -> None:
    assert f"起算{text}，" in compute(rule(amount, "day"), D("2024-03-15"), calendar).explanation
