"""Records of one kind as a ledger lists them: narrowed, searched, sorted, counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

from workflow_server.store.db import session, total_of
from workflow_server.store.links import Link
from workflow_server.store.records import Record, in_sight
from workflow_server.store.sight import Sight

#: What a ledger may be sorted by; fields have no order that a database would know.
SORTS: Mapping[str, Any] = {
    "opened": Record.opened_at,
    "closed": Record.closed_at,
    "number": Record.number,
    "title": Record.title,
    "state": Record.state,
}


@dataclass(frozen=True, slots=True)
class Filter:
    """What a ledger is narrowed to; None narrows nothing."""

    kind: str
    state: str | None = None
    organisation_id: UUID | None = None
    opened_from: datetime | None = None
    opened_before: datetime | None = None
    #: The date field by which rows belong to a time, with the first and the last day wanted.
    cohort: str | None = None
    first: date | None = None
    last: date | None = None
    closed: bool | None = None
    text: str | None = None
    #: Fields with the value that they must have.
    chosen: Mapping[str, str] = field(default_factory=dict)
    #: Fields in which the text is looked for, beside number and title.
    searched: tuple[str, ...] = ()


class Linked(Protocol):
    """A record at the other end of a link, such as a row must have to be counted."""

    @property
    def relation(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def end(self) -> str: ...
    @property
    def states(self) -> tuple[str, ...]: ...
    @property
    def except_states(self) -> tuple[str, ...]: ...
    @property
    def filled(self) -> tuple[str, ...]: ...


class Figure(Protocol):
    """What is counted, or added up, of the records that a ledger is narrowed to."""

    @property
    def states(self) -> tuple[str, ...]: ...
    @property
    def except_states(self) -> tuple[str, ...]: ...
    @property
    def fields(self) -> Mapping[str, tuple[str, ...]]: ...
    @property
    def filled(self) -> tuple[str, ...]: ...
    @property
    def holds(self) -> Mapping[str, tuple[str, ...]]: ...
    @property
    def sum(self) -> str | None: ...
    @property
    def per(self) -> str | None: ...
    @property
    def distinct(self) -> str | None: ...
    @property
    def linked(self) -> Linked | None: ...


class object_of(GenericFunction[Any]):  # noqa: N801 - it is a function of SQL
    """The pairs of a group as one JSON object."""

    type = sa.JSON()
    inherit_cache = True


@compiles(object_of)
def _json_group_object(element: object_of, compiler: Any, **more: Any) -> str:
    return f"json_group_object({compiler.process(element.clauses, **more)})"


@compiles(object_of, "postgresql")
def _json_object_agg(element: object_of, compiler: Any, **more: Any) -> str:
    return f"json_object_agg({compiler.process(element.clauses, **more)})"


@dataclass(frozen=True, slots=True)
class Sum:
    """What a figure comes to; of one that has units, what it comes to in each."""

    value: Decimal
    amounts: Mapping[str, Decimal] = field(default_factory=dict)


def list_(
    sight: Sight, narrowed: Filter, sort: str, descending: bool, limit: int, offset: int
) -> tuple[list[Record], int]:
    """Return records in sight, and how many fit."""
    wanted = [in_sight(sight), Record.kind == narrowed.kind, *_conditions(narrowed)]
    rows = session().scalars(
        sa.select(Record)
        .where(*wanted)
        .order_by(*_order(sort, descending))
        .limit(limit)
        .offset(offset)
    )
    found = list(rows)
    counted = sa.select(sa.func.count()).select_from(Record).where(*wanted)
    return found, total_of(len(found), limit, offset, counted)


def tally(sight: Sight, narrowed: Filter, figures: Sequence[Figure]) -> list[Sum]:
    """Return what each figure comes to over the records in sight; one statement for all."""
    wanted = [in_sight(sight), Record.kind == narrowed.kind, *_conditions(narrowed)]
    counted = [
        _counted(sight, each) if each.per is None else _amounts(sight, each, wanted)
        for each in figures
    ]
    row = session().execute(sa.select(*counted).select_from(Record).where(*wanted)).one()
    return [_sum(value, each) for value, each in zip(row, figures, strict=True)]


def _sum(value: Any, figure: Figure) -> Sum:
    """Return a figure's sum; the one of several units is no number."""
    if figure.per is None:
        return Sum(Decimal(str(value)))
    amounts = {unit: Decimal(str(amount)) for unit, amount in sorted((value or {}).items())}
    return Sum(next(iter(amounts.values())) if len(amounts) == 1 else Decimal(0), amounts)


def _amounts(
    sight: Sight, figure: Figure, wanted: Sequence[sa.ColumnElement[bool]]
) -> sa.ColumnElement[Any]:
    """Return what is added up in each unit, as one object."""
    each = _summed(sight, figure, wanted).correlate(None).subquery()
    return sa.select(object_of(each.c.unit, each.c.worth)).scalar_subquery()


def _summed(
    sight: Sight, figure: Figure, wanted: Sequence[sa.ColumnElement[bool]]
) -> sa.Select[Any]:
    """Return the query of each unit's sum; what has none stands under an empty text."""
    number = figure.sum or ""
    unit = sa.func.coalesce(_field(figure.per or ""), "").label("unit")
    worth = sa.func.sum(Record.fields[number].as_float()).label("worth")
    fits = (*wanted, *_demands(figure), *_ties(sight, figure.linked))
    # By its name: written out once more, PostgreSQL would not know that it is the same.
    return sa.select(unit, worth).where(*fits, _said(number).is_not(None)).group_by("unit")


