"""What a person does to a case that its diagram didn't foresee."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.services.conftest import House
from tests.services.drawing import chain, flow, line, node, process, user
from tests.services.test_timers import timer
from workflow_server.engine.refusals import MoveRefused, SkipRefused
from workflow_server.errors import Forbidden, InvalidInput, NotFound
from workflow_server.services import process_instances as instances
from workflow_server.services import repairs
from workflow_server.services.advance.case import InstanceNotRunning
from workflow_server.services.jobs import OnHold
from workflow_server.services.repairs import NoElementFailed, NotHeld, Repair, VariableKept
from workflow_server.services.restrictions import ReasonMissing
from workflow_server.store import incidents as incident_rows
from workflow_server.store import subscriptions

COUNT = '<wf:operation name="count" result="n"><wf:parameter name="kind" value="permit"/>'
COUNT += "</wf:operation>"
BLOCK = process(
    user("one"), user("two"), user("judge"),
    node("parallelGateway", "split"), node("parallelGateway", "join"),
    flow("begin", "split"), flow("split", "one"), flow("split", "two"),
    flow("one", "join"), flow("two", "join"), chain("join", "judge", "end"),
)  # fmt: skip


def repair(
    house: House, instance_id: UUID, reason: str = "误操作，按领导批示处理", **more: Any
) -> Repair:
    return Repair(house.eve, instance_id, reason, house.now, **more)


def acts(house: House, instance_id: UUID) -> list[str]:
    rows, _ = instances.list_history(house.eve, instance_id)
    return [row.act for row in rows]


def test_a_case_that_is_held_lets_nobody_act_and_rings_no_timer(house: House) -> None:
    bell = '<b:boundaryEvent id="late" name="late" attachedToRef="draft" cancelActivity="false">'
    bell += '<b:timerEventDefinition id="lt"><b:timeDuration>P1D</b:timeDuration>'
    bell += "</b:timerEventDefinition></b:boundaryEvent>"
    house.deploy(
        process(user("draft"), bell, user("urge"), chain("begin", "draft", "end"),
                chain("late", "urge", "end"))
    )  # fmt: skip
    case = house.start(house.ann).instance.id
    assert repairs.suspend(repair(house, case)).status == "suspended"
    with pytest.raises(OnHold):
        house.complete(house.ann, "draft", title="x")
    house.now += timedelta(days=2)
    house.run_jobs()
    assert house.incidents(case) == []
    assert list(house.open_tasks(house.ann)) == ["draft"]
    assert repairs.resume(repair(house, case)).status == "running"
    assert house.run_jobs() == 1
    assert sorted(house.open_tasks(house.ann)) == ["draft", "urge"]
    house.complete(house.ann, "draft", title="x")
    assert acts(house, case)[1:3] == ["InstanceSuspended", "InstanceResumed"]


def test_only_a_held_case_can_be_resumed_and_only_a_running_one_held(house: House) -> None:
    house.deploy(line("draft"))
    case = house.start(house.ann).instance.id
    with pytest.raises(NotHeld):
        repairs.resume(repair(house, case))
    repairs.suspend(repair(house, case))
    with pytest.raises(OnHold):
        repairs.suspend(repair(house, case))


def test_a_repetition_changes_nothing(house: House) -> None:
    house.deploy(line("draft"))
    case = house.start(house.ann).instance.id
    for _ in range(2):
        assert repairs.suspend(repair(house, case, key="once")).status == "suspended"
    assert acts(house, case).count("InstanceSuspended") == 1


def test_who_has_no_right_or_gives_no_reason_changes_nothing(house: House) -> None:
    house.deploy(line("draft"))
    case = house.start(house.ann).instance.id
    with pytest.raises(Forbidden):
        repairs.suspend(Repair(house.ann, case, "x", house.now))
    with pytest.raises(NotFound):
        repairs.suspend(Repair(house.tom, case, "x", house.now))
    with pytest.raises(ReasonMissing):
        repairs.suspend(repair(house, case, reason=" "))
    assert instances.get(house.ann, case).status == "running"


def test_a_case_ends_before_its_time_with_all_that_is_open(house: House) -> None:
    house.deploy(BLOCK, line(timer("P1D"), key="q"))
    case = house.start(house.ann).instance.id
    assert repairs.cancel(repair(house, case)).status == "cancelled"
    assert house.open_tasks(house.ann) == {}
    waiting = house.start(house.ann, "q").instance.id
    repairs.suspend(repair(house, waiting))
    assert repairs.cancel(repair(house, waiting)).ended_at is not None
    house.now += timedelta(days=3)
    assert house.run_jobs() == 0
    assert subscriptions.list_of(waiting) == []
    with pytest.raises(InstanceNotRunning):
        repairs.cancel(repair(house, case))


def test_a_branch_is_moved_and_one_that_would_be_done_twice_must_be_named(house: House) -> None:
    house.deploy(BLOCK)
    case = house.start(house.ann).instance.id
    places = {each.element_id: each for each in repairs.positions(house.eve, case, house.now)}
    assert places.keys() == {"one", "two"}
    assert set(places["one"].targets) == {"one", "two", "judge", "split", "end"}
    one, two = places["one"].visit_id, places["two"].visit_id
    with pytest.raises(MoveRefused, match="two"):
        repairs.move(repair(house, case), one, "split")
    assert sorted(house.open_tasks(house.ann)) == ["one", "two"]
    repairs.move(repair(house, case), one, "judge", [two])
    assert list(house.open_tasks(house.ann)) == ["judge"]
    house.complete(house.ann, "judge", title="x")
    assert instances.get(house.ann, case).status == "completed"


def test_a_failed_automatic_element_is_skipped_and_a_persons_task_never_is(house: House) -> None:
    lost = '<wf:record operation="update" kind="permit" title="=missing" when="enter"/>'
    opening = '<wf:record operation="open" kind="permit" title="=this.title"/>'
    opening += '<wf:output name="missing" value="=this.remark"/>'
    house.deploy(
        line(node("serviceTask", "work", lost + COUNT), user("check", opening)),
        line(user("draft", lost), user("check", opening), key="q"),
    )
    case, other = house.start(house.ann).instance.id, house.start(house.ann, "q").instance.id
    (failed,), (task,) = incident_rows.list_open_of(case), incident_rows.list_open_of(other)
    repairs.skip(repair(house, case), failed.id)
    assert list(house.open_tasks(house.ann)) == ["check"]
    assert house.incidents(case) == []
    with pytest.raises(SkipRefused):
        repairs.skip(repair(house, other), task.id)
    with pytest.raises(NoElementFailed):
        repairs.skip(repair(house, case), failed.id)
    assert acts(house, case)[-1] == "ElementSkipped"


def test_a_fact_is_set_and_what_the_server_keeps_is_not(house: House) -> None:
    wait = node(
        "intermediateCatchEvent", "until", "",
        '<b:conditionalEventDefinition id="c"><b:condition>agreed = true</b:condition>'
        "</b:conditionalEventDefinition>",
    )  # fmt: skip
    house.deploy(line(user("draft", '<wf:output name="agreed" value="=false"/>'), wait, "check"))
    case = house.start(house.ann).instance.id
    house.complete(house.ann, "draft", title="x")
    assert house.open_tasks(house.ann) == {}
    repairs.set_variable(repair(house, case), "agreed", True)
    assert list(house.open_tasks(house.ann)) == ["check"]
    with pytest.raises(VariableKept):
        repairs.set_variable(repair(house, case), "answers", {})
    assert acts(house, case)[-1] == "VariableSet"


@pytest.mark.parametrize(
    "name", ["this", "today", "loopCounter", "list", "a b", "__proto__", "misspelt"]
)
def test_only_facts_of_the_diagram_can_be_set(house: House, name: str) -> None:
    house.deploy(line(user("draft", '<wf:output name="agreed" value="=false"/>'), "check"))
    case = house.start(house.ann).instance.id
    with pytest.raises(InvalidInput):
        repairs.set_variable(repair(house, case), name, 1)
    repairs.set_variable(repair(house, case), "agreed", True)
    assert instances.get_variables(house.eve, case).keys() == {"agreed", "answers"}


@pytest.mark.parametrize("value", [{"inner": [{"__proto__": 1}]}, "x" * 5_000_000])
def test_a_value_that_no_expression_could_read_is_refused(house: House, value: Any) -> None:
    house.deploy(line(user("draft", '<wf:output name="agreed" value="=agreed"/>'), "check"))
    case = house.start(house.ann).instance.id
    with pytest.raises(InvalidInput, match="agreed"):
        repairs.set_variable(repair(house, case), "agreed", value)
    house.complete(house.ann, "draft", title="x")
    assert list(house.open_tasks(house.ann)) == ["check"]


def test_the_case_number_is_set_as_a_text_only(house: House) -> None:
    house.deploy(line("draft"))
    case = house.start(house.ann).instance.id
    with pytest.raises(InvalidInput, match="business_key"):
        repairs.set_variable(repair(house, case), "business_key", 5)
    assert repairs.set_variable(repair(house, case), "business_key", "号1").business_key == "号1"
