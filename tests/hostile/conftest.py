"""Where attackers meet the house: a world for each database, which stays as it was."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import Databases
from tests.hostile.world import World, traces
from workflow_server.app import create_app
from workflow_server.store import db


@pytest.fixture(scope="session")
def world(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The office with one of everything; whoever only does bad things leaves it as it was."""
    app = create_app(
        {
            "database_url": databases.fresh(),
            "data_dir": tmp_path_factory.mktemp("world"),
            "demo": True,
            "attachment_mb": 4,
            "render_seconds": 2,
            "render_memory_mb": 400,
        }
    )
    yield World.found(app)
    with app.app_context():
        db.db.engine.dispose()


@pytest.fixture
def untouched(world: World) -> Iterator[World]:
    """The world; when the test is over, not a row and not a file of it may have changed.

    But for the trail, which keeps what was refused and the views of sensitive cases.
    """
    before = traces(world.app)
    yield world
    after = traces(world.app)
    changed = {name for name, rows in before.items() if after[name] != rows}
    assert changed <= {"history", "history_chains"}
