"""Anchors: all chains that went on, bound together from time to time by one hash."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from workflow_server.store.db import Model, run, session, table
from workflow_server.store.history import Chain, HistoryRow
from workflow_server.store.process_instances import ProcessInstance
from workflow_server.store.types import UtcDateTime, UuidColumn, canonical

#: How many chains are asked for at a time.
_CHUNK = 500
_LOCK = 0x616E6368


class Anchor(Model):
    """All chains that went on since the anchor before, bound together by one hash."""

    __tablename__ = "history_anchors"

    seq: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: How many heads it binds.
    heads: Mapped[int] = mapped_column(sa.Integer)
    #: SHA-256 over the anchor before and the heads, in the order of their chains.
    hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32))


class AnchoredHead(Model):
    """How far a chain had come when it was anchored."""

    __tablename__ = "history_anchored_heads"
    __table_args__ = (
        sa.Index("ix_history_anchored_heads_anchor_seq", "anchor_seq", "chain_id"),
        {"sqlite_with_rowid": False},
    )

    chain_id: Mapped[UUID] = mapped_column(UuidColumn, primary_key=True)
    anchor_seq: Mapped[int] = mapped_column(
        sa.Integer,
        sa.ForeignKey("history_anchors.seq", deferrable=True, initially="DEFERRED"),
        primary_key=True,
    )
    length: Mapped[int] = mapped_column(sa.Integer)
    head: Mapped[bytes] = mapped_column(sa.LargeBinary(32))


_HISTORY = table(HistoryRow)
_CHAINS = table(Chain)
_INSTANCES = table(ProcessInstance)
_ANCHORS = table(Anchor)
_HEADS = table(AnchoredHead)


def lock_last() -> Anchor | None:
    """Return the newest anchor; nobody else makes one until the transaction ends."""
    if session().get_bind().dialect.name == "postgresql":
        session().execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    return find_last()


def find_last() -> Anchor | None:
    """Return the newest anchor, if there is one."""
    return session().scalar(sa.select(Anchor).order_by(Anchor.seq.desc()).limit(1))


def find(seq: int) -> Anchor | None:
    """Return an anchor by its number, if there is one."""
    return session().get(Anchor, seq)


def list_(limit: int, offset: int) -> tuple[Sequence[Anchor], int]:
    """Return anchors, newest first, and how many there are."""
    total = session().scalar(sa.select(sa.func.count()).select_from(_ANCHORS)) or 0
    rows = session().scalars(
        sa.select(Anchor).order_by(Anchor.seq.desc()).limit(limit).offset(offset)
    )
    return rows.all(), total


def changed(since: datetime | None) -> Iterator[tuple[UUID, int, bytes]]:
    """Yield the ends of the chains that were written to since a moment, in their order.

    Without a moment: of all chains. What was anchored like this before is left out.
    """
    query = _ends() if since is None else _ends_since(since)
    found = session().connection().execute(query, execution_options={"yield_per": _CHUNK})
    for part in found.partitions():
        known = _anchored([row[0] for row in part])
        yield from ((row[0], row[1], row[2]) for row in part if row[1] > known.get(row[0], 0))


def add(seq: int, at: datetime, before: bytes, heads: Iterator[tuple[UUID, int, bytes]]) -> int:
    """Write an anchor after another one (with hash `before`); returns how many heads it binds.

    When nothing went on, nothing is written.
    """
    count, digest = 0, begin_hash(seq, at, before)
    waiting: list[dict[str, Any]] = []
    for chain_id, length, head in heads:
        digest.update(hashed(chain_id, length, head))
        waiting.append({"chain_id": chain_id, "anchor_seq": seq, "length": length, "head": head})
        count += 1
        if len(waiting) == _CHUNK:
            run(sa.insert(_HEADS), waiting)
            waiting = []
    if waiting:
        run(sa.insert(_HEADS), waiting)
    if count:
        row = {"seq": seq, "at": at, "heads": count, "hash": digest.digest()}
        run(sa.insert(_ANCHORS), row)
    return count


def begin_hash(seq: int, at: datetime, before: bytes) -> Any:
    """Begin the hash of an anchor; what it binds is added head by head."""
    return hashlib.sha256(before + canonical([seq, at]))


def hashed(chain_id: UUID, length: int, head: bytes) -> bytes:
    """Return what an anchor's hash takes in of one head."""
    return canonical([chain_id, length, head.hex()])


