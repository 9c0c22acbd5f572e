"""Processes that can be started, in their newest version, and those that once could."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from workflow_server.content.content import Content
from workflow_server.content.elements import ElementExtensions, ProcessExtensions
from workflow_server.content.forms import Form
from workflow_server.errors import NotFound
from workflow_server.services import definition_cache
from workflow_server.services.actors import Actor
from workflow_server.store import process_definitions
from workflow_server.store.process_definitions import ProcessDefinition


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper that can be looked at while a form is filled in."""

    kind: str
    title: str


@dataclass(frozen=True, slots=True)
class StartOffer:
    """A start by hand that somebody may use, and in which organisation."""

    element_id: str
    label: str
    role: str
    form: str | None
    organisation_id: UUID
    organisation_name: str
    department_id: UUID | None
    #: The papers that its form's answers end up in.
    previews: tuple[Paper, ...]


def list_() -> Sequence[ProcessDefinition]:
    """Return the newest definition of every process, by key."""
    found = definition_cache.newest()
    return () if found is None else found.definitions


def list_versions(key: str) -> Sequence[ProcessDefinition]:
    """Return every definition of a process, newest first."""
    found = process_definitions.list_versions(key)
    if not found:
        raise NotFound(f"Expected process '{key}', but there is none")
    return found


def get(definition_id: UUID) -> ProcessDefinition:
    """Return a process definition."""
    return process_definitions.get(definition_id)


def get_newest(key: str) -> ProcessDefinition:
    """Return the newest definition of a process."""
    found = next((each for each in list_() if each.key == key), None)
    if found is None:
        raise NotFound(f"Expected process '{key}', but there is none")
    return found


def list_starts(actor: Actor, definition: ProcessDefinition) -> list[StartOffer]:
    """Return the starts by hand that the actor may use."""
    content = definition_cache.content_of(definition.deployment_id)
    process = content.processes[definition.key]
    return [
        StartOffer(
            start.element_id,
            start.label,
            start.role,
            start.form,
            position.organisation_id,
            position.organisation_name,
            position.department_id,
            papers_of(content, process.elements[start.element_id]),
        )
        for start in process.starts
        for position in actor.positions
        if position.role == start.role
    ]


def papers_of(content: Content, element: ElementExtensions) -> tuple[Paper, ...]:
    """Return which papers the answers at an element end up in."""
    return tuple(Paper(kind, content.documents[kind].title) for kind in element.papers())


def find_offer(
    actor: Actor,
    definition: ProcessDefinition,
    element_id: str | None = None,
    organisation_id: UUID | None = None,
    role: str | None = None,
) -> StartOffer | None:
    """Return the start by hand that is meant, the first that the actor may use if several are.

    It is narrowed by where in the diagram it stands, in which organisation, and as whom.
    """
    for offer in list_starts(actor, definition):
        is_there = element_id in (None, offer.element_id) and role in (None, offer.role)
        if is_there and organisation_id in (None, offer.organisation_id):
            return offer
    return None


def form_of(definition: ProcessDefinition, offer: StartOffer) -> Form | None:
    """Return the form of a start, if it has one."""
    if offer.form is None:
        return None
    return definition_cache.content_of(definition.deployment_id).forms[offer.form]


def get_start_form(
    actor: Actor, definition: ProcessDefinition, element_id: str | None, role: str | None = None
) -> Form:
    """Return the form of the start that is meant."""
    offer = find_offer(actor, definition, element_id, role=role)
    form = None if offer is None else form_of(definition, offer)
    if form is None:
        raise NotFound(f"Expected a form to start '{definition.key}', but there is none")
    return form


def get_diagram(definition: ProcessDefinition) -> bytes:
    """Return the BPMN file where a process is drawn."""
    return definition_cache.content_of(definition.deployment_id).bundle.files[definition.path]


def extensions_of(definition: ProcessDefinition) -> ProcessExtensions:
    """Return what a diagram says beyond BPMN."""
    return definition_cache.content_of(definition.deployment_id).processes[definition.key]
