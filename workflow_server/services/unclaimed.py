"""Letters that have come and that no case has taken: early ones, and those that come too late."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from workflow_server.services import definition_cache, jobs
from workflow_server.store import deliveries as store
from workflow_server.store import incidents, organisations, process_definitions, process_instances
from workflow_server.store.deliveries import Delivery, DeliveryStatus
from workflow_server.store.organisations import Organisation
from workflow_server.store.process_instances import InstanceStatus
from workflow_server.store.types import new_id

LOOK_JOB = "look_after_letter"


def note(delivery: Delivery, now: datetime) -> None:
    """Mark a letter that nobody waits for, inside the open transaction.

    One of a type that no process of the recipient's catches is for people to read.
    """
    if _is_caught(delivery.type, organisations.get(delivery.recipient_id)):
        delivery.status = DeliveryStatus.UNCLAIMED
        _look_later(delivery.id, now)


def claim(delivery_id: UUID, instance_id: UUID, now: datetime) -> None:
    """Write down that a case has taken a letter that came early, inside the open transaction."""
    if store.find(delivery_id) is None:
        return
    delivery = store.lock(delivery_id)
    delivery.received_instance_id = instance_id
    if delivery.status == DeliveryStatus.UNCLAIMED:
        delivery.status = DeliveryStatus.DELIVERED
    incidents.resolve_delivery(delivery_id, None, now)


def look_after(instance_id: UUID, organisation_id: UUID, now: datetime) -> None:
    """Look after the letters that an instance leaves behind at its end."""
    for delivery_id in store.list_unclaimed_from_partners(instance_id, organisation_id):
        _look_later(delivery_id, now)


@jobs.handles(LOOK_JOB)
def look(payload: Mapping[str, Any], now: datetime) -> jobs.WriteDown:
    """Raise an incident for a letter unless a case that it may be for is still running."""
    return lambda: _look(UUID(payload["delivery_id"]), now)


def _look(delivery_id: UUID, now: datetime) -> None:
    partners = store.list_partners(store.get(delivery_id))
    # Each is held while we look, so that none ends unseen; instances before letters, as ever.
    held = [process_instances.lock(each).instance for each in partners]
    delivery = store.lock(delivery_id)
    is_running = any(instance.status == InstanceStatus.RUNNING for instance in held)
    if delivery.status != DeliveryStatus.UNCLAIMED or is_running:
        return
    if not incidents.is_open_for(delivery_id):
        incidents.add_all([_incident(delivery, partners[-1] if partners else None, now)])


def _incident(delivery: Delivery, instance_id: UUID | None, now: datetime) -> dict[str, Any]:
    sender = organisations.get(delivery.sender_id)
    recipient = organisations.get(delivery.recipient_id)
    why = "没有相关的在办案件" if instance_id is None else "相关案件已经办结"
    return {
        "id": new_id(),
        "instance_id": instance_id,
        "delivery_id": delivery.id,
        "message": (
            f"{sender.name}的“{delivery.label}”（{delivery.conversation}）已送达{recipient.name}，"
            f"但{why}，请人工处理。 Expected a running case to take this letter, but there is none."
        ),
        "raised_at": now,
    }


def _look_later(delivery_id: UUID, now: datetime) -> None:
    payload = {"delivery_id": str(delivery_id)}
    jobs.enqueue(LOOK_JOB, payload, subject_id=delivery_id, in_line=False, now=now)


def _is_caught(message_type: str, recipient: Organisation) -> bool:
    """Tell whether a process of the recipient's, as deployed last, catches a type of message."""
    for definition in process_definitions.list_newest():
        if definition.party not in (None, recipient.party):
            continue
        process = definition_cache.content_of(definition.deployment_id).processes[definition.key]
        for element in process.elements.values():
            if element.catch_message is not None and element.catch_message.type == message_type:
                return True
    return False
