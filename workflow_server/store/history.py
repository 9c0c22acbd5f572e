"""History: append-only, one row for each act, hash-chained per instance or area."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from workflow_server.errors import InvalidState
from workflow_server.events import Event
from workflow_server.store.db import Model, run, session, table
from workflow_server.store.ready import Ready
from workflow_server.store.types import (
    ExactJsonColumn,
    UtcDateTime,
    UuidColumn,
    canonical,
)


class ActInProgress(InvalidState):
    """同一操作正在进行，请重试"""


#: Acts outside any instance are chained by area: "deployments", "organisations", "clock" …
_AREAS = UUID("6f0c7a52-5d0e-4b8a-9a37-1f2f4c0e9d11")
ACCESS = "access"
ATTACHMENTS = "attachments"
AUDIT = "audit"
CALENDAR = "calendar"
CLOCK = "clock"
DELIVERIES = "deliveries"
DEPLOYMENTS = "deployments"
EMERGENCY_ACCESS = "emergency-access"
INCIDENTS = "incidents"
INQUIRIES = "inquiries"
JOBS = "jobs"
NUMBERS = "numbers"
ORGANISATIONS = "organisations"
REFUSALS = "refusals"
REGISTERS = "registers"
REQUESTS = "requests"
#: The name of the chains that keep who looked into an instance.
VIEWS = "views"
#: The areas by name, for who must name a chain whose own row is gone.
AREAS = (
    ACCESS,
    ATTACHMENTS,
    AUDIT,
    CALENDAR,
    CLOCK,
    DELIVERIES,
    DEPLOYMENTS,
    EMERGENCY_ACCESS,
    INCIDENTS,
    INQUIRIES,
    JOBS,
    NUMBERS,
    ORGANISATIONS,
    REFUSALS,
    REGISTERS,
    REQUESTS,
)
_KEYED = sa.text("idempotency_key IS NOT NULL")


class HistoryRow(Model):
    """One act: who did what, when, where, and what came of it.

    `hash` covers the row and the hash before it. `idempotency_key` is made from the
    person and the key that the client sent; `request` is the checksum of what was asked
    and `answer` what was answered, for the client that asks again.
    """

    __tablename__ = "history"
    __table_args__ = (
        sa.Index(
            "uq_history_idempotency_key",
            "idempotency_key",
            unique=True,
            sqlite_where=_KEYED,
            postgresql_where=_KEYED,
        ),
        sa.Index("ix_history_at", "at", "chain_id", "seq"),
        sa.Index("ix_history_person_id_at", "person_id", "at"),
        {"sqlite_with_rowid": False},
    )

    chain_id: Mapped[UUID] = mapped_column(UuidColumn, primary_key=True)
    seq: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    act: Mapped[str] = mapped_column(sa.Text)
    person_id: Mapped[UUID | None] = mapped_column(UuidColumn, default=None)
    element_id: Mapped[str | None] = mapped_column(sa.Text, default=None)
    task_id: Mapped[UUID | None] = mapped_column(UuidColumn, default=None)
    data: Mapped[dict[str, Any] | None] = mapped_column(ExactJsonColumn, default=None)
    hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32))
    idempotency_key: Mapped[UUID | None] = mapped_column(UuidColumn, default=None)
    request: Mapped[bytes | None] = mapped_column(sa.LargeBinary(16), default=None)
    answer: Mapped[Any | None] = mapped_column(ExactJsonColumn, default=None)
    #: In which of their positions the person acted, and for whom.
    position_id: Mapped[UUID | None] = mapped_column(UuidColumn, default=None)
    on_behalf_of: Mapped[UUID | None] = mapped_column(UuidColumn, default=None)
    #: The network address that the request came from.
    address: Mapped[str | None] = mapped_column(sa.Text, default=None)


class Chain(Model):
    """Where a chain outside any instance ends, so that rows cut off its tail are missed."""

    __tablename__ = "history_chains"

    id: Mapped[UUID] = mapped_column(UuidColumn, primary_key=True)
    #: The administrative area, or "views" of an instance.
    name: Mapped[str] = mapped_column(sa.Text)
    instance_id: Mapped[UUID | None] = mapped_column(UuidColumn, index=True, default=None)
    length: Mapped[int] = mapped_column(sa.Integer, default=0)
    head: Mapped[bytes] = mapped_column(sa.LargeBinary(32), default=b"")


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who acts, in which position, for whom and from where."""

    person_id: UUID
    position_id: UUID | None = None
    on_behalf_of: UUID | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """What is to be written into a chain; `by` is None when nobody acts but the clock."""

    at: datetime
    act: str
    by: Stamp | None = None
    element_id: str | None = None
    task_id: UUID | None = None
    data: dict[str, Any] | None = None
    idempotency_key: UUID | None = None
    request: bytes | None = None
    answer: Any = None


_INSERT = Ready(sa.insert(table(HistoryRow)))
_CHAIN = table(Chain)
_LOCK_CHAIN = (
    sa.select(_CHAIN.c.length, _CHAIN.c.head)
    .where(_CHAIN.c.id == sa.bindparam("chain", type_=UuidColumn()))
    .with_for_update()
)
_GO_ON = (
    sa.update(_CHAIN)
    .where(_CHAIN.c.id == sa.bindparam("chain", type_=UuidColumn()))
    .values(length=sa.bindparam("length"), head=sa.bindparam("head"))
)


def area(name: str) -> UUID:
    """Return the chain of an administrative area."""
    return uuid5(_AREAS, name)


def views_of(instance_id: UUID) -> UUID:
    """Return the chain of the views of an instance, which its writers never wait for."""
    return uuid5(_AREAS, f"{VIEWS}/{instance_id}")


