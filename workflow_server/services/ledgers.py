"""Ledgers: the records of a kind in the columns that the content declares, masked as lists are."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from workflow_server.config import CHINA
from workflow_server.content import ledger_checks
from workflow_server.content.ledgers import Figure
from workflow_server.content.ledgers import Ledger as Ledger
from workflow_server.errors import NotFound
from workflow_server.services import access, definition_cache, masking, record_words
from workflow_server.services.actors import Actor
from workflow_server.services.record_words import Fact, Words
from workflow_server.store import ledgers as store
from workflow_server.store import organisations
from workflow_server.store.ledgers import SORTS as SORTS
from workflow_server.store.ledgers import Filter as Filter
from workflow_server.store.records import Record
from workflow_server.store.sight import Sight

if TYPE_CHECKING:
    from workflow_server.content.content import Content
    from workflow_server.content.shared import Option, RecordKind

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
#: A file or a printed list holds no more rows than this.
MOST_ROWS = 5_000
#: So many records are looked at together.
_TOGETHER = 500


@dataclass(frozen=True, slots=True)
class Sheet:
    """A ledger that somebody has, with what its columns and filters are made of."""

    ledger: Ledger
    kind: RecordKind
    #: By field: what it may be narrowed to.
    choices: Mapping[str, Sequence[Option]]
    #: Fields in which a text may be looked for: nobody learns by it what they may not read.
    searched: tuple[str, ...]
    #: Fields that hold something classed, declared or handed on.
    marked: frozenset[str]
    content: Content


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a ledger."""

    record: Record
    cells: Sequence[Fact]
    #: By column the day on which something is due that has not been done.
    due: Mapping[str, date]


@dataclass(frozen=True, slots=True)
class Part:
    """One of the figures that another one is made up of."""

    label: str
    value: Decimal


@dataclass(frozen=True, slots=True)
class Amount:
    """How much there is in one unit."""

    unit: str
    value: Decimal


