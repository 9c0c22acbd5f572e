"""Instances that no person starts: a signal or the clock does, in an organisation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from workflow_server.events import Event
from workflow_server.services import jobs
from workflow_server.services.advance.case import Case
from workflow_server.store import organisations, process_definitions, process_instances
from workflow_server.store.history import Act

if TYPE_CHECKING:
    from workflow_server.store.organisations import Organisation
    from workflow_server.store.process_definitions import ProcessDefinition

START = "start_instance"


def plan(
    definition: ProcessDefinition,
    element_id: str,
    organisation_id: UUID,
    data: Mapping[str, Any],
    now: datetime,
    relays: int = 0,
) -> None:
    """Let an instance be started by a job; `data` is what its history tells of why."""
    jobs.enqueue(
        START,
        {
            "process_definition_id": str(definition.id),
            "element_id": element_id,
            "organisation_id": str(organisation_id),
            "data": dict(data),
            "relays": relays,
        },
        now=now,
        in_line=False,
    )


def may_host(definition: ProcessDefinition, host: Organisation) -> bool:
    """Tell whether an organisation may host a process: of its party, and not closed."""
    return host.closed_on is None and definition.party in (None, host.party)


@jobs.handles(START)
def start(payload: Mapping[str, Any], now: datetime) -> jobs.WriteDown:
    """Start an instance, unless the organisation may not host it any more."""
    return lambda: _start(payload, now)


def _start(payload: Mapping[str, Any], now: datetime) -> None:
    definition = process_definitions.get(UUID(payload["process_definition_id"]))
    host = organisations.share(UUID(payload["organisation_id"]))
    if not may_host(definition, host):
        return
    begun = process_instances.begin(definition.id, host.id, None, now)
    case = Case(begun, None, now, payload.get("relays", 0))
    act = Act(at=now, act=Event.INSTANCE_STARTED, data=dict(payload["data"]))
    case.start(payload["element_id"], None, act)
