"""A call activity starts a case of its own, and goes on when that one ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from tests.services.conftest import House
from tests.services.drawing import chain, line, node, process, user
from workflow_server.services import cases, incidents, recusals, repairs, tasks
from workflow_server.services import process_instances as instances
from workflow_server.services.advance import Case, calls, timers
from workflow_server.services.jobs import OnHold
from workflow_server.services.process_instances import Started
from workflow_server.services.repairs import Repair
from workflow_server.store import access
from workflow_server.store import process_instances as rows
from workflow_server.store.access import Recusal
from workflow_server.store.db import session, transaction
from workflow_server.store.process_instances import ProcessInstance
from workflow_server.store.types import new_id

ASK = (
    '<wf:call><wf:parameter name="topic" value="=subject"/></wf:call>'
    '<wf:output name="answer" value="=this.said"/>'
)
DRAFT = user("draft", '<wf:output name="subject" value="=this.title"/>')
ANSWER = user("answer", '<wf:output name="said" value="=topic + this.title"/>')
CALLED = line(ANSWER, key="q")
ERROR = '<b:errorEventDefinition id="ed" errorRef="er"/>'


def call(key: str = "ask", ours: str = ASK, inner: str = "") -> str:
    """Draw a call of the process q."""
    return node("callActivity", key, ours, inner, calledElement="q")


def boundary(key: str, of: str, inner: str, interrupting: str = "true") -> str:
    """Draw an event on the border of an activity."""
    return node("boundaryEvent", key, "", inner, attachedToRef=of, cancelActivity=interrupting)


def called_by(parent_id: UUID) -> list[ProcessInstance]:
    """Return what an instance has called, oldest first."""
    query = sa.select(ProcessInstance).where(ProcessInstance.parent_id == parent_id)
    fresh = query.order_by(ProcessInstance.id).execution_options(populate_existing=True)
    return list(session().scalars(fresh))


def calling(house: House, *parts: str) -> Started:
    """Play a case until it has called another one."""
    caller = process(DRAFT, *(parts or (call(), chain("begin", "draft", "ask", "end"))))
    house.deploy(caller, CALLED)
    started = house.start(house.ann)
    house.complete(house.ann, "draft", title="甲")
    return started


def test_the_called_case_begins_with_what_it_is_given_and_belongs_to_the_same(
    house: House,
) -> None:
    started = calling(house)
    (child,) = called_by(started.instance.id)
    assert (child.organisation_id, child.started_by) == (
        started.instance.organisation_id,
        house.ann.person_id,
    )
    assert rows.get_variables(child.id)["topic"] == "甲"
    assert list(house.open_tasks(house.ann)) == ["answer"]
    assert instances.get_diagram(house.ann, started.instance.id).current == ["ask"]


def test_the_caller_goes_on_once_with_the_facts_of_the_called(house: House) -> None:
    started = calling(house)
    house.complete(house.ann, "answer", title="乙")
    assert rows.get(started.instance.id).status == "running"
    assert house.run_jobs() == 1
    assert rows.get(started.instance.id).status == "completed"
    assert rows.get_variables(started.instance.id)["answer"] == "甲乙"
    given = rows.get_variables(started.instance.id)["results"]["ask"]
    assert given == [{"topic": "甲", "said": "甲乙"}]
    assert house.run_jobs() == 0


def test_a_called_case_that_needs_nobody_ends_at_once(house: House) -> None:
    caller = process(call(ours=""), chain("begin", "ask", "end"))
    house.deploy(caller, process(chain("begin", "end"), key="q"))
    started = house.start(house.ann)
    assert rows.get(started.instance.id).status == "running"
    house.run_jobs()
    assert rows.get(started.instance.id).status == "completed"


def test_what_is_told_twice_moves_the_caller_once(house: House) -> None:
    started = calling(house)
    (child,) = called_by(started.instance.id)
    house.complete(house.ann, "answer", title="乙")
    house.run_jobs()
    told = calls.ended({"instance_id": str(child.id), "error": None}, house.now)
    assert told is not None
    told()
    assert len(rows.get_variables(started.instance.id)["results"]["ask"]) == 1


def test_a_cancelled_call_ends_all_that_it_called(house: House) -> None:
    hour = "<b:timeDuration>PT1H</b:timeDuration>"
    late = f'<b:timerEventDefinition id="td">{hour}</b:timerEventDefinition>'
    caller = process(
        call(ours=""),
        boundary("late", "ask", late),
        chain("begin", "ask", "end"),
        chain("late", "end"),
    )
    between = process(
        node("callActivity", "deeper", calledElement="r"), chain("begin", "deeper", "end"), key="q"
    )
    house.deploy(caller, between, line("answer", key="r"))
    started = house.start(house.ann)
    (child,) = called_by(started.instance.id)
    (grandchild,) = called_by(child.id)
    house.now += timedelta(hours=1)
    house.run_jobs()
    assert rows.get(started.instance.id).status == "completed"
    assert {rows.get(each.id).status for each in (child, grandchild)} == {"cancelled"}
    assert house.open_tasks(house.ann) == {}


def test_an_error_of_the_called_is_caught_where_it_was_called(house: House) -> None:
    failing = process(
        node("endEvent", "failed", "", ERROR), chain("begin", "failed"), key="q"
    ).replace('<b:endEvent id="end" name="结束"/>', "")
    caught = process(
        call(ours=""),
        boundary("refused", "ask", ERROR),
        user("mend"),
        chain("begin", "ask", "end"),
        chain("refused", "mend", "end"),
    )
    house.deploy(caught, failing)
    started = house.start(house.ann)
    house.run_jobs()
    assert list(house.open_tasks(house.ann)) == ["mend"]
    errors = rows.get_variables(started.instance.id)["errors"]["refused"]
    assert errors[0]["code"] == "E-REFUSED"
    (child,) = called_by(started.instance.id)
    assert (child.outcome, child.outcome_label) == ("error", "E-REFUSED")


def test_a_called_case_that_somebody_cancels_is_no_success(house: House) -> None:
    started = calling(house)
    (child,) = called_by(started.instance.id)
    told = calls.ended(
        {"instance_id": str(child.id), "error": [calls.CANCELLED, "终止"]}, house.now
    )
    assert told is not None
    told()
    assert calls.CANCELLED in house.incidents(started.instance.id)[0]
    assert rows.get(started.instance.id).status == "running"


def test_one_is_called_for_each_of_a_list(house: House) -> None:
    each = (
        "<b:multiInstanceLoopCharacteristics><b:extensionElements>"
        '<wf:each items="=[1, 2, 3]" as="count" result="=results.ask[-1].said" into="said"/>'
        "</b:extensionElements></b:multiInstanceLoopCharacteristics>"
    )
    ours = '<wf:call><wf:parameter name="topic" value="=string(count)"/></wf:call>'
    caller = process(call(ours=ours, inner=each), chain("begin", "ask", "end"))
    house.deploy(caller, CALLED)
    started = house.start(house.ann)
    found = called_by(started.instance.id)
    assert [rows.get_variables(child.id)["topic"] for child in found] == ["1", "2", "3"]
    listed, _ = tasks.list_(house.ann, mine=True)
    for each in listed:
        tasks.complete(house.ann, each.task.id, {"title": "号"}, house.now)
    house.run_jobs()
    assert rows.get_variables(started.instance.id)["said"] == ["1号", "2号", "3号"]
    assert rows.get(started.instance.id).status == "completed"


def test_who_belongs_to_the_calling_case_sees_the_called_one(house: House) -> None:
    team = '<wf:team role="reader" value="=handler"/>'
    drawn = DRAFT.replace("</b:ext", '<wf:output name="handler" value="=this.handler"/></b:ext')
    caller = process(drawn, call(), chain("begin", "draft", "ask", "end"))
    caller = caller.replace('<wf:start role="drafter"', f'{team}<wf:start role="drafter"', 1)
    house.deploy(caller, CALLED)
    started = house.start(house.ann)
    house.complete(house.ann, "draft", title="甲", handler=str(house.eve.person_id))
    (child,) = called_by(started.instance.id)
    assert access.list_team(child.id) == [(house.eve.person_id, "reader")]


def test_what_keeps_people_from_the_calling_case_keeps_them_from_the_called(house: House) -> None:
    flag = '<wf:flag name="minor" value="=subject = &quot;甲&quot;"/>'
    caller = process(DRAFT, call(), chain("begin", "draft", "ask", "end"))
    caller = caller.replace('<wf:start role="drafter"', f'{flag}<wf:start role="drafter"', 1)
    house.deploy(caller, CALLED)
    started = house.start(house.ann)
    house.complete(house.ann, "draft", title="甲")
    (child,) = called_by(started.instance.id)
    assert child.minor
    case = Case(rows.lock(started.instance.id), None, house.now)
    rows.save(case.instance, {"secrecy": 2})
    calls.hand_down(case)
    session().commit()
    (child,) = called_by(started.instance.id)
    assert (child.secrecy, child.minor) == (2, True)


def test_who_is_recused_from_a_case_is_so_from_what_it_calls(house: House) -> None:
    house.deploy(process(DRAFT, call(), chain("begin", "draft", "ask", "end")), CALLED)
    started = house.start(house.ann)
    access.add(
        Recusal(
            id=new_id(),
            person_id=house.eve.person_id,
            instance_id=started.instance.id,
            reason="亲属",
            ordered_by=house.ann.person_id,
            ordered_at=house.now,
        )
    )
    session().commit()
    house.complete(house.ann, "draft", title="甲")
    (child,) = called_by(started.instance.id)
    assert access.list_recused(child.id) == [house.eve.person_id]


def test_caller_and_called_are_linked_for_who_sees_both(house: House) -> None:
    started = calling(house)
    (child,) = called_by(started.instance.id)
    seen = cases.see(house.ann, started.instance.id, house.now)
    assert [each.instance.id for each in seen.called] == [child.id]
    assert seen.caller is None
    below = cases.see(house.ann, child.id, house.now)
    assert below.caller is not None
    assert below.caller.instance.id == started.instance.id
    listed, total = instances.list_(house.ann, parent_id=started.instance.id)
    assert (total, [each.id for each, _ in listed]) == (1, [child.id])


def test_an_escalation_of_the_called_is_heard_while_it_goes_on(house: House) -> None:
    urge = '<b:escalationEventDefinition id="xd" escalationRef="es"/>'
    called = line(node("intermediateThrowEvent", "urge", "", urge), "answer", key="q")
    heard = boundary("heard", "ask", urge, interrupting="false")
    ways = chain("begin", "ask", "end") + chain("heard", "help", "end")
    house.deploy(process(call(ours=""), heard, user("help"), ways), called)
    house.start(house.ann)
    house.run_jobs()
    assert sorted(house.open_tasks(house.ann)) == ["answer", "help"]


def test_to_try_a_failed_call_again_calls_anew(house: House) -> None:
    failing = process(
        user("answer"), node("endEvent", "end", "", ERROR), chain("begin", "answer", "end"), key="q"
    )
    house.deploy(process(call(ours=""), chain("begin", "ask", "end")), failing)
    started = house.start(house.ann)
    house.complete(house.ann, "answer", title="一")
    house.run_jobs()
    assert "E-REFUSED" in house.incidents(started.instance.id)[0]
    found, _ = incidents.list_(house.root, instance_id=started.instance.id)
    incidents.resolve(house.root, found[0].id, house.now)
    assert [each.status for each in called_by(started.instance.id)] == ["completed", "running"]
    assert list(house.open_tasks(house.ann)) == ["answer"]
    assert house.incidents(started.instance.id) == []


def test_a_recusal_and_its_lifting_reach_what_is_called(house: House) -> None:
    started = calling(house)
    (child,) = called_by(started.instance.id)
    rights = frozenset({"cases.recuse"})
    posts = tuple(replace(each, rights=rights) for each in house.bob.positions)
    chief = replace(house.bob, positions=posts)
    row = recusals.order(chief, started.instance.id, house.ann.person_id, "近亲属", house.now)
    assert access.list_recused(child.id) == [house.ann.person_id]
    recusals.lift(chief, started.instance.id, row.id, "查明", house.now)
    assert access.list_recused(child.id) == []


def test_a_case_that_goes_on_again_hears_at_once_what_it_called(house: House) -> None:
    started = calling(house)
    hold = Repair(house.eve, started.instance.id, "等待上级批复", house.now)
    repairs.suspend(hold)
    house.complete(house.ann, "answer", title="乙")
    house.run_jobs()
    assert rows.get(started.instance.id).status == "suspended"
    repairs.resume(hold)
    house.run_jobs()
    assert rows.get(started.instance.id).status == "completed"


def test_a_held_case_calls_nothing(house: House) -> None:
    started = calling(house)
    (child,) = called_by(started.instance.id)
    repairs.suspend(Repair(house.eve, started.instance.id, "等待上级批复", house.now))
    wait = {"id": str(child.parent_visit_id), "element_id": "ask", "kind": "call", "name": "q"}
    payload = {"instance_id": str(started.instance.id), "wait": {**wait, "timer": None}}
    again = timers.arm(payload, house.now)
    assert again is not None
    with pytest.raises(OnHold), transaction():
        again()
    assert called_by(started.instance.id) == [child]
