"""Changed clocks in whole cases: a refusal is caught or waits, timers and tasks move along."""

from __future__ import annotations

from datetime import date, timedelta

from tests.services.conftest import House
from tests.services.drawing import chain, files_of, node, process, user
from tests.services.test_changes_of_clocks import table
from tests.services.test_timers_of_clocks import HANDLER
from workflow_server.content import bundle
from workflow_server.services import actors, deployments, tasks, working_days

CLOCK = '<wf:deadline name="reply" rule="{}" start="=today" stopOn="check"/>'
EXTEND = (
    '<wf:deadline operation="extend" name="reply" reason="复杂"'
    ' until="=date(today) + duration(&quot;P110D&quot;)"/>'
)
CAUGHT = node(
    "boundaryEvent",
    "refused",
    '<wf:output name="why" value="=this.code"/>',
    '<b:errorEventDefinition id="ed" errorRef="er"/>',
    attachedToRef="extend",
)


def deploy(house: House, drawn: str) -> None:
    working_days.seed(house.now)
    drawn = drawn.replace("E-REFUSED", "deadline-not-extendable")
    files = files_of([drawn]) | {"bpmn/_shared/deadlines.dmn": table().encode()}
    deployments.deploy(None, bundle.from_files(files), house.now, "api")
    house.people = {key: actors.actor_of(each.person_id) for key, each in house.people.items()}


def extending(rule: str) -> str:
    ways = chain("begin", "draft", "extend", "check", "end") + chain("refused", "tell", "end")
    service = node("serviceTask", "extend", EXTEND)
    first = user("draft", CLOCK.format(rule))
    return process(first, service, CAUGHT, user("check"), user("tell"), ways)


def test_a_refused_extension_takes_the_way_of_its_error(house: House) -> None:
    deploy(house, extending("R-FIRM"))
    started = house.start(house.ann)
    house.complete(house.ann, "draft", title="一")
    assert sorted(house.open_tasks(house.ann)) == ["tell"]
    assert house.incidents(started.instance.id) == []


def test_an_extension_that_is_granted_goes_on(house: House) -> None:
    deploy(house, extending("R-SOFT"))
    house.start(house.ann)
    before = house.now.date()
    house.complete(house.ann, "draft", title="一")
    check = house.open_tasks(house.ann)["check"]
    due = tasks.get(house.ann, check).task.due_on
    assert due is not None
    assert due >= before + timedelta(days=110)


def test_a_refusal_beside_a_persons_task_is_an_incident_and_nothing_is_lost(house: House) -> None:
    drawn = process(
        user("draft", CLOCK.format("R-FIRM")),
        user("ask", EXTEND),
        user("check"),
        chain("begin", "draft", "ask", "check", "end"),
    )
    deploy(house, drawn)
    started = house.start(house.ann)
    house.complete(house.ann, "draft", title="一")
    house.complete(house.ann, "ask", title="二")
    (said,) = house.incidents(started.instance.id)
    assert "不能延长" in said


def due_of(house: House, element_id: str) -> date | None:
    return tasks.get(house.ann, house.open_tasks(house.ann)[element_id]).task.due_on


def test_timers_and_tasks_stand_still_with_a_paused_clock(house: House) -> None:
    pause = '<wf:deadline operation="pause" name="reply" reason="鉴定"/>'
    resume = '<wf:deadline operation="resume" name="reply"/>'
    parted = (
        '<b:parallelGateway id="split"/><b:parallelGateway id="join"/>'
        + chain("begin", "draft", "split", "hold", "go", "join", "end")
        + chain("split", "check", "join")
    )
    drawn = process(
        user("draft", CLOCK.format("R-SOFT")), user("hold", pause), user("go", resume),
        user("check"), HANDLER, parted,
    )  # fmt: skip
    deploy(house, drawn)
    house.start(house.ann)
    house.complete(house.ann, "draft", title="一")
    day = due_of(house, "check")
    house.complete(house.ann, "hold", title="二")
    assert due_of(house, "check") is None
    house.now += timedelta(days=200)
    house.run_jobs()
    assert sorted(house.open_tasks(house.ann)) == ["check", "go"]
    house.complete(house.ann, "go", title="三")
    later = due_of(house, "check")
    assert day is not None
    assert later is not None
    assert later >= day + timedelta(days=190)
    house.run_jobs()
    assert sorted(house.open_tasks(house.ann)) == ["check"]
    house.now += timedelta(days=105)
    house.run_jobs()
    assert "urge" in house.open_tasks(house.ann)
