"""A database of the version before comes up with all that is in it, and can go back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from alembic import command
from flask import Flask

from tests.services.conftest import NOW
from tests.services.drawing import bundle_of, line
from workflow_server.content import bundle as bundles
from workflow_server.services import actors, verifications
from workflow_server.store import types
from workflow_server.store.db import DatabaseBroken, db, migrate, migrating
from workflow_server.store.history import area, hash_row
from workflow_server.store.types import new_id

OFFICE, ANN, BOB, CASE, TASK, POST, DEPLOYED, PROCESS = (new_id() for _ in range(8))

#: The columns of the tables as the version before had them.
BEFORE: dict[str, dict[str, Any]] = {
    "organisations": {
        **{"id": types.UuidColumn, "key": sa.Text, "name": sa.Text, "short_name": sa.Text},
        **{"code": sa.Text, "party": sa.Text, "fields": types.JsonColumn, "on_server": sa.Boolean},
    },
    "people": {
        **{"id": types.UuidColumn, "login": sa.Text, "name": sa.Text},
        **{"administrator": sa.Boolean, "active": sa.Boolean},
    },
    "positions": {
        **{"id": types.UuidColumn, "person_id": types.UuidColumn},
        **{"organisation_id": types.UuidColumn, "role": sa.Text, "department": sa.Text},
    },
    "deployments": {
        **{"id": types.UuidColumn, "checksum": sa.Text, "source": sa.Text},
        **{"deployed_at": types.UtcDateTime, "deployed_by": types.UuidColumn},
        **{"files": sa.Integer, "bundle": sa.LargeBinary},
    },
    "process_definitions": {
        **{"id": types.UuidColumn, "deployment_id": types.UuidColumn, "key": sa.Text},
        **{"version": sa.Integer, "title": sa.Text, "path": sa.Text},
        **{"fingerprint": sa.LargeBinary, "compiled": sa.LargeBinary},
    },
    "process_instances": {
        **{"id": types.UuidColumn, "process_definition_id": types.UuidColumn},
        **{"organisation_id": types.UuidColumn, "status": sa.Text, "version": sa.Integer},
        **{"started_at": types.UtcDateTime, "started_by": types.UuidColumn},
        **{"history_length": sa.Integer, "history_hash": sa.LargeBinary},
        "variables": types.JsonColumn,
    },
    "tasks": {
        **{"id": types.UuidColumn, "instance_id": types.UuidColumn, "element_id": sa.Text},
        **{"organisation_id": types.UuidColumn, "name": sa.Text, "status": sa.Text},
        **{"role": sa.Text, "created_at": types.UtcDateTime, "completed_at": types.UtcDateTime},
        "completed_by": types.UuidColumn,
    },
    "history": {
        **{"chain_id": types.UuidColumn, "seq": sa.Integer, "at": types.UtcDateTime},
        **{"act": sa.Text, "person_id": types.UuidColumn, "data": types.JsonColumn},
        "hash": sa.LargeBinary,
    },
}


def test_a_database_with_a_running_case_comes_up_whole(app: Flask) -> None:
    go_back()
    fill()
    migrate()
    actor = actors.actor_of(ANN)
    assert [(each.role, each.path) for each in actor.positions] == [("clerk", f"{OFFICE.hex}/")]
    assert actors.actor_of(BOB).administration == "system"
    assert one("SELECT assignee_id FROM tasks") == ANN
    report = verifications.verify()
    assert (report.findings, report.rows) == ([], 2)
    assert one("SELECT secrecy FROM process_instances", sa.Integer) == 1
    check_that_rows_point_to_others()


def test_who_administers_the_system_is_the_administrator_again_after_going_back(
    app: Flask,
) -> None:
    go_back()
    fill()
    migrate()
    db.session.remove()
    go_back()
    assert one("SELECT id FROM people WHERE administrator") == BOB
    migrate()
    assert actors.actor_of(BOB).administration == "system"


def test_a_row_that_points_nowhere_keeps_the_tables_as_they_are(app: Flask) -> None:
    if db.engine.dialect.name != "sqlite":
        return
    go_back()
    fill()
    with db.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.execute("PRAGMA foreign_keys=OFF")
        driver.execute("UPDATE positions SET person_id = x'00112233445566778899aabbccddeeff'")
        driver.execute("PRAGMA foreign_keys=ON")
    with pytest.raises(DatabaseBroken, match="positions -> people"):
        migrate()
    assert one("SELECT id FROM people WHERE administrator") == BOB
    assert one("PRAGMA foreign_keys", sa.Integer) == 1


def test_what_is_written_once_can_not_be_emptied_either(app: Flask) -> None:
    if db.engine.dialect.name != "postgresql":
        return
    for table in ("history", "history_anchors", "history_anchored_heads", "inquiries"):
        with pytest.raises(sa.exc.DBAPIError, match="written once: TRUNCATE refused"):
            db.session.execute(sa.text(f"TRUNCATE {table} CASCADE"))
        db.session.rollback()


def go_back() -> None:
    with migrating() as script:
        command.downgrade(script, "0002")


def one(query: str, type_: Any = types.UuidColumn) -> Any:
    found = db.session.scalar(sa.text(query).columns(sa.column("found", type_)))
    db.session.rollback()
    return found


def fill() -> None:
    office = {
        "key": "office",
        "name": "办公室",
        "short_name": "办",
        "code": "办",
        "party": "office",
    }
    write("organisations", id=OFFICE, **office, fields={}, on_server=True)
    write("people", id=ANN, login="ann", name="安", administrator=False, active=True)
    write("people", id=BOB, login="bob", name="博", administrator=True, active=True)
    write("positions", id=POST, person_id=ANN, organisation_id=OFFICE, role="clerk")
    bundle = bundle_of(line("draft"))
    sealed = {"checksum": bundle.checksum, "source": "folder", "files": 1}
    sealed["bundle"] = bundles.write_zip(bundle)
    told = {"deployment_id": str(DEPLOYED), "checksum": bundle.checksum}
    write_history(area("deployments"), "ContentDeployed", told)
    write("deployments", id=DEPLOYED, deployed_at=NOW, deployed_by=BOB, **sealed)
    process = {"key": "p", "version": 1, "title": "P", "path": "p", "fingerprint": b""}
    write("process_definitions", id=PROCESS, deployment_id=DEPLOYED, compiled=b"", **process)
    head = write_history(CASE, "InstanceStarted", {"a": 1})
    case = {"status": "running", "version": 1, "history_length": 1, "history_hash": head}
    about = {"process_definition_id": PROCESS, "organisation_id": OFFICE, "variables": {}}
    write("process_instances", id=CASE, started_at=NOW, started_by=ANN, **case, **about)
    task = {"element_id": "draft", "name": "D", "status": "completed", "role": "clerk"}
    when = {"created_at": NOW, "completed_at": NOW, "completed_by": ANN}
    write("tasks", id=TASK, instance_id=CASE, organisation_id=OFFICE, **task, **when)


def write_history(chain_id: UUID, act: str, data: dict[str, Any]) -> bytes:
    row = {"chain_id": chain_id, "seq": 1, "at": NOW, "act": act, "person_id": ANN}
    none = dict.fromkeys(
        ("element_id", "task_id", "answer", "position_id", "on_behalf_of", "address")
    )
    digest = hash_row(b"", {**none, **row, "data": data})
    write("history", **row, data=data, hash=digest)
    return digest


def write(name: str, /, **values: Any) -> None:
    table = sa.table(name, *(sa.column(key, type_) for key, type_ in BEFORE[name].items()))
    with db.engine.begin() as connection:
        connection.execute(sa.insert(table).values(**values))


def check_that_rows_point_to_others() -> None:
    if db.engine.dialect.name == "sqlite":
        assert db.session.execute(sa.text("PRAGMA foreign_key_check")).all() == []
        with pytest.raises(sa.exc.IntegrityError):
            db.session.execute(sa.text("DELETE FROM organisations"))
        db.session.rollback()
