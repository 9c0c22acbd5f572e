"""Ledgers: declared views over the records of a kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from workflow_server.config import CHINA
from workflow_server.downloads import download
from workflow_server.services import cases, ledgers, register_import, tables
from workflow_server.services.ledgers import MOST_ROWS, Row, Sheet, Told, Wanted
from workflow_server.services.record_words import Fact
from workflow_server.services.tables import Cell
from workflow_server.web import door, formats, words

pages = door.pages("ledgers")

PAGE_SIZE = 50
HEADS: Mapping[str, Any] = {
    "number": _l("编号"),
    "title": _l("标题"),
    "state": _l("状态"),
    "opened": _l("建立日期"),
    "closed": _l("办结日期"),
    "organisation": _l("单位"),
}
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Before the name of a field that the ledger is narrowed by.
_CHOSEN = "field-"
#: So many years may be chosen.
_YEARS = 8


@pages.get("/ledgers")
def show() -> Response:
    """List the ledgers that one has."""
    return door.render("ledgers/list.html", ledgers=ledgers.list_(door.actor()))


@pages.get("/ledgers/<key>")
def show_ledger(key: str) -> Response:
    """Show a ledger: its columns, narrowed and sorted, page by page."""
    actor, sheet = door.actor(), ledgers.get(door.actor(), key)
    wanted, faults = _wanted()
    page = door.page_number()
    rows, total = ledgers.read(actor, sheet, wanted, page=page, page_size=PAGE_SIZE)
    return door.render(
        "ledgers/show.html",
        200 if not faults else 422,
        **_shown(sheet, wanted),
        rows=rows,
        total=total,
        figures=_grouped(ledgers.figures(actor, sheet, wanted)),
        may_take_over=bool(register_import.places(actor, sheet)),
        years=_years(wanted),
        page=page,
        page_size=PAGE_SIZE,
        faults=faults,
        organisations=cases.list_organisations(actor),
        given={name: value for name, value in request.args.items() if name != "page"},
        most=MOST_ROWS,
    )


@pages.get("/ledgers/<key>/print")
def print_ledger(key: str) -> Response:
    """Show all rows of a ledger on one page, to be printed."""
    actor, sheet = door.actor(), ledgers.get(door.actor(), key)
    wanted, _faults = _wanted()
    rows, total = ledgers.read_all(actor, sheet, wanted)
    return door.render(
        "ledgers/print.html",
        **_shown(sheet, wanted),
        rows=rows,
        total=total,
        figures=_grouped(ledgers.figures(actor, sheet, wanted)),
        most=MOST_ROWS,
        printed_by=actor.name,
        printed_at=door.now(),
        back=f"{url_for('web.ledgers.show_ledger', key=key)}?{_query()}",
    )


@pages.get("/ledgers/<key>.xlsx")
def export_workbook(key: str) -> Response:
    """Hand out a ledger, as narrowed, as an Excel file."""
    actor, sheet = door.actor(), ledgers.get(door.actor(), key)
    rows, total = ledgers.read_all(actor, sheet, _wanted()[0])
    told = _("%(name)s 导出于 %(moment)s", name=actor.name, moment=formats.moment(door.now()))
    told = f"{told}。{_counted(len(rows), total)}"
    data = tables.as_workbook(sheet.ledger.label, told, _heads(sheet), _cells(rows))
    return download(data, f"{sheet.ledger.label}.xlsx", _EXCEL)


@pages.get("/ledgers/<key>.csv")
def export_csv(key: str) -> Response:
    """Hand out a ledger, as narrowed, as CSV."""
    sheet = ledgers.get(door.actor(), key)
    rows, _total = ledgers.read_all(door.actor(), sheet, _wanted()[0])
    data = tables.as_csv(_heads(sheet), _cells(rows))
    return download(data, f"{sheet.ledger.label}.csv", "text/csv")


def _grouped(told: Sequence[Told]) -> list[tuple[str, list[Told]]]:
    """Return figures under their headings, in the order in which each first comes."""
    groups: dict[str, list[Told]] = {}
    for each in told:
        groups.setdefault(each.group, []).append(each)
    return list(groups.items())


def _years(wanted: Wanted) -> list[int]:
    """Return the years that may be chosen: this one and those before it, and the one chosen."""
    now = door.now().astimezone(CHINA).year
    chosen = {wanted.year} if wanted.year is not None else set()
    return sorted({*range(now - _YEARS + 1, now + 1), *chosen}, reverse=True)


def _wanted() -> tuple[Wanted, dict[str, str]]:
    """Read what the address asks for; what can't be read narrows nothing, and is told of."""
    given, faults = request.args, {}
    days: dict[str, date | None] = {}
    for name in ("from", "to"):
        try:
            days[name] = date.fromisoformat(given[name]) if given.get(name) else None
        except ValueError:
            days[name] = None
            faults[name] = _("请填写日期，例如 2026-04-07。")
    wanted = Wanted(
        state=given.get("state") or None,
        organisation_id=given.get("organisation", type=UUID),
        opened_from=days["from"],
        opened_to=days["to"],
        year=_year(given.get("year", "")),
        closed={"open": False, "closed": True}.get(given.get("closed", "")),
        text=(given.get("text") or "").strip()[:100] or None,
        chosen=tuple(
            (name.removeprefix(_CHOSEN), value)
            for name, value in given.items()
            if name.startswith(_CHOSEN) and value
        ),
    )
    sort = given.get("sort", "-opened")
    if sort.removeprefix("-") in ledgers.SORTS:
        is_descending = sort.startswith("-")
        wanted = replace(wanted, sort=sort.removeprefix("-"), descending=is_descending)
    return wanted, faults


def _year(text: str) -> int | None:
    return (
        int(text)
        if len(text) == 4 and text.isascii() and text.isdecimal() and text > "0999"
        else None
    )


def _query(**changed: str) -> str:
    """Return what the ledger is narrowed to, as it stands in an address."""
    kept = {name: value for name, value in request.args.items() if name not in ("page", "notice")}
    return urlencode({**kept, **changed})


def _shown(sheet: Sheet, wanted: Wanted) -> dict[str, Any]:
    return {
        "sheet": sheet,
        "wanted": wanted,
        "chosen": dict(wanted.chosen),
        "columns": list(zip(sheet.ledger.columns, _heads(sheet), strict=True)),
        "sorts": ledgers.SORTS,
        "built_in": HEADS,
        "field_of": _CHOSEN,
        "query": _query,
        "is_narrowed": wanted != Wanted(sort=wanted.sort, descending=wanted.descending),
    }


def _heads(sheet: Sheet) -> list[str]:
    return [
        str(HEADS[key]) if key in HEADS else sheet.kind.fields[key].label
        for key in sheet.ledger.columns
    ]


def _cells(rows: Sequence[Row]) -> list[list[Cell]]:
    return [[_cell(fact) for fact in row.cells] for row in rows]


def _cell(fact: Fact) -> Cell:
    value = fact.value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value / 100 if fact.type == "money" else value
    return words.fact_text(fact)


def _counted(shown: int, total: int) -> str:
    if total > shown:
        return str(_("共 %(total)s 行，只含前 %(shown)s 行。", total=total, shown=shown))
    return str(_("共 %(total)s 行。", total=total))
