"""The demo office plays cases over the services: of the shipped content, or of the court's own.

The court's content is small and stays as it is: a case of 25 acts between congress, procuratorate
and unit, for all tests that want a case in full course, whatever case the shipped diagrams draw.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.conftest import Databases, SqliteDatabases
from workflow_server.app import create_app
from workflow_server.content.bundle import Bundle, from_files, read_folder
from workflow_server.services import (
    actors,
    attachments,
    deployments,
    incidents,
    jobs,
    organisations,
    papers,
    records,
    tasks,
)
from workflow_server.services import process_instances as instances
from workflow_server.services.actors import Actor
from workflow_server.store import db
from workflow_server.store.db import session
from workflow_server.store.deliveries import Delivery
from workflow_server.store.documents import Document
from workflow_server.store.organisations import find_by_key
from workflow_server.store.people import find_person_by_login
from workflow_server.store.tasks import Task, TaskStatus

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT / "bpmn" / "_shared"
COURT = Path(__file__).with_name("court_content")
#: What the court takes from the shipped content, and what it does without.
BORROWED = (
    "bpmn/_shared/",
    "bpmn/lead_to_reply/unit_suggestion_reply.bpmn",
    "forms/unit_suggestion_reply/",
    "documents/",
)
NOT_BORROWED = "bpmn/_shared/scenarios/"
BEGINNING = datetime.fromisoformat("2026-04-01T09:00+08:00")
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@dataclass
class Court:
    """A scenario being played; `act` does one of its acts, with other answers if given."""

    acts: list[dict[str, Any]]
    people: dict[str, Actor]
    now: datetime = BEGINNING

    def play(self, until: str | None = None) -> None:
        """Do the acts in order, as far as the one at an element, which is left to do."""
        while self.acts and (self.acts[0].get("task") or "") != until:
            self.act()

    def act(self, **answers: Any) -> Mapping[str, list[str]]:
        """Do the next act and all that follows from it; return what came of it."""
        given = self.acts.pop(0)
        self.go_to(datetime.fromisoformat(given["at"]))
        actor = self.people[given["person"]]
        before = self._standing()
        place = actor.positions[0].organisation_id
        merged = {**given["answers"], **answers}
        if given["act"] == "start":
            filled = self._filled(actor, merged, given, organisation_id=place)
            instances.start(actor, given["process"], filled, place, self.now)
        else:
            task_id = self._task_of(actor, given["task"])
            filled = self._filled(actor, merged, given, task_id=task_id)
            tasks.complete(actor, task_id, filled, self.now)
        self.work()
        after = self._standing()
        came = {
            kind: sorted(name for key, name in after[kind].items() if key not in before[kind])
            for kind in after
        }
        expected = given["expect"]
        if expected is not None and not answers:
            assert came == {kind: sorted(expected.get(kind, [])) for kind in came}, given
        return came

    def do(self, person: str, element: str, **answers: Any) -> Mapping[str, list[str]]:
        """Complete a person's task with answers of the test's own."""
        given = {"at": self.now.isoformat(), "person": person, "act": "complete", "task": element}
        self.acts.insert(0, {**given, "answers": {}, "expect": {}})
        return self.act(**answers)

    def again(self, element: str, **answers: Any) -> Mapping[str, list[str]]:
        """Do the scenario's last act at an element once more, now, with some other answers."""
        given = next(act for act in reversed(self.script) if act.get("task") == element)
        self.acts.insert(0, {**deepcopy(given), "at": self.now.isoformat(), "expect": None})
        return self.act(**answers)

    def start_more(self, count: int) -> None:
        """Start the scenario's case so many times more, now."""
        for _ in range(count):
            given = {**deepcopy(self.script[0]), "at": self.now.isoformat(), "expect": None}
            self.acts.insert(0, given)
            self.act()

    @property
    def script(self) -> list[dict[str, Any]]:
        acts: list[dict[str, Any]] = scenario()["acts"]
        return acts

    def skip_to(self, element: str) -> None:
        """Leave out the scenario's acts before the one at an element."""
        while self.acts[0].get("task") != element:
            self.acts.pop(0)

    def go_to(self, moment: datetime) -> None:
        """Let time pass, day by day, with the worker running."""
        while self.now < moment:
            self.now = min(moment, self.now + timedelta(days=1))
            self.work()

    def work(self) -> None:
        while jobs.run_due(self.now, 100):
            pass

    def open_tasks(self, person: str) -> list[str]:
        found, _ = tasks.list_(self.people[person], mine=True)
        return [each.task.element_id for each in found]

    def outcomes(self) -> dict[str, str | None]:
        found: dict[str, str | None] = {}
        for login in ("congress_clerk", "case_mgmt", "unit_clerk"):
            rows, _ = instances.list_(self.people[login], page_size=100)
            found |= {definition.key: row.outcome for row, definition in rows}
        return found

    def states(self) -> dict[str, str | None]:
        found: dict[str, str | None] = {}
        for login in ("congress_clerk", "prosecutor", "unit_clerk"):
            rows, _ = records.list_(self.people[login], page_size=100)
            found |= {row.kind: row.state for row in rows}
        return found

    def sent(self) -> list[str]:
        """Return the types of all letters, oldest first."""
        rows = session().scalars(sa.select(Delivery.type).order_by(Delivery.sent_at, Delivery.id))
        return list(rows)

    def papers(self) -> list[str]:
        """Return the kinds of all papers, oldest first."""
        rows = session().scalars(sa.select(Document.kind).order_by(Document.made_at, Document.id))
        return list(rows)

    def failures(self) -> list[str]:
        rows, _ = incidents.list_(self.people["admin"], is_open=True)
        return [row.message for row in rows]

    def _standing(self) -> dict[str, dict[Any, str]]:
        """Return every paper, letter and open task by id."""
        wanted = {
            "documents": sa.select(Document.id, Document.kind),
            "deliveries": sa.select(Delivery.id, Delivery.type),
            "tasks": sa.select(Task.id, Task.element_id).where(Task.status == TaskStatus.OPEN),
        }
        return {
            kind: {row[0]: row[1] for row in session().execute(query)}
            for kind, query in wanted.items()
        }

    def _task_of(self, actor: Actor, element: str) -> Any:
        found, _ = tasks.list_(actor, mine=True)
        (task,) = [each.task for each in found if each.task.element_id == element]
        return task.id

    def _filled(
        self, actor: Actor, answers: Mapping[str, Any], given: Mapping[str, Any], **owner: Any
    ) -> dict[str, Any]:
        filled: dict[str, Any] = self._resolved(deepcopy(dict(answers)))
        for file in given.get("attach", ()):
            put = attachments.add(actor, [PDF], file["name"], self.now, **owner)
            place: Any = filled
            *steps, last = file["field"].split(".")
            for step in steps:
                place = place[int(step)] if step.isdigit() else place[step]
            place.setdefault(last, []).append(str(put.id))
        return filled

    def _resolved(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._resolved(each) for each in value]
        if not isinstance(value, dict):
            return value
        if "$organisation" in value:
            found = find_by_key(value["$organisation"])
            assert found is not None
            return str(found.id)
        if "$person" in value:
            return str(self.people[value["$person"]].person_id)
        return {name: self._resolved(each) for name, each in value.items()}


