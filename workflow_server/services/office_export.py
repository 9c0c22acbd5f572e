"""Writes the office as an Excel file: empty with explanations, or with all that is here."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from workflow_server.services import access, administration
from workflow_server.services.actors import Actor
from workflow_server.services.cells import NO, YES
from workflow_server.services.office_columns import (
    ASIDE,
    CLEARANCES,
    EXPLANATION,
    SHEETS,
    Column,
    Sheet,
)
from workflow_server.services.office_plans import (
    Register,
    department_as_given,
    fields_of,
    organisation_as_given,
    person_as_given,
    position_as_given,
)
from workflow_server.services.workbooks import MOST_ROWS

#: Fields that offices usually have; the template has columns for them.
_USUAL_FIELDS = ("address", "phone")


def template() -> bytes:
    """Return an empty file with explanations, and the words that may be chosen."""
    return _write({}, _USUAL_FIELDS)


def export(actor: Actor | None, now: datetime) -> bytes:
    """Return what is open and in force now, in the layout that is taken in."""
    if actor is not None:
        access.check_administers(actor)
    today = administration.day_of(now)
    here = Register.read(now)
    places = {
        key: row
        for key, row in sorted(here.organisations.items(), key=lambda each: each[1].path)
        if row.closed_on is None or row.closed_on > today
    }
    office: dict[str, list[Mapping[str, Any]]] = {
        "organisations": [organisation_as_given(row, here) for row in places.values()],
        "departments": [
            department_as_given(row, place, here)
            for (place, _), row in here.departments.items()
            if place in places and (row.closed_on is None or row.closed_on > today)
        ],
        "people": [person_as_given(row) for row in here.people.values()],
        "positions": [
            position_as_given(key, row, here)
            for key, row in here.positions.items()
            if key[1] in places
        ],
    }
    fields = {name for given in office["organisations"] for name in fields_of(given)}
    return _write(office, sorted(fields))


def _write(office: Mapping[str, Sequence[Mapping[str, Any]]], fields: Sequence[str]) -> bytes:
    # Not at the top: few processes ever write a workbook.
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    formats = {
        "head": book.add_format({"bold": True, "bg_color": "#DDE7F2", "border": 1}),
        "told": book.add_format({"italic": True, "font_color": "#666666", "text_wrap": True}),
        "text": book.add_format({"num_format": "@"}),
    }
    offers = _offers()
    for sheet in SHEETS:
        _write_sheet(book, sheet, office.get(sheet.table, ()), fields, formats, offers)
    aside = book.add_worksheet(ASIDE[1])
    for index, (name, words) in enumerate(offers.items()):
        aside.write_string(0, index, name)
        for row, word in enumerate(words, start=1):
            aside.write_string(row, index, word)
    aside.hide()
    book.close()
    return out.getvalue()


def _offers() -> dict[str, Sequence[str]]:
    roles = administration.roles()
    return {
        "parties": sorted(set(roles.values())),
        "roles": sorted(roles),
        "levels": ("1", "2", "3", "4"),
        "flags": (YES, NO),
        "clearances": CLEARANCES,
    }


def _write_sheet(
    book: Any,
    sheet: Sheet,
    rows: Sequence[Mapping[str, Any]],
    fields: Sequence[str],
    formats: Mapping[str, Any],
    offers: Mapping[str, Sequence[str]],
) -> None:
    page = book.add_worksheet(sheet.title)
    columns = list(sheet.columns)
    if sheet.has_fields:
        columns += (Column(name, name, "text", "随文书和编号使用，可以没有") for name in fields)
    page.freeze_panes(2, 0)
    for index, column in enumerate(columns):
        page.set_column(index, index, 22, formats["text"])
        page.write_string(
            0, index, column.header + ("*" if column.required else ""), formats["head"]
        )
        told = (EXPLANATION if index == 0 else "") + column.explained
        page.write_string(1, index, told, formats["told"])
        if column.offers is not None:
            _offer(page, index, list(offers).index(column.offers), len(offers[column.offers]))
    for number, given in enumerate(rows, start=2):
        for index, column in enumerate(columns):
            page.write_string(number, index, _shown(column, given.get(column.name)))


def _offer(page: Any, index: int, list_index: int, length: int) -> None:
    letter = chr(ord("A") + list_index)
    source = f"={ASIDE[1]}!${letter}$2:${letter}${length + 1}"
    page.data_validation(
        2, index, MOST_ROWS, index, {"validate": "list", "source": source, "ignore_blank": True}
    )


def _shown(column: Column, value: Any) -> str:
    if value is None:
        return ""
    if column.kind == "flag":
        return YES if value else NO
    if column.kind == "clearance":
        return CLEARANCES[value]
    return value.isoformat() if isinstance(value, date) else str(value)
