"""Whom a task is offered to: each strategy, who is struck out, and what if nobody is left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from uuid import uuid4

import pytest

from tests.services.conftest import House
from tests.services.staff import Staff, settle
from workflow_server.content.grammar import STRATEGIES
from workflow_server.services import choosing, incidents, tasks
from workflow_server.services.actors import actor_of
from workflow_server.store.access import Recusal
from workflow_server.store.db import session, transaction
from workflow_server.store.organisations import Organisation, Succession
from workflow_server.store.people import Person
from workflow_server.store.types import new_id


@pytest.fixture
def staff(house: House) -> Staff:
    return settle(house)


def test_every_strategy_of_the_grammar_has_its_function() -> None:
    assert set(choosing.STRATEGIES) == set(STRATEGIES)


@pytest.mark.parametrize(
    ("assign", "names"),
    [
        ('strategy="role" role="reader"', ["伊", "唐主任"]),
        ('strategy="post" title="部长"', ["马"]),
        ('strategy="post" title="科长" role="drafter"', []),
        ('strategy="department" department="unit"', ["金", "李"]),
        ('strategy="department" department="unit" role="drafter"', ["金"]),
        ('strategy="department" of="starter"', ["金", "李"]),
        ('strategy="department_head" department="bureau"', ["马"]),
        ('strategy="department_head" of="starter"', ["李"]),
        ('strategy="department_head"', []),
        ('strategy="head_above" of="starter"', ["李"]),
        ('strategy="head_above" of="starter" level="2"', ["马"]),
        ('strategy="head_above" of="starter" level="3"', ["唐主任"]),
        ('strategy="head_above" of="starter" level="4"', []),
        ('strategy="head_above" of="starter" until="top"', ["唐主任"]),
        ('strategy="head_above"', ["唐主任"]),
        ('strategy="starter"', ["金"]),
        ('strategy="starter_department_head"', ["李"]),
        ('strategy="starter_head_above" level="2"', ["马"]),
        ('strategy="task" task="draft"', ["安"]),
        ('strategy="group" group="experts"', ["伊", "李"]),
        ('strategy="group" group="experts" role="checker"', ["李"]),
        ('strategy="group" group="nobody"', []),
    ],
)
def test_strategies_find_people_in_the_host(staff: Staff, assign: str, names: list[str]) -> None:
    choice = staff.try_out(
        f"<wf:assign {assign}/>",
        starter_id=staff.ids["kim"],
        completed_by={"draft": staff.ids["ann"]},
    )
    assert staff.names(choice) == names
    assert (choice.problem is None) is bool(names)
    assert choice.reasons


def test_people_are_named_by_expressions_and_picked_in_forms(staff: Staff) -> None:
    kim, lee = str(staff.ids["kim"]), str(staff.ids["lee"])
    given = {"answers": {"draft": {"next": lee}, "begin": {"next": kim}}}
    done = {"completed_by": {"draft": staff.ids["ann"]}, "starter_id": staff.ids["kim"]}
    for assign, names in {
        f'strategy="person" value="{lee}"': ["李"],
        'strategy="expression" value="=[answers.draft[1].next, answers.begin[1].next]"': [
            "李",
            "金",
        ],
        'strategy="field" field="next" task="draft"': ["李"],
        'strategy="field" value="=answers.draft[1].next"': ["李"],
        'strategy="chosen_by_starter" field="next"': ["金"],
        'strategy="chosen_by_previous" field="next"': ["李"],
        'strategy="field_department_head" field="next" task="draft"': ["李"],
    }.items():
        choice = staff.try_out(f"<wf:assign {assign}/>", **given, **done)
        assert staff.names(choice) == names, assign


def test_the_head_of_an_organisation_picked_in_a_form_does_it_if_it_is_the_host(
    staff: Staff,
) -> None:
    assign = '<wf:assign strategy="field_department_head" field="place" task="draft"/>'
    host = str(staff.house.organisation("office"))
    choice = staff.try_out(assign, answers={"draft": {"place": host}})
    assert staff.names(choice) == ["唐主任"]
    town = str(staff.house.organisation("town"))
    assert staff.again(answers={"draft": {"place": town}}).problem


def test_a_vacant_headship_is_no_step_and_nobody_stands_above_themselves(staff: Staff) -> None:
    staff.department("empty", "空缺科", within="unit")
    staff.person("new", "新", "drafter", within="empty")
    assign = '<wf:assign strategy="starter_head_above"/>'
    assert staff.names(staff.try_out(assign, starter_id=staff.ids["new"])) == ["李"]
    assert staff.names(staff.again(starter_id=staff.ids["lee"])) == ["马"]
    assert staff.again(starter_id=staff.ids["top"]).problem


def test_of_two_posts_the_identity_in_which_somebody_acts_says_the_department(
    staff: Staff,
) -> None:
    staff.post("kim", "reader", within="bureau")
    staff.deploy('<wf:assign strategy="department_head"/>')
    kim = actor_of(staff.ids["kim"])
    second = kim.acting_as(next(each.id for each in kim.positions if each.role == "reader"))
    drafting = replace(second, positions=kim.positions)
    house = staff.house
    for actor, head in ((kim, "lee"), (replace(drafting, positions=second.positions), "max")):
        started = house.start(kim)
        (task,) = started.next_tasks
        tasks.claim(kim, task.id, house.now)
        done = tasks.complete(actor, task.id, {"title": "一"}, house.now)
        assert done.next_tasks[0].assignee_id == staff.ids[head]


def test_inactive_people_closed_posts_and_strangers_are_not_chosen(staff: Staff) -> None:
    with transaction():
        lee = session().get(Person, staff.ids["lee"])
        assert lee is not None
        lee.active = False
    assign = '<wf:assign strategy="expression" value="=people"/>'
    people = [str(staff.ids[login]) for login in ("lee", "old", "tom", "max")]
    choice = staff.try_out(assign, facts={"people": people})
    assert staff.names(choice) == ["马"]
    assert sum("不是本单位在职人员" in each for each in choice.reasons) == 3


def test_secrecy_minors_and_recusal_strike_people_out(staff: Staff) -> None:
    with transaction():
        for login, clearance, certified in (("lee", 2, True), ("max", 2, False)):
            person = session().get(Person, staff.ids[login])
            assert person is not None
            person.clearance, person.minors_certified = clearance, certified
    assign = '<wf:assign strategy="role" role="checker"/>'
    choice = staff.try_out(assign, secrecy=2)
    assert staff.names(choice) == ["李", "马"]
    assert any("知密级别低于本案密级" in each for each in choice.reasons)
    assert staff.names(staff.again(secrecy=2, minor=True)) == ["李"]


def test_who_was_recused_is_not_chosen_and_choosing_again_sees_it(staff: Staff) -> None:
    house = staff.house
    staff.deploy('<wf:assign strategy="post" title="科长"/>')
    started = house.start(actor_of(staff.ids["kim"]))
    with transaction():
        row = Recusal(
            id=new_id(),
            person_id=staff.ids["lee"],
            instance_id=started.instance.id,
            reason="近亲属",
            ordered_by=house.root.person_id,
            ordered_at=house.now,
        )
        session().add(row)
    stuck = house.complete(house.ann, "draft", title="一")
    assert stuck.next_tasks == ()
    assert "剔除 李：已回避本案" in house.incidents(started.instance.id)[0]
    staff.person("two", "二", "checker", title="科长")
    (incident,) = incidents.list_(house.root, is_open=True)[0]
    incidents.resolve(house.root, incident.id, house.now)
    assert house.open_tasks(actor_of(staff.ids["two"]))
    assert not house.open_tasks(actor_of(staff.ids["lee"]))


def test_several_are_offered_a_task_by_name_and_the_first_takes_it(staff: Staff) -> None:
    house = staff.house
    staff.deploy('<wf:assign strategy="department" department="unit"/>')
    house.start(house.ann)
    (task,) = house.complete(house.ann, "draft", title="一").next_tasks
    kim, lee, top = (actor_of(staff.ids[login]) for login in ("kim", "lee", "top"))
    assert (task.role, task.assignee_id) == (None, None)
    assert task.is_for(kim)
    assert not task.is_for(house.ann)
    assert [set(house.open_tasks(each)) for each in (kim, lee, top)] == [{"do"}, {"do"}, set()]
    assert tasks.get_desk(kim, task.id, house.now).may_complete
    tasks.claim(kim, task.id, house.now)
    assert not house.open_tasks(lee)
    tasks.release(kim, task.id, house.now)
    assert house.complete(lee, "do", title="二").instance_status == "completed"


def test_successors_of_the_host_do_its_work(staff: Staff) -> None:
    with transaction():
        heir = Organisation(
            id=new_id(), key="heir", name="合并后办公室", short_name="新办", party="office"
        )
        session().add(heir)
        session().flush()
        for pair in ((staff.house.organisation("office"), heir.id), (heir.id, heir.id)):
            session().add(
                Succession(
                    id=new_id(),
                    kind="merge",
                    organisation_id=pair[0],
                    successor_id=pair[1],
                    on=staff.house.now.date(),
                )
            )
    staff.person("joe", "乔", "checker", at="heir", title="处长")
    assert staff.names(staff.try_out('<wf:assign strategy="post" title="处长"/>')) == ["乔"]


@pytest.mark.parametrize(
    ("rule", "names"),
    [
        ("", []),
        ('onEmpty="incident"', []),
        ('onEmpty="role" role="reader"', ["伊", "唐主任"]),
        ('onEmpty="starter"', ["金"]),
        ('onEmpty="head_above"', ["李"]),
        ('onEmpty="person" fallback="=who"', ["马"]),
    ],
)
def test_where_nobody_is_found_the_declared_rule_decides(
    staff: Staff, rule: str, names: list[str]
) -> None:
    choice = staff.try_out(
        f'<wf:assign strategy="expression" value="=null" {rule}/>',
        starter_id=staff.ids["kim"],
        facts={"who": str(staff.ids["max"])},
    )
    assert staff.names(choice) == names
    assert choice.to_role is ('"role"' in rule)
    if not names:
        assert choice.problem is not None
        assert "没有可以办理的人" in choice.problem


@pytest.mark.parametrize(
    ("rule", "starter", "names"),
    [
        ("allow", "lee", ["李"]),
        ("exclude", "lee", []),
        ("exclude", "kim", ["李"]),
        ("head_above", "lee", ["马"]),
        ("department_head", "lee", []),
    ],
)
def test_who_started_the_case_may_be_kept_from_judging_it(
    staff: Staff, rule: str, starter: str, names: list[str]
) -> None:
    choice = staff.try_out(
        f'<wf:assign strategy="post" title="科长" selfRule="{rule}"/>',
        starter_id=staff.ids[starter],
    )
    assert staff.names(choice) == names
    assert (staff.ids[starter] in choice.excluded) is (rule != "allow")


def test_of_several_only_who_started_the_case_is_struck_out(staff: Staff) -> None:
    assign = '<wf:assign strategy="role" role="reader" selfRule="head_above"/>'
    choice = staff.try_out(assign, starter_id=staff.house.eve.person_id)
    assert (choice.to_role, staff.names(choice)) == (True, ["唐主任"])


@pytest.mark.parametrize(
    "value",
    [7, True, {"a": 1}, [[1]], "nobody", [str(uuid4())] * 10_000, ["x"], 3.5],
    ids=["number", "truth", "object", "nested", "text", "ten thousand", "list", "fraction"],
)
def test_what_is_no_person_is_a_problem_said_clearly_and_never_a_fallback(
    staff: Staff, value: object
) -> None:
    assign = '<wf:assign strategy="expression" value="=who" onEmpty="role" role="reader"/>'
    choice = staff.try_out(assign, facts={"who": value})
    assert choice.candidates == ()
    assert choice.problem is not None
    assert "选人" in choice.problem
    assert len(choice.problem) < 200


def test_a_role_that_nobody_holds_is_an_incident_that_says_so(house: House) -> None:
    staff = Staff(house)
    staff.deploy('<wf:assign strategy="role" role="town_clerk"/>')
    started = house.start(house.ann)
    house.complete(house.ann, "draft", title="一")
    (message,) = house.incidents(started.instance.id)
    assert "按角色：镇文员 → 没有人" in message


def test_choosing_costs_few_statements(staff: Staff, statements: Callable[[], list[str]]) -> None:
    kim = str(staff.ids["kim"])
    house = staff.house
    costs = {}
    for name, assign in {
        "role": 'strategy="role" role="reader"',
        "person": f'strategy="person" value="{kim}"',
        "task": 'strategy="task" task="draft"',
        "post": 'strategy="post" title="科长"',
        "department": 'strategy="department" department="unit"',
        "head_above": 'strategy="head_above"',
    }.items():
        staff.deploy(f"<wf:assign {assign}/>")
        house.start(house.ann)
        task = house.open_tasks(house.ann)["draft"]
        statements()
        tasks.complete(house.ann, task, {"title": "一"}, house.now)
        costs[name] = len(statements())
        house.people["ann"] = actor_of(house.ann.person_id)
    # Beside these comes the statement that says who comes in.
    assert costs == {"role": 6, "person": 6, "task": 6, "post": 6, "department": 7, "head_above": 7}