def append(chain_id: UUID, length: int, head: bytes, act: Act) -> bytes:
    """Write an act after `length` others, the last with hash `head`; returns the new head."""
    values = _values(chain_id, length + 1, act)
    digest = hash_row(head, values)
    try:
        _INSERT.write({**values, "hash": digest})
    except sa.exc.IntegrityError as error:
        raise ActInProgress(
            "另一请求正在办理，请稍后再试。"
            " Expected to be the only one to act here, but another request is just doing so."
        ) from error
    return digest


def _values(chain_id: UUID, seq: int, act: Act) -> dict[str, Any]:
    by = act.by
    return {
        "chain_id": chain_id,
        "seq": seq,
        "at": act.at,
        "act": act.act,
        "person_id": by.person_id if by is not None else None,
        "position_id": by.position_id if by is not None else None,
        "on_behalf_of": by.on_behalf_of if by is not None else None,
        "address": by.address if by is not None else None,
        "element_id": act.element_id,
        "task_id": act.task_id,
        "data": act.data,
        "idempotency_key": act.idempotency_key,
        "request": act.request,
        "answer": act.answer,
    }


def append_to_area(name: str, act: Act) -> None:
    """Write an act of an administrative area, after the last one there."""
    append_to_chain(area(name), name, None, act)


def append_all_to_area(name: str, acts: Sequence[Act]) -> None:
    """Write many acts of an administrative area in one go, in their order."""
    if not acts:
        return
    chain_id = area(name)
    length, head = lock_chain(chain_id, name)
    rows = []
    for act in acts:
        length += 1
        values = _values(chain_id, length, act)
        head = hash_row(head, values)
        rows.append({**values, "hash": head})
    _INSERT.write_all(rows)
    run(_GO_ON, {"chain": chain_id, "length": length, "head": head})


def append_to_chain(chain_id: UUID, name: str, instance_id: UUID | None, act: Act) -> None:
    """Write an act of a chain that has a row of its own, which is held until the end."""
    length, head = lock_chain(chain_id, name, instance_id)
    digest = append(chain_id, length, head, act)
    run(_GO_ON, {"chain": chain_id, "length": length + 1, "head": digest})


def lock_chain(chain_id: UUID, name: str, instance_id: UUID | None = None) -> tuple[int, bytes]:
    """Hold a chain against other writers; returns how long it is, and its head."""
    found = run(_LOCK_CHAIN, {"chain": chain_id}).one_or_none()
    if found is None:
        insert = postgresql.insert if _is_postgresql() else sqlite.insert
        begun = insert(table(Chain)).on_conflict_do_nothing()
        run(
            begun,
            {"id": chain_id, "name": name, "instance_id": instance_id, "length": 0, "head": b""},
        )
        found = run(_LOCK_CHAIN, {"chain": chain_id}).one()
    return found.length, found.head


def _is_postgresql() -> bool:
    return session().get_bind().dialect.name == "postgresql"


def find_by_key(idempotency_key: UUID) -> HistoryRow | None:
    """Return the act that was done under an idempotency key, if there is one."""
    return session().scalar(
        sa.select(HistoryRow).where(HistoryRow.idempotency_key == idempotency_key)
    )


def list_(chain_id: UUID, limit: int, offset: int) -> tuple[Sequence[HistoryRow], int]:
    """Return the acts of a chain, oldest first, and how many there are."""
    query = sa.select(HistoryRow).where(HistoryRow.chain_id == chain_id)
    total = session().scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0
    rows = session().scalars(query.order_by(HistoryRow.seq).limit(limit).offset(offset))
    return rows.all(), total


def find_completion(chain_id: UUID, task_id: UUID) -> HistoryRow | None:
    """Return the act by which a task was completed."""
    query = sa.select(HistoryRow).where(
        HistoryRow.chain_id == chain_id,
        HistoryRow.task_id == task_id,
        HistoryRow.act == Event.TASK_COMPLETED,
    )
    return session().scalars(query.limit(1)).one_or_none()


def list_data(chain_id: UUID) -> Sequence[dict[str, Any]]:
    """Return what the acts of a chain left behind, oldest first."""
    query = (
        sa.select(HistoryRow.data)
        .where(HistoryRow.chain_id == chain_id, HistoryRow.data.is_not(None))
        .order_by(HistoryRow.seq)
    )
    return [data for data in session().scalars(query) if data is not None]


_LEFT = ("chain_id", "seq", "at", "act", "person_id", "element_id", "task_id", "hash")
_HASHED = ("chain_id", "seq", "at", "act", "person_id", "element_id", "task_id", "data", "answer")
#: Hashed where one of them is set: rows that were written before them stay as they are.
_HASHED_LATER = ("position_id", "on_behalf_of", "address")


def hash_row(head: bytes, values: Mapping[str, Any]) -> bytes:
    """Return the hash of a row that stands after one with hash `head`."""
    # As it is read again: whoever writes may tell the time of another zone.
    read = {**values, "at": values["at"].astimezone(UTC)}
    kept = [read[name] for name in _HASHED]
    later = [values[name] for name in _HASHED_LATER]
    return hashlib.sha256(head + canonical(kept + later if any(later) else kept)).digest()


def digest_left(values: Mapping[str, Any]) -> bytes:
    """Return the digest of what stays of an act once its data and answer are gone."""
    names = (*_LEFT, *_HASHED_LATER)
    kept = [values[name].hex() if name == "hash" else values[name] for name in names]
    return hashlib.sha256(canonical(kept)).digest()
