"""Ledgers: which one has, what their figures come to, and old registers that come in."""

from __future__ import annotations

from typing import Any

from flask import Response

from workflow_server.api import door
from workflow_server.api.shapes.ledgers import (
    FiguresQuery,
    FiguresShape,
    LedgersShape,
    RegisterForm,
    TakenOverShape,
)
from workflow_server.services import ledgers, register_import, register_template
from workflow_server.services.ledgers import Wanted
from workflow_server.services.workbooks import MOST_BYTES

noun = door.Noun("ledgers", "台账")

_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@noun.get("", LedgersShape())
def list_ledgers() -> dict[str, Any]:
    """台账列表 · The ledgers that one has; those with `takes_over` take an old register in."""
    found = ledgers.list_(door.actor())
    return {
        "items": [
            {
                "key": each.key,
                "label": each.label,
                "kind": each.kind,
                "takes_over": each.take_over is not None,
            }
            for each in found
        ]
    }


@noun.get("/<ledger>/figures", FiguresShape(), query=FiguresQuery())
def read_figures(query: dict[str, Any], ledger: str) -> dict[str, Any]:
    """台账指标 · What a ledger's figures come to over the rows that one sees, as narrowed.

    `share` is per cent of `over`, rounded half up to a tenth; `gap` is what is left of a figure
    when its `parts` are taken away: other than 0, they don't foot.
    """
    actor = door.actor()
    sheet = ledgers.get(actor, ledger)
    wanted = Wanted(
        state=query["state"],
        organisation_id=query["organisation_id"],
        opened_from=query["first"],
        opened_to=query["last"],
        year=query["year"],
        text=query["text"],
    )
    return {"items": ledgers.figures(actor, sheet, wanted)}


@noun.post("/<ledger>/imports", TakenOverShape(), form=RegisterForm(), keyed=True)
def take_register_over(form: dict[str, Any], ledger: str) -> Any:
    """接管旧台账 · Take an old register over from an Excel or CSV file, all of it or nothing.

    With `dry_run` it only says what it would do. Each fault names sheet, row and column. Records
    are found again by their numbers: the same file again changes nothing.
    """
    file = door.uploaded_file()
    return register_import.take_over(
        door.actor(),
        ledger,
        form["organisation_id"],
        file.filename or "",
        file.stream.read(MOST_BYTES + 1),
        door.now(),
        dry_run=form["dry_run"],
        idempotency_key=door.idempotency_key(),
    )


@noun.get("/<ledger>/template", media=_EXCEL)
def download_register_template(ledger: str) -> Response:
    """下载模板 · The empty file of a ledger's register, with lists of what may be chosen."""
    sheet = ledgers.get(door.actor(), ledger)
    register_import.check_may(door.actor(), sheet)
    return door.download(register_template.template(sheet), f"{sheet.ledger.label}.xlsx", _EXCEL)
