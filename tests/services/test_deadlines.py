"""Clocks start by rule, stop by element, show their light and warn in time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from tests.services.stage import NOW, Stage, counting
from workflow_server.content.elements import DeadlineEffect, RecordEffect
from workflow_server.errors import InvalidInput, NotFound
from workflow_server.services import deadline_changes, deadlines, jobs, records, working_days
from workflow_server.services.deadline_rules import DeadlineRefused, UnknownRule
from workflow_server.services.deadlines import DeadlineNotRunning
from workflow_server.store import deadlines as store


@pytest.fixture
def stage(app: Flask) -> Stage:
    return Stage().build()


def starting(start: str = "=served", rule: str = "R-REPLY", **more: Any) -> DeadlineEffect:
    return DeadlineEffect("start", more.pop("name", "reply"), rule, start, **more)


def start(stage: Stage, effect: DeadlineEffect | None = None, **facts: Any) -> dict[str, Any]:
    effect = effect or starting()
    with stage.acting({"served": "2026-03-16", **facts}) as situation:
        deadline_changes.apply(effect, situation)
    shown: dict[str, Any] = stage.variables()["deadlines"][effect.name]
    return shown


def leave(stage: Stage, element_id: str, now: datetime = NOW) -> None:
    with stage.acting(element_id=element_id, now=now) as situation:
        deadlines.stop_on(situation)


def light(stage: Stage, now: datetime) -> str:
    (shown,), _ = deadlines.list_(stage.clerk, now)
    return shown.light


def test_a_clock_starts_by_the_rule_and_explains_itself(stage: Stage) -> None:
    shown = start(stage)
    assert (shown["raw_due"], shown["due"]) == ("2026-05-16", "2026-05-18")
    assert shown["explanation"] == (
        "自2026年3月16日起算二个月，届满日2026年5月16日为星期六，顺延至2026年5月18日。"
    )
    (row,), total = deadlines.list_(stage.clerk, NOW)
    assert total == 1
    assert (row.deadline.rule, row.deadline.rule_version) == ("R-REPLY", "v1")
    assert (row.deadline.label, row.deadline.calendar_version) == ("答复期限", 1)
    assert row.deadline.due_at == datetime(2026, 5, 18, 16, tzinfo=UTC)


def test_rule_and_label_may_be_expressions(stage: Stage) -> None:
    effect = starting(rule="=chosen", label='="限期" + chosen')
    start(stage, effect, chosen="R-SHORT")
    (row,), _ = deadlines.list_(stage.clerk, NOW)
    assert (row.deadline.label, row.deadline.due.isoformat()) == ("限期R-SHORT", "2026-03-23")


def test_a_rule_may_leave_its_amount_to_the_case(stage: Stage) -> None:
    shown = start(stage, starting(rule="R-CHOSEN"), chosen_days=10)
    assert shown["raw_due"] == "2026-03-26"
    with pytest.raises(InvalidInput, match="R-CHOSEN"):
        start(stage, starting(rule="R-CHOSEN"), chosen_days=None)


def test_a_clock_stands_with_its_record(stage: Stage) -> None:
    with stage.acting({"served": "2026-03-16"}) as situation:
        records.apply(RecordEffect("open", "permit", title="东大街"), situation)
        deadline_changes.apply(starting(subject="permit"), situation)
        record_id = situation.variables["records"]["permit"]["id"]
    (row,), _ = deadlines.list_(stage.clerk, NOW)
    assert str(row.deadline.record_id) == record_id
    assert deadlines.list_(stage.clerk, NOW, record_id=row.deadline.record_id)[1] == 1


def test_leaving_the_awaited_element_stops_it_in_time_or_late(stage: Stage) -> None:
    effect = starting(stop_on=("Activity_reply", "Activity_urgent"))
    start(stage, effect)
    leave(stage, "Activity_other")
    assert stage.variables()["deadlines"]["reply"]["status"] == "running"
    leave(stage, "Activity_reply", datetime(2026, 5, 18, 15, 59, tzinfo=UTC))
    assert stage.variables()["deadlines"]["reply"]["status"] == "met"
    start(stage, effect)
    leave(stage, "Activity_urgent", datetime(2026, 5, 18, 16, 0, tzinfo=UTC))
    assert stage.variables()["deadlines"]["reply"]["status"] == "met_late"


def test_an_element_that_no_clock_waits_for_costs_nothing(stage: Stage) -> None:
    start(stage, starting(stop_on=("Activity_reply",)))
    with stage.acting() as situation, counting() as counted:
        deadlines.stop_on(situation)
    assert counted.count == 0


def test_starting_costs_few_statements(stage: Stage) -> None:
    working_days.current(NOW)
    with stage.acting({"served": "2026-03-16"}) as situation, counting() as counted:
        deadline_changes.apply(starting(), situation)
    # The calendar's version, the clock and one job.
    assert counted.count == 3, counted.sent


def test_stopping_by_name_needs_a_running_clock(stage: Stage) -> None:
    start(stage)
    stop = DeadlineEffect("stop", "reply")
    with stage.acting() as situation:
        deadline_changes.apply(stop, situation)
    assert stage.variables()["deadlines"]["reply"]["status"] == "met"
    with pytest.raises(DeadlineNotRunning, match="reply"), stage.acting() as situation:
        deadline_changes.apply(stop, situation)


def test_what_is_awaited_no_more_may_have_been_met_before(stage: Stage) -> None:
    start(stage, starting(stop_on=("reply_sent",)))
    leave(stage, "reply_sent")
    with stage.acting() as situation:
        deadline_changes.apply(DeadlineEffect("stop", "reply", ended_as="cancelled"), situation)
    assert stage.variables()["deadlines"]["reply"]["status"] == "met"
    with pytest.raises(DeadlineNotRunning), stage.acting() as situation:
        deadline_changes.apply(DeadlineEffect("stop", "reply"), situation)
    with pytest.raises(DeadlineNotRunning), stage.acting() as situation:
        deadline_changes.apply(DeadlineEffect("stop", "other", ended_as="cancelled"), situation)


def test_a_new_clock_of_the_same_name_takes_the_place_of_the_old(stage: Stage) -> None:
    start(stage)
    start(stage, starting("2026-04-01"))
    rows, _ = deadlines.list_(stage.clerk, NOW)
    assert {row.deadline.status for row in rows} == {"running", "cancelled"}
    assert stage.variables()["deadlines"]["reply"]["due"] == "2026-06-01"


def test_the_end_of_an_instance_cancels_what_still_runs(stage: Stage) -> None:
    start(stage)
    with stage.acting() as situation:
        deadlines.cancel_all(situation)
    assert light(stage, NOW) == "cancelled"


@pytest.mark.parametrize("served", [None, "soon", 12, ""])
def test_a_start_that_is_no_date_is_refused(stage: Stage, served: Any) -> None:
    with pytest.raises(DeadlineRefused, match="缺少起算日期"):
        start(stage, served=served)


def test_an_unknown_rule_and_a_broken_row_are_refused(stage: Stage) -> None:
    with pytest.raises(UnknownRule, match="R-GHOST"):
        start(stage, starting(rule="R-GHOST"))
    with pytest.raises(InvalidInput, match="R-BROKEN"):
        start(stage, starting(rule="R-BROKEN"))


def test_a_rule_may_name_its_region(stage: Stage) -> None:
    own = start(stage, starting(rule='="R-REDO@" + area'), area="50")
    assert (own["rule"], own["due"]) == ("R-REDO@50", "2026-05-18")
    city = start(stage, starting(rule="R-REDO@5001"))
    assert (city["rule"], city["due"]) == ("R-REDO@5001", "2026-05-18")
    without = start(stage, starting(rule="R-REDO@33"))
    general = start(stage, starting(rule="R-REDO@"))
    assert without["due"] == general["due"] == "2026-04-16"


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ("R-GHOST@50", "R-GHOST@50"),
        ("R-REDO@重庆", "行政区划代码"),
        ("R-REDO@50@51", "行政区划代码"),
    ],
)
def test_a_named_region_makes_no_rule_and_must_be_one(stage: Stage, rule: str, says: str) -> None:
    with pytest.raises(UnknownRule, match=says):
        start(stage, starting(rule=rule))


def test_a_moment_starts_on_its_day_in_shanghai(stage: Stage) -> None:
    shown = start(stage, served="2026-03-15T17:00:00Z")
    assert shown["raw_due"] == "2026-05-16"


def test_lights_follow_the_days_that_are_left(stage: Stage) -> None:
    start(stage)
    due = datetime(2026, 5, 18, 2, tzinfo=UTC)
    days = [(30, "blue"), (15, "yellow"), (7, "orange"), (3, "red"), (0, "red"), (-1, "overdue")]
    assert [light(stage, due - timedelta(days=left)) for left, _ in days] == [
        colour for _, colour in days
    ]


def test_overdue_is_asked_of_the_moment_not_of_the_worker(stage: Stage) -> None:
    start(stage)
    late = datetime(2026, 6, 1, tzinfo=UTC)
    assert deadlines.list_(stage.clerk, NOW, status="overdue")[1] == 0
    assert deadlines.list_(stage.clerk, late, status="overdue")[1] == 1
    assert deadlines.list_(stage.clerk, late, status="running")[1] == 1


def test_warnings_come_one_after_another_and_once(stage: Stage) -> None:
    start(stage)
    for day in (
        datetime(2026, 5, 2, 17, tzinfo=UTC),
        datetime(2026, 5, 10, 17, tzinfo=UTC),
        datetime(2026, 5, 14, 17, tzinfo=UTC),
        datetime(2026, 5, 18, 17, tzinfo=UTC),
        datetime(2026, 5, 30, 17, tzinfo=UTC),
    ):
        jobs.run_due(day, 10, day)
    (row,), _ = deadlines.list_(stage.clerk, NOW)
    alerts = deadlines.list_alerts(stage.clerk, row.deadline.id)
    assert [alert.days_before for alert in alerts] == [15, 7, 3, 0]
    assert alerts[0].text == "“答复期限”将于2026年5月18日届满，还有15日。"
    assert alerts[3].text == "“答复期限”已于2026年5月18日届满，尚未办结。"


def test_a_stopped_clock_warns_no_more(stage: Stage) -> None:
    start(stage, starting(stop_on=("Activity_reply",)))
    leave(stage, "Activity_reply")
    late = datetime(2026, 6, 1, tzinfo=UTC)
    assert jobs.run_due(late, 10, late) == 0
    (row,), _ = deadlines.list_(stage.clerk, NOW)
    assert store.list_alerts(row.deadline.id) == []


def test_another_organisation_sees_no_clock(stage: Stage) -> None:
    start(stage)
    assert deadlines.list_(stage.outsider, NOW) == ([], 0)
    with pytest.raises(NotFound):
        deadlines.list_(stage.outsider, NOW, instance_id=stage.instance_id)
    assert deadlines.list_(stage.clerk, NOW, instance_id=stage.instance_id)[1] == 1
