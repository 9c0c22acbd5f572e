"""Reads docs/access-matrix.md, and keeps what performs each of its columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from werkzeug.test import TestResponse

from tests.access import cast as people
from tests.access import content
from tests.access.world import Case, World

PAGE = Path(__file__).resolve().parents[2] / "docs" / "access-matrix.md"
ALLOWED, FORBIDDEN, ABSENT, UNKNOWN, NOTHING = "✓", "✕", "∅", "○", "–"
MARKS = (ALLOWED, FORBIDDEN, ABSENT, UNKNOWN, NOTHING)
#: Rows tried on both databases: each way of seeing, and who holds no post. Conditions differ by
#: the way of seeing only, and all roles on both would take minutes.
TWICE = {"prosecutor", "dept_head", "chief", "superior", "unit_leader", *people.ADMINISTRATIONS}
_BY_STATUS = {401: UNKNOWN, 403: FORBIDDEN, 404: ABSENT}
_ROW = re.compile(r"`([a-z_]+)`")


@dataclass(frozen=True, slots=True)
class Row:
    """Somebody of the table: the holders of a role, an administrator, or nobody."""

    key: str

    @property
    def is_role(self) -> bool:
        return self.key not in (*people.ADMINISTRATIONS, people.NOBODY)

    @property
    def party(self) -> str:
        """Whose cases are tried: their own party's; the procuratorate's by who has none."""
        found = [role["party"] for role in content.roles() if role["key"] == self.key]
        return found[0] if found else "procuratorate"

    def login(self, kind: str = "insider") -> str:
        return f"{kind}_{self.key}" if self.is_role else self.key

    def case(self, world: World, kind: str) -> Case:
        return world.cases[self.party, kind]

    def task(self, world: World, kind: str, hand: str = "do") -> str:
        """Return the id of the role's own task in a case; of the first role's for who has none."""
        role = self.key if self.is_role else content.roles_of(self.party)[0]
        return self.case(world, kind).tasks[f"{hand}_{role}"]


@dataclass(frozen=True, slots=True)
class Cell:
    """What the page says of one row and one column of one of its tables."""

    table: str
    column: str
    row: Row
    mark: str
    line: int


#: Performs a column for a row and says what came of it, as one of the marks.
Probe = Callable[[World, Row], str]
PROBES: dict[tuple[str, str], Probe] = {}


def column(table: str, name: str) -> Callable[[Probe], Probe]:
    """Say that a function performs a column of a table."""

    def keep(probe: Probe) -> Probe:
        assert (table, name) not in PROBES, f"{table} / {name} is performed twice"
        PROBES[table, name] = probe
        return probe

    return keep


def cells(text: str) -> Iterator[Cell]:
    """Read the tables of the page: the heading above names the table, its first column the row."""
    table, columns = "", list[str]()
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("#"):
            table, columns = line.lstrip("# ").partition(" · ")[0].strip(), []
        elif not line.startswith("|"):
            columns = []
        elif not columns:
            columns = [name.partition("<br>")[0].strip() for name in _split(line)]
        elif columns[0] == "role" and not line.startswith("|-"):
            who, *marks = _split(line)
            found = _ROW.search(who)
            assert found, f"line {number} names no role in `backticks`"
            assert len(marks) == len(columns) - 1, f"line {number} has too few or too many cells"
            for name, mark in zip(columns[1:], marks, strict=True):
                yield Cell(table, name, Row(found[1]), mark, number)


def _split(line: str) -> list[str]:
    return [part.strip() for part in line.strip().strip("|").split("|")]


def mark_of(answer: TestResponse) -> str:
    """Return the mark of an answer; what is neither done nor refused is no answer to a cell."""
    if answer.status_code < 400:
        return ALLOWED
    mark = _BY_STATUS.get(answer.status_code)
    assert mark, f"{answer.request.method} {answer.request.path}: {answer.status} {answer.text}"
    return mark


def agreed(marks: Mapping[str, str]) -> str:
    """Return the one mark that every way to the same thing gives."""
    assert len(set(marks.values())) == 1, f"not all doors say the same: {dict(marks)}"
    return next(iter(marks.values()))


def holds(world: World, login: str, path: str, wanted: str) -> str:
    """Tell whether a list has an item with an id: absent from the list is absent."""
    page, seen = 1, 0
    while True:
        sign = "&" if "?" in path else "?"
        paged = "attachments" not in path
        more = f"{sign}page={page}&page_size=200" if paged else ""
        answer = world.ask(login, "GET", path + more)
        if answer.status_code >= 400:
            return mark_of(answer)
        body: Any = answer.json
        if any(wanted in (item.get("id"), item.get("seq")) for item in body["items"]):
            return ALLOWED
        seen += len(body["items"])
        if not body["items"] or seen >= body.get("total", 0):
            return ABSENT
        page += 1


def reads(world: World, login: str, *paths: str) -> dict[str, str]:
    """Read each path, and say what came of it."""
    return {path: mark_of(world.ask(login, "GET", path)) for path in paths}