def iterate(after: int) -> Iterator[tuple[int, datetime, int, bytes]]:
    """Yield number, moment, count and hash of the anchors after one, oldest first."""
    while True:
        query = sa.select(_ANCHORS).where(_ANCHORS.c.seq > after).order_by(_ANCHORS.c.seq)
        rows = run(query.limit(_CHUNK)).all()
        yield from ((row.seq, row.at, row.heads, row.hash) for row in rows)
        if len(rows) < _CHUNK:
            return
        after = rows[-1].seq


def iterate_heads(seq: int) -> Iterator[tuple[UUID, int, bytes]]:
    """Yield the heads that an anchor binds, in the order of their chains."""
    query = (
        sa.select(_HEADS.c.chain_id, _HEADS.c.length, _HEADS.c.head)
        .where(_HEADS.c.anchor_seq == seq)
        .order_by(_HEADS.c.chain_id)
    )
    last: UUID | None = None
    while True:
        further = query if last is None else query.where(_HEADS.c.chain_id > last)
        rows = run(further.limit(10 * _CHUNK)).all()
        yield from ((row[0], row[1], row[2]) for row in rows)
        if len(rows) < 10 * _CHUNK:
            return
        last = rows[-1][0]


def _ends() -> sa.Select[Any]:
    instances = sa.select(
        _INSTANCES.c.id, _INSTANCES.c.history_length, _INSTANCES.c.history_hash
    ).where(_INSTANCES.c.history_length > 0)
    return _in_order(instances.union_all(_ends_of_areas(of_instances=True)))


def _ends_since(since: datetime) -> sa.Select[Any]:
    # Not the column itself: SQLite would rather walk the whole table in its order than sort
    # what the index on the time gives.
    chain_id = sa.func.coalesce(_HISTORY.c.chain_id, None, type_=UuidColumn())
    newest = (
        sa.select(chain_id.label("chain_id"), sa.func.max(_HISTORY.c.seq).label("seq"))
        .where(_HISTORY.c.at >= since)
        .group_by(chain_id)
        .subquery()
    )
    areas = sa.select(_CHAINS.c.id).where(_CHAINS.c.instance_id.is_(None))
    ends = (
        sa.select(_HISTORY.c.chain_id, _HISTORY.c.seq, _HISTORY.c.hash)
        .select_from(newest)
        .join(
            _HISTORY,
            sa.and_(_HISTORY.c.chain_id == newest.c.chain_id, _HISTORY.c.seq == newest.c.seq),
        )
        .where(_HISTORY.c.chain_id.not_in(areas))
    )
    # Areas are few, and some go by real time though business time may be ahead of it.
    return _in_order(ends.union_all(_ends_of_areas(of_instances=False)))


def _ends_of_areas(*, of_instances: bool) -> sa.Select[Any]:
    query = sa.select(_CHAINS.c.id, _CHAINS.c.length, _CHAINS.c.head).where(_CHAINS.c.length > 0)
    return query if of_instances else query.where(_CHAINS.c.instance_id.is_(None))


def _in_order(ends: sa.CompoundSelect[Any]) -> sa.Select[Any]:
    each = ends.subquery("ends")
    return sa.select(*each.c).order_by(each.c[0])


def _anchored(chains: Iterable[UUID]) -> Mapping[UUID, int]:
    query = (
        sa.select(_HEADS.c.chain_id, sa.func.max(_HEADS.c.length))
        .where(_HEADS.c.chain_id.in_(list(chains)))
        .group_by(_HEADS.c.chain_id)
    )
    return {row[0]: row[1] for row in run(query)}
