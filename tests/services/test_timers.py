"""Timers ring when business time says so, and follow deadlines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.services.conftest import House
from tests.services.drawing import chain, line, node, process, user
from workflow_server.services import incidents
from workflow_server.services import process_instances as instances
from workflow_server.services.advance import due
from workflow_server.services.advance.due import TimerUnreadable
from workflow_server.store import process_instances as rows
from workflow_server.store.db import session

NOON = datetime(2026, 1, 31, 4, 0, tzinfo=UTC)


def timer(text: str, kind: str = "timeDuration") -> str:
    """Draw a timer that a token waits at."""
    inner = f"<b:timerEventDefinition id='td'><b:{kind}>{text}</b:{kind}></b:timerEventDefinition>"
    return node("intermediateCatchEvent", "wait", "", inner)


def test_a_timer_rings_when_it_is_due_and_not_before(house: House) -> None:
    house.deploy(line(timer("P1D"), "check"))
    started = house.start(house.ann)
    assert instances.get_diagram(house.ann, started.instance.id).current == ["wait"]
    house.now += timedelta(hours=23)
    assert house.run_jobs() == 0
    house.now += timedelta(hours=1)
    assert house.run_jobs() == 1
    assert list(house.open_tasks(house.ann)) == ["check"]
    assert house.run_jobs() == 0


def test_a_timer_may_be_an_expression(house: House) -> None:
    first = user("draft", '<wf:output name="day" value="=this.title"/>')
    house.deploy(line(first, timer("=day", "timeDate"), "check"))
    house.start(house.ann)
    house.complete(house.ann, "draft", title="2026-07-03")
    house.now = datetime(2026, 7, 2, 15, 59, tzinfo=UTC)
    assert house.run_jobs() == 0
    house.now = datetime(2026, 7, 2, 16, 0, tzinfo=UTC)
    assert house.run_jobs() == 1


def test_a_time_that_cannot_be_read_becomes_an_incident_of_its_own(house: House) -> None:
    first = user("draft", '<wf:output name="day" value="=this.title"/>')
    house.deploy(line(first, timer("=day", "timeDate"), "check"))
    started = house.start(house.ann)
    assert house.complete(house.ann, "draft", title="明天").task.status == "completed"
    for hours in range(1, 8):
        house.run_jobs(timedelta(hours=hours))
    assert "明天" in house.incidents(started.instance.id)[0]


def test_a_boundary_timer_takes_the_task_away(house: House) -> None:
    boundary = (
        '<b:boundaryEvent id="late" name="late" attachedToRef="draft"><b:timerEventDefinition '
        'id="lt"><b:timeDuration>PT1H</b:timeDuration></b:timerEventDefinition></b:boundaryEvent>'
    )
    other_end = node("endEvent", "given_up")
    ways = chain("begin", "draft", "end") + chain("late", "urge", "given_up")
    house.deploy(process(user("draft"), boundary, user("urge"), other_end, ways))
    house.start(house.ann)
    house.now += timedelta(hours=1)
    house.run_jobs()
    assert list(house.open_tasks(house.ann)) == ["urge"]


def test_a_completed_task_takes_its_timer_along(house: House) -> None:
    boundary = (
        '<b:boundaryEvent id="late" name="late" attachedToRef="draft"><b:timerEventDefinition '
        'id="lt"><b:timeDuration>PT1H</b:timeDuration></b:timerEventDefinition></b:boundaryEvent>'
    )
    drawn = process(user("draft"), boundary, chain("begin", "draft", "end"), chain("late", "end"))
    house.deploy(drawn)
    house.start(house.ann)
    house.complete(house.ann, "draft", title="一")
    house.now += timedelta(hours=2)
    assert house.run_jobs() == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("P1M", datetime(2026, 2, 28, 4, 0, tzinfo=UTC)),
        ("-P1M", datetime(2025, 12, 31, 4, 0, tzinfo=UTC)),
        ("P1Y2M3W4DT5H6M7S", datetime(2027, 4, 25, 9, 6, 7, tzinfo=UTC)),
        ("PT0.5S", datetime(2026, 1, 31, 4, 0, 0, 500_000, tzinfo=UTC)),
    ],
)
def test_a_duration_is_counted_by_the_calendar(text: str, expected: datetime) -> None:
    assert due.after(NOON, text) == expected


@pytest.mark.parametrize("text", ["", "P", "PT", "1D", "P1H", "P99999999Y", None, 5, "P1D "])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(TimerUnreadable):
        due.after(NOON, text)


def test_times_without_a_zone_are_those_of_china() -> None:
    assert due.read_moment("2026-07-01") == datetime(2026, 6, 30, 16, 0, tzinfo=UTC)
    assert due.read_moment("2026-07-01T09:00:00") == datetime(2026, 7, 1, 1, 0, tzinfo=UTC)
    assert due.read_moment("2026-07-01T09:00:00Z") == datetime(2026, 7, 1, 9, 0, tzinfo=UTC)
    for text in ("someday", "2026-02-30", "", None):
        with pytest.raises(TimerUnreadable):
            due.read_moment(text)


def test_a_timer_follows_its_deadline_at_a_distance() -> None:
    deadline = {"due": "2026-08-31", "due_at": "2026-08-31T09:30:00+00:00"}
    assert due.of_deadline(deadline, "-P15D") == datetime(2026, 8, 16, 9, 30, tzinfo=UTC)
    assert due.of_deadline({"due": "2026-08-31"}, None) == datetime(2026, 8, 31, 16, tzinfo=UTC)
    with pytest.raises(TimerUnreadable):
        due.of_deadline(None, None)


def test_a_duration_runs_from_the_arrival_however_late_it_could_be_read(house: House) -> None:
    first = user("draft", '<wf:output name="span" value="=this.title"/>')
    house.deploy(line(first, timer("=span"), "check"))
    started = house.start(house.ann)
    house.complete(house.ann, "draft", title="一天")
    for hours in range(1, 8):
        house.run_jobs(timedelta(hours=hours))
    case = rows.lock(started.instance.id).instance
    rows.save(case, {"variables": {**case.variables, "span": "P1D"}})
    session().commit()
    house.now += timedelta(hours=20)
    (failed,), _ = incidents.list_(house.root, instance_id=started.instance.id)
    incidents.resolve(house.root, failed.id, house.now)
    house.run_jobs()
    house.now += timedelta(hours=4)
    house.run_jobs()
    assert list(house.open_tasks(house.ann)) == ["check"]
