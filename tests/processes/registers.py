"""The cohorts of docs/registers, as real workbooks, taken over for an office of the demo."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from workflow_server.services import ledgers, register_import
from workflow_server.services.actors import Actor, actor_of
from workflow_server.services.ledgers import Told, Wanted
from workflow_server.services.register_import import TakenOver
from workflow_server.store.organisations import find_by_key
from workflow_server.store.people import find_person_by_login

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "registers"
NOW = datetime.fromisoformat("2026-04-01T09:00+08:00")


def lines(name: str) -> list[list[str]]:
    """Read a cohort as it lies there."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def workbook(rows: Sequence[Sequence[Any]], title: str = "台账") -> bytes:
    """Write rows as Excel does."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet(title)
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                page.write(row, column, cell)
    return out.getvalue()


def take_over(
    ledger: str, rows: Sequence[Sequence[Any]], place: str = "procuratorate", **more: Any
) -> TakenOver:
    """Take rows over as the command line does it."""
    host = find_by_key(place)
    assert host is not None
    given = {"dry_run": False, **more}
    return register_import.take_over(
        None, ledger, host.id, "register.xlsx", workbook(rows), NOW, **given
    )


def person(login: str) -> Actor:
    found = find_person_by_login(login)
    assert found is not None
    return actor_of(found.id)


def told(login: str, ledger: str, **wanted: Any) -> dict[str, Told]:
    """Return the figures of a ledger as somebody sees them, by key."""
    actor = person(login)
    sheet = ledgers.get(actor, ledger)
    return {each.key: each for each in ledgers.figures(actor, sheet, Wanted(**wanted))}
