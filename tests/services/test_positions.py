"""Positions, grants and people: who gives them, what they exclude, what becomes of open tasks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.services.administering import NOW, TODAY, acts, administrator, again, written
from tests.services.conftest import House
from tests.services.drawing import line, user
from workflow_server.errors import Forbidden, NotFound
from workflow_server.services import (
    accounts,
    administrators,
    clock,
    departments,
    groups,
    jobs,
    passwords,
    people,
    positions,
    sign_ins,
    tasks,
)
from workflow_server.services.actors import Actor, visitor_for_token
from workflow_server.services.administration import OfficeFault
from workflow_server.services.administrators import LastAdministrator
from workflow_server.services.passwords import AppointedMeanwhile
from workflow_server.services.positions import (
    DutiesExclusive,
    OwnRights,
    PersonInactive,
    PositionOver,
    Post,
)
from workflow_server.store import incidents as incident_rows
from workflow_server.store import people as rows
from workflow_server.store import tasks as task_rows
from workflow_server.store.db import session, transaction


@pytest.fixture
def deployed(house: House) -> House:
    house.deploy(line(user("draft"), user("check", role="checker")))
    return house


@pytest.fixture
def security(deployed: House) -> Actor:
    return administrator()


def post(house: House, role: str = "reader", **more: Any) -> Post:
    return Post(house.organisation("office"), role, **more)


def held(actor: Actor, role: str) -> UUID:
    return next(each.id for each in again(actor).positions if each.role == role)


def claimed(house: House) -> UUID:
    """Let ann take the first task of a case and begin to write."""
    house.start(house.ann)
    (task_id,) = house.open_tasks(house.ann).values()
    tasks.save_draft(house.ann, task_id, {"title": "半份"}, house.now)
    return task_id


def test_a_position_is_given_and_stands_in_the_history(deployed: House, security: Actor) -> None:
    given = positions.give(security, deployed.bob.person_id, post(deployed, title="文书"), NOW)
    assert again(deployed.bob).holds(deployed.organisation("office"), "reader")
    assert (written()["before"], written()["after"]["title"]) == (None, "文书")
    assert given.id in {row.id for row in positions.list_of(deployed.bob.person_id)}


def test_the_same_position_twice_is_one(deployed: House, security: Actor) -> None:
    first = positions.give(security, deployed.bob.person_id, post(deployed), NOW, "a")
    assert positions.give(security, deployed.bob.person_id, post(deployed), NOW, "b").id == first.id
    assert positions.give(security, deployed.bob.person_id, post(deployed), NOW, "a").id == first.id


def test_one_role_may_be_held_in_two_departments(deployed: House, security: Actor) -> None:
    office = deployed.organisation("office")
    for key in ("one", "two"):
        department = departments.add(deployed.root, office, key, key, None, NOW)
        given = post(deployed, "drafter", department_id=department.id, is_head=key == "one")
        positions.give(security, deployed.eve.person_id, given, NOW)
    seen = [each for each in again(deployed.eve).positions if each.role == "drafter"]
    assert sorted(each.is_head for each in seen) == [False, True]


@pytest.mark.parametrize("who", ["root", "ann", "audit"])
def test_only_the_security_administrator_gives_and_ends(deployed: House, who: str) -> None:
    actor = administrator("audit") if who == "audit" else getattr(deployed, who)
    with pytest.raises(Forbidden):
        positions.give(actor, deployed.bob.person_id, post(deployed), NOW)
    with pytest.raises(Forbidden):
        positions.end(actor, held(deployed.bob, "drafter"), None, NOW)
    with pytest.raises(Forbidden):
        people.grant(actor, deployed.bob.person_id, {"clearance": 2}, NOW)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"role": "king"}, "#/role"),
        ({"role": "town_clerk"}, "#/role"),
        ({"organisation_id": UUID(int=7)}, "#/organisation_id"),
        ({"department_id": UUID(int=7)}, "#/department_id"),
        ({"acting_for_id": UUID(int=7)}, "#/acting_for_id"),
        ({"until": TODAY}, "#/until"),
        ({"since": TODAY + timedelta(days=3), "until": TODAY + timedelta(days=2)}, "#/until"),
    ],
)
def test_a_position_that_cannot_be_is_refused(
    deployed: House, security: Actor, change: dict[str, Any], pointer: str
) -> None:
    given = {"organisation_id": deployed.organisation("office"), "role": "reader", **change}
    with pytest.raises(OfficeFault) as refused:
        positions.give(security, deployed.bob.person_id, Post(**given), NOW)
    assert refused.value.faults[0].pointer == pointer


def test_an_administrator_holds_no_position_and_the_other_way_round(
    deployed: House, security: Actor
) -> None:
    with pytest.raises(DutiesExclusive, match="三员"):
        positions.give(security, deployed.root.person_id, post(deployed), NOW)
    with pytest.raises(DutiesExclusive, match="业务岗位"):
        administrators.appoint("ann", "audit", NOW)


def test_nobody_holds_two_administrations(deployed: House, security: Actor) -> None:
    added = people.add(deployed.root, "may", "梅", NOW)
    administrators.appoint("may", "audit", NOW)
    assert (written()["before"], written()["after"]) == (
        {"administration": None},
        {"administration": "audit"},
    )
    with pytest.raises(DutiesExclusive, match="另一员"):
        administrators.appoint("may", "system", NOW)
    with pytest.raises(LastAdministrator):
        administrators.appoint("may", None, NOW)
    with pytest.raises(LastAdministrator):
        people.change(deployed.root, added.id, "梅", False, NOW)


def test_who_becomes_an_administrator_loses_every_way_in(deployed: House) -> None:
    person = people.add(deployed.root, "may", "梅", NOW)
    passwords.set_("may", "Tai-Shan-9-x", NOW)
    token = sign_ins.issue_token("may", "script", now=NOW)
    with transaction():
        person = rows.get_person(person.id)
        person.oidc_issuer, person.oidc_subject = "https://i", "s1"
        person.totp_secret, person.totp_confirmed_at = "x", NOW
    administrators.appoint("may", "audit", NOW)
    person = rows.get_person(person.id)
    assert (person.password_hash, person.oidc_subject, person.totp_secret) == (None, None, None)
    assert visitor_for_token(token, NOW) is None
    with pytest.raises(sign_ins.SignInRefused):
        sign_ins.sign_in("may", "Tai-Shan-9-x", NOW)
    with pytest.raises(NotFound):
        administrators.appoint("nobody", "audit", NOW)


def test_a_password_reset_does_not_outlive_an_appointment_meanwhile(
    deployed: House, security: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    person_id = people.add(deployed.root, "may", "梅", NOW).id
    hashing = passwords.hash_password

    def slow(password: str) -> str:
        administrators.appoint("may", "audit", NOW)
        return hashing(password)

    monkeypatch.setattr(passwords, "hash_password", slow)
    with pytest.raises(AppointedMeanwhile):
        accounts.reset_password(security, person_id, "Tai-Shan-9-x", NOW)
    assert rows.get_person(person_id).password_hash is None


def test_nobody_gives_themselves_anything(deployed: House, security: Actor) -> None:
    with pytest.raises(OwnRights):
        people.grant(security, security.person_id, {"clearance": 2}, NOW)
    with pytest.raises(Forbidden):
        people.change(deployed.root, deployed.root.person_id, "我", False, NOW)


def test_each_grant_stands_in_the_history_by_itself(deployed: House, security: Actor) -> None:
    grants = {"clearance": 2, "minors_certified": True}
    people.grant(security, deployed.ann.person_id, grants, NOW)
    assert acts()[-2:] == ["GrantChanged"] * 2
    assert written()["before"] == {"minors_certified": False}
    seen = again(deployed.ann)
    assert (seen.clearance, seen.minors_certified) == (2, True)


def test_a_claimed_task_goes_back_to_its_role_with_the_draft(
    deployed: House, security: Actor
) -> None:
    task_id = claimed(deployed)
    positions.end(security, held(deployed.ann, "drafter"), None, NOW)
    task = session().get(task_rows.Task, task_id)
    assert task is not None
    assert (task.assignee_id, task.draft) == (None, {"title": "半份"})
    assert acts(task.instance_id)[-1] == "TaskReleased"
    with pytest.raises(Forbidden):
        tasks.complete(again(deployed.ann), task_id, {"title": "半份"}, deployed.now)
    assert deployed.open_tasks(again(deployed.bob)) == {"draft": task_id}


def test_a_task_stays_with_whom_another_position_still_lets_do_it(
    deployed: House, security: Actor
) -> None:
    department = departments.add(
        deployed.root, deployed.organisation("office"), "one", "一", None, NOW
    )
    given = post(deployed, "drafter", department_id=department.id)
    positions.give(security, deployed.ann.person_id, given, NOW)
    task_id = claimed(deployed)
    first = min(each.id for each in again(deployed.ann).positions if each.role == "drafter")
    positions.end(security, first, None, NOW)
    assert task_rows.list_by_id([task_id])[0].assignee_id == deployed.ann.person_id


def test_a_task_without_a_role_asks_for_somebody(deployed: House, security: Actor) -> None:
    task_id = claimed(deployed)
    with transaction():
        task = session().get_one(task_rows.Task, task_id)
        task.role = None
    for role in ("drafter", "checker"):
        positions.end(security, held(deployed.ann, role), None, NOW)
    assert task_rows.list_by_id([task_id])[0].assignee_id is None
    (incident,) = incident_rows.list_open_of(task.instance_id)
    assert "原由安办理" in incident.message
    assert incident.element_id == "draft"


def test_an_incident_that_asks_for_somebody_is_closed_by_hand(
    deployed: House, security: Actor
) -> None:
    from workflow_server.services import incidents

    test_a_task_without_a_role_asks_for_somebody(deployed, security)
    found, _ = incidents.list_(deployed.root, is_open=True)
    assert incidents.resolve(deployed.root, found[0].id, NOW).resolved_at is not None


def test_a_position_that_ends_later_is_held_until_then(deployed: House, security: Actor) -> None:
    task_id = claimed(deployed)
    row = rows.get_position(held(deployed.ann, "drafter"))
    positions.end(security, row.id, TODAY + timedelta(days=1), NOW)
    assert task_rows.list_by_id([task_id])[0].assignee_id == deployed.ann.person_id
    assert jobs.run_due(clock.now(), 10) == 0
    with transaction():
        session().get_one(rows.PositionRow, row.id).until = TODAY
    assert jobs.run_due(clock.now() + timedelta(days=2), 10) == 1
    assert task_rows.list_by_id([task_id])[0].assignee_id is None
    with pytest.raises(PositionOver):
        positions.end(security, row.id, None, NOW)


def test_a_position_does_not_end_before_it_begins(deployed: House, security: Actor) -> None:
    given = post(deployed, since=TODAY + timedelta(days=5))
    row = positions.give(security, deployed.bob.person_id, given, NOW)
    assert not again(deployed.bob).holds(deployed.organisation("office"), "reader")
    with pytest.raises(OfficeFault):
        positions.end(security, row.id, TODAY, NOW)


def test_who_is_deactivated_gives_all_back(deployed: House, security: Actor) -> None:
    task_id = claimed(deployed)
    people.change(deployed.root, deployed.ann.person_id, "安", False, NOW)
    assert task_rows.list_by_id([task_id])[0].assignee_id is None
    with pytest.raises(NotFound):
        again(deployed.ann)
    with pytest.raises(PersonInactive):
        positions.give(security, deployed.ann.person_id, post(deployed), NOW)


@pytest.mark.parametrize("login", ["ann", "有 空格", "x" * 101])
def test_a_login_is_new_and_plain(deployed: House, login: str) -> None:
    with pytest.raises(OfficeFault):
        people.add(deployed.root, login, "某", NOW)


def test_only_administrators_read_the_directory(deployed: House) -> None:
    found, total = people.list_(deployed.root, "a")
    assert (total, [row.login for row in found]) == (1, ["ann"])
    with pytest.raises(Forbidden):
        people.list_(deployed.ann)


def test_a_group_has_the_members_that_were_set_last(deployed: House) -> None:
    made = groups.add(deployed.root, "panel", "评审组", deployed.organisation("office"), NOW, "k")
    again_made = groups.add(
        deployed.root, "panel", "评审组", deployed.organisation("office"), NOW, "k"
    )
    assert again_made.group.id == made.group.id
    both = [deployed.ann.person_id, deployed.bob.person_id]
    groups.change(deployed.root, made.group.id, "评审组", both, NOW)
    changed = groups.change(deployed.root, made.group.id, "评议组", both[:1], NOW)
    assert [each.name for each in changed.members] == ["安"]
    assert written()["before"]["name"] == "评审组"
    assert [row.key for row in groups.list_(deployed.eve)] == ["panel"]
    assert groups.list_(deployed.tom) == []
    with pytest.raises(NotFound):
        groups.get(deployed.tom, made.group.id)
    with pytest.raises(OfficeFault):
        groups.add(deployed.root, "panel", "又一组", None, NOW)
    with pytest.raises(OfficeFault):
        groups.change(deployed.root, made.group.id, "组", [UUID(int=7)], NOW)
    with pytest.raises(Forbidden):
        groups.change(deployed.ann, made.group.id, "组", [], NOW)
