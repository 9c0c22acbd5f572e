"""Deadlines: clocks by dated rules, the next to end first."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from workflow_server.api import door
from workflow_server.api.shapes.base import page
from workflow_server.api.shapes.deadlines import AlertsShape, DeadlinePage, DeadlineQuery
from workflow_server.services import deadlines

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
