"""Emergency accesses as auditors see them, and their review."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from workflow_server.api import door
from workflow_server.api.shapes.access import EmergencyPage, EmergencyQuery, EmergencyShape
from workflow_server.api.shapes.base import page
from workflow_server.services import emergency_accesses
from workflow_server.store.access import EmergencyAccess

noun = door.Noun("emergency_accesses", "紧急查阅")


@noun.get("", EmergencyPage, query=EmergencyQuery())
def list_emergency_accesses(query: dict[str, Any]) -> dict[str, Any]:
    """紧急查阅列表 · Every emergency access, for audit administrators; nothing of the cases."""
    wanted = {"true": True, "false": False, None: None}[query["reviewed"]]
    found, total = emergency_accesses.list_(door.actor(), wanted, query["page"], query["page_size"])
    return page([shown(each) for each in found], total, query)


@noun.post("/<uuid:emergency_id>/review", EmergencyShape(), keyed=True)
def review_emergency_access(emergency_id: UUID) -> dict[str, Any]:
    """审阅紧急查阅 · Mark an emergency access as looked at."""
    return shown(
        emergency_accesses.review(door.actor(), emergency_id, door.now(), door.idempotency_key())
    )


def shown(row: EmergencyAccess) -> dict[str, Any]:
    """Return what is told of an emergency access."""
    told = {name: getattr(row, name) for name in EmergencyShape().fields if hasattr(row, name)}
    return {**told, "organisation_id": emergency_accesses.host_of(row)}
