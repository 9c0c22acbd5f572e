"""The calendar is seeded once, changed by version, and revises the clocks that run."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from tests.services.stage import NOW, Stage, counting
from workflow_server.content.elements import DeadlineEffect
from workflow_server.errors import Forbidden, InvalidState
from workflow_server.services import calendars, deadline_changes, deadlines, working_days
from workflow_server.services.calendars import CalendarRefused, DayChange

NOTICE = "国办发明电〔2026〕9号"


@pytest.fixture
def stage(app: Flask) -> Stage:
    return Stage().build()


def start(stage: Stage, day: str, rule: str = "R-REPLY") -> None:
    with stage.acting() as situation:
        deadline_changes.apply(DeadlineEffect("start", "reply", rule, day), situation)


def test_seeding_again_changes_nothing(app: Flask) -> None:
    assert calendars.seed(NOW) is True
    assert calendars.seed(NOW) is False
    assert [row.version for row in calendars.list_revisions()] == [1]


def test_seeding_takes_few_statements(app: Flask) -> None:
    with counting() as counted:
        calendars.seed(NOW)
    assert counted.count <= 4


def test_the_calendar_is_read_once_per_version(stage: Stage) -> None:
    working_days.current(NOW)
    with counting() as counted:
        assert not working_days.current(NOW).is_workday(date(2026, 10, 1))
    assert counted.count == 1


def test_a_year_lists_its_exceptions_and_says_whether_it_is_known(stage: Stage) -> None:
    known = calendars.get_year(2026, NOW)
    assert known.known
    assert date(2026, 2, 14) in {row.day for row in known.days if row.is_workday}
    estimated = calendars.get_year(2027, NOW)
    assert not estimated.known
    assert {row.source for row in estimated.days} == {"holidays 0.109 (estimated)"}
    with pytest.raises(CalendarRefused):
        calendars.get_year(0, NOW)


def test_a_gap_within_400_days_is_warned_of(stage: Stage) -> None:
    assert "2026年12月31日" in (calendars.find_gap(NOW) or "")
    assert calendars.find_gap(datetime(2025, 1, 1, tzinfo=UTC)) is None


def test_an_announcement_replaces_the_estimates_and_revises_provisional_clocks(
    stage: Stage,
) -> None:
    start(stage, "2026-12-08")
    before = stage.variables()["deadlines"]["reply"]
    assert (before["due"], before["provisional"]) == ("2027-02-11", True)
    revision = calendars.override(
        stage.root,
        [DayChange(date(2027, 2, 11), False, "春节")],
        NOTICE,
        NOW,
        known_until=date(2027, 12, 31),
    )
    assert revision.version == 2
    assert revision.changes[0]["was_workday"] is True
    assert calendars.get_year(2027, NOW).known
    assert [row.day for row in calendars.get_year(2027, NOW).days] == [date(2027, 2, 11)]
    after = stage.variables()["deadlines"]["reply"]
    assert (after["due"], after["provisional"]) == ("2027-02-08", False)
    (shown,), _ = deadlines.list_(stage.clerk, NOW)
    assert shown.deadline.calendar_version == 2
    (old,) = shown.deadline.revisions
    assert (old["due"], old["provisional"], old["calendar_version"]) == ("2027-02-11", True, 1)
    assert "第2版" in old["reason"]


def test_a_change_that_moves_no_clock_leaves_them_alone(stage: Stage) -> None:
    start(stage, "2026-03-16", "R-SHORT")
    calendars.override(stage.root, [DayChange(date(2026, 8, 3), False, "停电")], NOTICE, NOW)
    (shown,), _ = deadlines.list_(stage.clerk, NOW)
    assert (shown.deadline.calendar_version, shown.deadline.revisions) == (1, [])


def test_a_day_off_within_a_running_period_of_working_days_moves_its_end(stage: Stage) -> None:
    start(stage, "2026-03-16", "R-SHORT")
    calendars.override(stage.root, [DayChange(date(2026, 3, 18), False, "停电")], NOTICE, NOW)
    assert stage.variables()["deadlines"]["reply"]["due"] == "2026-03-24"


def test_only_administrators_with_a_source_change_the_calendar(stage: Stage) -> None:
    day = DayChange(date(2026, 8, 3), False)
    with pytest.raises(Forbidden):
        calendars.override(stage.owner, [day], NOTICE, NOW)
    with pytest.raises(CalendarRefused) as refusal:
        calendars.override(stage.root, [day, day], " ", NOW)
    assert [fault.pointer for fault in refusal.value.faults] == ["#/changes/1/day", "#/source"]
    assert [row.version for row in calendars.list_revisions()] == [1]


def test_the_coming_days_are_counted_from_the_day_of_china(app: Flask) -> None:
    working_days.seed(NOW)
    last = datetime(2026, 12, 31, 12, tzinfo=UTC) - timedelta(days=400)
    assert calendars.find_gap(last) is None
    assert calendars.find_gap(last + timedelta(hours=5)) is not None


def test_of_two_changes_at_once_the_second_is_told_so(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = working_days.current(NOW)
    days = [DayChange(date(2026, 8, day), False, "停电") for day in (3, 4)]
    calendars.override(stage.root, days[:1], NOTICE, NOW)
    monkeypatch.setattr(working_days, "current", lambda _now: before)
    with pytest.raises(InvalidState, match="刚被他人更新"):
        calendars.override(stage.root, days[1:], NOTICE, NOW)
    assert [row.version for row in calendars.list_revisions()] == [2, 1]
