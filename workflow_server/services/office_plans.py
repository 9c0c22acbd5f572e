"""What taking an office in would add and change, each with the row that says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from workflow_server.content.office_checks import ORGANISATION
from workflow_server.services import administration
from workflow_server.services.office_sheets import Sheets, listed
from workflow_server.store import organisations, people
from workflow_server.store.organisations import Department, Organisation
from workflow_server.store.people import Person, PositionRow

#: What of a row decides whose act it is: the security administrator's, else the system's.
GRANTS = ("clearance", "minors_certified")


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that a row of the file adds or changes."""

    sheet: str
    row: int
    #: "added" or "changed".
    what: str
    name: str
    #: Whose act it is: "system" or "security".
    administration: str
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    table: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Register:
    """Who and what is here, by the names that files use."""

    organisations: dict[str, Organisation]
    departments: dict[tuple[str, str], Department]
    people: dict[str, Person]
    positions: dict[tuple[str, str, str | None, str], PositionRow]
    #: What everything that was here is called, by its id.
    names: Mapping[UUID, str] = field(default_factory=dict)

    @classmethod
    def read(cls, now: datetime) -> Register:
        """Read everything once: a file may name all of it."""
        places = organisations.list_()
        keys = {row.id: row.key for row in places}
        departments = organisations.list_departments()
        sections = {row.id: row.key for row in departments}
        everybody = people.list_everybody()
        logins = {row.id: row.login for row in everybody}
        held = people.list_all_positions(administration.day_of(now))
        return cls(
            {row.key: row for row in places},
            {(keys[row.organisation_id], row.key): row for row in departments},
            {row.login: row for row in everybody},
            {
                (
                    logins[row.person_id],
                    keys[row.organisation_id],
                    sections[row.department_id] if row.department_id else None,
                    row.role,
                ): row
                for row in held
            },
            {**keys, **sections, **logins},
        )


def compare(sheets: Sheets, here: Register) -> list[Change]:
    """Return what is new or different in the file, in the order in which it must be done.

    A column that is not there changes nothing; an empty cell empties.
    """
    return [
        *_organisations(sheets, here),
        *_departments(sheets, here),
        *_people(sheets, here),
        *_positions(sheets, here),
    ]


def organisation_as_given(row: Organisation, here: Register) -> dict[str, Any]:
    """Return an organisation as a file describes it."""
    return {
        **row.fields,
        "key": row.key,
        "name": row.name,
        "short_name": row.short_name,
        "code": row.code or None,
        "party": row.party,
        "level": row.level,
        "region": row.region,
        "parent": here.names[row.parent_id] if row.parent_id else None,
        "on_server": row.on_server,
        "opened_on": _iso(row.opened_on),
    }


def department_as_given(row: Department, organisation: str, here: Register) -> dict[str, Any]:
    """Return a department as a file describes it."""
    parent = here.names[row.parent_id] if row.parent_id else None
    return {"organisation": organisation, "key": row.key, "name": row.name, "parent": parent}


def person_as_given(row: Person) -> dict[str, Any]:
    """Return a person as a file describes them."""
    names = ("login", "name", "active", *GRANTS)
    return {name: getattr(row, name) for name in names}


def position_as_given(key: tuple[Any, ...], row: PositionRow, here: Register) -> dict[str, Any]:
    """Return a position as a file describes it."""
    return {
        **dict(zip(("person", "organisation", "department", "role"), key, strict=True)),
        "title": row.title,
        "is_head": row.is_head,
        "acting_for": here.names[row.acting_for_id] if row.acting_for_id else None,
        "since": _iso(row.since),
        "until": _iso(row.until),
    }


def _organisations(sheets: Sheets, here: Register) -> Iterator[Change]:
    late = []
    for number, given in listed(sheets, "organisations"):
        row = here.organisations.get(given["key"])
        known = organisation_as_given(row, here) if row is not None else None
        change = _change(sheets, "organisations", number, given, known, given["name"], "system")
        if change is not None:
            late.append(change)
        if row is not None:
            for name in ("name", "short_name", "code"):
                if change is not None and name in change.after:
                    sentence = (
                        "已有单位的名称、简称、代字须用“更名”改变 · Use a succession to rename"
                    )
                    sheets.refuse("organisations", number, name, sentence)
    yield from parents_first(late)


