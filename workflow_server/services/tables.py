"""Writes lists as files for a spreadsheet: what somebody typed never becomes a formula there."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import xlsxwriter

#: Text and numbers; None is an empty cell.
Cell = str | int | float | None
#: With one of these a spreadsheet takes a text for a formula, also behind spaces.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_WIDEST = 60
_NARROWEST = 8
#: Excel holds no longer text in a cell.
_LONGEST = 32_767


def as_workbook(
    title: str, told: str, heads: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> bytes:
    """Return an Excel file with one sheet: what it is, the heads, the rows."""
    # Not at the top: few processes ever write a workbook.
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    page = book.add_worksheet(sheet_name(title))
    bold = book.add_format({"bold": True, "font_size": 14})
    head = book.add_format({"bold": True, "bg_color": "#DDE7F2", "border": 1, "text_wrap": True})
    text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top", "border": 1})
    number = book.add_format({"valign": "top", "border": 1})
    page.write_string(0, 0, title, bold)
    page.write_string(1, 0, told)
    widths = [_width(each) for each in heads]
    for index, each in enumerate(heads):
        page.write_string(2, index, each, head)
    for line, row in enumerate(rows, start=3):
        for index, cell in enumerate(row):
            if isinstance(cell, int | float):
                page.write_number(line, index, cell, number)
            else:
                page.write_string(line, index, (cell or "")[:_LONGEST], text)
            widths[index] = max(widths[index], _width(str(cell or "")))
    for index, width in enumerate(widths):
        page.set_column(index, index, min(width, _WIDEST))
    page.freeze_panes(3, 0)
    _set_up_paper(page, len(widths))
    book.close()
    return out.getvalue()


def as_csv(heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return the rows as CSV in UTF-8, with the mark by which Excel knows it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([_harmless(each) for each in heads])
    writer.writerows([_harmless(each) for each in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _set_up_paper(page: xlsxwriter.worksheet.Worksheet, columns: int) -> None:
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.repeat_rows(2)
    page.set_footer("&C&P / &N")
    if columns:
        page.autofilter(2, 0, 2, columns - 1)


def _harmless(cell: Cell) -> Cell:
    if isinstance(cell, str) and cell.lstrip(" ").startswith(_FORMULA):
        return f"'{cell}"
    return cell


def sheet_name(title: str) -> str:
    """Return a title as Excel lets a sheet be called."""
    kept = "".join(each for each in title if each not in "[]:*?/\\'")
    return kept[:31] or "1"


def _width(text: str) -> int:
    # A Chinese character is as wide as two others.
    longest = max(text.split("\n"), key=len)
    return max(_NARROWEST, sum(2 if ord(each) > 0x2E7F else 1 for each in longest) + 2)
