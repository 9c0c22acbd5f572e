"""The world is built once for each database; tests that change it bring it back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.access.matrix import Row
from tests.access.world import PDF, World
from tests.conftest import Databases
from workflow_server.app import create_app
from workflow_server.rendering.documents import Rendered
from workflow_server.services import papers


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let one worker do all that is tried in a world: to build it is dear."""
    for item in items:
        if item.path.parent == Path(__file__).parent:
            given = getattr(item, "callspec", None)
            kind = given.params.get("databases", "none") if given else "none"
            item.add_marker(pytest.mark.xdist_group(f"access-{kind}"))


@pytest.fixture(scope="session")
def built_worlds() -> dict[Databases, World]:
    """The worlds by their databases, kept when files take turns with these: building is dear."""
    return {}


@pytest.fixture
def world(
    databases: Databases,
    built_worlds: dict[Databases, World],
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[World]:
    """The world as it was built, whatever the test before has done to it."""
    # What stands on a page is no matter here: who gets it is.
    monkeypatch.setattr(papers, "render", lambda *_, **__: Rendered(PDF, 1))
    if databases not in built_worlds:
        folder, url = tmp_path_factory.mktemp("access"), databases.fresh()
        app = create_app({"database_url": url, "data_dir": folder / "data"})
        made = World(app, databases, url, folder)
        made.build()
        built_worlds[databases] = made
    yield built_worlds[databases]
    built_worlds[databases].settle()


@pytest.fixture(scope="session")
def outsider(request: pytest.FixtureRequest) -> Row:
    """Somebody of a foreign organisation in each role, and the three administrators."""
    return Row(request.param)
