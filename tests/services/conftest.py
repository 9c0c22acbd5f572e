"""A tiny office with a tiny bundle: two organisations, a handful of people, drawn processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from tests.conftest import Databases
from tests.services.drawing import bundle_of
from workflow_server.services import actors, deployments, jobs, organisations, tasks
from workflow_server.services import process_instances as instances
from workflow_server.services.actors import Actor
from workflow_server.services.tasks import Completion
from workflow_server.store import incidents as incident_rows
from workflow_server.store.organisations import find_by_key
from workflow_server.store.people import find_person_by_login

NOW = datetime(2026, 7, 1, 1, 0, tzinfo=UTC)

OFFICE: Mapping[str, Any] = {
    "organisations": [
        {"key": "office", "name": "许可办公室", "code": "许", "party": "office", "region": "1"},
        {"key": "town", "name": "镇政府", "code": "镇", "party": "town", "region": "1"},
    ],
    "people": [
        {"login": "ann", "name": "安", "password": "correct horse"},
        {"login": "bob", "name": "博"},
        {"login": "eve", "name": "伊"},
        {"login": "tom", "name": "唐"},
        {"login": "root", "name": "管理员", "administration": "system"},
    ],
    "positions": [
        {"person": "ann", "organisation": "office", "role": "drafter"},
        {"person": "ann", "organisation": "office", "role": "checker"},
        {"person": "bob", "organisation": "office", "role": "drafter"},
        {"person": "bob", "organisation": "office", "role": "checker"},
        {"person": "eve", "organisation": "office", "role": "reader"},
        {"person": "tom", "organisation": "town", "role": "drafter"},
    ],
}


@dataclass
class House:
    """The office at work: short sentences for tests; `now` is the business time of each act."""

    now: datetime = NOW
    people: dict[str, Actor] = field(default_factory=dict)

    def __getattr__(self, login: str) -> Actor:
        try:
            return self.__dict__["people"][login]
        except KeyError:
            raise AttributeError(login) from None

    def deploy(self, *processes: str, source: str = "api") -> Any:
        deployed = deployments.deploy(None, bundle_of(*processes), self.now, source)
        # Only now is it known how far their roles see.
        self.people = {key: actors.actor_of(each.person_id) for key, each in self.people.items()}
        return deployed

    def start(self, person: Actor, key: str = "p", **answers: Any) -> instances.Started:
        return instances.start(person, key, answers, None, self.now)

    def open_tasks(self, person: Actor) -> dict[str, UUID]:
        found, _ = tasks.list_(person, mine=True)
        return {listed.task.element_id: listed.task.id for listed in found}

    def complete(self, person: Actor, element_id: str, **answers: Any) -> Completion:
        return tasks.complete(person, self.open_tasks(person)[element_id], answers, self.now)

    def run_jobs(self, later: timedelta = timedelta(0)) -> int:
        """Run what is due; `later` lets real time pass, for pauses after failures."""
        return jobs.run_due(self.now, 100, datetime.now(UTC) + later)

    def incidents(self, instance_id: UUID) -> list[str]:
        return [row.message for row in incident_rows.list_open_of(instance_id)]

    def organisation(self, key: str) -> UUID:
        found = find_by_key(key)
        assert found is not None
        return found.id


@pytest.fixture
def house(app: Flask, databases: Databases) -> House:
    """The office on an empty database, before anything is deployed."""
    return House(people=dict(databases.furnish("house", _move_in)))


def _move_in() -> dict[str, Actor]:
    organisations.load_office(OFFICE, NOW, organisations.DEMO_PASSWORD)
    people = {}
    for given in OFFICE["people"]:
        person = find_person_by_login(given["login"])
        assert person is not None
        people[given["login"]] = actors.actor_of(person.id)
    return people


@pytest.fixture
def statements(app: Flask) -> Iterator[Callable[[], list[str]]]:
    """Return the SQL statements since it was last asked."""
    import sqlalchemy as sa

    from workflow_server.store.db import db

    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, text: str, *_: Any) -> None:
        seen.append(text)

    sa.event.listen(db.engine, "before_cursor_execute", note)

    def since() -> list[str]:
        found = list(seen)
        seen.clear()
        return found

    yield since
    sa.event.remove(db.engine, "before_cursor_execute", note)


@pytest.fixture
def administrator(house: House) -> Callable[[str], Actor]:
    """Appoint an administrator of a kind."""

    def appoint(kind: str) -> Actor:
        person = organisations.add_person(f"admin-{kind}", f"{kind} 员", administration=kind)
        return actors.actor_of(person.id)

    return appoint
