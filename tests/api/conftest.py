"""The office behind its API: people with tokens, and one small process in one small bundle."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests import hiring
from tests.conftest import Databases
from tests.services.drawing import bundle_of, chain, line, node, process, user
from workflow_server.services import deployments, jobs, organisations, sign_ins
from workflow_server.store import db
from workflow_server.store import organisations as rows

NOW = datetime(2026, 7, 1, 1, 0, tzinfo=UTC)
ORGANISATIONS = {
    "organisations": [
        {"key": "office", "name": "许可办公室", "code": "许", "party": "office", "region": "1"},
        {"key": "town", "name": "镇政府", "code": "镇", "party": "town", "region": "1"},
    ]
}
ADMINISTRATORS = ("root",)
#: login -> organisation and roles.
POSTS = {
    "ann": ("office", ("drafter", "checker")),
    "bob": ("office", ("checker",)),
    "tom": ("town", ("town_clerk",)),
    "root": ("office", ()),
    "max": ("office", ("drafter", "checker")),
}


def failing_process() -> str:
    """Draw a process whose automatic step after the first task cannot be done."""
    draft = user("draft", '<wf:output name="t" value="=this.title"/>')
    broken = node("intermediateThrowEvent", "broken", '<wf:link from="=t" relation="x" to="=t"/>')
    return process(draft, broken, chain("begin", "draft", "broken", "end"))


class Caller:
    """One person at the API."""

    def __init__(self, client: FlaskClient, token: str) -> None:
        self.client = client
        self.token = token

    def call(self, method: str, path: str, **more: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.token}", **more.pop("headers", {})}
        return self.client.open(f"/api{path}", method=method, headers=headers, **more)

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.call("GET", path, **more)

    def post(self, path: str, **more: Any) -> TestResponse:
        return self.call("POST", path, **more)

    def put(self, path: str, **more: Any) -> TestResponse:
        return self.call("PUT", path, **more)

    def delete(self, path: str, **more: Any) -> TestResponse:
        return self.call("DELETE", path, **more)


def move_in() -> dict[str, str]:
    """Write everybody down; return their tokens by login."""
    organisations.load_office(ORGANISATIONS, NOW)
    tokens = {}
    for login, (place, roles) in POSTS.items():
        person = organisations.add_person(
            login, f"{login} 氏", administration="system" if login in ADMINISTRATORS else None
        )
        organisation = rows.find_by_key(place)
        assert organisation is not None
        for role in roles:
            hiring.give_post(person.id, organisation.id, role)
        tokens[login] = sign_ins.issue_token(login, "test", now=datetime.now(UTC))
    return tokens


class Office:
    """Everybody, by login."""

    ann: Caller
    bob: Caller
    tom: Caller
    root: Caller
    max: Caller

    def __init__(self, app: Flask, databases: Databases | None = None) -> None:
        self.app = app
        with app.app_context():
            tokens = databases.furnish("office", move_in) if databases else move_in()
        for login, token in tokens.items():
            setattr(self, login, Caller(self.app.test_client(), token))

    def deploy(self, *processes: str) -> None:
        with self.app.app_context():
            deployments.deploy(None, bundle_of(*processes), NOW, "api")

    def organisation(self, key: str) -> str:
        with self.app.app_context():
            found = rows.find_by_key(key)
        assert found is not None
        return str(found.id)

    def run_jobs(self) -> int:
        with self.app.app_context():
            return jobs.run_due(datetime.now(UTC), 100)


@pytest.fixture
def app(databases: Databases, database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The application as it runs: each request has a context and a session of its own."""
    made = databases.app(database_url, tmp_path / "data")
    yield made
    databases.leave(made)


@pytest.fixture
def office(app: Flask, databases: Databases) -> Office:
    """The office with nothing deployed."""
    return Office(app, databases)


@pytest.fixture
def permits(office: Office) -> Office:
    """The office with a process of two tasks: draft (drafter), then check (checker)."""
    office.deploy(line(user("draft"), user("check", role="checker")))
    return office


@pytest.fixture
def started(permits: Office) -> dict[str, Any]:
    """An instance that ann has started, as the API told of it."""
    response = permits.ann.post("/process-instances", json={"process_key": "p"})
    assert response.status_code == 201, response.text
    answer: dict[str, Any] = response.json
    return answer


@pytest.fixture
def statements(app: Flask) -> Iterator[Callable[[], list[str]]]:
    """Return the SQL statements since it was last asked."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, text: str, *_: Any) -> None:
        seen.append(text)

    with app.app_context():
        engine = db.db.engine
    sa.event.listen(engine, "before_cursor_execute", note)

    def since() -> list[str]:
        found = list(seen)
        seen.clear()
        return found

    yield since
    sa.event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def commits(app: Flask) -> Iterator[Callable[[], int]]:
    """Return how often something was committed since it was last asked."""
    seen: list[object] = []
    with app.app_context():
        engine = db.db.engine
    note = seen.append
    sa.event.listen(engine, "commit", note)

    def since() -> int:
        count = len(seen)
        seen.clear()
        return count

    yield since
    sa.event.remove(engine, "commit", note)
