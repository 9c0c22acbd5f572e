"""Reads an office from the sheets of an Excel file, and remembers in which cell each thing was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from workflow_server.content import office_checks
from workflow_server.content.office_checks import Here
from workflow_server.content.reading import KEY, Place
from workflow_server.content.shared import Shared
from workflow_server.errors import Fault
from workflow_server.services import cells
from workflow_server.services.office_columns import (
    ASIDE,
    BY_TITLE,
    CLEARANCES,
    EXPLANATION,
    Column,
    Sheet,
)
from workflow_server.services.workbooks import Workbook


@dataclass(slots=True)
class Sheets:
    """An office, and where in the file it stands."""

    office: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    #: (table, number) -> (sheet, row)
    rows: dict[tuple[str, int], tuple[Sheet, int]] = field(default_factory=dict)
    #: (table, column's name) -> letter and header
    columns: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def row(self, table: str, number: int) -> int:
        """Return the row in which something stands."""
        return self.rows[table, number][1]

    def refuse(self, table: str, number: int, name: str, sentence: str) -> None:
        """Note what is wrong with a cell."""
        sheet, row = self.rows[table, number]
        letter, header = self.columns.get((table, name), ("", name))
        self.faults.append(cells.fault(sheet.title, row, letter, header, sentence))

    def check(self, shared: Shared, here: Here) -> None:
        """Judge the office like one in JSON; the faults name cells."""
        found: list[Fault] = []
        office_checks.check_office(Place("", "", self.office, found), shared, here)
        for each in found:
            table, number, name, *_ = [*each.pointer.removeprefix("#/").split("/"), "", ""]
            self.refuse(table, int(number), name, each.detail)


def read(workbook: Workbook) -> Sheets:
    """Read the sheets; every cell that cannot be is a fault with sheet, row and column."""
    sheets = Sheets()
    for title in workbook.titles:
        if title in BY_TITLE:
            _read_sheet(sheets, BY_TITLE[title], workbook)
        elif title not in ASIDE:
            known = "、".join(BY_TITLE)
            sheets.faults.append(
                Fault(
                    f"{title[:31]}!A1", f"不认识工作表“{title[:31]}”，有：{known} · Unknown sheet"
                )
            )
    if not any(title in BY_TITLE for title in workbook.titles):
        known = "、".join(BY_TITLE)
        sheets.faults.append(Fault("#/file", f"没有工作表：{known} · No sheet to read"))
    return sheets


def _read_sheet(sheets: Sheets, sheet: Sheet, workbook: Workbook) -> None:
    rows = iter(workbook.rows(sheet.title))
    columns = _columns(sheets, sheet, next(rows, []))
    table = sheets.office.setdefault(sheet.table, [])
    for row, line in enumerate(rows, start=2):
        if not any(cell not in ("", None) for cell in line):
            continue
        if row == 2 and str(line[0]).startswith(EXPLANATION):
            continue
        sheets.rows[sheet.table, len(table)] = (sheet, row)
        found: dict[str, Any] = {}
        for index, column in columns.items():
            try:
                value = _value(column, line[index] if index < len(line) else "")
            except ValueError as error:
                faulty = cells.fault(
                    sheet.title, row, cells.letter(index), column.header, str(error)
                )
                sheets.faults.append(faulty)
                continue
            if value is not None:
                found[column.name] = value
        table.append(found)


def _columns(sheets: Sheets, sheet: Sheet, headers: Sequence[object]) -> dict[int, Column]:
    known = sheet.by_header()
    found: dict[int, Column] = {}
    for index, header in enumerate(headers):
        text = str(header).strip().rstrip("*＊")
        if not text:
            continue
        column = known.get(text)
        if column is None and sheet.has_fields and KEY.fullmatch(text):
            column = Column(text, text, "text", "")
        if column is None:
            options = "、".join(known)
            sentence = f"不认识这一列，有：{options} · Unknown column"
            sheets.faults.append(
                cells.fault(sheet.title, 1, cells.letter(index), text[:50], sentence)
            )
        elif column in found.values():
            sentence = "这一列出现了两次 · The column is there twice"
            sheets.faults.append(cells.fault(sheet.title, 1, cells.letter(index), text, sentence))
        else:
            found[index] = column
            sheets.columns[sheet.table, column.name] = (cells.letter(index), column.header)
    for column in sheet.columns:
        if column.required and column not in found.values():
            sentence = "缺少这一列 · The column is missing"
            sheets.faults.append(cells.fault(sheet.title, 1, "", column.header, sentence))
    return found


def _value(column: Column, cell: object) -> Any:
    """Return what a cell says; None when it is empty. Raises ValueError with a sentence."""
    if cells.is_empty(cell):
        return None
    return _READERS[column.kind](cell)


def _clearance(cell: object) -> int:
    text = str(cell).strip()
    if text in CLEARANCES:
        return CLEARANCES.index(text)
    raise ValueError(f"应为以下之一：{'、'.join(CLEARANCES)} · Unknown clearance")


_READERS: Mapping[str, Any] = {
    "text": cells.text,
    "whole": cells.whole,
    "flag": cells.flag,
    "clearance": _clearance,
    "day": cells.day,
}


def listed(sheets: Sheets, table: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield what a sheet holds, numbered."""
    yield from enumerate(sheets.office.get(table, ()))
