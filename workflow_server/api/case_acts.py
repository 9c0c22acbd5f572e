"""Acts that a case offers while it waits: listed, looked at, done."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from workflow_server.api import door
from workflow_server.api.shapes.case_acts import (
    ActDeskShape,
    ActPreviewShape,
    ActQuery,
    ActsShape,
    DeedShape,
    DoneShape,
)
from workflow_server.api.tasks import next_tasks, previewed
from workflow_server.services import case_acts, previews
from workflow_server.services.case_acts import Deed, Offer

noun = door.Noun("case_acts", "可办事项", prefix="/api/process-instances")


@noun.get("/<uuid:instance_id>/acts", ActsShape())
def list_acts(instance_id: UUID) -> dict[str, Any]:
    """可办事项 · What you may do to a case just now, beside your tasks."""
    found = case_acts.list_(door.actor(), instance_id, door.now())
    return {"items": [_shown(each) for each in found]}


@noun.get("/<uuid:instance_id>/acts/<element>", ActDeskShape(), query=ActQuery())
def read_act(query: dict[str, Any], instance_id: UUID, element: str) -> dict[str, Any]:
    """一件可办事项 · The form of an act, and what of the case stands beside it.

    409 when it is not offered any more.
    """
    desk = case_acts.get_desk(door.actor(), Deed(instance_id, element, **query), door.now())
    return {
        **_shown(desk.offer),
        "reads": [{"label": label, "value": value} for label, value in desk.reads],
        "context": desk.context,
        "initial": desk.initial,
        "previews": desk.previews,
    }


@noun.post("/<uuid:instance_id>/acts/<element>", DoneShape(), takes=DeedShape(), keyed=True)
def do_act(body: dict[str, Any], instance_id: UUID, element: str) -> dict[str, Any]:
    """办理 · Do an act with the answers of its form, and move the case on.

    409 when it is not offered any more. Answers that do not fit the form are refused with a
    JSON pointer for each fault.
    """
    actor, key = door.actor(), door.idempotency_key()
    deed = Deed(instance_id, element, body["visit_id"], body["role"])
    done = case_acts.do(actor, deed, body["answers"], door.now(), key)
    return {
        "instance": {"id": done.instance_id, "status": done.instance_status},
        "next_tasks": next_tasks(actor, done.next_tasks),
    }


@noun.post(
    "/<uuid:instance_id>/acts/<element>/document-preview",
    takes=ActPreviewShape(),
    media="application/pdf",
)
def preview_document(body: dict[str, Any], instance_id: UUID, element: str) -> Response:
    """预览文书 · Render a document as it would be after an act with these answers.

    Nothing is kept. `Missing-Parts` as with the preview of a task.
    """
    deed = Deed(instance_id, element, body["visit_id"], body["role"])
    made = previews.of_act(door.actor(), body["kind"], deed, body["answers"], door.now())
    return previewed(made, body["kind"])


def _shown(offer: Offer) -> dict[str, Any]:
    return {
        "element_id": offer.element_id,
        "visit_id": offer.visit_id,
        "label": offer.label,
        "role": offer.role,
        "form_key": offer.form.key if offer.form is not None else None,
        "form": offer.form.source if offer.form is not None else None,
    }
