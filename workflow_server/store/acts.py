"""Acts of all chains, found by who, what, where and when: for auditors, without case content."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from workflow_server.store.db import run, session
from workflow_server.store.history import REFUSALS, VIEWS, Chain, HistoryRow, area, views_of
from workflow_server.store.organisations import Organisation
from workflow_server.store.people import Person, PositionRow
from workflow_server.store.process_instances import ProcessInstance

#: A list counts its rows up to here; beyond, it says so many.
MOST_COUNTED = 100_000
_CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Filter:
    """What acts are narrowed to; None narrows nothing."""

    person_id: UUID | None = None
    act: str | None = None
    area: str | None = None
    organisation_id: UUID | None = None
    instance_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    #: "done" or "refused".
    outcome: str | None = None


_BEHALF = aliased(Person)
_KEY = (HistoryRow.at, HistoryRow.chain_id, HistoryRow.seq)
_ACTS = (
    sa.select(
        HistoryRow.at,
        HistoryRow.chain_id,
        HistoryRow.seq,
        HistoryRow.act,
        Chain.name.label("area"),
        Chain.instance_id,
        HistoryRow.person_id,
        Person.name.label("person_name"),
        HistoryRow.position_id,
        PositionRow.role,
        PositionRow.title,
        PositionRow.organisation_id,
        Organisation.name.label("organisation_name"),
        HistoryRow.on_behalf_of,
        _BEHALF.name.label("on_behalf_of_name"),
        HistoryRow.address,
        HistoryRow.element_id,
        HistoryRow.task_id,
        HistoryRow.data,
        HistoryRow.hash,
    )
    .select_from(HistoryRow)
    .outerjoin(Chain, Chain.id == HistoryRow.chain_id)
    .outerjoin(Person, Person.id == HistoryRow.person_id)
    .outerjoin(PositionRow, PositionRow.id == HistoryRow.position_id)
    .outerjoin(Organisation, Organisation.id == PositionRow.organisation_id)
    .outerjoin(_BEHALF, _BEHALF.id == HistoryRow.on_behalf_of)
)


def list_(narrowed: Filter, limit: int, offset: int) -> tuple[Sequence[Any], int]:
    """Return acts, newest first, and how many there are, counted up to a limit."""
    conditions = _conditions(narrowed)
    counted = sa.select(HistoryRow.seq).where(*conditions).limit(MOST_COUNTED).subquery()
    total = session().scalar(sa.select(sa.func.count()).select_from(counted)) or 0
    order = [column.desc() for column in _KEY]
    query = _ACTS.where(*conditions).order_by(*order).limit(limit).offset(offset)
    return run(query).all(), total


def iterate(narrowed: Filter) -> Iterator[Any]:
    """Yield acts, oldest first; between portions no transaction stays open."""
    query = _ACTS.where(*_conditions(narrowed)).order_by(*_KEY).limit(_CHUNK)
    rows = run(query).all()
    while True:
        session().rollback()
        yield from rows
        if len(rows) < _CHUNK:
            return
        last = rows[-1]
        stand = (last.at, last.chain_id, last.seq)
        values = [sa.literal(value, each.type) for value, each in zip(stand, _KEY, strict=True)]
        rows = run(query.where(sa.tuple_(*_KEY) > sa.tuple_(*values))).all()


def list_names(
    positions: Collection[UUID], people: Collection[UUID]
) -> tuple[dict[UUID | None, Any], dict[UUID | None, str]]:
    """Return what positions are called (role, title, organisation), and people, by their ids."""
    query = (
        sa.select(
            PositionRow.id,
            PositionRow.role,
            PositionRow.title,
            PositionRow.organisation_id,
            Organisation.name.label("organisation_name"),
        )
        .join(Organisation, Organisation.id == PositionRow.organisation_id)
        .where(PositionRow.id.in_(positions))
    )
    named = sa.select(Person.id, Person.name).where(Person.id.in_(people))
    posts = {row.id: row for row in run(query)} if positions else {}
    return posts, {row.id: row.name for row in run(named)} if people else {}


def count_of(person_id: UUID, name: str, since: datetime, most: int) -> int:
    """Return how many acts of an area a person did since a moment, counted up to a limit."""
    rows = (
        sa.select(HistoryRow.seq)
        .where(
            HistoryRow.person_id == person_id,
            HistoryRow.at > since,
            HistoryRow.chain_id == area(name),
        )
        .limit(most)
        .subquery()
    )
    return session().scalar(sa.select(sa.func.count()).select_from(rows)) or 0


def list_of(chain_id: UUID, act: str) -> Sequence[tuple[int, dict[str, Any]]]:
    """Return all acts of one kind in a chain, oldest first: the row's number, and its data."""
    query = (
        sa.select(HistoryRow.seq, HistoryRow.data)
        .where(HistoryRow.chain_id == chain_id, HistoryRow.act == act, HistoryRow.data.is_not(None))
        .order_by(HistoryRow.seq)
    )
    return [(row[0], row[1]) for row in run(query)]


def list_last(chain_id: UUID, limit: int) -> Sequence[Any]:
    """Return the last acts of a chain, newest first: who, when and what."""
    query = (
        sa.select(HistoryRow.person_id, HistoryRow.at, HistoryRow.data)
        .where(HistoryRow.chain_id == chain_id)
        .order_by(HistoryRow.seq.desc())
        .limit(limit)
    )
    return run(query).all()


def _conditions(narrowed: Filter) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if narrowed.person_id is not None:
        found.append(HistoryRow.person_id == narrowed.person_id)
    if narrowed.act is not None:
        found.append(HistoryRow.act == narrowed.act)
    if narrowed.since is not None:
        found.append(HistoryRow.at >= narrowed.since)
    if narrowed.until is not None:
        found.append(HistoryRow.at < narrowed.until)
    if narrowed.area is not None:
        found.append(_in_area(narrowed.area))
    if narrowed.instance_id is not None:
        chains = [narrowed.instance_id, views_of(narrowed.instance_id)]
        found.append(HistoryRow.chain_id.in_(chains))
    if narrowed.outcome is not None:
        is_refusal = HistoryRow.chain_id == area(REFUSALS)
        found.append(is_refusal if narrowed.outcome == "refused" else sa.not_(is_refusal))
    if narrowed.organisation_id is not None:
        found.append(_concerns(narrowed.organisation_id))
    return found


def _in_area(name: str) -> sa.ColumnElement[bool]:
    if name == VIEWS:
        return HistoryRow.chain_id.in_(sa.select(Chain.id).where(Chain.name == VIEWS))
    return HistoryRow.chain_id == area(name)


def _concerns(organisation_id: UUID) -> sa.ColumnElement[bool]:
    """Return the condition that an organisation acted, or hosts the case."""
    posts = sa.select(PositionRow.id).where(PositionRow.organisation_id == organisation_id)
    hosted = sa.select(ProcessInstance.id).where(ProcessInstance.organisation_id == organisation_id)
    beside = sa.select(Chain.id).where(Chain.instance_id.in_(hosted))
    return sa.or_(
        HistoryRow.position_id.in_(posts),
        HistoryRow.chain_id.in_(hosted),
        HistoryRow.chain_id.in_(beside),
    )
