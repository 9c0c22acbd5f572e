"""Reads an office from the sheets of an Excel file, and remembers in which cell each thing was."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeGuard

from workflow_server.content import office_checks
from workflow_server.content.office_checks import Here
from workflow_server.content.reading import KEY, Place
from workflow_server.content.shared import Shared
from workflow_server.errors import Fault
from workflow_server.services.office_columns import (
    ASIDE,
    BY_TITLE,
    CLEARANCES,
    EXPLANATION,
    NO,
    YES,
    Column,
    Sheet,
)
from workflow_server.services.workbooks import Workbook

_LONGEST = 500
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_ERROR = re.compile(r"#(REF|N/A|NAME|VALUE|DIV/0|NULL|NUM)[!?]?")


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
        self.faults.append(_fault(sheet.title, row, letter, header, sentence))

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
    for row, cells in enumerate(rows, start=2):
        if not any(cell not in ("", None) for cell in cells):
            continue
        if row == 2 and str(cells[0]).startswith(EXPLANATION):
            continue
        sheets.rows[sheet.table, len(table)] = (sheet, row)
        found: dict[str, Any] = {}
        for index, column in columns.items():
            try:
                value = _value(column, cells[index] if index < len(cells) else "")
            except ValueError as error:
                faulty = _fault(sheet.title, row, _letter(index), column.header, str(error))
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
            sheets.faults.append(_fault(sheet.title, 1, _letter(index), text[:50], sentence))
        elif column in found.values():
            sentence = "这一列出现了两次 · The column is there twice"
            sheets.faults.append(_fault(sheet.title, 1, _letter(index), text, sentence))
        else:
            found[index] = column
            sheets.columns[sheet.table, column.name] = (_letter(index), column.header)
    for column in sheet.columns:
        if column.required and column not in found.values():
            sentence = "缺少这一列 · The column is missing"
            sheets.faults.append(_fault(sheet.title, 1, "", column.header, sentence))
    return found


def _value(column: Column, cell: object) -> Any:
    """Return what a cell says; None when it is empty. Raises ValueError with a sentence."""
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    return _READERS[column.kind](cell)


def _is_whole(cell: object) -> TypeGuard[int | float]:
    if isinstance(cell, bool):
        return False
    return isinstance(cell, int) or (isinstance(cell, float) and cell.is_integer())


def _text(cell: object) -> str:
    if _is_whole(cell):
        return str(int(cell))
    if not isinstance(cell, str):
        raise ValueError("应为文字 · Expected text")
    text = cell.strip()
    if _ERROR.fullmatch(text) or _UNPRINTABLE.search(text):
        raise ValueError("含有错误值或不可见字符 · An error value or invisible characters")
    if len(text) > _LONGEST:
        raise ValueError(f"超过{_LONGEST}个字 · Longer than {_LONGEST} characters")
    return text


def _whole(cell: object) -> int:
    if isinstance(cell, str) and cell.strip().isdecimal() and len(cell) < 10:
        return int(cell)
    if _is_whole(cell):
        return int(cell)
    raise ValueError("应为整数 · Expected a whole number")


def _flag(cell: object) -> bool:
    found = {YES: True, NO: False}.get(str(cell).strip(), cell)
    if isinstance(found, bool):
        return found
    raise ValueError(f"应为“{YES}”或“{NO}” · Expected yes or no")


def _clearance(cell: object) -> int:
    text = str(cell).strip()
    if text in CLEARANCES:
        return CLEARANCES.index(text)
    raise ValueError(f"应为以下之一：{'、'.join(CLEARANCES)} · Unknown clearance")


def _day(cell: object) -> str:
    if isinstance(cell, datetime):
        cell = cell.date()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, str) and (parts := re.findall(r"\d+", cell)) and len(parts) == 3:
        try:
            return date(*map(int, parts)).isoformat()
        except (ValueError, OverflowError):
            pass
    raise ValueError("应为日期，如 2026-07-01 · Expected a day such as 2026-07-01")


_READERS: Mapping[str, Any] = {
    "text": _text,
    "whole": _whole,
    "flag": _flag,
    "clearance": _clearance,
    "day": _day,
}


def _fault(title: str, row: int, letter: str, header: str, sentence: str) -> Fault:
    where = f"“{title}”表第{row}行“{header}”列"
    return Fault(
        f"{title}!{letter}{row}",
        f"{where}：{sentence} (sheet {title}, row {row}, column {letter or header})",
    )


def _letter(index: int) -> str:
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def listed(sheets: Sheets, table: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield what a sheet holds, numbered."""
    yield from enumerate(sheets.office.get(table, ()))