def tally_by(
    sight: Sight, narrowed: Filter, figures: Sequence[Figure], key: str, limit: int
) -> dict[str, list[Sum]]:
    """Return what each figure comes to for each value that a field has, in order of the values.

    One statement for all, and one more for each figure that has units.
    """
    said = _said(key).label("said")
    wanted = [in_sight(sight), Record.kind == narrowed.kind, *_conditions(narrowed)]
    wanted.append(_said(key).is_not(None))
    plain = [_counted(sight, each) for each in figures if each.per is None]
    rows = session().execute(
        sa.select(said, *plain).where(*wanted).group_by("said").order_by("said").limit(limit)
    )
    amounts = {
        place: _amounts_by(sight, each, wanted, said)
        for place, each in enumerate(figures)
        if each.per is not None
    }
    found = {}
    for value, *counted in rows:
        left = iter(counted)
        found[value] = [
            _sum(amounts[place].get(value) if each.per is not None else next(left), each)
            for place, each in enumerate(figures)
        ]
    return dict(sorted(found.items()))


def _amounts_by(
    sight: Sight, figure: Figure, wanted: Sequence[sa.ColumnElement[bool]], said: Any
) -> dict[str, dict[str, Any]]:
    """Return by value of a field what is added up in each unit."""
    summed = _summed(sight, figure, wanted).add_columns(said).group_by("said")
    found: dict[str, dict[str, Any]] = {}
    for unit, worth, value in session().execute(summed):
        found.setdefault(value, {})[unit] = worth
    return found


def _counted(sight: Sight, figure: Figure) -> sa.ColumnElement[Any]:
    """Return what a figure comes to: rows, a sum of theirs, or how many different values."""
    fits = sa.and_(sa.true(), *_demands(figure), *_ties(sight, figure.linked))
    if figure.distinct is not None:
        return sa.func.count(sa.distinct(sa.case((fits, _said(figure.distinct)))))
    worth: Any = 1 if figure.sum is None else Record.fields[figure.sum].as_float()
    return sa.func.coalesce(sa.func.sum(sa.case((fits, worth), else_=0)), 0)


def _demands(figure: Figure) -> list[sa.ColumnElement[bool]]:
    """Return what a row itself must be like to be counted."""
    holds = _in_states(figure)
    holds += [_field(key).in_(values) for key, values in figure.fields.items()]
    for key, texts in figure.holds.items():
        holds.append(sa.or_(*(_field(key).contains(text, autoescape=True) for text in texts)))
    return holds + [_said(key).is_not(None) for key in figure.filled]


def _ties(sight: Sight, linked: Linked | None) -> list[sa.ColumnElement[bool]]:
    """Return that a row is tied to another record that the reader sees, too."""
    if linked is None:
        return []
    found = sa.select(Record.id).where(
        in_sight(sight), Record.kind == linked.kind, *_in_states(linked)
    )
    others = found.where(*(_said(key).is_not(None) for key in linked.filled)).correlate(None)
    mine, theirs = (
        (Link.to_id, Link.from_id) if linked.end == "from" else (Link.from_id, Link.to_id)
    )
    tied = sa.select(mine).where(Link.relation == linked.relation, theirs.in_(others))
    return [Record.id.in_(tied.correlate(None))]


def _in_states(wanted: Figure | Linked) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if wanted.states:
        found.append(Record.state.in_(wanted.states))
    if wanted.except_states:
        found.append(Record.state.not_in(wanted.except_states))
    return found


def _conditions(narrowed: Filter) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if narrowed.state is not None:
        found.append(Record.state == narrowed.state)
    if narrowed.organisation_id is not None:
        found.append(Record.organisation_id == narrowed.organisation_id)
    if narrowed.opened_from is not None:
        found.append(Record.opened_at >= narrowed.opened_from)
    if narrowed.opened_before is not None:
        found.append(Record.opened_at < narrowed.opened_before)
    if narrowed.cohort is not None:
        if narrowed.first is not None:
            found.append(_field(narrowed.cohort) >= narrowed.first.isoformat())
        if narrowed.last is not None:
            found.append(_field(narrowed.cohort) <= narrowed.last.isoformat())
    if narrowed.closed is not None:
        is_open = Record.closed_at.is_(None)
        found.append(~is_open if narrowed.closed else is_open)
    found += [_field(key) == value for key, value in narrowed.chosen.items()]
    if narrowed.text:
        columns = [Record.title, Record.number, *(_field(key) for key in narrowed.searched)]
        found.append(
            sa.or_(*(column.icontains(narrowed.text, autoescape=True) for column in columns))
        )
    return found


def _field(key: str) -> Any:
    return Record.fields[key].as_string()


def _said(key: str) -> Any:
    """Return what a field says, NULL where it is empty."""
    return sa.func.nullif(_field(key), "")


def _order(sort: str, descending: bool) -> tuple[sa.ColumnElement[Any], ...]:
    column = SORTS[sort]
    by_id = Record.id.desc() if descending else Record.id.asc()
    # What is empty comes last on both databases, whichever way it goes.
    return (column.is_(None), column.desc() if descending else column.asc(), by_id)
