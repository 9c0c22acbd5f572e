"""Who drafted does not review, who reviewed does not approve: heeded on every path."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from tests import hiring
from tests.services.conftest import House
from tests.services.drawing import chain, flow, node, process, user
from workflow_server.errors import InvalidState
from workflow_server.services import attachments, organisations, previews, reassignments, tasks
from workflow_server.services.access import NotYours, Segregated
from workflow_server.services.actors import Actor, actor_of
from workflow_server.services.duties import TaskAlreadyCompleted
from workflow_server.services.reassignments import NotEligible
from workflow_server.store import history as history_rows
from workflow_server.store.access import Recusal
from workflow_server.store.db import session, transaction
from workflow_server.store.types import new_id

START = '<wf:start role="drafter" label="新建"/>'
RULE = '<wf:separate tasks="draft check sign" label="拟稿、审核、审批分离"/>'
PDF = b"%PDF-1.4\n%%EOF\n"


def three(rule: str = RULE, *, loop: bool = False) -> str:
    """Draw drafting, checking and signing, each offered to checkers but the first."""
    ours = '<wf:output name="back" value="=this.remark"/>'
    middle = (
        node("exclusiveGateway", "again", default="again-sign")
        + flow("check", "again")
        + flow("again", "draft", '=back = "改"')
        + flow("again", "sign")
        if loop
        else flow("check", "sign")
    )
    return process(
        user("draft"),
        user("check", ours, role="checker"),
        user("sign", role="checker"),
        chain("begin", "draft", "check"),
        middle,
        flow("sign", "end"),
        start=START + rule,
    )


def add(house: House, login: str, *roles: str, rights: bool = False) -> Actor:
    person = organisations.add_person(login, login)
    for role in roles:
        hiring.give_post(person.id, house.organisation("office"), role)
    house.people[login] = actor_of(person.id)
    return house.people[login]


def assigner(house: House) -> Actor:
    """Return eve, whose role may assign tasks."""
    eve = house.eve
    return replace(
        eve,
        positions=tuple(
            replace(each, rights=frozenset({"tasks.assign"})) for each in eve.positions
        ),
    )


def test_who_did_one_of_three_is_offered_none_of_the_others(house: House) -> None:
    add(house, "cho", "checker")
    house.deploy(three())
    house.start(house.ann)
    house.complete(house.ann, "draft", title="一")
    assert "check" not in house.open_tasks(house.ann)
    house.complete(house.bob, "check", title="二")
    assert [list(house.open_tasks(each)) for each in (house.ann, house.bob, house.cho)] == [
        [], [], ["sign"],
    ]  # fmt: skip
    assert house.complete(house.cho, "sign", title="三").instance_status == "completed"


def test_who_tries_is_refused_with_the_rules_label_in_whichever_identity(house: House) -> None:
    house.deploy(three())
    house.start(house.ann)
    (task,) = house.complete(house.ann, "draft", title="一").next_tasks
    as_checker = house.ann.acting_as(
        next(each.id for each in house.ann.positions if each.role == "checker")
    )
    for who in (house.ann, as_checker):
        for act in (
            lambda a: tasks.claim(a, task.id, house.now),
            lambda a: tasks.save_draft(a, task.id, {"title": "x"}, house.now),
            lambda a: tasks.complete(a, task.id, {"title": "x"}, house.now),
            lambda a: previews.of_task(a, "letter", task.id, {}, house.now),
            lambda a: attachments.add(a, [PDF], "a.pdf", house.now, task_id=task.id),
        ):
            with pytest.raises(Segregated, match="拟稿、审核、审批分离"):
                act(who)
        assert not tasks.get_desk(who, task.id, house.now).may_complete


def test_an_element_may_be_done_again_by_who_did_it(house: House) -> None:
    add(house, "cho", "checker")
    house.deploy(three(loop=True))
    house.start(house.ann)
    house.complete(house.ann, "draft", title="一")
    house.complete(house.bob, "check", title="二", remark="改")
    house.complete(house.ann, "draft", title="一之二")
    house.complete(house.bob, "check", title="二之二")
    assert not house.open_tasks(house.bob)
    assert list(house.open_tasks(house.cho)) == ["sign"]


def test_no_strategy_chooses_whom_the_rule_keeps_away(house: House) -> None:
    check = node(
        "userTask", "check", '<wf:form key="a/note"/><wf:assign strategy="task" task="draft"/>'
    )
    rule = '<wf:separate tasks="draft check" label="拟稿与审核分离"/>'
    drawn = process(
        user("draft"), check, chain("begin", "draft", "check", "end"), start=START + rule
    )
    house.deploy(drawn)
    started = house.start(house.ann)
    assert house.complete(house.ann, "draft", title="一").next_tasks == ()
    (message,) = house.incidents(started.instance.id)
    assert "剔除 安：已办过“draft”（拟稿与审核分离）" in message


def test_who_fills_in_the_start_form_has_drafted(house: House) -> None:
    rule = '<wf:separate tasks="begin check" label="拟稿与审核分离"/>'
    drawn = process(
        user("check", role="checker"), chain("begin", "check", "end"), start=START + rule
    )
    house.deploy(drawn)
    house.start(house.ann)
    assert (set(house.open_tasks(house.ann)), set(house.open_tasks(house.bob))) == (
        set(), {"check"},
    )  # fmt: skip


def test_a_task_open_beside_it_closes_to_who_does_the_other(house: House) -> None:
    drawn = process(
        node("parallelGateway", "split"),
        node("parallelGateway", "join"),
        user("draft"),
        user("check", role="checker"),
        chain("begin", "split", "draft", "join", "end"),
        chain("split", "check", "join"),
        start=START + '<wf:separate tasks="check draft" label="两人分办"/>',
    )
    house.deploy(drawn)
    house.start(house.ann)
    tasks.claim(house.ann, house.open_tasks(house.ann)["check"], house.now)
    house.complete(house.ann, "draft", title="一")
    assert not house.open_tasks(house.ann)
    assert set(house.open_tasks(house.bob)) == {"check"}


def given(house: House) -> UUID:
    """Return the checking task of a case that ann has drafted."""
    house.deploy(three())
    house.start(house.ann)
    return house.complete(house.ann, "draft", title="一").next_tasks[0].id


def test_a_task_is_given_to_another_with_its_draft_and_a_reason(house: House) -> None:
    cho = add(house, "cho", "checker")
    task = given(house)
    tasks.save_draft(house.bob, task, {"title": "半"}, house.now)
    listed = reassignments.reassign(assigner(house), task, cho.person_id, "休假", house.now, "k")
    assert listed.task.assignee_id == cho.person_id
    assert reassignments.reassign(assigner(house), task, cho.person_id, "休假", house.now, "k")
    assert not house.open_tasks(house.bob)
    assert tasks.get_desk(cho, task, house.now).listed.task.draft == {"title": "半"}
    acts, _ = history_rows.list_(listed.instance.id, 50, 0)
    (act,) = [each for each in acts if each.act == "TaskReassigned"]
    assert act.data == {
        "before": str(house.bob.person_id), "after": str(cho.person_id), "reason": "休假",
    }  # fmt: skip
    with pytest.raises(InvalidState):
        tasks.release(cho, task, house.now)
    assert house.complete(cho, "check", title="二").instance_status == "running"
    with pytest.raises(TaskAlreadyCompleted):
        reassignments.reassign(assigner(house), task, cho.person_id, "再来", house.now)


def test_who_must_not_do_a_task_is_not_given_it(house: House) -> None:
    task = given(house)
    boss = assigner(house)
    with pytest.raises(Segregated, match="拟稿、审核、审批分离"):
        reassignments.reassign(boss, task, house.ann.person_id, "请办", house.now)
    for person, why in (
        (house.eve.person_id, "不担任"),
        (house.tom.person_id, "不是本单位"),
        (new_id(), "不是本单位"),
    ):
        with pytest.raises(NotEligible, match=why):
            reassignments.reassign(boss, task, person, "请办", house.now)
    listed = tasks.get(house.eve, task)
    with transaction():
        row = Recusal(
            id=new_id(),
            person_id=house.bob.person_id,
            instance_id=listed.instance.id,
            reason="近亲属",
            ordered_by=boss.person_id,
            ordered_at=house.now,
        )
        session().add(row)
    with pytest.raises(NotEligible, match="已回避本案"):
        reassignments.reassign(boss, task, house.bob.person_id, "请办", house.now)


def test_to_give_a_task_away_takes_the_right_in_its_organisation(house: House) -> None:
    task = given(house)
    with pytest.raises(NotYours):
        reassignments.reassign(house.eve, task, house.bob.person_id, "请办", house.now)
    with pytest.raises(NotYours):
        reassignments.reassign(house.bob, task, house.bob.person_id, "请办", house.now)
