"""The working-day calendar: announced years, the estimated one, and the years beyond."""

from datetime import date, timedelta

import chinese_calendar
import pytest

from workflow_server.errors import InvalidInput
from workflow_server.rules import calendar_seed
from workflow_server.rules.calendars import Calendar


def seeded() -> Calendar:
    rows = calendar_seed.read()
    return Calendar(
        {row.day: row.is_workday for row in rows},
        calendar_seed.KNOWN_UNTIL,
        names={row.day: row.name for row in rows},
    )


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    return seeded()


def test_every_announced_day_agrees_with_the_package(calendar: Calendar) -> None:
    day, differing = date(2004, 1, 1), []
    while day <= calendar_seed.KNOWN_UNTIL:
        if calendar.is_workday(day) != chinese_calendar.is_workday(day):
            differing.append(day)
        day += timedelta(days=1)
    assert differing == []


@pytest.mark.parametrize(
    "text", ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20"]
)
def test_make_up_weekends_are_worked(calendar: Calendar, text: str) -> None:
    day = date.fromisoformat(text)
    assert calendar.is_workday(day)
    assert "调休上班" in calendar.describe(day)


def test_every_holiday_has_a_chinese_name() -> None:
    assert [row for row in calendar_seed.read() if row.name.isascii()] == []


def test_the_estimated_year_knows_the_lunar_holidays_but_is_not_known(calendar: Calendar) -> None:
    assert not calendar.is_workday(date(2027, 2, 8))
    assert calendar.describe(date(2027, 2, 8)) == "法定休假日（春节）"
    assert not calendar.is_known(date(2027, 2, 8))


def test_years_beyond_follow_the_plain_week_and_the_fixed_holidays(calendar: Calendar) -> None:
    assert not calendar.is_workday(date(2031, 10, 1))
    assert calendar.describe(date(2031, 10, 1)) == "法定休假日（国庆节）"
    assert calendar.is_workday(date(2031, 10, 8))
    assert not calendar.is_workday(date(2031, 10, 11))


def test_an_ordinary_weekend_and_an_unnamed_day_off_describe_themselves() -> None:
    calendar = Calendar({date(2026, 3, 3): False}, date(2026, 12, 31))
    assert calendar.describe(date(2026, 3, 7)) == "星期六"
    assert calendar.describe(date(2026, 3, 3)) == "法定休假日"


def test_a_calendar_without_any_working_day_is_refused() -> None:
    first = date(2026, 1, 1)
    idle = Calendar({first + timedelta(days=n): False for n in range(90)}, date(2026, 12, 31))
    with pytest.raises(InvalidInput, match="工作日历有误"):
        idle.next_workday(first)
