"""A single clock changed by hand: by whom the rights allow, within its rule, and told."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from tests.services.conftest import House
from tests.services.drawing import chain, process, user
from tests.services.test_changed_clocks_in_cases import CLOCK, deploy
from workflow_server.errors import Forbidden, NotFound
from workflow_server.services import clock_changes, tasks
from workflow_server.services import process_instances as instances
from workflow_server.services.clock_changes import Change, ChangeIncomplete
from workflow_server.services.deadline_changes import DeadlineNotExtendable
from workflow_server.services.deadlines import list_
from workflow_server.services.restrictions import ReasonMissing

BASIS = "检察长批准〔2026〕3号"


def change(operation: str, day: date | None = None, days: int | None = None) -> Change:
    return Change(operation, "案情复杂", BASIS, day, days)


@pytest.fixture
def clock(house: House) -> UUID:
    """A clock of two months that may be changed; `ann` starts the case, `eve` has the right."""
    return running(house, "R-SOFT")


def running(house: House, rule: str) -> UUID:
    ways = chain("begin", "draft", "check", "end")
    deploy(house, process(user("draft", CLOCK.format(rule)), user("check"), ways))
    house.start(house.ann)
    house.complete(house.ann, "draft", title="一")
    (view,), _ = list_(house.ann, house.now)
    return view.deadline.id


def later(house: House, days: int) -> date:
    return house.now.date() + timedelta(days=days)


def test_what_a_change_comes_to_is_seen_before_it_is_made(house: House, clock: UUID) -> None:
    wanted = change("extend", day=later(house, 120))
    seen = clock_changes.preview(house.eve, clock, wanted, house.now)
    (before,), _ = list_(house.ann, house.now)
    assert (before.deadline.revisions, before.deadline.due < seen.due) == ([], True)
    made = clock_changes.make(house.eve, clock, wanted, house.now).deadline
    assert (made.due, made.explanation) == (seen.due, seen.explanation)
    assert BASIS in made.explanation
    assert made.revisions[0]["by"] == house.eve.name
    check = house.open_tasks(house.ann)["check"]
    assert tasks.get(house.ann, check).task.due_on == made.due
    acts, _ = instances.list_history(house.eve, made.instance_id)
    assert (acts[-1].act, acts[-1].person_id) == ("DeadlineChanged", house.eve.person_id)
    assert acts[-1].data is not None
    assert (acts[-1].data["basis"], acts[-1].data["after"]) == (BASIS, made.due.isoformat())


def test_a_clock_stands_still_goes_on_and_is_counted_from_the_right_day(
    house: House, clock: UUID
) -> None:
    (before,), _ = list_(house.ann, house.now)
    due = before.deadline.due
    paused = clock_changes.make(house.eve, clock, change("pause"), house.now)
    assert (paused.deadline.status, clock_changes.open_to(house.eve, clock, house.now)[1]) == (
        "paused",
        ["resume", "revise"],
    )
    house.now += timedelta(days=10)
    resumed = clock_changes.make(house.eve, clock, change("resume"), house.now).deadline
    assert (resumed.status, resumed.due > due) == ("running", True)
    excluded = clock_changes.make(house.eve, clock, change("exclude", days=5), house.now)
    assert "扣除五日" in excluded.deadline.explanation
    right = change("revise", day=later(house, -20))
    assert clock_changes.make(house.eve, clock, right, house.now).deadline.started_at == str(
        later(house, -20)
    )


def test_who_lacks_the_right_or_the_sight_changes_nothing(house: House, clock: UUID) -> None:
    wanted = change("pause")
    with pytest.raises(Forbidden, match="调整期限"):
        clock_changes.make(house.ann, clock, wanted, house.now)
    with pytest.raises(Forbidden, match="调整期限"):
        clock_changes.preview(house.ann, clock, wanted, house.now)
    with pytest.raises(NotFound):
        clock_changes.make(house.eve, uuid4(), wanted, house.now)


INCOMPLETE = (
    (change("extend"), ChangeIncomplete),
    (change("exclude"), ChangeIncomplete),
    (change("forget"), ChangeIncomplete),
    (Change("pause", reason="急", basis=" "), ChangeIncomplete),
    (Change("pause", reason=" ", basis="规定"), ReasonMissing),
    (change("extend", day=date(2099, 1, 1)), DeadlineNotExtendable),
)


def test_what_is_incomplete_or_beyond_the_rule_is_refused(house: House, clock: UUID) -> None:
    for change, refused in INCOMPLETE:
        with pytest.raises(refused):
            clock_changes.make(house.eve, clock, change, house.now)
    (kept,), _ = list_(house.ann, house.now)
    assert kept.deadline.revisions == []


def test_what_is_typed_is_no_expression(house: House, clock: UUID) -> None:
    typed = Change("pause", reason="=1+1", basis="=today")
    made = clock_changes.make(house.eve, clock, typed, house.now).deadline
    assert "=1+1（=today）" in made.revisions[0]["reason"]
