"""Cases in lists and from all sides: seen by who may, found alike on both databases."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest

from tests.services.conftest import House
from tests.services.drawing import chain, node, process, user
from workflow_server.errors import NotFound
from workflow_server.events import Event
from workflow_server.services import case_chains, cases
from workflow_server.services.cases import Filter

START = '<wf:start role="drafter" label="新建"/>'
CHECK = '<wf:form key="a/note"/><wf:assign strategy="role" role="checker"/>'


@pytest.fixture
def begun(house: House) -> UUID:
    """A case that waits at its second step, in a house where both posts see all cases."""
    check = node("userTask", "check", CHECK)
    house.deploy(
        process(user("draft"), check, chain("begin", "draft", "check", "end"), start=START)
    )
    started = house.start(house.ann)
    house.complete(house.ann, "draft", title="一")
    return started.instance.id


def test_a_line_says_where_a_case_stands_and_who_holds_it(house: House, begun: UUID) -> None:
    (line,), total = cases.list_(house.ann, house.now, Filter())
    assert total == 1
    (step,) = line.steps
    assert (step.name, step.person) == ("check", None)
    assert step.role


def test_a_list_is_narrowed_and_sorted(house: House, begun: UUID) -> None:
    later = house.start(house.ann).instance.id
    for sort in cases.SORTS:
        assert cases.list_(house.ann, house.now, Filter(), sort=sort)[1] == 2
    (first, _), _ = cases.list_(house.ann, house.now, Filter(), sort="oldest")
    assert first.instance.id in (begun, later)
    for narrowed, found in (
        (Filter(status="running"), 2),
        (Filter(status="completed"), 0),
        (Filter(process_key="p"), 2),
        (Filter(process_key="q"), 0),
        (Filter(text="%"), 0),
        (Filter(organisation_id=house.organisation("office")), 2),
    ):
        assert cases.list_(house.ann, house.now, narrowed)[1] == found


def test_more_cases_take_no_more_statements(
    house: House, begun: UUID, statements: Callable[[], list[str]]
) -> None:
    cases.list_(house.ann, house.now, Filter())
    statements()
    cases.list_(house.ann, house.now, Filter())
    few = len(statements())
    for _ in range(4):
        house.start(house.ann)
    statements()
    assert cases.list_(house.ann, house.now, Filter())[1] == 5
    assert len(statements()) == few


def test_a_case_shows_what_is_open_and_what_was_done_by_whom(house: House, begun: UUID) -> None:
    whole = cases.see(house.ann, begun, house.now)
    assert [each.task.name for each in whole.open_tasks] == ["check"]
    assert [(each.task.name, each.doer) for each in whole.done_tasks] == [("draft", house.ann.name)]
    assert not (whole.may_restrict)
    assert not (whole.may_recuse)


def test_a_history_leaves_drafts_out_unless_they_are_asked_for(house: House, begun: UUID) -> None:
    acts, total = cases.list_history(house.ann, begun)
    assert total == len(acts)
    assert acts[0].act["seq"] > acts[-1].act["seq"]
    assert acts[0].element == "draft"
    started, _ = cases.list_history(house.ann, begun, [Event.INSTANCE_STARTED], newest=False)
    assert [each.act["act"] for each in started] == [Event.INSTANCE_STARTED]
    assert cases.list_history(house.ann, begun, [Event.DRAFT_SAVED])[1] == 0


def test_who_does_not_see_a_case_sees_nothing_of_it(house: House, begun: UUID) -> None:
    stranger = house.tom
    assert cases.list_(stranger, house.now, Filter())[1] == 0
    for look in (
        lambda: cases.see(stranger, begun, house.now),
        lambda: cases.list_history(stranger, begun),
        lambda: cases.list_marks(stranger, begun),
        lambda: cases.list_recusals(stranger, begun),
        lambda: case_chains.of(stranger, begun),
    ):
        with pytest.raises(NotFound):
            look()
