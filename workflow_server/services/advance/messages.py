"""Messages that reach an organisation: to who waits for them, or to a new instance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from workflow_server.errors import Unavailable
from workflow_server.events import Event
from workflow_server.services import definition_cache
from workflow_server.services.advance.case import Case
from workflow_server.store import (
    organisations,
    process_definitions,
    process_instances,
    subscriptions,
)
from workflow_server.store.db import transaction
from workflow_server.store.history import Act, Stamp
from workflow_server.store.organisations import Organisation
from workflow_server.store.process_definitions import ProcessDefinition
from workflow_server.store.process_instances import InstanceStatus
from workflow_server.store.subscriptions import MessageOutcome, Subscription


class CameTogether(Unavailable):
    """消息正与等待它的流程同时到达，请重试"""


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a message: "started" or "correlated" an instance, or "waiting" for one."""

    outcome: str
    instance_id: UUID | None


@dataclass(frozen=True, slots=True)
class _Message:
    type: str
    conversation: str
    organisation_id: UUID
    payload: dict[str, Any]
    delivery_id: UUID
    by: Stamp | None = None


def receive(
    message_type: str,
    conversation: str,
    organisation_id: UUID,
    payload: dict[str, Any],
    delivery_id: UUID,
    now: datetime,
    by: Stamp | None = None,
) -> Received:
    """Give a delivered message to the instance that waits for it, or start one, once.

    A delivery that comes again changes nothing; nor does a second message of a
    conversation that has already started an instance. One that nobody waits for yet is
    kept for the first who will. `by` is who entered one that came on paper.
    """
    message = _Message(message_type, conversation, organisation_id, payload, delivery_id, by)
    with transaction():
        known = subscriptions.find_received(delivery_id)
        if known is not None:
            return Received(known.outcome, known.instance_id)
        received = _correlate(message, now) or _start_or_keep(message, now)
        _note(message, received, now)
        return received


def _find_waiting(message: _Message) -> Subscription | None:
    return subscriptions.find_waiting(message.type, message.conversation, message.organisation_id)


def _correlate(message: _Message, now: datetime) -> Received | None:
    waiting = _find_waiting(message)
    if waiting is None:
        return None
    case = Case(process_instances.lock(waiting.instance_id), None, now)
    if subscriptions.find_open(waiting.id) is None:
        return _correlate(message, now)  # it went another way while we queued for the lock
    if case.instance.status == InstanceStatus.SUSPENDED:
        return Received(MessageOutcome.WAITING, None)  # taken up when the case goes on
    case.correlate(waiting.id, message.payload, _act(Event.MESSAGE_CORRELATED, message, now))
    return Received(MessageOutcome.CORRELATED, case.instance.id)


def _start_or_keep(message: _Message, now: datetime) -> Received:
    # The conversation is locked after the instance, here as where waits are opened.
    subscriptions.lock_conversation(message.type, message.conversation, message.organisation_id)
    if _find_waiting(message) is not None:
        raise CameTogether("Expected to keep a message, but somebody began to wait for it; retry")
    return _start(message, now) or Received(MessageOutcome.WAITING, None)


def _start(message: _Message, now: datetime) -> Received | None:
    host = organisations.share(message.organisation_id)
    # A closed one hosts nothing any more: what came to it waits, as it does with an heir's.
    found = _find_start(message.type, host) if host.closed_on is None else None
    if found is None:
        return None
    earlier = subscriptions.find_started(
        message.type, message.conversation, message.organisation_id
    )
    if earlier is not None:
        return Received(MessageOutcome.STARTED, earlier.instance_id)
    definition, element_id = found
    locked = process_instances.begin(definition.id, host.id, None, now)
    case = Case(locked, None, now)
    case.start(element_id, message.payload, _act(Event.INSTANCE_STARTED, message, now))
    return Received(MessageOutcome.STARTED, case.instance.id)


def _find_start(message_type: str, host: Organisation) -> tuple[ProcessDefinition, str] | None:
    """Return the process, as deployed last, that a message starts in an organisation."""
    for definition in process_definitions.list_newest():
        if definition.party is not None and definition.party != host.party:
            continue
        process = definition_cache.content_of(definition.deployment_id).processes[definition.key]
        for element_id, started_by in process.message_starts.items():
            if started_by == message_type:
                return definition, element_id
    return None


def _note(message: _Message, received: Received, now: datetime) -> None:
    is_waiting = received.outcome == MessageOutcome.WAITING
    subscriptions.receive(
        {
            "id": message.delivery_id,
            "organisation_id": message.organisation_id,
            "message_type": message.type,
            "conversation": message.conversation,
            "payload": message.payload if is_waiting else None,
            "received_at": now,
            "outcome": received.outcome,
            "instance_id": received.instance_id,
        }
    )


def _act(name: Event, message: _Message, now: datetime) -> Act:
    data = {
        "message": message.type,
        "conversation": message.conversation,
        "delivery_id": str(message.delivery_id),
    }
    return Act(at=now, act=name, by=message.by, data=data)
