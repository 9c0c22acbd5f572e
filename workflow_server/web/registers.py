"""Old registers that come into a ledger: the template, the look before, the take-over."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from flask import Response, request
from flask.typing import ResponseReturnValue

from workflow_server.downloads import download
from workflow_server.errors import Fault, InvalidInput, WorkflowServerError
from workflow_server.services import ledgers, register_columns, register_import, register_template
from workflow_server.services.ledgers import Sheet
from workflow_server.services.register_import import TakenOver
from workflow_server.services.workbooks import MOST_BYTES, MOST_ROWS
from workflow_server.web import door
from workflow_server.web.ledgers import pages
from workflow_server.web.texts import language

_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: How the detail of a fault says where it is.
_PLACED = re.compile(r"“.*?”表第(\d+)行“(.*?)”列：(.*) \(sheet .*\)", re.DOTALL)


class NoFile(InvalidInput):
    """请选择文件"""


@dataclass(frozen=True, slots=True)
class FaultLine:
    """A fault as a line of a table: row, letter and header of the column, what is wrong."""

    row: str
    letter: str
    header: str
    sentence: str


@pages.get("/ledgers/<key>/import")
def show_import(key: str) -> Response:
    """Show how an old register comes into a ledger."""
    return _page(_sheet(key))


@pages.get("/ledgers/<key>/template.xlsx")
def download_template(key: str) -> Response:
    """Hand out the empty file of a ledger's register."""
    sheet = _sheet(key)
    return download(register_template.template(sheet), f"{sheet.ledger.label}.xlsx", _EXCEL)


@pages.post("/ledgers/<key>/import")
def take_register_over(key: str) -> ResponseReturnValue:
    """Take a register over, or only say what that would do."""
    sheet, is_trial = _sheet(key), "try" in request.form
    is_part = is_trial and "HX-Request" in request.headers
    try:
        done = _taken_over(key, dry_run=is_trial)
    except InvalidInput as error:
        # htmx puts only what went well into a page.
        return _outcome(None, error) if is_part else _page(sheet, error=error)
    if is_part:
        return _outcome(done, None)
    if is_trial:
        return _page(sheet, done=done)
    return door.to("web.ledgers.show_ledger", notice="register_taken_over", key=key)


def _taken_over(key: str, *, dry_run: bool) -> TakenOver:
    file = request.files.get("file")
    if file is None or not file.filename:
        raise NoFile(
            "请选择要导入的文件。 Choose the file to take over.",
            [Fault("#/file", "请选择文件 · Choose a file")],
        )
    return register_import.take_over(
        door.actor(),
        key,
        request.form.get("organisation", type=UUID),
        file.filename,
        file.stream.read(MOST_BYTES + 1),
        door.now(),
        dry_run=dry_run,
        idempotency_key=None if dry_run else door.key(),
    )


def _sheet(key: str) -> Sheet:
    """Return the ledger, if one may take a register over into it."""
    sheet = ledgers.get(door.actor(), key)
    register_import.check_may(door.actor(), sheet)
    return sheet


def _outcome(done: TakenOver | None, error: WorkflowServerError | None) -> Response:
    return door.render(
        "ledgers/outcome.html", done=done, error=error, faults=_lines(error), most=_MOST_SHOWN
    )


#: So many faults and changes are shown; the API tells more of them.
_MOST_SHOWN = 100


def _page(
    sheet: Sheet, *, done: TakenOver | None = None, error: WorkflowServerError | None = None
) -> Response:
    return door.render(
        "ledgers/import.html",
        200 if error is None else 422,
        sheet=sheet,
        columns=register_columns.columns_of(sheet),
        places=register_import.places(door.actor(), sheet),
        chosen=request.form.get("organisation", type=UUID),
        done=done,
        error=error,
        faults=_lines(error),
        key=str(uuid4()),
        most=_MOST_SHOWN,
        most_bytes=MOST_BYTES,
        most_rows=MOST_ROWS,
    )


def _lines(error: WorkflowServerError | None) -> Sequence[FaultLine]:
    return [_line(each) for each in error.faults] if error is not None else ()


def _line(fault: Fault) -> FaultLine:
    placed = _PLACED.fullmatch(fault.detail)
    row, header, sentence = placed.groups() if placed is not None else ("", "", fault.detail)
    chinese, _, english = sentence.rpartition(" · ")
    said = english if language() == "en" or not chinese else chinese
    letter = fault.pointer.rpartition("!")[2].rstrip("0123456789") if placed is not None else ""
    return FaultLine(row, letter, header, said)
