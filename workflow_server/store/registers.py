"""Records of an organisation that have no case: an old register, read and written as a whole."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from workflow_server.store import history
from workflow_server.store.db import run, session, table
from workflow_server.store.history import REGISTERS
from workflow_server.store.links import Link
from workflow_server.store.numbers import Number, NumberSeries
from workflow_server.store.people import Person, PositionRow
from workflow_server.store.records import Record
from workflow_server.store.types import new_id

_RECORDS, _LINKS = table(Record), table(Link)


@dataclass(frozen=True, slots=True)
class Kept:
    """A record that is here."""

    id: UUID
    instance_id: UUID | None
    number: str
    title: str
    state: str
    fields: Mapping[str, Any]
    opened_at: datetime
    closed_at: datetime | None


def hold() -> None:
    """Let nobody else take a register over until the end of the transaction."""
    history.lock_chain(history.area(REGISTERS), REGISTERS)


def list_numbered(places: Collection[UUID], kind: str) -> dict[str, Kept]:
    """Return the numbered records of a kind in some organisations, by their numbers."""
    columns = [getattr(Record, name) for name in Kept.__slots__]
    query = sa.select(*columns).where(
        Record.organisation_id.in_(places), Record.kind == kind, Record.number.is_not(None)
    )
    return {row[2]: Kept(*row) for row in session().execute(query.order_by(Record.id))}


def list_ids(places: Collection[UUID], kind: str) -> dict[str, UUID]:
    """Return the ids of the numbered records of a kind in some organisations, by their numbers."""
    query = sa.select(Record.number, Record.id).where(
        Record.organisation_id.in_(places), Record.kind == kind, Record.number.is_not(None)
    )
    return {str(row[0]): row[1] for row in session().execute(query.order_by(Record.id))}


def list_ties(
    places: Collection[UUID], kind: str, relations: Collection[str]
) -> list[tuple[UUID, UUID, str, UUID]]:
    """Return (id, from, relation, to) of what no case tied to records without a case."""
    mine = sa.select(Record.id).where(
        Record.organisation_id.in_(places), Record.kind == kind, Record.instance_id.is_(None)
    )
    query = sa.select(Link.id, Link.from_id, Link.relation, Link.to_id).where(
        Link.instance_id.is_(None), Link.relation.in_(relations), Link.from_id.in_(mine)
    )
    return [(row[0], row[1], row[2], row[3]) for row in session().execute(query)]


def list_people(places: Collection[UUID]) -> list[tuple[UUID, str, str]]:
    """Return (id, name, login) of who holds or held a post in some organisations."""
    query = (
        sa.select(Person.id, Person.name, Person.login)
        .join(PositionRow, PositionRow.person_id == Person.id)
        .where(PositionRow.organisation_id.in_(places))
        .distinct()
    )
    return [(row[0], row[1], row[2]) for row in session().execute(query)]


def list_given(organisation_id: UUID, series: str) -> dict[str, tuple[int, int]]:
    """Return year and n of each number that was given of an issuer's series, by its text."""
    query = sa.select(Number.text, Number.year, Number.n).where(
        Number.organisation_id == organisation_id, Number.series == series
    )
    return {row[0]: (row[1], row[2]) for row in session().execute(query)}


def add_records(rows: Sequence[Mapping[str, Any]]) -> None:
    """Put records down, all in one go."""
    if rows:
        run(sa.insert(_RECORDS), rows)


def change_records(rows: Sequence[Mapping[str, Any]]) -> None:
    """Change records, all in one go; `record_id` of each says which."""
    if rows:
        names = [name for name in rows[0] if name != "record_id"]
        values = {name: sa.bindparam(f"new_{name}", type_=_RECORDS.c[name].type) for name in names}
        is_meant = _RECORDS.c.id == sa.bindparam("record_id", type_=_RECORDS.c.id.type)
        given = [
            {"record_id": row["record_id"]} | {f"new_{name}": row[name] for name in names}
            for row in rows
        ]
        run(sa.update(_RECORDS).where(is_meant).values(values), given)


def add_ties(ties: Collection[tuple[UUID, str, UUID]], now: datetime) -> None:
    """Link records to records, (from, relation, to) each; a link that exists stays as it is."""
    rows = [
        {
            "id": new_id(),
            "from_type": "record",
            "from_id": source,
            "relation": relation,
            "to_type": "record",
            "to_id": target,
            "instance_id": None,
            "made_at": now,
        }
        for source, relation, target in ties
    ]
    if rows:
        run(_insert(_LINKS).on_conflict_do_nothing(), rows)


def remove_ties(ids: Collection[UUID]) -> None:
    """Take links away."""
    if ids:
        run(
            sa.delete(_LINKS).where(_LINKS.c.id == sa.bindparam("link_id", type_=_LINKS.c.id.type)),
            [{"link_id": each} for each in ids],
        )


def add_numbers(rows: Sequence[Mapping[str, Any]]) -> None:
    """Put numbers that others gave into the register, and let their series go on after them."""
    if not rows:
        return
    run(sa.insert(table(Number)), rows)
    last: dict[tuple[UUID, str, int], int] = {}
    for row in rows:
        key = (row["organisation_id"], row["series"], row["year"])
        last[key] = max(last.get(key, 0), row["n"])
    counter = table(NumberSeries)
    begun = _insert(counter)
    greater = sa.case((counter.c.last < begun.excluded.last, begun.excluded.last))
    for (organisation_id, series, year), n in last.items():
        values = {"organisation_id": organisation_id, "series": series, "year": year, "last": n}
        raised = begun.on_conflict_do_update(
            index_elements=["organisation_id", "series", "year"],
            set_={"last": sa.func.coalesce(greater, counter.c.last)},
        )
        run(raised, values)


def _insert(into: sa.Table) -> Any:
    is_postgresql = session().get_bind().dialect.name == "postgresql"
    return (postgresql.insert if is_postgresql else sqlite.insert)(into)
