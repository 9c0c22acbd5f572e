"""The world is built once for each database; tests that change it bring it back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.access.world import PDF, World
from tests.conftest import Databases
from workflow_server.app import create_app
from workflow_server.rendering.documents import Rendered
from workflow_server.services import papers


@pytest.fixture(scope="session")
def built_world(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("access")
    url = databases.fresh()
    app = create_app({"database_url": url, "data_dir": folder / "data"})
    with pytest.MonkeyPatch.context() as patch:
        # What stands on a page is no matter here: who gets it is.
        patch.setattr(papers, "render", lambda *_, **__: Rendered(PDF, 1))
        world = World(app, databases, url, folder)
        world.build()
        yield world
    world.close()
    databases.give_back(url)


@pytest.fixture
def world(built_world: World) -> Iterator[World]:
    """The world as it was built, whatever the test before has done to it."""
    yield built_world
    built_world.settle()
