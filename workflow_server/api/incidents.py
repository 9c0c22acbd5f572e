"""Incidents: what could not be done by itself and needs a person."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from workflow_server.api import door
from workflow_server.api.shapes.access import ReasonShape
from workflow_server.api.shapes.base import page
from workflow_server.api.shapes.jobs import IncidentPage, IncidentQuery, IncidentShape
from workflow_server.services import incidents, repairs

noun = door.Noun("incidents", "异常")


@noun.get("", IncidentPage, query=IncidentQuery())
def list_incidents(query: dict[str, Any]) -> dict[str, Any]:
    """异常列表 · List incidents, newest first; system administrators see all."""
    is_open = query.pop("open")
    found, total = incidents.list_(door.actor(), is_open=is_open, **query)
    return page(found, total, query)


@noun.get("/<uuid:incident_id>", IncidentShape())
def read_incident(incident_id: UUID) -> Any:
    """异常 · One incident: where, and why."""
    return incidents.get(door.actor(), incident_id)


@noun.post("/<uuid:incident_id>/resolution", IncidentShape(), keyed=True)
def resolve_incident(incident_id: UUID) -> Any:
    """处理异常 · Try again what failed (system administrator); a new failure is a new incident."""
    return incidents.resolve(door.actor(), incident_id, door.now(), door.idempotency_key())


@noun.post("/<uuid:incident_id>/skip", IncidentShape(), takes=ReasonShape(), keyed=True)
def skip_incident(body: dict[str, Any], incident_id: UUID) -> Any:
    """跳过环节 · Let the case go on from a failed automatic element as if it were done."""
    actor = door.actor()
    instance_id = incidents.instance_of(actor, incident_id)
    key = door.idempotency_key()
    repairs.skip(repairs.Repair(actor, instance_id, body["reason"], door.now(), key), incident_id)
    return incidents.get(actor, incident_id)
