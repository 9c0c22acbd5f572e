"""The ground: one transaction, one set of tables on both databases, values that come back."""

from __future__ import annotations

import sqlite3
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask

from workflow_server import config
from workflow_server.app import create_app
from workflow_server.config import Config, SettingRefused
from workflow_server.store import db as database
from workflow_server.store.clock import ClockOffset
from workflow_server.store.db import (
    DatabaseBusy,
    Model,
    db,
    run,
    savepoint,
    session,
    table,
    transaction,
)
from workflow_server.store.deliveries import Delivery
from workflow_server.store.types import Unstorable, UtcDateTime, canonical, dumps, new_id


def test_the_models_are_the_tables_that_the_migrations_lay_down(app: Flask) -> None:
    assert Delivery.__table__ in Model.metadata.tables.values()
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": _compare_type})
        assert compare_metadata(context, Model.metadata) == []


def _compare_type(_context: Any, _column: Any, found: Any, meant: Any, *_types: Any) -> bool:
    # Our own types and JSON come back as what the database made of them.
    return False


def test_migrating_again_changes_nothing(app: Flask) -> None:
    before = set(sa.inspect(db.engine).get_table_names())
    database.migrate()
    assert set(sa.inspect(db.engine).get_table_names()) == before


def test_ids_rise_and_are_of_version_7() -> None:
    ids = [new_id() for _ in range(2000)]
    assert ids == sorted(ids)
    assert len(set(ids)) == 2000
    assert {(each.version, each.variant) for each in ids} == {(7, "specified in RFC 4122")}


def test_a_failed_transaction_leaves_nothing(app: Flask) -> None:
    with pytest.raises(RuntimeError):
        _fail_inside(transaction())
    assert session().get(ClockOffset, 1) is None


def test_an_inner_transaction_joins_and_the_outer_one_decides(app: Flask) -> None:
    with pytest.raises(RuntimeError), transaction():
        _write_and_fail()
    assert session().get(ClockOffset, 1) is None


def test_a_savepoint_undoes_only_what_is_inside(app: Flask) -> None:
    with transaction():
        session().add(ClockOffset(id=1, seconds=5))
        with pytest.raises(RuntimeError):
            _fail_inside(savepoint(), 2)
    assert session().scalars(sa.select(ClockOffset.id)).all() == [1]


def test_a_savepoint_undoes_what_goes_past_the_orm(app: Flask) -> None:
    clock = table(ClockOffset)
    with transaction():
        run(sa.insert(clock), {"id": 1, "seconds": 5})
        with pytest.raises(sa.exc.IntegrityError), savepoint():
            run(sa.insert(clock), [{"id": 2, "seconds": 7}, {"id": 1, "seconds": 7}])
    assert session().scalars(sa.select(ClockOffset.id)).all() == [1]


def test_moments_come_back_in_utc_and_need_a_zone(app: Flask) -> None:
    china = timezone(timedelta(hours=8))
    moment = datetime(2026, 7, 1, 9, 0, 0, 123456, tzinfo=china)
    back = session().scalar(sa.select(sa.bindparam("m", moment, type_=UtcDateTime())))
    assert back == moment
    assert back.tzinfo is UTC
    with pytest.raises(sa.exc.StatementError):
        session().scalar(sa.select(sa.bindparam("m", datetime(2026, 7, 1), type_=UtcDateTime())))


def test_json_that_no_database_holds_is_refused() -> None:
    for value in ("a\x00b", {"a": "\ud800"}, 2**70, {1, 2}):
        with pytest.raises(Unstorable):
            dumps(value)
    assert canonical({"b": 1, "a": 2}) == b'{"a":2,"b":1}'


def test_sqlite_keeps_what_it_has_committed(tmp_path: Path) -> None:
    app = create_app({"database_url": f"sqlite:///{tmp_path}/own.db", "data_dir": tmp_path})
    pragmas = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30000}
    with app.app_context():
        for name, value in pragmas.items():
            assert session().scalar(sa.text(f"PRAGMA {name}")) == value
        db.engine.dispose()


def test_settings_come_from_the_environment() -> None:
    read = config.load(
        {
            "WORKFLOW_SERVER_DATABASE_URL": "postgres://u@h/d",
            "WORKFLOW_SERVER_DEMO": "1",
            "WORKFLOW_SERVER_JOB_WORKERS": "3",
            "WORKFLOW_SERVER_DATA_DIR": "elsewhere",
            "OTHER": "x",
        }
    )
    assert read.url == "postgresql+psycopg://u@h/d"
    assert (read.demo, read.job_workers, read.blobs_dir.parts) == (True, 3, ("elsewhere", "blobs"))
    assert Config().url.startswith("sqlite:///")


@pytest.mark.parametrize(("name", "text"), [("DEMO", "maybe"), ("JOB_WORKERS", "-1")])
def test_a_setting_that_cannot_be_meant_names_its_variable(name: str, text: str) -> None:
    with pytest.raises(SettingRefused, match=f"WORKFLOW_SERVER_{name}"):
        config.load({f"WORKFLOW_SERVER_{name}": text})


def _fail_inside(block: AbstractContextManager[Any], key: int = 1) -> None:
    with block:
        session().add(ClockOffset(id=key, seconds=5))
        session().flush()
        raise RuntimeError


def _write_and_fail() -> None:
    with transaction():
        session().add(ClockOffset(id=1, seconds=5))
    raise RuntimeError


def test_a_writer_who_waits_too_long_is_told_and_can_come_again(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    if db.engine.dialect.name != "sqlite":
        return
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    other = sqlite3.connect(db.engine.url.database or "", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseBusy):
        _write()
    other.rollback()
    _write()
    assert session().get(ClockOffset, 1) is not None


def _write() -> None:
    with transaction():
        session().add(ClockOffset(id=1, seconds=5))


def test_a_connection_that_died_while_idle_is_replaced(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    if db.engine.dialect.name != "postgresql":
        return
    session().execute(sa.select(1))
    session().rollback()
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    killer = sa.create_engine(db.engine.url, poolclass=sa.NullPool)
    with killer.connect() as connection:
        connection.execute(sa.text(f"{others} AND datname = current_database()"))
    monkeypatch.setattr(database, "_IDLE_SECONDS", -1)
    assert session().scalar(sa.select(1)) == 1
