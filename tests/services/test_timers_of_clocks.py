"""A timer that follows a clock rings by it, also if the clock is started later, or anew."""

from __future__ import annotations

from datetime import timedelta

from tests.services.conftest import House
from tests.services.drawing import chain, files_of, node, process, user
from tests.services.stage import RULES
from workflow_server.content import bundle
from workflow_server.services import actors, deployments, working_days
from workflow_server.store import process_instances as rows

#: Two months from the day of the task.
CLOCK = '<wf:deadline name="reply" rule="R-REPLY" start="=today" stopOn="check"/>'
FOLLOWS = '<wf:timer deadline="reply" offset="-P1D"/>'
BARE = '<b:timerEventDefinition id="td"/>'
HANDLER = node(
    *("subProcess", "late", ""),
    '<b:startEvent id="due" isInterrupting="false"><b:extensionElements>'
    f"{FOLLOWS}</b:extensionElements>{BARE}</b:startEvent>"
    + user("urge")
    + '<b:endEvent id="urged"/>'
    + chain("due", "urge", "urged"),
    triggeredByEvent="true",
)


def deploy(house: House, drawn: str) -> None:
    """Deploy a process with rules for its clocks."""
    working_days.seed(house.now)
    files = files_of([drawn]) | {"bpmn/_shared/deadlines.dmn": RULES.encode()}
    deployments.deploy(None, bundle.from_files(files), house.now, "api")
    house.people = {key: actors.actor_of(each.person_id) for key, each in house.people.items()}


def test_an_event_subprocess_follows_a_clock_that_starts_later(house: House) -> None:
    ways = chain("begin", "draft", "check", "end")
    deploy(house, process(user("draft", CLOCK), user("check"), HANDLER, ways))
    started = house.start(house.ann)
    assert house.run_jobs() == 0
    assert house.incidents(started.instance.id) == []
    house.complete(house.ann, "draft", title="一")
    house.now += timedelta(days=55)
    house.run_jobs()
    assert sorted(house.open_tasks(house.ann)) == ["check"]
    house.now += timedelta(days=8)
    house.run_jobs()
    assert sorted(house.open_tasks(house.ann)) == ["check", "urge"]


def test_a_timer_goes_with_a_clock_that_is_started_anew(house: House) -> None:
    back = chain("begin", "draft", "again", "check", "end")
    deploy(house, process(user("draft", CLOCK), user("again", CLOCK), user("check"), HANDLER, back))
    house.start(house.ann)
    house.complete(house.ann, "draft", title="一")
    house.now += timedelta(days=30)
    house.complete(house.ann, "again", title="二")
    house.now += timedelta(days=35)
    house.run_jobs()
    assert sorted(house.open_tasks(house.ann)) == ["check"]
    house.now += timedelta(days=35)
    house.run_jobs()
    assert sorted(house.open_tasks(house.ann)) == ["check", "urge"]


def test_a_clock_that_is_never_started_rings_nothing(house: House) -> None:
    ways = chain("begin", "draft", "end") + chain("other", "end")
    event = node("boundaryEvent", "other", FOLLOWS, BARE, attachedToRef="draft")
    second = process(user("draft"), event, user("never", CLOCK), ways).replace(
        chain("draft", "end"), chain("draft", "never", "end")
    )
    deploy(house, second.replace('stopOn="check"', 'stopOn="never"'))
    started = house.start(house.ann)
    house.now += timedelta(days=400)
    house.run_jobs()
    assert list(house.open_tasks(house.ann)) == ["draft"]
    house.complete(house.ann, "draft", title="一")
    house.complete(house.ann, "never", title="一")
    assert rows.get(started.instance.id).status == "completed"
