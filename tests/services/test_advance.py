"""What follows a completion by itself: effects, gateways, incidents, ends."""

from __future__ import annotations

from uuid import UUID

import pytest

from tests.services.conftest import House
from tests.services.drawing import chain, flow, line, node, process, user
from tests.services.tampering import attacker
from workflow_server.errors import Forbidden, NotFound
from workflow_server.services import (
    deployments,
    history,
    incidents,
    numbers,
    records,
    verifications,
)
from workflow_server.services import process_instances as instances
from workflow_server.services.incidents import IncidentResolved
from workflow_server.store import process_instances
from workflow_server.store.db import transaction

TITLE = '<wf:output name="title" value="=this.title"/>'
REMEDY = user("first", '<wf:output name="remedy" value="=this.remark"/>')
#: Fails while the fact `remedy` is missing.
NEEDS_REMEDY = '<wf:record operation="update" kind="permit" title="=remedy"/>'
OPEN = '<wf:record operation="open" kind="permit" title="=title" state="新"/>'


def test_outputs_become_facts_and_effects_follow_in_order(house: House) -> None:
    number = '<wf:number series="permit_no" name="business_key"/>'
    house.deploy(line(user("draft", TITLE + OPEN + number)))
    started = house.start(house.ann)
    house.complete(house.ann, "draft", title="停车")
    variables = instances.get_variables(house.ann, started.instance.id)
    assert variables["title"] == "停车"
    assert variables["records"]["permit"]["number"] == "许〔2026〕1号"
    assert instances.get(house.ann, started.instance.id).business_key == "许〔2026〕2号"
    assert instances.list_(house.ann, business_key="许〔2026〕2号")[1] == 1


def test_expressions_read_the_instance_as_the_case(house: House) -> None:
    of_case = (
        '<wf:output name="mine" value="=case.id"/><wf:output name="day" value="=case.started_on"/>'
    )
    key = '<wf:output name="business_key" value="=this.title"/>'
    then = user("check", '<wf:output name="known_as" value="=case.business_key"/>')
    house.deploy(line(user("draft", of_case + key), then, "file"))
    started = house.start(house.ann)
    house.complete(house.ann, "draft", title="停1")
    house.complete(house.ann, "check", title="停1")
    variables = instances.get_variables(house.ann, started.instance.id)
    assert variables["mine"] == str(started.instance.id)
    assert (variables["day"], variables["known_as"]) == ("2026-07-01", "停1")


@pytest.mark.parametrize("name", ["case", "instance"])
def test_no_fact_takes_the_name_of_the_case(house: House, name: str) -> None:
    drawn = line(user("draft", f'<wf:output name="{name}" value="=1"/>'))
    with pytest.raises(deployments.BundleRefused, match=name):
        house.deploy(drawn)


def test_a_condition_in_feel_chooses_the_way(house: House) -> None:
    drawn = process(
        user("draft", TITLE),
        node("exclusiveGateway", "which", default="plain"),
        user("long"),
        user("short"),
        node("exclusiveGateway", "again"),
        chain("begin", "draft", "which"),
        flow("which", "long", when="=string length(title) &gt; 3"),
        flow("which", "short", key="plain"),
        chain("long", "again", "end"),
        chain("short", "again"),
    )
    house.deploy(drawn)
    house.start(house.ann)
    assert house.complete(house.ann, "draft", title="短").next_tasks[0].element_id == "short"
    house.start(house.ann)
    assert house.complete(house.ann, "draft", title="长长长长").next_tasks[0].element_id == "long"


def test_a_failing_effect_leaves_an_incident_and_the_completion_stands(house: House) -> None:
    house.deploy(line(REMEDY, user("draft", TITLE + OPEN + NEEDS_REMEDY), "check"))
    started = house.start(house.ann)
    house.complete(house.ann, "first", title="一")
    done = house.complete(house.ann, "draft", title="停车")
    instance_id = started.instance.id
    assert (done.task.status, done.next_tasks, done.instance_status) == ("completed", (), "running")
    variables = instances.get_variables(house.ann, instance_id)
    assert variables["answers"]["draft"][0]["title"] == "停车"
    assert "records" not in variables
    assert records.list_(house.ann) == ([], 0)
    assert len(house.incidents(instance_id)) == 1
    assert instances.get_diagram(house.ann, instance_id).incidents == ["draft"]


def test_a_resolved_incident_runs_each_effect_once_and_goes_on(house: House) -> None:
    house.deploy(line(REMEDY, user("draft", TITLE + OPEN + NEEDS_REMEDY), "check"))
    instance_id = house.start(house.ann).instance.id
    house.complete(house.ann, "first", title="一")
    house.complete(house.ann, "draft", title="停车")
    found, total = incidents.list_(house.root, is_open=True)
    assert (total, found[0].element_id) == (1, "draft")
    again = incidents.resolve(house.root, found[0].id, house.now)
    assert again.resolved_by == house.root.person_id
    assert len(house.incidents(instance_id)) == 1
    _set_fact(instance_id, "remedy", "补正")
    open_now, _ = incidents.list_(house.root, is_open=True)
    incidents.resolve(house.root, open_now[0].id, house.now)
    assert house.incidents(instance_id) == []
    assert list(house.open_tasks(house.bob)) == ["check"]
    assert [record.number for record in records.list_(house.ann)[0]] == ["许〔2026〕1号"]


