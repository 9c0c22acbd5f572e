"""Papers as they would be with the answers that somebody is typing; nothing of them is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from workflow_server.content import forms
from workflow_server.errors import NotFound
from workflow_server.services import (
    case_acts,
    definition_cache,
    document_parts,
    duties,
    masking,
    papers,
    process_definitions,
    sources,
    unstarted,
    views,
)
from workflow_server.services.advance import Case
from workflow_server.services.advance.host import organisation_context
from workflow_server.services.situation import actor_context, context_of
from workflow_server.store import process_instances
from workflow_server.store.db import session

if TYPE_CHECKING:
    from workflow_server.content.content import Content
    from workflow_server.content.documents import DocumentKind
    from workflow_server.content.elements import ElementExtensions
    from workflow_server.services.actors import Actor
    from workflow_server.services.case_acts import Deed


@dataclass(frozen=True, slots=True)
class Preview:
    """A paper as it would be; `missing` says what it still lacks to be issued."""

    pdf: bytes
    pages: int
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Filling:
    """A form being filled in, and what is known around it."""

    content: Content
    element: ElementExtensions
    form: str | None
    actor: Actor
    organisation: dict[str, Any]
    now: datetime


def of_task(
    actor: Actor, kind_key: str, task_id: UUID, answers: Mapping[str, Any], now: datetime
) -> Preview:
    """Render a document as it would be after a task with these answers; nothing is stored.

    It bears neither number nor seal, and parts that are still missing are left blank.
    """
    task = duties.get_task(actor, task_id)
    duties.check_may_work(actor, task)
    return _of_case(actor, kind_key, (task.instance_id, task.element_id, task_id), answers, now)


def of_act(
    actor: Actor, kind_key: str, deed: Deed, answers: Mapping[str, Any], now: datetime
) -> Preview:
    """Render a document as it would be after an act with these answers, for who may do it."""
    offer = case_acts.find(actor, deed, now)
    place = (deed.instance_id, offer.element_id, offer.visit_id)
    return _of_case(actor, kind_key, place, answers, now)


def _of_case(
    actor: Actor,
    kind_key: str,
    place: tuple[UUID, str, UUID],
    answers: Mapping[str, Any],
    now: datetime,
) -> Preview:
    instance_id, element_id, visit_id = place
    locked = process_instances.get_whole(instance_id)
    instance, definition = locked.instance, locked.definition
    content = definition_cache.content_of(definition.deployment_id)
    kind = _kind(content, kind_key)
    organisation = organisation_context(locked.organisation)
    veil = masking.of(actor, instance.id)
    variables = Case(locked, actor, now).variables_at(visit_id)
    seen = veil.variables(variables)
    context = context_of(instance, organisation, seen, now, content.shared)
    context["actor"] = actor_context(actor, instance)
    element = content.processes[definition.key].elements[element_id]
    filling = _Filling(content, element, element.form, actor, organisation, now)
    data, missing = _filled(filling, kind, context, answers)
    views.note(actor, instance.id, "preview", visit_id, veil.shown & set(kind.classes))
    return _rendered(filling, kind, data, missing)


def of_start(
    actor: Actor,
    definition_id: UUID,
    kind_key: str,
    answers: Mapping[str, Any],
    element_id: str | None,
    organisation_id: UUID | None,
    now: datetime,
    role: str | None = None,
) -> Preview:
    """Render a document as it would be once a process is started with these answers.

    For who may start it, there and in that organisation.
    """
    definition = process_definitions.get(definition_id)
    offer = process_definitions.find_offer(actor, definition, element_id, organisation_id, role)
    if offer is None:
        raise NotFound(f"Expected a start of '{definition.key}' for the actor, but there is none")
    content = definition_cache.content_of(definition.deployment_id)
    kind = _kind(content, kind_key)
    context = unstarted.facts_of(actor, offer.organisation_id, content, now)
    element = content.processes[definition.key].elements[offer.element_id]
    filling = _Filling(content, element, offer.form, actor, context["organisation"], now)
    data, missing = _filled(filling, kind, context, answers)
    return _rendered(filling, kind, data, missing)


def _kind(content: Content, key: str) -> DocumentKind:
    kind = content.documents.get(key)
    if kind is None:
        raise NotFound(f"未找到文书种类。 Expected document kind '{key}', but there is none.")
    return kind


def _filled(
    filling: _Filling, kind: DocumentKind, context: dict[str, Any], answers: Mapping[str, Any]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the data of a paper after these answers, and what it still lacks."""
    element, now = filling.element, filling.now
    seen = sources.Sources(filling.content, filling.actor)
    given = dict(answers)
    if filling.form is not None:
        form = filling.content.forms[filling.form]
        given = forms.drafted(
            form, given, context, now=now, sources=seen.accepts, access=element.field_access
        )
    context["names"] = {**context["names"], **seen.names}
    context |= document_parts.answered(context, element.id, given)
    outputs = [(output.name, output.value) for output in element.outputs]
    context |= document_parts.evaluated(outputs, context, now)
    # A name that no data can have: parts are asked for in the same crossing.
    parts = [(f"?{index}", part.value) for index, part in enumerate(kind.required)]
    found = document_parts.evaluated([*kind.data.items(), *parts], context, now)
    lacking = [document_parts.is_empty(found.pop(name)) for name, _ in parts]
    missing = (part.message for part, is_lacking in zip(kind.required, lacking, strict=True)
               if is_lacking)  # fmt: skip
    return found, tuple(missing)


def _rendered(
    filling: _Filling, kind: DocumentKind, data: dict[str, Any], missing: tuple[str, ...]
) -> Preview:
    frozen = document_parts.frozen(kind, data, filling.organisation, kind.title, None, None)
    frozen["preview"] = True
    author = filling.organisation["name"]
    # Pages take their time: no snapshot is held meanwhile.
    session().rollback()
    made = papers.preview(kind, frozen, title=kind.title, author=author, created=filling.now)
    return Preview(made.pdf, made.pages, missing)