def scenario() -> dict[str, Any]:
    """Return the case that the court plays."""
    path = COURT / "bpmn" / "_shared" / "scenarios" / "parking.json"
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


def court_content() -> Bundle:
    """Lay the court's content over what it takes from the shipped one."""
    shipped = read_folder(ROOT).files.items()
    taken = {path: data for path, data in shipped if path.startswith(BORROWED)}
    kept = {path: data for path, data in taken.items() if not path.startswith(NOT_BORROWED)}
    return from_files({**kept, **read_folder(COURT).files})


def write_court_content(folder: Path) -> Path:
    """Write the court's content for a server of its own; return the folder."""
    for path, data in court_content().files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return folder


class Settled(SqliteDatabases):
    """Copies of one database with the shipped content deployed and the demo office moved in."""

    def migrate(self, url: str) -> None:
        super().migrate(url)
        app = create_app({"database_url": url, "data_dir": self.folder / "data", "demo": True})
        with app.app_context():
            self.settle()
            db.db.session.remove()
            # What is still in the log beside the file would not be copied with it.
            with db.db.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            db.db.engine.dispose()

    def settle(self) -> None:
        """Deploy and load what all copies hold."""
        settle()


def office() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((SHARED / "office.json").read_text("utf-8"))
    return found


def settle() -> None:
    """Deploy the shipped content and load the demo office."""
    deployments.deploy_folder(read_folder(ROOT), BEGINNING)
    organisations.load_office(office(), BEGINNING, organisations.DEMO_PASSWORD)


class CourtSettled(Settled):
    """Copies of one database with the court's content."""

    def settle(self) -> None:
        settle_court()


def settle_court() -> None:
    """Deploy the court's content and load the demo office."""
    deployments.deploy_folder(court_content(), BEGINNING)
    organisations.load_office(office(), BEGINNING, organisations.DEMO_PASSWORD)


@pytest.fixture(scope="session", params=["settled"])
def databases(request: pytest.FixtureRequest) -> Databases:
    """Settled databases, unless a test asks for an empty one: told here is the content's tale."""
    made: Databases = request.getfixturevalue(f"{request.param}_databases")
    return made


@pytest.fixture(scope="session", params=["court"], name="databases")
def databases_of_court(request: pytest.FixtureRequest) -> Databases:
    """Databases of the court, unless a test asks for others."""
    made: Databases = request.getfixturevalue(f"{request.param}_databases")
    return made


@pytest.fixture(scope="session")
def court_databases(tmp_path_factory: pytest.TempPathFactory) -> Databases:
    return CourtSettled(tmp_path_factory.mktemp("court-databases"))


@pytest.fixture(scope="session")
def settled_databases(tmp_path_factory: pytest.TempPathFactory) -> Databases:
    return Settled(tmp_path_factory.mktemp("settled-databases"))


@pytest.fixture(scope="session")
def pages() -> Iterator[None]:
    """Render each paper once: side roads begin as the main road does, with the same papers."""
    made: dict[str, Any] = {}
    render = papers.render

    def once(kind: Any, data: Mapping[str, Any], **more: Any) -> Any:
        key = json.dumps([kind.key, data, more], default=str, sort_keys=True)
        if key not in made:
            made[key] = render(kind, data, **more)
        return made[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(papers, "render", once)
        yield


@pytest.fixture
def case(app: Flask, pages: None) -> Court:
    """The parking case before its start."""
    court = Court(acts=scenario()["acts"], people={})
    if not deployments.list_()[1]:
        settle_court()
    for given in office()["people"]:
        person = find_person_by_login(given["login"])
        assert person is not None
        court.people[given["login"]] = actors.actor_of(person.id)
    return court
