"""Keeps a database as it was at one moment, and brings it back."""

from __future__ import annotations

import shutil
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from tests.conftest import Databases, PostgresDatabases
from workflow_server.store import db
from workflow_server.store.db import session


class Keeper:
    """A copy of a database beside it: a file, or a database of its own."""

    def __init__(self, app: Flask, databases: Databases, url: str, folder: Path) -> None:
        self._app = app
        self._databases = databases
        self._name = str(sa.make_url(url).database)
        self._copy = folder / "kept.db"

    def save(self) -> None:
        """Keep the database as it is now."""
        self.let_go()
        if isinstance(self._databases, PostgresDatabases):
            self._copy_postgres(self._databases, self._name, f"{self._name}_kept")
        else:
            shutil.copyfile(self._name, self._copy)

    def restore(self) -> None:
        """Bring the database back to how it was kept."""
        self.let_go()
        if isinstance(self._databases, PostgresDatabases):
            self._copy_postgres(self._databases, f"{self._name}_kept", self._name)
        else:
            path = Path(self._name)
            for each in path.parent.glob(f"{path.name}-*"):
                each.unlink()
            shutil.copyfile(self._copy, path)

    def let_go(self) -> None:
        """Close every connection to the database."""
        with self._app.app_context():
            session().remove()
            if db.db.engine.dialect.name == "sqlite":
                with db.db.engine.connect() as connection:
                    # What is in the log beside the file would not be copied with it.
                    connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            db.db.engine.dispose()

    def _copy_postgres(self, databases: PostgresDatabases, source: str, name: str) -> None:
        drop = f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'
        databases._execute(databases.server, drop)
        databases._execute(databases.server, f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
