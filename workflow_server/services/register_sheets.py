"""Reads an old register from a file, and remembers in which cell each thing was."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from workflow_server.errors import Fault
from workflow_server.services import cells
from workflow_server.services.csv_files import CsvFile
from workflow_server.services.office_columns import ASIDE, EXPLANATION
from workflow_server.services.register_columns import Column
from workflow_server.services.workbooks import Workbook

#: So many rows above the headers may hold what the register is called.
_MOST_ABOVE = 5
_BETWEEN = re.compile(r"[、,，;；\n]+")


@dataclass(frozen=True, slots=True)
class Names:
    """Who is called what: several under one name are told apart by key or login."""

    organisations: Mapping[str, frozenset[UUID]]
    people: Mapping[str, frozenset[UUID]]


@dataclass(slots=True)
class Line:
    """One row of the register: what its cells say, by the names of their columns."""

    row: int
    given: dict[str, Any]


@dataclass(slots=True)
class Register:
    """A register as it was read: its lines, its columns, and what is wrong with it."""

    title: str
    lines: list[Line] = field(default_factory=list)
    #: By name: the letter and the column.
    columns: dict[str, tuple[str, Column]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def refuse(self, row: int, name: str, sentence: str) -> None:
        """Note what is wrong with a cell."""
        letter, column = self.columns[name]
        self.faults.append(cells.fault(self.title, row, letter, column.header, sentence))


def read(
    table: Workbook | CsvFile, wanted: str, columns: Sequence[Column], names: Names
) -> Register:
    """Read the sheet that is called as wanted, else the only one; each bad cell is a fault."""
    titles = [each for each in table.titles if each not in ASIDE]
    title = wanted if wanted in titles else titles[0] if len(titles) == 1 else None
    if title is None:
        sentence = f"没有工作表“{wanted}” · Expected a sheet of this name, or only one"
        return Register(wanted, faults=[Fault("#/file", sentence)])
    register = Register(title)
    rows = enumerate(table.rows(title), start=1)
    there = _headers(register, rows, columns)
    if register.faults:
        return register
    for row, line in rows:
        if not all(cells.is_empty(cell) for cell in line) and not _explains(line):
            register.lines.append(_line(register, row, line, there, names))
    return register


def _explains(line: Sequence[object]) -> bool:
    return str(line[0]).startswith(EXPLANATION)


def _headers(
    register: Register, rows: Iterator[tuple[int, Sequence[object]]], columns: Sequence[Column]
) -> dict[int, Column]:
    """Find the row of headers, below what the register may be called, and read it."""
    known = {name: each for each in columns for name in (each.header, *each.aliases)}
    first = columns[0].header
    for row, line in rows:
        texts = [str(cell or "").strip().rstrip("*＊").strip() for cell in line]
        if first in texts:
            return _read_headers(register, row, texts, known, columns)
        if row >= _MOST_ABOVE:
            break
    sentence = f"前{_MOST_ABOVE}行里没有“{first}”一栏的表头 · Expected a row of headers"
    register.faults.append(Fault(f"{register.title}!A1", sentence))
    return {}


def _read_headers(
    register: Register,
    row: int,
    texts: Sequence[str],
    known: Mapping[str, Column],
    columns: Sequence[Column],
) -> dict[int, Column]:
    found: dict[int, Column] = {}

    def refuse(index: int, text: str, sentence: str) -> None:
        letter = cells.letter(index)
        register.faults.append(cells.fault(register.title, row, letter, text[:50], sentence))

    for index, text in enumerate(texts):
        column = known.get(text)
        if column is None and text:
            options = "、".join(each.header for each in columns)
            refuse(index, text, f"不认识这一列，有：{options} · Unknown column")
        elif column is not None and column.name in register.columns:
            refuse(index, text, "这一列出现了两次 · The column is there twice")
        elif column is not None:
            found[index] = column
            register.columns[column.name] = (cells.letter(index), column)
    for column in columns:
        if column.required and column.name not in register.columns:
            refuse(len(texts), column.header, "缺少这一列 · The column is missing")
    return found


def _line(
    register: Register,
    row: int,
    line: Sequence[object],
    there: Mapping[int, Column],
    names: Names,
) -> Line:
    given: dict[str, Any] = {}
    for index, column in there.items():
        cell = line[index] if index < len(line) else ""
        if cells.is_empty(cell):
            if column.required:
                register.refuse(row, column.name, "不能空着 · It must be filled in")
            continue
        try:
            given[column.name] = _value(column, cell, names)
        except ValueError as error:
            register.refuse(row, column.name, str(error))
    return Line(row, given)


def _value(column: Column, cell: object, names: Names) -> Any:
    if column.type == "organisation":
        return _named(
            names.organisations, cell, "系统里没有这个单位 · No such organisation", "标识"
        )
    if column.type == "person":
        return _named(names.people, cell, "本单位没有这名人员 · No such person here", "登录名")
    if column.type in ("choice", "state"):
        return _chosen(column, cell)
    return _READERS[column.type](cell)


def _named(known: Mapping[str, frozenset[UUID]], cell: object, unknown: str, told_by: str) -> str:
    found = known.get(cells.text(cell), frozenset())
    if not found:
        raise ValueError(unknown)
    if len(found) > 1:
        raise ValueError(f"有{len(found)}个同名，请改写{told_by} · Several have this name")
    (id_,) = found
    return str(id_)


def _chosen(column: Column, cell: object) -> str:
    text = cells.text(cell)
    for option in column.options:
        if text in (option.label, option.value):
            return option.value
    shown = "、".join(each.label for each in column.options[:30])
    raise ValueError(f"应为以下之一：{shown} · Expected one of the list")


def _links(cell: object) -> list[str]:
    numbers = [each.strip() for each in _BETWEEN.split(cells.text(cell))]
    return list(dict.fromkeys(each for each in numbers if each))


_READERS: Mapping[str, Callable[[object], Any]] = {
    "text": cells.text,
    "number": cells.number,
    "money": cells.money,
    "date": cells.day,
    "boolean": cells.flag,
    "links": _links,
}