def parents_first(changes: Sequence[Change]) -> Iterator[Change]:
    """Yield new organisations, each after the one that it is below."""
    waiting = {each.given["key"]: each for each in changes}
    while waiting:
        ready = [each for each in waiting.values() if each.given.get("parent") not in waiting]
        for each in ready or list(waiting.values()):  # a cycle was refused before
            yield waiting.pop(each.given["key"])


def _departments(sheets: Sheets, here: Register) -> Iterator[Change]:
    found = []
    for number, given in listed(sheets, "departments"):
        place = given["organisation"]
        row = here.departments.get((place, given["key"]))
        known = department_as_given(row, place, here) if row is not None else None
        name = f"{place}/{given['name']}"
        change = _change(sheets, "departments", number, given, known, name, "system")
        if change is not None:
            found.append(change)
    yield from upper_first(found)


def upper_first(changes: Sequence[Change]) -> Iterator[Change]:
    """Yield departments, each after the one that it is below."""
    waiting = {(each.given["organisation"], each.given["key"]): each for each in changes}
    while waiting:
        ready = [
            key
            for key, each in waiting.items()
            if (key[0], each.given.get("parent")) not in waiting
        ]
        for key in ready or list(waiting):
            yield waiting.pop(key)


def _people(sheets: Sheets, here: Register) -> Iterator[Change]:
    grants = []
    for number, given in listed(sheets, "people"):
        row = here.people.get(given["login"])
        known = person_as_given(row) if row is not None else None
        plain = {name: value for name, value in given.items() if name not in GRANTS}
        change = _change(sheets, "people", number, plain, known, given["login"], "system")
        if change is not None:
            yield change
        granted = {name: given[name] for name in GRANTS if name in given}
        ordinary = {"clearance": people.INTERNAL, "minors_certified": False}
        before = {name: (known or ordinary)[name] for name in granted}
        if granted != before:
            grant = Change(
                sheet="人员",
                row=sheets.row("people", number),
                what="changed",
                name=given["login"],
                administration="security",
                before={name: before[name] for name in granted if granted[name] != before[name]},
                after={name: granted[name] for name in granted if granted[name] != before[name]},
                table="grants",
                given=given,
            )
            grants.append(grant)
    yield from grants


def _positions(sheets: Sheets, here: Register) -> Iterator[Change]:
    for number, given in listed(sheets, "positions"):
        key = (given["person"], given["organisation"], given.get("department"), given["role"])
        row = here.positions.get(key)
        known = position_as_given(key, row, here) if row is not None else None
        name = " ".join(str(each) for each in key if each is not None)
        change = _change(sheets, "positions", number, given, known, name, "security")
        if change is not None:
            yield change


def _change(
    sheets: Sheets,
    table: str,
    number: int,
    given: Mapping[str, Any],
    known: Mapping[str, Any] | None,
    name: str,
    whose: str,
) -> Change | None:
    sheet, row = sheets.rows[table, number]
    there = {column for of, column in sheets.columns if of == table}
    wanted = {
        column: given.get(column) for column in (there | given.keys()) - set(_NOT_HERE[table])
    }
    if known is None:
        after = {column: value for column, value in wanted.items() if value is not None}
        return Change(sheet.title, row, "added", name, whose, {}, after, table, given)
    # What the file has no column for is left alone.
    compared = {column: value for column, value in wanted.items() if column in there}
    if table == "organisations" and "short_name" in compared:
        compared["short_name"] = given.get("short_name") or given["name"]
    after = {
        column: value
        for column, value in compared.items()
        # Neither yes nor no: as it was.
        if value != known.get(column)
        and not (value is None and isinstance(known.get(column), bool))
    }
    if not after:
        return None
    before = {column: known.get(column) for column in after}
    return Change(sheet.title, row, "changed", name, whose, before, after, table, given)


#: What the system administrator's part leaves to the other one.
_NOT_HERE: Mapping[str, tuple[str, ...]] = {
    "organisations": (),
    "departments": (),
    "people": GRANTS,
    "positions": (),
}


def fields_of(given: Mapping[str, Any]) -> dict[str, str]:
    """Return the columns of an organisation that are kept as fields."""
    return {name: value for name, value in given.items() if name not in ORGANISATION}


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
