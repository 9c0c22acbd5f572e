"""Deadlines: clocks by dated rules, the next to end first."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from workflow_server.api import door
from workflow_server.api.shapes.base import page
from workflow_server.api.shapes.deadlines import (
    AlertsShape,
    ClockChangeShape,
    DeadlinePage,
    DeadlineQuery,
    DeadlineShape,
    OutlookShape,
)
from workflow_server.services import clock_changes, deadlines
from workflow_server.services.clock_changes import Change

noun = door.Noun("deadlines", "期限")


@noun.get("", DeadlinePage, query=DeadlineQuery())
def list_deadlines(query: dict[str, Any]) -> dict[str, Any]:
    """期限列表 · List deadlines, the next to end first."""
    found, total = deadlines.list_(door.actor(), door.now(), **query)
    return page(found, total, query)


@noun.get("/<uuid:deadline_id>/alerts", AlertsShape())
def list_alerts(deadline_id: UUID) -> dict[str, Any]:
    """期限预警 · The warnings that a deadline gave."""
    return {"items": deadlines.list_alerts(door.actor(), deadline_id)}


@noun.post("/<uuid:deadline_id>/preview", OutlookShape(), takes=ClockChangeShape())
def preview_change(body: dict[str, Any], deadline_id: UUID) -> Any:
    """预览期限调整 · What a change of a deadline would come to; nothing is kept."""
    return clock_changes.preview(door.actor(), deadline_id, Change(**body), door.now())


@noun.post("/<uuid:deadline_id>/changes", DeadlineShape(), takes=ClockChangeShape(), keyed=True)
def change_deadline(body: dict[str, Any], deadline_id: UUID) -> Any:
    """调整期限 · Extend, pause, resume or exclude days from a deadline, or correct its start."""
    key = door.idempotency_key()
    return clock_changes.make(door.actor(), deadline_id, Change(**body), door.now(), key)
