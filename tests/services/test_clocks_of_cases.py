"""Clocks in whole cases: what a person did in time stays in time, whatever happens after."""

from __future__ import annotations

from datetime import timedelta

from tests.services.conftest import House
from tests.services.drawing import files_of, line, user
from tests.services.stage import RULES
from workflow_server.content import bundle as bundles
from workflow_server.services import deadlines, deployments, incidents
from workflow_server.services import process_instances as instances
from workflow_server.services.deadlines import DeadlineView
from workflow_server.store.db import session

CLOCK = '<wf:deadline name="reply" rule="R-REPLY" start="=today" stopOn="check"/>'


def deploy(house: House, drawn: str) -> None:
    files = files_of([drawn]) | {"bpmn/_shared/deadlines.dmn": RULES.encode()}
    deployments.deploy(None, bundles.from_files(files), house.now, "api")


def clock(house: House) -> DeadlineView:
    session().expire_all()
    (found,), _ = deadlines.list_(house.ann, house.now)
    return found


def resolve(house: House) -> None:
    (incident,), _ = incidents.list_(house.root, is_open=True)
    incidents.resolve(house.root, incident.id, house.now)


def test_a_clock_met_in_time_stays_met_when_a_later_effect_is_tried_again(house: House) -> None:
    failing = '<wf:record operation="open" kind="permit" title="=this.remark" state="新"/>'
    deploy(house, line(user("draft", CLOCK), user("check", failing)))
    started = house.start(house.ann)
    house.complete(house.ann, "draft", title="甲")
    house.complete(house.ann, "check", title="甲")
    assert house.incidents(started.instance.id)
    stopped_at = clock(house).deadline.stopped_at
    assert (clock(house).light, stopped_at) == ("met", house.now)
    house.now += timedelta(days=120)
    resolve(house)
    assert (clock(house).light, clock(house).deadline.stopped_at) == ("met", stopped_at)


def test_a_clock_is_met_even_when_an_output_fails(house: House) -> None:
    failing = '<wf:output name="n" value="=count(for i in 1..100000000 return i)"/>'
    deploy(house, line(user("draft", CLOCK), user("check", failing)))
    started = house.start(house.ann)
    house.complete(house.ann, "draft", title="甲")
    house.complete(house.ann, "check", title="甲")
    assert house.incidents(started.instance.id)
    assert clock(house).light == "met"
    shown = instances.get_variables(house.ann, started.instance.id)["deadlines"]["reply"]
    assert shown["due"] == clock(house).deadline.due.isoformat()
