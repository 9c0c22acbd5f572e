"""What a page tells the form that its island draws."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from workflow_server.config import CHINA
from workflow_server.content.forms import Form
from workflow_server.services import attachments, case_acts, form_contexts, initials
from workflow_server.services.actors import Actor
from workflow_server.services.letters import Letter
from workflow_server.services.paper_answers import Awaited
from workflow_server.services.process_definitions import StartOffer
from workflow_server.services.tasks import Desk
from workflow_server.store.attachments import Attachment
from workflow_server.store.db import settings
from workflow_server.store.process_definitions import ProcessDefinition
from workflow_server.web import door

_EMPTY = {"type": "default", "components": []}


def of_desk(desk: Desk, files: Sequence[Attachment]) -> dict[str, Any]:
    """Return what the form of a task needs: its schema, what was typed, what it may read."""
    task = desk.listed.task
    return {
        **_common(),
        "kind": "task",
        "task_id": task.id,
        "instance_id": task.instance_id,
        "definition_id": desk.listed.definition.id,
        "name": task.name,
        "is_free": task.assignee_id is None,
        "schema": desk.source or _EMPTY,
        "draft_version": desk.draft_version,
        "data": (desk.draft if desk.answers is None else desk.answers) or desk.initial,
        "context": desk.context,
        "access": desk.field_access,
        "names": desk.names,
        "files": {str(each.id): described(each) for each in files},
        "read_only": not desk.may_complete,
    }


def of_start(definition: ProcessDefinition, offer: StartOffer, form: Form | None) -> dict[str, Any]:
    """Return what the form that begins a process needs."""
    actor = door.actor()
    host, deployment = offer.organisation_id, definition.deployment_id
    context = form_contexts.of_start(form, actor, host, deployment, door.now())
    return {
        **_common(),
        "kind": "start",
        "start": {"key": definition.key, "element": offer.element_id, "role": offer.role},
        "organisation_id": offer.organisation_id,
        "definition_id": definition.id,
        "schema": form.source if form is not None else _EMPTY,
        "data": initials.of_start(form, context, door.now()),
        "context": context,
        "access": {},
        "names": {},
        "files": {},
        "read_only": False,
    }


def of_act(desk: case_acts.Desk, files: Sequence[Attachment]) -> dict[str, Any]:
    """Return what the form of an act needs."""
    offer = desk.offer
    return {
        **_common(),
        "kind": "act",
        "send": {
            "url": f"/api/process-instances/{desk.instance.id}/acts/{offer.element_id}",
            "more": {"visit_id": offer.visit_id, "role": offer.role},
            "after": f"/cases/{desk.instance.id}?notice=act_done",
            "draft": f"act:{offer.visit_id}",
            "gone": "act-not-offered",
        },
        "instance_id": desk.instance.id,
        "organisation_id": desk.instance.organisation_id,
        "definition_id": desk.definition.id,
        "name": offer.label,
        "schema": offer.form.source if offer.form is not None else _EMPTY,
        "data": desk.initial,
        "context": desk.context,
        "access": {},
        "names": desk.names,
        "files": {str(each.id): described(each) for each in files},
        "read_only": False,
    }


def of_paper_answer(letter: Letter, awaited: Awaited) -> dict[str, Any]:
    """Return what the form needs in which an answer is entered from its paper."""
    address = f"/letters/{letter.delivery.id}"
    return {
        **_common(),
        "kind": "paper_answer",
        "send": {
            "url": f"/api/deliveries/{letter.delivery.id}/paper-answers",
            "more": {"type": awaited.type.key},
            "after": f"{address}?notice=answer_entered",
            "draft": f"paper:{letter.delivery.id}:{awaited.type.key}",
            "gone": "answer-not-awaited",
        },
        "organisation_id": awaited.wait.organisation_id,
        "schema": awaited.form.source,
        "data": {},
        "context": {},
        "access": {},
        "names": {},
        "files": {},
        "read_only": False,
    }


def files_in(actor: Actor, *values: Any) -> list[Attachment]:
    """Return the files that stand in values, and that the actor may read."""
    return attachments.list_readable(actor, set(_ids(values)))


def described(attachment: Attachment) -> dict[str, Any]:
    """Return what a form shows of a file."""
    return {
        "id": attachment.id,
        "name": attachment.name,
        "size": attachment.size,
        "media_type": attachment.media_type,
    }


def _common() -> dict[str, Any]:
    return {
        "person_id": door.actor().person_id,
        "attachment_mb": settings().attachment_mb,
        "now": door.now().astimezone(CHINA).isoformat(timespec="seconds"),
    }


def _ids(values: Iterable[Any]) -> Iterable[UUID]:
    for value in values:
        if isinstance(value, Mapping):
            yield from _ids(value.values())
        elif isinstance(value, list | tuple):
            yield from _ids(value)
        elif isinstance(value, str) and len(value) == 36:
            try:
                yield UUID(value)
            except ValueError:
                continue
