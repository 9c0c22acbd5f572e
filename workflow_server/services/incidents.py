"""What could not be done by itself: shown to persons, and tried again when they say so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from workflow_server.errors import InvalidState, NotFound
from workflow_server.events import Event
from workflow_server.services import access, case_content, history, jobs, masking
from workflow_server.services.actors import Actor
from workflow_server.services.advance import Case
from workflow_server.store import incidents, process_instances
from workflow_server.store.db import transaction
from workflow_server.store.history import INCIDENTS, Act
from workflow_server.store.incidents import Incident
from workflow_server.store.process_instances import Locked


class IncidentResolved(InvalidState):
    """异常已处理"""


def list_(
    actor: Actor,
    *,
    is_open: bool | None = None,
    instance_id: UUID | None = None,
    page: int = 1,
    page_size: int = 50,
) -> tuple[Sequence[Incident], int]:
    """Return incidents that the actor may see, newest first, and how many there are.

    Administrators see all, others those of instances that they see.
    """
    visible = _visible(actor)
    rows, total = incidents.list_(visible, is_open, instance_id, page_size, (page - 1) * page_size)
    return _shown(actor, rows), total


def get(actor: Actor, incident_id: UUID) -> Incident:
    """Return an incident that the actor may see."""
    if not incidents.is_visible(_visible(actor), incident_id):
        raise NotFound(f"Expected incident {incident_id}, but there is none")
    return _shown(actor, [incidents.get(incident_id)])[0]


def instance_of(actor: Actor, incident_id: UUID) -> UUID:
    """Return the case of an incident that the actor may see."""
    found = get(actor, incident_id).instance_id
    if found is None:
        raise NotFound(f"Expected an incident of a case, but {incident_id} is of none")
    return found


def resolve(
    actor: Actor, incident_id: UUID, now: datetime, idempotency_key: str | None = None
) -> Incident:
    """Try again what failed: the element, or the job; for administrators.

    When it fails again, a fresh incident tells of it.
    """
    access.check_administers(actor, "system")
    asked = history.asked(actor, idempotency_key, "incidents.resolve", incident_id)
    with transaction():
        if history.first_answer(asked) is None:
            _resolve(incident_id, actor, now, asked)
        return _shown(actor, [incidents.get(incident_id)])[0]


def _resolve(incident_id: UUID, actor: Actor, now: datetime, asked: history.Asked | None) -> None:
    incident = incidents.get(incident_id)
    locked = None
    if incident.instance_id is not None:
        locked = process_instances.lock(incident.instance_id)
        incident = incidents.get(incident_id)  # as it is now that nobody else can resolve it
    if incident.resolved_at is not None:
        raise IncidentResolved(
            "该异常已处理，请刷新列表。 Expected an open incident, but it is resolved."
        )
    if incident.job_id is not None:
        jobs.revive(incident.job_id, actor, now, asked)
    elif incident.delivery_id is not None:
        _close(incident, incident.delivery_id, actor, now, asked)
    elif incident.visit_id is None:
        incidents.resolve(incident_id, actor.person_id, now)
        _note_closed(incident, {}, actor, now, asked)
    elif locked is not None:
        _retry_element(incident, locked, actor, now, asked)


def _close(
    incident: Incident,
    delivery_id: UUID,
    actor: Actor,
    now: datetime,
    asked: history.Asked | None,
) -> None:
    """Close a letter's incident: people have seen to it, there is nothing to try again."""
    incidents.resolve_delivery(delivery_id, actor.person_id, now)
    _note_closed(incident, {"delivery_id": str(delivery_id)}, actor, now, asked)


def _note_closed(
    incident: Incident,
    about: dict[str, str],
    actor: Actor,
    now: datetime,
    asked: history.Asked | None,
) -> None:
    data = {"incident_id": str(incident.id), **about}
    act = Act(at=now, act=Event.INCIDENT_CLOSED, by=actor.stamp(), data=data)
    history.append_to_area(INCIDENTS, act, asked)


def _retry_element(
    incident: Incident, locked: Locked, actor: Actor, now: datetime, asked: history.Asked | None
) -> None:
    assert incident.visit_id is not None
    case = Case(locked, actor, now)
    act = Act(
        at=now,
        act=Event.ELEMENT_RETRIED,
        by=actor.stamp(locked.instance.organisation_id),
        element_id=incident.element_id,
        data={"incident_id": str(incident.id)},
    )
    # Resolved first: a failure that comes again is a new incident of the same visit.
    incidents.resolve_visits(locked.instance.id, [incident.visit_id], actor.person_id, now)
    case.retry(incident.visit_id, act, asked)


def _shown(actor: Actor, found: Sequence[Incident]) -> list[Incident]:
    if not access.administers(actor):
        return masking.incidents(actor, found)
    return [replace(each, message=case_content.without(each.message)) for each in found]


def _visible(actor: Actor) -> incidents.Condition:
    if access.administers(actor, "system"):
        return incidents.everywhere()
    return incidents.in_sight(access.sight(actor))
