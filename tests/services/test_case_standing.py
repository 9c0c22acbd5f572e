"""Flags, team, restrictions by hand, recusals and emergency access: who sees a case, at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from tests.services.conftest import House
from tests.services.drawing import line, user
from workflow_server.config import CHINA
from workflow_server.errors import Forbidden, InvalidInput, InvalidState, NotFound
from workflow_server.rules.access import Marks
from workflow_server.services import (
    access,
    actors,
    emergency_accesses,
    recusals,
    restrictions,
    tasks,
)
from workflow_server.services import incidents as incident_acts
from workflow_server.services import process_instances as instances
from workflow_server.services.access import NotYours
from workflow_server.services.actors import Actor
from workflow_server.store import access as bonds
from workflow_server.store import history as history_rows
from workflow_server.store.db import session, transaction
from workflow_server.store.people import Person
from workflow_server.store.process_instances import ProcessInstance

START = '<wf:start role="drafter" label="新建"/>'
RIGHTS = frozenset({"cases.restrict", "cases.recuse", "cases.break_glass"})
REASON = "上级交办，须立即了解案情"


def with_rights(actor: Actor, *, sees: str = "organisation") -> Actor:
    """Return somebody as holder of roles that carry all rights."""
    held = (replace(each, rights=RIGHTS, sees=sees) for each in actor.positions)
    return replace(actor, positions=tuple(held))


def own(actor: Actor) -> Actor:
    """Return somebody whose roles see only what is theirs."""
    return with_rights(actor, sees="own")


def grant(actor: Actor, **values: object) -> Actor:
    with transaction():
        session().execute(sa.update(Person).where(Person.id == actor.person_id).values(**values))
    return actors.actor_of(actor.person_id)


def begun(house: House, head: str, *tasks_: str, **answers: object) -> UUID:
    output = '<wf:output name="secrecy_now" value="=this.title"/>'
    drawn = tasks_ or (user("draft", output), "check")
    house.deploy(line(*drawn, start=START + head))
    return house.start(house.ann, **answers).instance.id


def sees(actor: Actor, instance_id: UUID) -> bool:
    return access.sees_instance(actor, instance_id)


def acts(instance_id: UUID) -> list[str]:
    return [row.act for row in history_rows.list_(instance_id, 100, 0)[0]]


def test_a_flag_cuts_access_at_once_when_it_changes(house: House) -> None:
    case = begun(house, '<wf:flag name="secrecy" value="=secrecy_now"/>')
    assert instances.get(house.eve, case).secrecy == 1
    house.complete(house.ann, "draft", title="work_secret")
    for person in (house.ann, house.bob, house.eve):
        assert not sees(person, case)
        assert instances.list_(person)[1] == 0
        assert tasks.list_(person) == ([], 0)
        assert tasks.list_(person, mine=True) == ([], 0)
    cleared = grant(house.bob, clearance=2)
    assert list(house.open_tasks(cleared)) == ["check"]
    assert history_rows.list_data(case)[-1]["restrictions"]["secrecy"] == 2


@pytest.mark.parametrize(
    ("value", "expected"),
    [("0", 2), ("public", 0), ("internal", 1), ("work_secret", 2), ("top", 2)],
)
def test_secrecy_that_makes_no_sense_is_taken_for_the_highest(
    house: House, value: str, expected: int
) -> None:
    case = begun(house, '<wf:flag name="secrecy" value="=secrecy_now"/>')
    house.complete(house.ann, "draft", title=value)
    row = session().get_one(ProcessInstance, case, populate_existing=True)
    assert row.secrecy == expected


def test_a_case_of_a_minor_is_for_the_certified(house: House) -> None:
    minor = (
        '<wf:flag name="minor" value="=secrecy_now != null"/><wf:flag name="loud" value="=true"/>'
    )
    case = begun(house, minor)
    assert sees(house.eve, case)
    house.complete(house.ann, "draft", title="x")
    assert not sees(house.eve, case)
    certified = grant(house.eve, minors_certified=True)
    shown = instances.get(certified, case)
    assert (shown.minor, shown.flags) == (True, ["loud"])


def test_a_task_of_a_case_kept_from_somebody_is_not_there_for_them(house: House) -> None:
    case = begun(house, '<wf:flag name="secrecy" value="=secrecy_now"/>')
    house.complete(house.ann, "draft", title="work_secret")
    task = next(iter(house.open_tasks(grant(house.bob, clearance=2)).values()))
    for act in (tasks.claim, tasks.release):
        with pytest.raises(NotFound):
            act(house.ann, task, house.now)
    with pytest.raises(NotFound):
        tasks.complete(house.ann, task, {"title": "x"}, house.now)
    assert acts(case) == ["InstanceStarted", "TaskCompleted"]


def test_the_team_sees_the_case_and_gives_it_its_department(house: House) -> None:
    head = '<wf:team role="reader" value="=[secrecy_now, &quot;nobody&quot;]"/>'
    case = begun(house, head)
    reader = own(house.eve)
    assert not sees(reader, case)
    house.complete(house.ann, "draft", title=str(house.eve.person_id))
    assert sees(reader, case)
    assert bonds.list_team(case) == [(house.eve.person_id, "reader")]


def test_what_was_set_by_hand_is_not_lowered_by_the_diagram(house: House) -> None:
    case = begun(house, '<wf:flag name="secrecy" value="=secrecy_now"/>')
    chief = with_rights(grant(house.bob, clearance=2, minors_certified=True))
    restrictions.set_(chief, case, Marks(2, True, frozenset({"quiet"})), "涉密", house.now)
    assert not sees(house.eve, case)
    house.complete(chief, "draft", title="public")
    shown = instances.get(chief, case)
    assert (shown.secrecy, shown.minor, shown.flags) == (2, True, ["quiet"])
    restrictions.set_(chief, case, Marks(0, False), "解密", house.now)
    assert instances.get(house.eve, case).secrecy == 0
    data = history_rows.list_data(case)[-1]
    assert (data["before"]["secrecy"], data["after"]["secrecy"]) == (2, 0)


def test_restricting_needs_sight_a_right_and_a_reason(house: House) -> None:
    case = begun(house, "")
    with pytest.raises(Forbidden):
        restrictions.set_(house.eve, case, Marks(), "x", house.now)
    with pytest.raises(NotFound):
        restrictions.set_(with_rights(house.tom), case, Marks(), "x", house.now)
    with pytest.raises(NotFound):
        restrictions.set_(house.root, case, Marks(), "x", house.now)
    with pytest.raises(InvalidInput):
        restrictions.set_(with_rights(house.bob), case, Marks(), "  ", house.now)


def test_who_is_recused_loses_the_case_and_their_tasks_at_once(house: House) -> None:
    case = begun(house, '<wf:team role="reader" value="=secrecy_now"/>')
    task = house.open_tasks(house.ann)["draft"]
    tasks.claim(house.ann, task, house.now)
    recusals.order(with_rights(house.bob), case, house.ann.person_id, "近亲属", house.now)
    assert not sees(house.ann, case)
    assert house.open_tasks(house.ann) == {}
    for act in (tasks.claim, tasks.release):
        with pytest.raises(NotFound):
            act(house.ann, task, house.now)
    assert tasks.get(house.bob, task).task.assignee_id is None
    # The diagram counts her in again: she stays out, and history tells so.
    house.complete(house.bob, "draft", title=str(house.ann.person_id))
    assert bonds.list_team(case) == []
    assert history_rows.list_data(case)[-1]["recused_kept_out"] == [str(house.ann.person_id)]
    assert not sees(house.ann, case)


def test_a_recusal_is_lifted_by_others_with_a_reason(house: House) -> None:
    case = begun(house, '<wf:team role="reader" value="=secrecy_now"/>')
    chief, ann = with_rights(house.bob), with_rights(house.ann)
    row = recusals.order(chief, case, house.ann.person_id, "近亲属", house.now)
    house.complete(chief, "draft", title=str(house.ann.person_id))
    with pytest.raises(NotFound):
        recusals.lift(ann, case, row.id, "没有了", house.now)
    with pytest.raises(Forbidden):
        recusals.lift(house.eve, case, row.id, "没有了", house.now)
    with pytest.raises(InvalidState):
        recusals.order(chief, case, house.ann.person_id, "再次", house.now)
    with pytest.raises(NotFound):
        recusals.lift(chief, case, uuid4(), "x", house.now)
    recusals.lift(chief, case, row.id, "没有了", house.now)
    assert sees(own(house.ann), case)
    assert bonds.list_team(case) == [(house.ann.person_id, "reader")]
    with pytest.raises(InvalidState):
        recusals.lift(chief, case, row.id, "没有了", house.now)
    (shown,), total = recusals.list_(chief, case)
    assert (shown.lifted_reason, total) == ("没有了", 1)
    assert history_rows.list_data(case)[-1]["person_id"] == str(house.ann.person_id)


def test_asking_twice_under_one_key_recuses_once(house: House) -> None:
    case, chief = begun(house, ""), with_rights(house.bob)
    given = (chief, case, house.eve.person_id, "x", house.now, "key")
    assert recusals.order(*given).id == recusals.order(*given).id
    given = (chief, case, recusals.list_(chief, case)[0][0].id, "y", house.now, "other")
    assert recusals.lift(*given).id == recusals.lift(*given).id
    asked = (own(house.eve), case, REASON, house.now, "third")
    assert emergency_accesses.take(*asked).id == emergency_accesses.take(*asked).id


def test_a_task_that_nobody_else_may_do_becomes_an_incident(house: House) -> None:
    named = f'<wf:assign strategy="person" value="{house.ann.person_id}"/>'
    case = begun(house, "", user("draft", named, role=None))
    recusals.order(with_rights(house.bob), case, house.ann.person_id, "近亲属", house.now)
    (told,) = house.incidents(case)
    assert "已回避" in told
    (row,), _ = incident_acts.list_(house.root, is_open=True)
    incident_acts.resolve(house.root, row.id, house.now)
    assert house.incidents(case) == []


def test_emergency_access_reads_for_a_day_past_secrecy_and_does_nothing(house: House) -> None:
    case = begun(house, '<wf:flag name="secrecy" value="=secrecy_now"/>')
    house.complete(house.ann, "draft", title="work_secret")
    chief = with_rights(house.bob)
    row = emergency_accesses.take(chief, case, REASON, house.now)
    assert row.expires_at - row.taken_at == timedelta(hours=24)
    assert instances.get(chief, case).secrecy == 2
    (listed,), _ = tasks.list_(chief)
    with pytest.raises(NotYours):
        tasks.complete(chief, listed.task.id, {"title": "x"}, house.now)
    with pytest.raises(NotYours):
        restrictions.set_(chief, case, Marks(), "x", house.now)
    with pytest.raises(NotYours):
        recusals.order(chief, case, house.eve.person_id, "x", house.now)
    assert house.open_tasks(chief) == {}
    with transaction():
        emergency = bonds.get_emergency(row.id)
        emergency.expires_at = datetime.now(UTC) - timedelta(seconds=1)
    assert not sees(chief, case)
    assert acts(case)[-1] == "EmergencyAccessTaken"


def test_emergency_access_is_refused_as_if_there_were_no_case(house: House) -> None:
    case, chief = begun(house, ""), with_rights(house.bob)
    with pytest.raises(InvalidInput):
        emergency_accesses.take(chief, case, "太短", house.now)
    for person in (house.eve, with_rights(house.tom, sees="organisation"), house.root):
        with pytest.raises(NotFound):
            emergency_accesses.take(person, case, REASON, house.now)
    with pytest.raises(NotFound):
        emergency_accesses.take(chief, uuid4(), REASON, house.now)
    recusals.order(with_rights(house.ann), case, house.bob.person_id, "近亲属", house.now)
    with pytest.raises(NotFound):
        emergency_accesses.take(chief, case, REASON, house.now)


def test_an_emergency_that_is_none_is_refused(house: House) -> None:
    case, chief = begun(house, ""), own(house.eve)
    with pytest.raises(emergency_accesses.AlreadyOpen, match="您已可查看本案"):
        emergency_accesses.take(with_rights(house.eve), case, REASON, house.now)
    row = emergency_accesses.take(chief, case, REASON, house.now)
    until = f"{row.expires_at.astimezone(CHINA):%Y-%m-%d %H:%M}"
    with pytest.raises(emergency_accesses.AlreadyOpen, match=f"仍在有效期内，至 {until}"):
        emergency_accesses.take(chief, case, REASON, house.now)
    assert acts(case).count("EmergencyAccessTaken") == 1
    assert history_rows.list_data(case)[-1]["expires_at"].endswith("+08:00")
    with transaction():
        running = bonds.get_emergency(row.id)
        running.expires_at = datetime.now(UTC) - timedelta(seconds=1)
    assert emergency_accesses.take(chief, case, REASON, house.now).id != row.id


def test_a_recusal_ends_emergency_access(house: House) -> None:
    case = begun(house, "")
    chief = own(house.eve)
    emergency_accesses.take(chief, case, REASON, house.now)
    assert sees(chief, case)
    recusals.order(with_rights(house.ann), case, house.eve.person_id, "近亲属", house.now)
    assert not sees(chief, case)


def test_auditors_review_every_emergency_access_and_see_no_case(house: House) -> None:
    case = begun(house, "")
    auditor = replace(house.root, administration="audit")
    row = emergency_accesses.take(own(house.eve), case, REASON, house.now)
    (shown,), total = emergency_accesses.list_(auditor, False)
    assert (shown.id, shown.reason, total) == (row.id, REASON, 1)
    assert emergency_accesses.host_of(shown) == house.organisation("office")
    emergency_accesses.review(auditor, row.id, house.now)
    assert emergency_accesses.list_(auditor, True)[1] == 1
    with pytest.raises(InvalidState):
        emergency_accesses.review(auditor, row.id, house.now)
    for person in (house.root, house.ann):
        with pytest.raises(Forbidden):
            emergency_accesses.list_(person)
    with pytest.raises(NotFound):
        instances.get(auditor, case)


def test_completing_a_flagged_task_stays_within_eight_statements(
    house: House, statements: Callable[[], list[str]]
) -> None:
    head = '<wf:flag name="minor" value="=false"/><wf:team role="reader" value="=[]"/>'
    begun(house, head)
    ann, task = house.ann, house.open_tasks(house.ann)["draft"]
    statements()
    tasks.complete(ann, task, {"title": "x"}, house.now)
    sent = [each for each in statements() if not each.startswith(("BEGIN", "COMMIT"))]
    assert len(sent) <= 8, sent