def test_incidents_are_resolved_once_and_by_administrators(house: House) -> None:
    house.deploy(line(REMEDY, user("draft", TITLE + OPEN + NEEDS_REMEDY)))
    instance_id = house.start(house.ann).instance.id
    house.complete(house.ann, "first", title="一")
    house.complete(house.ann, "draft", title="停车")
    incident = incidents.list_(house.ann, instance_id=instance_id)[0][0]
    assert incidents.list_(house.tom) == ([], 0)
    with pytest.raises(NotFound):
        incidents.get(house.tom, incident.id)
    with pytest.raises(Forbidden):
        incidents.resolve(house.ann, incident.id, house.now)
    incidents.resolve(house.root, incident.id, house.now)
    with pytest.raises(IncidentResolved):
        incidents.resolve(house.root, incident.id, house.now)


def test_an_end_says_how_the_instance_ended(house: House) -> None:
    end = node("endEvent", "end", '<wf:outcome value="granted" label="准予"/>')
    house.deploy(process(user("draft"), end, chain("begin", "draft", "end")))
    started = house.start(house.ann)
    house.complete(house.ann, "draft", title="停车")
    ended = instances.get(house.ann, started.instance.id)
    assert (ended.outcome, ended.outcome_label, ended.status) == ("granted", "准予", "completed")


def test_a_service_task_puts_its_result_into_a_fact(house: House) -> None:
    operation = (
        '<wf:operation name="count" result="open_ones">'
        '<wf:parameter name="kind" value="permit"/></wf:operation>'
    )
    house.deploy(
        line(user("draft", TITLE + OPEN), node("serviceTask", "count", operation), "check")
    )
    started = house.start(house.ann)
    house.complete(house.ann, "draft", title="停车")
    assert house.incidents(started.instance.id) == []
    assert instances.get_variables(house.ann, started.instance.id)["open_ones"] == 1


def test_history_tells_who_did_what_and_shows_when_it_was_tampered_with(house: House) -> None:
    house.deploy(line("draft", "check"))
    started = house.start(house.ann)
    house.complete(house.ann, "draft", title="一")
    instance_id = started.instance.id
    rows, total = history.list_(house.ann, instance_id)
    assert [(row.act, row.person_id) for row in rows] == [
        ("InstanceStarted", house.ann.person_id),
        ("TaskCompleted", house.ann.person_id),
    ]
    assert total == 2
    assert rows[1].data == {"answers": {"title": "一"}, "left": ["draft"]}
    assert verifications.find_break(instance_id) is None
    with attacker():
        rows[1].person_id = house.bob.person_id
    assert verifications.find_break(instance_id) == 2


def test_the_diagram_shows_where_an_instance_is(house: House) -> None:
    house.deploy(line("draft", "check"))
    started = house.start(house.ann)
    house.complete(house.ann, "draft", title="一")
    drawn = instances.get_diagram(house.ann, started.instance.id)
    assert (drawn.current, drawn.completed) == (["check"], ["begin", "draft"])
    assert b"<b:process" in drawn.xml


def test_others_do_not_learn_that_an_instance_exists(house: House) -> None:
    house.deploy(line("draft"))
    instance_id = house.start(house.ann).instance.id
    for look in (
        instances.get,
        instances.get_variables,
        instances.get_diagram,
        history.list_,
    ):
        with pytest.raises(NotFound):
            look(house.tom, instance_id)
    assert instances.list_(house.tom) == ([], 0)
    assert instances.list_(house.eve)[1] == 1


def test_numbers_that_are_rolled_back_leave_no_gap(house: House) -> None:
    number = '<wf:number series="permit_no" name="no"/>'
    failing = user("draft", TITLE + OPEN + number + NEEDS_REMEDY)
    house.deploy(line(REMEDY, failing), line(user("plain", number), key="q"))
    house.start(house.ann)
    house.complete(house.ann, "first", title="一")
    house.complete(house.ann, "draft", title="一")
    started = house.start(house.ann, "q")
    house.complete(house.ann, "plain", title="二")
    assert instances.get_variables(house.ann, started.instance.id)["no"] == "许〔2026〕1号"
    register, total = numbers.list_register(
        house.ann, house.organisation("office"), "permit_no", 2026
    )
    assert (total, register[0].n) == (1, 1)


def _set_fact(instance_id: UUID, name: str, value: str) -> None:
    with transaction():
        locked = process_instances.lock(instance_id)
        variables = {**locked.instance.variables, name: value}
        process_instances.save(locked.instance, {"variables": variables})
