"""Notices: what one was told of one's cases, the newest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Response, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from workflow_server.services import notices
from workflow_server.web import door

pages = door.pages("notices")

PAGE_SIZE = 20
#: What a notice is about: its colour and its word.
KINDS: dict[str, tuple[str, Any]] = {
    "begun": ("blue", _l("起算")),
    "near": ("yellow", _l("临近")),
    "soon": ("orange", _l("临近")),
    "urgent": ("red", _l("即将届满")),
    "overdue": ("red", _l("逾期")),
    "changed": ("blue", _l("变更")),
}


@pages.get("/notices")
def show() -> Response:
    """List what one was told: what is unread, or everything."""
    everything = request.args.get("tab") == "all"
    actor, page = door.actor(), door.page_number()
    lines, total = notices.list_(actor, unread=not everything, page=page, page_size=PAGE_SIZE)
    return door.render(
        "notices/list.html",
        tab="all" if everything else "unread",
        lines=_by_clock(lines),
        total=total,
        page=page,
        page_size=PAGE_SIZE,
    )


def _by_clock(lines: Sequence[notices.Line]) -> list[list[tuple[notices.Line, str, Any]]]:
    """Put what was told of one clock together: the newest stands for those before it."""
    found: dict[UUID, list[tuple[notices.Line, str, Any]]] = {}
    for line in lines:
        told = line.notice.deadline_id or line.notice.id
        kind = KINDS.get(line.notice.kind, KINDS["changed"])
        found.setdefault(told, []).append((line, *kind))
    return list(found.values())


@pages.post("/notices/read")
def read() -> ResponseReturnValue:
    """Mark all of one's notices as read."""
    notices.read(door.actor(), door.now())
    return door.to("web.notices.show")


@pages.post("/notices/<uuid:notice_id>")
def open_notice(notice_id: UUID) -> ResponseReturnValue:
    """Mark a notice as read and lead to its case."""
    instance_id = notices.open_(door.actor(), notice_id, door.now())
    if instance_id is None:
        return door.to("web.notices.show")
    return door.to("web.cases.show_case", instance_id=instance_id)
