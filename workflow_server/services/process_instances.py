"""Process instances: started by hand, and looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from workflow_server.errors import Forbidden, InvalidInput, InvalidState
from workflow_server.events import Event
from workflow_server.services import (
    access,
    answers,
    attachments,
    history,
    masking,
    process_definitions,
    seam,
    views,
    watched,
)
from workflow_server.services.actors import Actor
from workflow_server.services.advance import Case, Moved, NextTask
from workflow_server.services.advance.waits import ARM_WAIT, FIRE_TIMER
from workflow_server.services.process_definitions import StartOffer
from workflow_server.store import history as history_rows
from workflow_server.store import (
    incidents,
    jobs,
    organisations,
    process_instances,
    subscriptions,
    tasks,
)
from workflow_server.store.db import transaction
from workflow_server.store.history import Act, HistoryRow
from workflow_server.store.process_definitions import ProcessDefinition
from workflow_server.store.process_instances import Filter, ProcessInstance

assert seam.TIED


class StartRefused(Forbidden):
    """无权发起该流程"""


class HostClosed(InvalidState):
    """该单位已撤销"""


class WrongParty(InvalidInput):
    """该单位不办理此流程"""


@dataclass(frozen=True, slots=True)
class Started:
    """A new instance, what it runs, and the tasks that wait in it."""

    instance: ProcessInstance
    definition: ProcessDefinition = field(compare=False)
    next_tasks: tuple[NextTask, ...]


@dataclass(frozen=True, slots=True)
class Diagram:
    """Where an instance is in its drawing, by element id."""

    xml: bytes
    current: list[str]
    completed: list[str]
    incidents: list[str]


def start(
    actor: Actor,
    key: str,
    given: dict[str, Any],
    organisation_id: UUID | None,
    now: datetime,
    idempotency_key: str | None = None,
    *,
    element_id: str | None = None,
    role: str | None = None,
) -> Started:
    """Start the newest version of a process by hand, in the actor's organisation.

    `given` are the answers of its start form. Of several starts it is the first that the actor
    may use, in that organisation, at that element and as that role if they are given.
    """
    asked = history.asked(
        actor,
        idempotency_key,
        "process_instances.start",
        key,
        given,
        organisation_id,
        element_id,
        role,
    )
    with transaction():
        first = history.first_answer(asked)
        if first is not None:
            # It may be kept from them by now.
            access.see_instance(actor, UUID(first["instance_id"]))
            begun = process_instances.get(UUID(first["instance_id"]))
            return Started(begun, get_definition(begun), Moved.from_json(first).next_tasks)
        definition = process_definitions.get_newest(key)
        offer = _offer(actor, definition, element_id, organisation_id, role)
        instance_id, moved = _start(actor, definition, offer, given, now, asked)
        return Started(process_instances.get(instance_id), definition, moved.next_tasks)


def list_(
    actor: Actor,
    *,
    status: str | None = None,
    process_key: str | None = None,
    organisation_id: UUID | None = None,
    business_key: str | None = None,
    parent_id: UUID | None = None,
    page: int = 1,
    page_size: int = 50,
) -> tuple[Sequence[tuple[ProcessInstance, ProcessDefinition]], int]:
    """Return instances that the actor may see, newest first, and how many there are."""
    narrowed = Filter(status, process_key, organisation_id, business_key, parent_id=parent_id)
    sight = access.sight(actor)
    return process_instances.list_(sight, narrowed, page_size, (page - 1) * page_size)


def get(actor: Actor, instance_id: UUID) -> ProcessInstance:
    """Return an instance that the actor may see."""
    instance = access.see_instance(actor, instance_id)
    views.note(actor, instance, "detail")
    return instance


def get_definition(instance: ProcessInstance) -> ProcessDefinition:
    """Return what an instance runs."""
    return process_definitions.get(instance.process_definition_id)


def get_variables(actor: Actor, instance_id: UUID) -> dict[str, Any]:
    """Return what an instance holds."""
    instance = access.see_instance(actor, instance_id)
    veil = masking.of(actor, instance_id)
    found = veil.variables(process_instances.get_variables(instance_id))
    views.note(actor, instance, "variables", classes=masking.shown_sensitive(veil))
    return found


def list_history(
    actor: Actor, instance_id: UUID, page: int = 1, page_size: int = 50
) -> tuple[Sequence[HistoryRow], int]:
    """Return the acts of an instance, oldest first, and how many there are."""
    found, total = history.list_(actor, instance_id, page, page_size)
    veil = masking.of(actor, instance_id, whole=True)
    shown = masking.acts(veil, found)
    views.note(actor, instance_id, "history", classes=masking.shown_sensitive(veil))
    return shown, total


def name_elements(actor: Actor, instance_id: UUID) -> dict[str, str]:
    """Return what the elements of an instance's diagram are called, by id."""
    definition = get_definition(access.see_instance(actor, instance_id))
    drawn = process_definitions.extensions_of(definition).elements
    return {each.id: each.name for each in drawn.values()}


