"""The clock starts processes; cycles ring as often as they say, and miss none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from tests.services.conftest import House
from tests.services.drawing import chain, node, process, user
from workflow_server.services import tasks
from workflow_server.services.advance import due, schedules
from workflow_server.store import jobs
from workflow_server.store.db import session
from workflow_server.store.process_instances import ProcessInstance

DAY = timedelta(days=1)


def timer(text: str, kind: str = "timeCycle") -> str:
    """Draw a timer."""
    return f'<b:timerEventDefinition id="td"><b:{kind}>{text}</b:{kind}></b:timerEventDefinition>'


def scheduled(text: str, kind: str = "timeCycle", task: str = "look") -> str:
    """Draw a process that the clock starts."""
    begin = node("startEvent", "begin", "", timer(text, kind))
    return process(begin, user(task), chain("begin", task, "end"), start="")


def count() -> int:
    """Return how many instances there are."""
    return session().scalar(sa.select(sa.func.count()).select_from(ProcessInstance)) or 0


def pass_days(house: House, days: int) -> int:
    """Let days go by, one at a time, and return how many instances there are."""
    for _ in range(days):
        house.now += DAY
        house.run_jobs()
    return count()


def test_a_cycle_starts_the_process_as_often_as_it_says(house: House) -> None:
    house.deploy(scheduled("R3/P1D"))
    house.run_jobs()
    assert count() == 0
    assert [pass_days(house, 1) for _ in range(5)] == [1, 2, 3, 3, 3]
    office = house.organisation("office")
    assert {each.organisation_id for each in session().scalars(sa.select(ProcessInstance))} == {
        office
    }


def test_what_was_missed_is_caught_up_one_by_one(house: House) -> None:
    house.deploy(scheduled("R/P1D"))
    house.now += 4 * DAY
    house.run_jobs()
    assert count() == 4


def test_to_deploy_again_neither_restarts_nor_repeats_a_schedule(house: House) -> None:
    house.deploy(scheduled("R2/P2D"))
    pass_days(house, 1)
    house.deploy(scheduled("R2/P2D", task="see"))
    assert pass_days(house, 1) == 1
    assert list(house.open_tasks(house.ann)) == ["see"]
    assert pass_days(house, 2) == 2
    house.deploy(scheduled("R2/P2D"))
    assert pass_days(house, 4) == 2


def test_a_schedule_that_is_drawn_anew_takes_the_place_of_the_old_one(house: House) -> None:
    house.deploy(scheduled("R/P1D"))
    house.deploy(scheduled("R/P3D"))
    assert [pass_days(house, 1) for _ in range(3)] == [0, 0, 1]


def test_a_process_that_left_the_content_is_started_no_more(house: House) -> None:
    house.deploy(scheduled("R/P1D"))
    house.deploy(process(user("other"), chain("begin", "other", "end"), key="q"))
    assert pass_days(house, 2) == 0


def test_what_was_over_before_the_deployment_is_not_made_up(house: House) -> None:
    house.deploy(scheduled("R5/2026-06-27T09:00:00/P2D"))
    house.now += timedelta(minutes=1)
    assert count() == 0
    assert [pass_days(house, 1) for _ in range(5)] == [0, 1, 1, 2, 2]


def test_a_date_starts_it_once_in_the_time_of_china(house: House) -> None:
    house.deploy(scheduled("2026-07-02T09:00:00", "timeDate"))
    house.now = datetime(2026, 7, 2, 0, 59, tzinfo=UTC)
    house.run_jobs()
    assert count() == 0
    house.now = datetime(2026, 7, 2, 1, 0, tzinfo=UTC)
    house.run_jobs()
    assert count() == 1
    house.deploy(scheduled("2026-07-02T09:00:00", "timeDate", task="see"))
    assert pass_days(house, 2) == 1


def test_a_timer_beside_a_task_rings_as_often_as_it_says(house: House) -> None:
    beside = node(
        *("boundaryEvent", "urge", "", timer("R2/P1D")),
        attachedToRef="draft",
        cancelActivity="false",
    )
    ways = chain("begin", "draft", "end") + chain("urge", "remind", "end")
    house.deploy(process(user("draft"), beside, user("remind"), ways))
    house.start(house.ann)
    house.now += 5 * DAY
    house.run_jobs()
    found, _ = tasks.list_(house.ann, mine=True)
    listed = [each.task.element_id for each in found]
    assert sorted(listed) == ["draft", "remind", "remind"]


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        (None, datetime(2026, 2, 28, 4, 0, tzinfo=UTC)),
        (datetime(2026, 2, 28, 4, 0, tzinfo=UTC), datetime(2026, 3, 28, 4, 0, tzinfo=UTC)),
    ],
)
def test_a_cycle_counts_on_from_its_last_moment(since: datetime | None, expected: datetime) -> None:
    now = datetime(2026, 1, 31, 4, 0, tzinfo=UTC)
    assert due.of_timer("cycle", "R2/P1M", now, since) == expected
    first = datetime(2026, 5, 1, 1, 0, tzinfo=UTC)
    assert due.of_timer("cycle", "R/2026-05-01T09:00:00/P1M", now, None) == first


def test_what_was_missed_waits_its_turn_behind_other_work(house: House) -> None:
    house.deploy(scheduled("R/PT1M"))
    house.now += DAY
    (first,) = jobs.list_undone(schedules.RING)
    schedules._ring(first.payload, house.now)
    second = max(jobs.list_undone(schedules.RING), key=lambda each: each.id)
    assert second.due_at == house.now
    gap = [datetime.fromisoformat(each.payload["due"]) for each in (first, second)]
    assert gap[1] - gap[0] == timedelta(minutes=1)
