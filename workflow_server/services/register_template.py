"""Writes the empty file of a ledger's take-over: headers, explanations, lists to choose from."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from workflow_server.services.cells import NO, YES, letter
from workflow_server.services.ledgers import Sheet
from workflow_server.services.office_columns import ASIDE, EXPLANATION
from workflow_server.services.register_columns import Column, columns_of
from workflow_server.services.tables import sheet_name
from workflow_server.services.workbooks import MOST_ROWS


def template(sheet: Sheet) -> bytes:
    """Return the empty file of a ledger's take-over."""
    # Not at the top: few processes ever write a workbook.
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    page = book.add_worksheet(sheet_name(sheet.ledger.label))
    aside = book.add_worksheet(ASIDE[1])
    head = book.add_format({"bold": True, "bg_color": "#DDE7F2", "border": 1})
    told = book.add_format({"italic": True, "font_color": "#666666", "text_wrap": True})
    text = book.add_format({"num_format": "@"})
    page.freeze_panes(2, 0)
    for index, column in enumerate(columns_of(sheet)):
        page.set_column(index, index, 22, text)
        page.write_string(0, index, column.header + ("*" if column.required else ""), head)
        page.write_string(1, index, (EXPLANATION if index == 0 else "") + column.explained, told)
        _offer(page, aside, index, column)
    aside.hide()
    book.close()
    return out.getvalue()


def _offer(page: Any, aside: Any, index: int, column: Column) -> None:
    words = _words(column)
    if not words:
        return
    for row, word in enumerate([column.header, *words]):
        aside.write_string(row, index, word)
    place = letter(index)
    source = f"={ASIDE[1]}!${place}$2:${place}${len(words) + 1}"
    page.data_validation(
        2, index, MOST_ROWS, index, {"validate": "list", "source": source, "ignore_blank": True}
    )


def _words(column: Column) -> Sequence[str]:
    return (YES, NO) if column.type == "boolean" else [each.label for each in column.options]
