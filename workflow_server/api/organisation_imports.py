"""Offices as Excel files: a template, what is here, and what comes in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Response

from workflow_server.api import door
from workflow_server.api.shapes.offices import ImportedShape, ImportForm
from workflow_server.services import office_export, office_import
from workflow_server.services.workbooks import MOST_BYTES

noun = door.Noun("organisation_imports", "单位与人员导入")

_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@noun.post("", ImportedShape(), form=ImportForm(), keyed=True)
def import_office(form: dict[str, Any]) -> Any:
    """导入 · Take in an Excel file, or with `dry_run` say what it would do.

    Each fault names sheet, row and column, and nothing is written. The system administrator
    takes in organisations, departments and people, the security administrator positions,
    clearance and certificates; what waits for the other one is counted as `left`.
    """
    file = door.uploaded_file()
    return office_import.take_in(
        door.actor(),
        file.filename or "",
        file.stream.read(MOST_BYTES + 1),
        datetime.now(UTC),
        dry_run=form["dry_run"],
        idempotency_key=door.idempotency_key(),
    )


@noun.get("/template", media=_EXCEL)
def download_template() -> Response:
    """下载模板 · An empty file with explanations, and lists of what may be chosen."""
    return door.download(office_export.template(), "单位与人员.xlsx", _EXCEL)


@noun.get("/export", media=_EXCEL)
def download_office() -> Response:
    """导出 · What is open and in force now, in the layout that comes in (administrators)."""
    data = office_export.export(door.actor(), datetime.now(UTC))
    return door.download(data, "单位与人员.xlsx", _EXCEL)
