"""Who leaves an office leaves its cases; who goes over with a part sees that part only."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
import sqlalchemy as sa

from tests.services.administering import NOW, again
from tests.services.conftest import House
from tests.services.drawing import line, user
from tests.services.test_case_standing import REASON, own
from tests.services.test_successions import ENDING, add, office
from workflow_server.errors import NotFound
from workflow_server.services import departments, emergency_accesses, successions, tasks
from workflow_server.services.access import sees_instance
from workflow_server.services.actors import Actor
from workflow_server.services.successions import Part
from workflow_server.store import access as bonds
from workflow_server.store.db import session, transaction
from workflow_server.store.people import PositionRow
from workflow_server.store.process_instances import ProcessInstance
from workflow_server.store.roles import Role
from workflow_server.store.types import new_id


@pytest.fixture
def deployed(house: House) -> House:
    house.deploy(line(user("draft"), user("check", role="checker")))
    with transaction():
        session().execute(sa.update(Role).values(sees="own"))
    house.people = {key: again(each) for key, each in house.people.items()}
    return house


def moved(house: House, person: Actor, key: str) -> Actor:
    """End all that somebody holds, past the giving back, and give them a post elsewhere."""
    with transaction():
        held = sa.update(PositionRow).where(PositionRow.person_id == person.person_id)
        session().execute(held.values(until=date(2020, 1, 1)))
        row = PositionRow(
            id=new_id(),
            person_id=person.person_id,
            organisation_id=house.organisation(key),
            role="town_clerk",
        )
        session().add(row)
    return again(person)


def test_who_left_sees_nothing_of_what_they_did_there(deployed: House) -> None:
    started = deployed.start(deployed.ann)
    case, task_id = started.instance.id, started.next_tasks[0].id
    tasks.claim(deployed.ann, task_id, deployed.now)
    with transaction():
        bonds.replace_team(case, [(deployed.ann.person_id, "r")])
    assert sees_instance(deployed.ann, case)
    ann = moved(deployed, deployed.ann, "town")
    assert not sees_instance(ann, case)
    with pytest.raises(NotFound):
        tasks.complete(ann, task_id, {"title": "甲"}, deployed.now)


def test_who_holds_nothing_sees_nothing_but_by_emergency_access(deployed: House) -> None:
    case = deployed.start(deployed.ann).instance.id
    emergency_accesses.take(own(deployed.eve), case, REASON, deployed.now)
    for person in (deployed.ann, deployed.eve):
        with transaction():
            held = sa.update(PositionRow).where(PositionRow.person_id == person.person_id)
            session().execute(held.values(until=date(2020, 1, 1)))
    assert not sees_instance(again(deployed.ann), case)
    assert sees_instance(again(deployed.eve), case)


def test_what_is_theirs_stays_whichever_identity_they_choose(deployed: House) -> None:
    case = deployed.start(deployed.ann).instance.id
    with transaction():
        row = PositionRow(
            id=new_id(),
            person_id=deployed.ann.person_id,
            organisation_id=deployed.organisation("town"),
            role="town_clerk",
        )
        session().add(row)
    ann = again(deployed.ann)
    assert all(sees_instance(ann.acting_as(each.id), case) for each in ann.positions)


def test_the_second_of_a_split_sees_no_closed_cases_of_the_department_it_got(
    deployed: House,
) -> None:
    old = office(deployed)
    part = departments.add(deployed.root, old.id, "two", "二科", None, NOW)
    with transaction():
        readers = sa.update(Role).where(Role.key == "reader")
        session().execute(readers.values(sees="department"))
        eves = sa.update(PositionRow).where(PositionRow.person_id == deployed.eve.person_id)
        session().execute(eves.values(department_id=part.id))
    ended = _ended_in(deployed, part.id)
    assert sees_instance(again(deployed.eve), ended)
    first, second = add(deployed, "aa"), add(deployed, "bb")
    parts = [Part(successor_id=first.id), Part(successor_id=second.id, department_ids=[part.id])]
    successions.split(deployed.root, old.id, parts, ENDING, NOW)
    eve = again(deployed.eve)
    assert [each.organisation_id for each in eve.positions] == [second.id]
    assert not sees_instance(eve, ended)


def _ended_in(house: House, department_id: UUID) -> UUID:
    case = house.start(house.ann).instance.id
    house.complete(house.ann, "draft", title="甲")
    house.complete(house.bob, "check", title="甲")
    with transaction():
        found = sa.update(ProcessInstance).where(ProcessInstance.id == case)
        session().execute(found.values(department_id=department_id))
    return case