def get_diagram(actor: Actor, instance_id: UUID) -> Diagram:
    """Return the drawing that an instance runs, and where it is in it."""
    instance = access.see_instance(actor, instance_id)
    definition = get_definition(instance)
    failed = [
        incident.element_id
        for incident in incidents.list_open_of(instance_id)
        if incident.element_id is not None
    ]
    waited_for = watched.list_(instance, process_definitions.extensions_of(definition))
    completed = dict.fromkeys(
        element for data in history_rows.list_data(instance_id) for element in data.get("left", ())
    )
    return Diagram(
        xml=process_definitions.get_diagram(definition),
        current=[*_current(instance_id, failed), *waited_for],
        completed=list(completed),
        incidents=failed,
    )


def _offer(
    actor: Actor,
    definition: ProcessDefinition,
    element_id: str | None,
    organisation_id: UUID | None,
    role: str | None,
) -> StartOffer:
    found = process_definitions.find_offer(actor, definition, element_id, organisation_id, role)
    if found is None:
        raise StartRefused(
            f"您没有发起“{definition.title}”的岗位。"
            f" Expected a role that may start '{definition.key}', but the actor has none."
        )
    return found


def _start(
    actor: Actor,
    definition: ProcessDefinition,
    offer: StartOffer,
    given: dict[str, Any],
    now: datetime,
    asked: history.Asked | None,
) -> tuple[UUID, Moved]:
    host = organisations.share(offer.organisation_id)
    if host.closed_on is not None:
        raise HostClosed(
            f"“{host.name}”已撤销，不能再发起流程。"
            f" Expected an open organisation to host '{definition.key}', but it is closed."
        )
    if definition.party is not None and definition.party != host.party:
        raise WrongParty(
            f"“{definition.title}”不能在{host.name}办理。"
            f" Expected an organisation of party '{definition.party}', but it is '{host.party}'."
        )
    locked = process_instances.begin(
        definition.id, host.id, actor.person_id, now, offer.department_id
    )
    case = Case(locked, actor, now)
    checked = answers.check(case.content, offer.form, given, case.context(), actor, now, {})
    case.picked = checked.names
    attachments.adopt(checked.files, case.instance.id)
    act = Act(
        at=now,
        act=Event.INSTANCE_STARTED,
        by=actor.stamp(host.id, offer.role),
        element_id=offer.element_id,
        data={"answers": checked.answers},
    )
    return case.instance.id, case.start(offer.element_id, checked.answers, act, asked)


def _current(instance_id: UUID, failed: list[str]) -> list[str]:
    found = dict.fromkeys(tasks.list_open_elements(instance_id))
    found |= dict.fromkeys(each.element_id for each in subscriptions.list_of(instance_id))
    for kind in (FIRE_TIMER, ARM_WAIT):
        for job in jobs.list_pending_of(instance_id, kind):
            found[job.payload["wait"]["element_id"]] = None
    return list(found | dict.fromkeys(failed))