@dataclass(frozen=True, slots=True)
class Told:
    """A figure of a ledger: what it is called, how many, and which share (per cent) of another."""

    key: str
    label: str
    value: Decimal
    share: Decimal | None
    #: Of what it is a share.
    over: str | None = None
    group: str = ""
    #: What it is made up of; `gap` is what is left over, 0 when they foot.
    parts: tuple[Part, ...] = ()
    gap: Decimal | None = None
    #: Of a figure that has units: what it comes to in each; `value` is 0 where there are several.
    amounts: tuple[Amount, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to see of a ledger, as they say it."""

    state: str | None = None
    organisation_id: UUID | None = None
    opened_from: date | None = None
    opened_to: date | None = None
    #: The year that rows are wanted of; it narrows what the days leave.
    year: int | None = None
    closed: bool | None = None
    text: str | None = None
    chosen: tuple[tuple[str, str], ...] = ()
    sort: str = "opened"
    descending: bool = True


def list_(actor: Actor) -> list[Ledger]:
    """Return the ledgers that an actor has by their posts, in the order of the content."""
    content = _content()
    found = content.shared.ledgers.values() if content is not None else ()
    return [each for each in found if _has(actor, each)]


def get(actor: Actor | None, key: str) -> Sheet:
    """Return a ledger that an actor has, the command line any; NotFound otherwise."""
    content = _content()
    ledger = content.shared.ledgers.get(key) if content is not None else None
    if content is None or ledger is None or not (actor is None or _has(actor, ledger)):
        raise NotFound(f"未找到台账。 Expected ledger '{key}', but there is none.")
    kind = content.shared.records[ledger.kind]
    marked = classed(content, kind)
    choices = {
        field: content.shared.vocabularies.get(vocabulary, ())
        for field, vocabulary in ledger_checks.fields_to_narrow_by(kind).items()
        if field in ledger.filters and field not in marked
    }
    searched = tuple(
        field.key
        for field in kind.fields.values()
        if field.type == "text" and field.key not in marked
    )
    return Sheet(ledger, kind, choices, searched, marked, content)


def read(
    actor: Actor, sheet: Sheet, wanted: Wanted, *, page: int = 1, page_size: int = 50
) -> tuple[list[Row], int]:
    """Return a page of a ledger as the actor reads it, and how many rows fit."""
    chosen = narrowed(sheet, wanted)
    found, total = store.list_(
        access.sight(actor),
        chosen,
        wanted.sort if wanted.sort in SORTS else "opened",
        wanted.descending,
        page_size,
        (page - 1) * page_size,
    )
    records = masking.records(actor, found)
    words = record_words.of(records, sheet.content.shared)
    hosts = organisations.list_names({each.organisation_id for each in records}) if records else {}
    rows = [Row(each, _cells(sheet, each, words, hosts), _due(sheet, each)) for each in records]
    return rows, total


def figures(actor: Actor, sheet: Sheet, wanted: Wanted) -> list[Told]:
    """Return the ledger's figures over the rows that it is narrowed to, as the actor sees them.

    Not those that look into a field which holds something classed: who may not read a value must
    not find it out by counting.
    """
    return figures_in(access.sight(actor), sheet, narrowed(sheet, wanted))


def figures_in(seen: Sight, sheet: Sheet, chosen: Filter) -> list[Told]:
    """Return the ledger's figures over what is in sight of the rows that are chosen."""
    declared = _declared(sheet)
    return _all_told(declared, store.tally(seen, chosen, declared)) if declared else []


def figures_by(
    seen: Sight, sheet: Sheet, chosen: Filter, field: str, limit: int
) -> dict[str, list[Told]]:
    """Return them for each value that a field of these rows has, in order."""
    declared = _declared(sheet)
    found = store.tally_by(seen, chosen, declared, field, limit)
    return {value: _all_told(declared, sums) for value, sums in found.items()}


def _declared(sheet: Sheet) -> list[Figure]:
    """Return the figures that look into nothing classed."""
    others = {each.linked.kind for each in sheet.ledger.figures.values() if each.linked}
    hidden = {kind: _marked(sheet.content, kind) for kind in others}
    return [
        each
        for each in sheet.ledger.figures.values()
        if not each.read & sheet.marked
        and not (each.linked and frozenset(each.linked.filled) & hidden[each.linked.kind])
    ]


def _all_told(declared: Sequence[Figure], found: Sequence[store.Sum]) -> list[Told]:
    sums = {each.key: summed for each, summed in zip(declared, found, strict=True)}
    values = {key: summed.value for key, summed in sums.items()}
    labels = {each.key: each.label for each in declared}
    return [_told(each, values, labels, sums[each.key].amounts) for each in declared]


def _told(
    figure: Figure,
    values: Mapping[str, Decimal],
    labels: Mapping[str, str],
    amounts: Mapping[str, Decimal],
) -> Told:
    is_whole = bool(figure.parts) and set(figure.parts) <= values.keys()
    parts = tuple(Part(labels[key], values[key]) for key in figure.parts) if is_whole else ()
    return Told(
        key=figure.key,
        label=figure.label,
        value=values[figure.key],
        share=_share(figure, values),
        over=labels.get(figure.over or ""),
        group=figure.group,
        parts=parts,
        gap=values[figure.key] - sum(each.value for each in parts) if parts else None,
        amounts=tuple(Amount(unit, value) for unit, value in amounts.items()),
    )


def _share(figure: Figure, values: Mapping[str, Decimal]) -> Decimal | None:
    whole = values.get(figure.over or "")
    if not whole:
        return None
    share = values[figure.key] * 100 / whole
    return share.quantize(Decimal("0.1"), ROUND_HALF_UP)


def read_all(actor: Actor, sheet: Sheet, wanted: Wanted) -> tuple[list[Row], int]:
    """Return the first MOST_ROWS rows of a ledger, to be printed or handed out; how many fit."""
    rows: list[Row] = []
    total = 0
    for page in range(1, MOST_ROWS // _TOGETHER + 1):
        found, total = read(actor, sheet, wanted, page=page, page_size=_TOGETHER)
        rows += found
        if len(found) < _TOGETHER:
            break
    return rows, total


def _content() -> Content | None:
    newest = definition_cache.newest()
    return newest.content if newest is not None else None


def _has(actor: Actor, ledger: Ledger) -> bool:
    return any(ledger.is_for(each.party, each.role) for each in actor.positions)


def classed(content: Content, kind: RecordKind) -> frozenset[str]:
    """Return the fields of a kind that hold something classed, or are declared to."""
    declared = {field.key for field in kind.fields.values() if field.data_class is not None}
    return _marked(content, kind.key) | declared


def _marked(content: Content, kind: str) -> frozenset[str]:
    """Return the fields of a kind that hold something classed, wherever a diagram puts it there."""
    prefix = f"records.{kind}."
    trees = (
        {**lineage.records.get(kind, {}), **_made(lineage.made, prefix)}
        for lineage in content.lineages.values()
    )
    classes = content.shared.classes.keys()
    return frozenset(
        path.split(".")[0] for tree in trees for path, marks in tree.items() if marks & classes
    )


def _made(made: Mapping[str, frozenset[str]], prefix: str) -> dict[str, frozenset[str]]:
    return {key.removeprefix(prefix): each for key, each in made.items() if key.startswith(prefix)}


def narrowed(sheet: Sheet, wanted: Wanted) -> Filter:
    """Return what somebody wants of a ledger, as far as it may be narrowed so."""
    allowed = sheet.ledger.filters
    first, last = _days(wanted) if "opened" in allowed else (None, None)
    cohort = sheet.ledger.cohort
    before = _day_after(last)
    return Filter(
        kind=sheet.ledger.kind,
        state=wanted.state if "state" in allowed else None,
        organisation_id=wanted.organisation_id if "organisation" in allowed else None,
        opened_from=_midnight(first) if cohort is None else None,
        opened_before=_midnight(before) if cohort is None else None,
        cohort=cohort,
        first=first,
        last=last,
        closed=wanted.closed if "closed" in allowed else None,
        text=wanted.text if "text" in allowed else None,
        chosen={key: value for key, value in wanted.chosen if key in sheet.choices},
        searched=sheet.searched,
    )


def _days(wanted: Wanted) -> tuple[date | None, date | None]:
    """Return the first and the last day that rows are wanted of."""
    first, last = wanted.opened_from, wanted.opened_to
    if wanted.year is not None:
        begins, ends = date(wanted.year, 1, 1), date(wanted.year, 12, 31)
        first = begins if first is None else max(first, begins)
        last = ends if last is None else min(last, ends)
    return first, last


def _day_after(day: date | None) -> date | None:
    """Return the next day; the last one that there is narrows nothing."""
    return day + timedelta(days=1) if day is not None and day < date.max else None


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), CHINA) if day is not None else None


def _cells(sheet: Sheet, record: Record, words: Words, hosts: Mapping[UUID, str]) -> list[Fact]:
    host = hosts.get(record.organisation_id, "")
    built_in = {
        "number": Fact("number", "", "text", record.number),
        "title": Fact("title", "", "text", record.title),
        "state": Fact("state", "", "text", record.state),
        "opened": Fact("opened", "", "date", _day(record.opened_at)),
        "closed": Fact("closed", "", "date", _day(record.closed_at)),
        "organisation": Fact("organisation", "", "text", host),
    }
    return [built_in.get(key) or words.fact(record, key) for key in sheet.ledger.columns]


def _due(sheet: Sheet, record: Record) -> dict[str, date]:
    if record.closed_at is not None:
        return {}
    awaited = {
        name: record.fields.get(name)
        for name, done in sheet.ledger.due.items()
        if not record.fields.get(done)
    }
    # A class may have veiled the day; what is no day has no light.
    return {
        name: date.fromisoformat(day)
        for name, day in awaited.items()
        if isinstance(day, str) and _DAY.fullmatch(day)
    }


def _day(moment: datetime | None) -> str | None:
    return moment.astimezone(CHINA).date().isoformat() if moment is not None else None
