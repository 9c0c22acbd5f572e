"""What taking a register over would add and change, each with the row that says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from workflow_server.config import CHINA
from workflow_server.rules import numbering
from workflow_server.services.ledgers import Sheet
from workflow_server.services.register_columns import BETWEEN, Column
from workflow_server.services.register_sheets import Line, Register
from workflow_server.store import registers as store
from workflow_server.store.organisations import Organisation
from workflow_server.store.registers import Kept
from workflow_server.store.types import new_id

_GIVEN = "本系统已给出这一编号 · This server has given this number"
#: What is not a field of the kind.
_BUILT_IN = ("number", "title", "state", "opened", "closed")


@dataclass(frozen=True, slots=True)
class Here:
    """What the register meets: records, what they are tied to, and given numbers."""

    records: Mapping[str, Kept]
    #: By kind of record: number to id.
    others: Mapping[str, Mapping[str, UUID]]
    #: By record and relation: what it is tied to, each with the id of the link.
    ties: Mapping[tuple[UUID, str], Mapping[UUID, UUID]]
    #: By its text: year and n.
    given: Mapping[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Change:
    """One record that a row adds or changes; the values are those of its columns."""

    row: int
    #: "added" or "changed".
    what: str
    number: str
    title: str
    record_id: UUID
    values: Mapping[str, Any]
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    #: The record as it is here, whose other fields stay as they are.
    kept: Kept | None = None


@dataclass(slots=True)
class Plan:
    """All that the register would do."""

    changes: list[Change] = field(default_factory=list)
    new_ties: list[tuple[UUID, str, UUID]] = field(default_factory=list)
    old_ties: list[UUID] = field(default_factory=list)
    unchanged: int = 0


def read_here(sheet: Sheet, host: Organisation, columns: Sequence[Column]) -> Here:
    """Read what is here, once: a statement for each sort of thing."""
    places = [host.id, *(UUID(each) for each in host.predecessors)]
    kind = sheet.kind.key
    records = store.list_numbered(places, kind)
    tied = {column.tie.kind for column in columns if column.tie is not None}
    others = {
        each: {number: kept.id for number, kept in records.items()}
        if each == kind
        else store.list_ids(places, each)
        for each in sorted(tied)
    }
    relations = [column.tie.relation for column in columns if column.tie is not None]
    ties: dict[tuple[UUID, str], dict[UUID, UUID]] = {}
    for link, source, relation, target in store.list_ties(places, kind, relations):
        ties.setdefault((source, relation), {})[target] = link
    given = store.list_given(host.id, sheet.kind.series) if sheet.kind.series else {}
    return Here(records, others, ties, given)


def compare(register: Register, sheet: Sheet, here: Here, today: date) -> Plan:
    """Return what is new or different in the register; what cannot be is refused in it.

    A column that is not there changes nothing; an empty cell empties.
    """
    plan = Plan()
    ids = {kind: dict(found) for kind, found in here.others.items()}
    judged = list(_judged(register, here, today))
    fresh = {line.given["number"]: new_id() for line, kept in judged if kept is None}
    ids.setdefault(sheet.kind.key, {}).update(fresh)
    for line, kept in judged:
        record_id = kept.id if kept is not None else fresh[line.given["number"]]
        tied = _compare_ties(plan, register, line, record_id, ids, here)
        change = _change(register, line, kept, record_id)
        if change is not None:
            plan.changes.append(change)
        elif not tied:
            plan.unchanged += 1
        else:
            number, title = line.given["number"], line.given["title"]
            plan.changes.append(Change(line.row, "changed", number, title, record_id, {}))
    return plan


def _judged(register: Register, here: Here, today: date) -> Iterator[tuple[Line, Kept | None]]:
    """Yield the lines that can be, each with the record that is here of its number."""
    rows: dict[str, int] = {}
    for line in register.lines:
        number = line.given.get("number")
        if number is None or "title" not in line.given:
            continue
        kept = here.records.get(number)
        if number in rows:
            sentence = f"与第{rows[number]}行相同 · The same as in row {rows[number]}"
            register.refuse(line.row, "number", sentence)
        elif kept is not None and kept.instance_id is not None:
            sentence = "本系统已有这一编号的案件，不能接管 · A case of this server has this number"
            register.refuse(line.row, "number", sentence)
        elif kept is None and number in here.given:
            register.refuse(line.row, "number", _GIVEN)
        else:
            _judge_days(register, line, kept, today)
            yield line, kept
        rows.setdefault(number, line.row)


def _judge_days(register: Register, line: Line, kept: Kept | None, today: date) -> None:
    opened, closed = line.given.get("opened"), line.given.get("closed")
    for name, day in (("opened", opened), ("closed", closed)):
        if day is not None and day > today.isoformat():
            register.refuse(line.row, name, f"不能晚于今天（{today}） · Not after today")
    if opened is not None and closed is not None and closed < opened:
        register.refuse(line.row, "closed", "办结早于建立 · Closed before it was opened")


def _compare_ties(
    plan: Plan,
    register: Register,
    line: Line,
    record_id: UUID,
    ids: Mapping[str, Mapping[str, UUID]],
    here: Here,
) -> bool:
    """Note which links come and go; tell whether any do."""
    found = False
    for name, (_, column) in register.columns.items():
        if column.tie is None:
            continue
        wanted = _wanted(register, line, name, record_id, ids[column.tie.kind])
        kept = here.ties.get((record_id, column.tie.relation), {})
        plan.new_ties += [(record_id, column.tie.relation, each) for each in wanted - kept.keys()]
        plan.old_ties += [link for target, link in kept.items() if target not in wanted]
        found = found or wanted != kept.keys()
    return found


def _wanted(
    register: Register, line: Line, name: str, record_id: UUID, known: Mapping[str, UUID]
) -> set[UUID]:
    """Return the records whose numbers stand in a cell."""
    found = set()
    for number in line.given.get(name, ()):
        if number not in known:
            register.refuse(line.row, name, f"没有编号为“{number}”的记录 · No such record")
        elif known[number] == record_id:
            register.refuse(line.row, name, "不能指向自己 · It names itself")
        else:
            found.add(known[number])
    return found


def _change(register: Register, line: Line, kept: Kept | None, record_id: UUID) -> Change | None:
    values = _values(register, line)
    number, title = line.given["number"], line.given["title"]
    if kept is None:
        after = {name: value for name, value in values.items() if value is not None}
        return Change(line.row, "added", number, title, record_id, values, {}, after)
    known = _known(kept)
    after = {name: each for name, each in values.items() if each != known.get(name)}
    if not after:
        return None
    before = {name: known.get(name) for name in after}
    return Change(line.row, "changed", number, title, record_id, values, before, after, kept)


def _values(register: Register, line: Line) -> dict[str, Any]:
    """Return what a row says of its record: of links only the field that keeps the numbers."""
    found: dict[str, Any] = {}
    for name, (_, column) in register.columns.items():
        if column.tie is None:
            found[name] = line.given.get(name)
        elif column.tie.field is not None:
            found[column.tie.field] = BETWEEN.join(line.given.get(name, ())) or None
    return found


def _known(kept: Kept) -> dict[str, Any]:
    return {
        **kept.fields,
        "number": kept.number,
        "title": kept.title,
        "state": kept.state,
        "opened": _day(kept.opened_at),
        "closed": _day(kept.closed_at),
    }


def fields_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of a row's values are fields of the kind."""
    return {name: value for name, value in values.items() if name not in _BUILT_IN}


