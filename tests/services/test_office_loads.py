"""Offices from JSON: by the same acts as any other, each on record, nothing twice."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from tests.services.administering import NOW, TODAY, administrator
from tests.services.conftest import House
from tests.services.drawing import line, user
from workflow_server.services import (
    administrators,
    offices,
    organisations,
    passwords,
    positions,
)
from workflow_server.services.positions import DutiesExclusive
from workflow_server.store import history
from workflow_server.store import jobs as job_rows
from workflow_server.store import organisations as places
from workflow_server.store import people as rows
from workflow_server.store.db import session, transaction

OFFICE: dict[str, Any] = {
    "organisations": [
        {"key": "lower", "name": "区局", "party": "office", "parent": "upper"},
        {
            "key": "upper",
            "name": "市局",
            "party": "office",
            "departments": [
                {"key": "team", "name": "一组", "parent": "section"},
                {"key": "section", "name": "一科"},
            ],
        },
    ],
    "people": [
        {"login": "mia", "name": "米娅", "password": "Tai-Shan-9-x", "clearance": 2},
        {"login": "sec", "name": "安", "administration": "security"},
    ],
    "positions": [
        {
            "person": "mia",
            "organisation": "upper",
            "department": "team",
            "role": "drafter",
            "until": (TODAY + timedelta(days=3)).isoformat(),
        }
    ],
    "groups": [{"key": "panel", "name": "评审组", "members": ["mia"]}],
}


@pytest.fixture
def deployed(house: House) -> House:
    house.deploy(line(user("draft")))
    return house


def load(office: dict[str, Any] = OFFICE) -> Any:
    return offices.load("office.json", json.dumps(office).encode(), NOW)


def test_every_act_of_a_load_stands_in_the_history_as_the_command_lines(deployed: House) -> None:
    area = history.area("organisations")
    _, before = history.list_(area, 1, 0)
    load()
    everything, total = history.list_(area, 1000, 0)
    new = everything[before:]
    assert [row.act for row in new] == [
        *["OrganisationAdded"] * 2,
        *["DepartmentAdded"] * 2,
        *["PersonAdded"] * 2,
        "GrantChanged",
        "PositionGiven",
        "GroupAdded",
        "GroupChanged",
    ]
    assert {row.person_id for row in new} == {None}
    assert total == before + 10
    load()
    assert history.list_(area, 1000, 0)[1] == total


def test_what_is_loaded_is_whole(deployed: House) -> None:
    load()
    upper, lower = places.find_by_key("upper"), places.find_by_key("lower")
    assert upper is not None
    assert lower is not None
    assert lower.path == f"{upper.path}{lower.id.hex}/"
    mia = rows.find_person_by_login("mia")
    assert mia is not None
    assert (mia.clearance, mia.must_change_password) == (2, False)  # the demo
    assert passwords.is_right("Tai-Shan-9-x", mia.password_hash)
    (post,) = rows.list_positions(mia.id)
    department = places.get_department(post.department_id)  # type: ignore[arg-type]
    assert (department.key, department.parent_id is None) == ("team", False)


def test_a_post_with_an_end_gives_its_tasks_back_on_that_day(deployed: House) -> None:
    load()
    planned = session().scalars(sa.select(job_rows.Job)).all()
    assert [job.kind for job in planned if job.kind == "give_back_tasks"] == ["give_back_tasks"]


def test_passwords_are_hashed_while_nobody_waits(
    deployed: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashing = passwords.hash_password

    def watched(password: str) -> str:
        assert not session().info.get("writing")
        return hashing(password)

    monkeypatch.setattr(passwords, "hash_password", watched)
    load()


def test_what_was_ended_is_not_given_again(deployed: House) -> None:
    security = administrator()
    load()
    mia = rows.find_person_by_login("mia")
    assert mia is not None
    (post,) = rows.list_positions(mia.id)
    positions.end(security, post.id, None, NOW)
    administrators.appoint("mia", "audit", NOW)
    organisations.load_office(OFFICE, NOW)
    assert len(rows.list_positions(mia.id)) == 1


def test_an_administrator_is_given_no_post(deployed: House) -> None:
    office = {"people": [{"login": "max", "name": "马", "administration": "system"}]}
    post = {"person": "max", "organisation": "office", "role": "drafter"}
    with pytest.raises(DutiesExclusive):
        organisations.load_office({**office, "positions": [post]}, NOW)
    assert rows.find_person_by_login("max") is None


def test_who_is_added_on_the_command_line_has_not_added_themselves(deployed: House) -> None:
    person = organisations.add_person("zoe", "佐伊", administration="audit")
    found, _ = history.list_(history.area("organisations"), 1000, 0)
    assert (found[-1].act, found[-1].person_id) == ("PersonAdded", None)
    assert found[-1].data["after"]["administration"] == "audit"  # type: ignore[index]
    with transaction():
        assert rows.get_person(person.id).password_hash is None
