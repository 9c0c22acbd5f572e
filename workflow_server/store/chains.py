"""Chains as they are read to be proved: rows, ends and anchored heads, in one order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from workflow_server.store.anchors import AnchoredHead
from workflow_server.store.db import run, session, table
from workflow_server.store.history import Chain, HistoryRow
from workflow_server.store.process_instances import ProcessInstance

#: How many rows are read at a time; between two reads no transaction stays open.
CHUNK = 2000

_HISTORY = table(HistoryRow)
_CHAINS = table(Chain)
_INSTANCES = table(ProcessInstance)
_HEADS = table(AnchoredHead)
_PROVED = tuple(
    column for column in _HISTORY.c if column.name not in ("idempotency_key", "request")
)
_INSTANCE_ENDS = sa.select(_INSTANCES.c.id, _INSTANCES.c.history_length, _INSTANCES.c.history_hash)
_CHAIN_ENDS = sa.select(_CHAINS.c.id, _CHAINS.c.length, _CHAINS.c.head)
_ANCHORED = sa.select(_HEADS.c.chain_id, _HEADS.c.anchor_seq, _HEADS.c.length, _HEADS.c.head)


def iterate_rows() -> Iterator[Mapping[str, Any]]:
    """Yield every row of the history, chain by chain."""
    for row in _walk(sa.select(*_PROVED), (_HISTORY.c.chain_id, _HISTORY.c.seq)):
        yield row._mapping


def iterate_rows_of(chain_id: UUID, after: int = 0) -> Iterator[Mapping[str, Any]]:
    """Yield the rows of a chain after one of them."""
    query = sa.select(*_PROVED).where(_HISTORY.c.chain_id == chain_id, _HISTORY.c.seq > after)
    for row in _walk(query, (_HISTORY.c.seq,)):
        yield row._mapping


def iterate_ends() -> Iterator[tuple[UUID, int, bytes]]:
    """Yield where the chains of instances end, as the instances know it."""
    for row in _walk(_INSTANCE_ENDS, (_INSTANCES.c.id,)):
        yield row[0], row[1], row[2]


def iterate_ends_of_areas() -> Iterator[tuple[UUID, int, bytes]]:
    """Yield where all other chains end."""
    for row in _walk(_CHAIN_ENDS, (_CHAINS.c.id,)):
        yield row[0], row[1], row[2]


def iterate_anchored() -> Iterator[tuple[UUID, int, int, bytes]]:
    """Yield every head that was anchored: its chain, anchor, length and hash."""
    for row in _walk(_ANCHORED, (_HEADS.c.chain_id, _HEADS.c.anchor_seq)):
        yield row[0], row[1], row[2], row[3]


def list_anchored(chain_id: UUID) -> Sequence[tuple[int, int, bytes]]:
    """Return the anchored heads of one chain, oldest first: anchor, length and hash."""
    query = _ANCHORED.where(_HEADS.c.chain_id == chain_id).order_by(_HEADS.c.anchor_seq)
    return [(row[1], row[2], row[3]) for row in run(query)]


def find_end(chain_id: UUID) -> tuple[int, bytes] | None:
    """Return where a chain ends as it is kept beside it; None when nothing keeps it."""
    for query, id_ in ((_INSTANCE_ENDS, _INSTANCES.c.id), (_CHAIN_ENDS, _CHAINS.c.id)):
        row = run(query.where(id_ == chain_id)).one_or_none()
        if row is not None:
            return row[1], row[2]
    return None


def find_hash(chain_id: UUID, seq: int) -> bytes | None:
    """Return the hash of one row; None when it is not there."""
    query = sa.select(_HISTORY.c.hash).where(_HISTORY.c.chain_id == chain_id, _HISTORY.c.seq == seq)
    row = run(query).one_or_none()
    return row[0] if row is not None else None


def find_name(chain_id: UUID) -> tuple[str | None, UUID | None]:
    """Return the area of a chain, and the instance that it is about."""
    query = sa.select(_CHAINS.c.name, _CHAINS.c.instance_id).where(_CHAINS.c.id == chain_id)
    row = run(query).one_or_none()
    return (row[0], row[1]) if row is not None else (None, None)


def list_touched(since: datetime, anchor_seq: int) -> Sequence[UUID]:
    """Return the chains that were anchored after an anchor or written to since a moment."""
    anchored = sa.select(_HEADS.c.chain_id).where(_HEADS.c.anchor_seq > anchor_seq)
    written = sa.select(_HISTORY.c.chain_id).where(_HISTORY.c.at >= since)
    areas = sa.select(_CHAINS.c.id).where(_CHAINS.c.instance_id.is_(None))
    touched = anchored.union(written, areas).subquery()
    return [row[0] for row in run(sa.select(touched.c[0]).order_by(touched.c[0]))]


def _walk(query: sa.Select[Any], key: Sequence[sa.Column[Any]]) -> Iterator[Any]:
    """Yield the rows of a query in the order of a key, a chunk at a time."""
    ordered = query.order_by(*key).limit(CHUNK)
    rows = run(ordered).all()
    while True:
        session().rollback()
        yield from rows
        if len(rows) < CHUNK:
            return
        last = [rows[-1]._mapping[column] for column in key]
        rows = run(ordered.where(_after(key, last))).all()


def _after(key: Sequence[sa.Column[Any]], last: Sequence[Any]) -> sa.ColumnElement[bool]:
    if len(key) == 1:
        one: sa.ColumnElement[bool] = key[0] > last[0]
        return one
    stands = [sa.literal(value, column.type) for column, value in zip(key, last, strict=True)]
    further: sa.ColumnElement[bool] = sa.tuple_(*key) > sa.tuple_(*stands)
    return further