def refuse_given(
    register: Register, sheet: Sheet, host: Organisation, plan: Plan, here: Here
) -> None:
    """Refuse new records whose numbers were given already, written in another way then."""
    taken = set(here.given.values())
    rows = {change.record_id: change.row for change in plan.changes}
    for number in given_numbers(sheet, host, plan.changes):
        if (number["year"], number["n"]) in taken:
            register.refuse(rows[number["given_to_id"]], "number", _GIVEN)


def given_numbers(
    sheet: Sheet, host: Organisation, changes: Sequence[Change]
) -> list[dict[str, Any]]:
    """Return what the new records' numbers are in the series of the kind, if they are of it."""
    series = sheet.content.shared.series.get(sheet.kind.series or "")
    if series is None:
        return []
    fields = {
        **host.fields,
        "code": host.code,
        "key": host.key,
        "name": host.name,
        "short_name": host.short_name,
        "region": host.region,
    }
    found = []
    for change in changes:
        place = numbering.parse(series.pattern, fields, change.number)
        if change.what == "added" and place is not None:
            found.append(
                {
                    "id": new_id(),
                    "organisation_id": host.id,
                    "series": series.key,
                    "year": place[0],
                    "n": place[1],
                    "text": change.number,
                    "given_to": "record",
                    "given_to_id": change.record_id,
                    "instance_id": None,
                    "given_at": moment(change.values["opened"]),
                }
            )
    return found


def moment(day: str | None) -> datetime | None:
    """Return when a day began."""
    return None if day is None else datetime.combine(date.fromisoformat(day), time(), CHINA)


def _day(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(CHINA).date().isoformat()
