"""Tasks: found, claimed, drafted, previewed and completed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote
from uuid import UUID

import orjson
from flask import Response

from workflow_server.api import door
from workflow_server.api.shapes.base import page
from workflow_server.api.shapes.documents import PreviewShape
from workflow_server.api.shapes.tasks import (
    AnswersShape,
    AssigneeShape,
    CompletionShape,
    DeskShape,
    DraftShape,
    TaskPage,
    TaskQuery,
    TaskShape,
)
from workflow_server.config import CHINA
from workflow_server.services import documents, draft_versions, previews, reassignments, tasks
from workflow_server.services.actors import Actor
from workflow_server.services.advance import NextTask
from workflow_server.services.previews import Preview

noun = door.Noun("tasks", "任务")

#: So many documents are shown beside a task; the list of documents has them all.
_DOCUMENTS = 200
#: Of so many parts that a paper lacks its preview tells.
_PARTS = 20


@noun.get("", TaskPage, query=TaskQuery())
def list_tasks(query: dict[str, Any]) -> dict[str, Any]:
    """任务列表 · List tasks that you may see, the most urgent first; open ones by default."""
    found, total = tasks.list_(door.actor(), **query)
    return page(found, total, query)


@noun.get("/<uuid:task_id>", DeskShape())
def read_task(task_id: UUID) -> dict[str, Any]:
    """任务 · One task with its form, what stands beside it, the draft and the documents."""
    desk = tasks.get_desk(door.actor(), task_id, door.now())
    task = desk.listed.task
    papers, _ = documents.list_(door.actor(), instance_id=task.instance_id, page_size=_DOCUMENTS)
    return {
        "task": task,
        "instance": desk.listed.instance,
        "definition": desk.listed.definition,
        "organisation": desk.listed.organisation,
        "assignee_name": desk.listed.assignee_name,
        "form_key": desk.form.key if desk.form else None,
        "form": desk.source,
        "field_access": desk.field_access,
        "reads": [{"label": label, "value": value} for label, value in desk.reads],
        "context": desk.context,
        "draft": desk.draft,
        "draft_version": desk.draft_version,
        "initial": desk.initial,
        "documents": papers,
        "previews": desk.previews,
        "may_complete": desk.may_complete,
    }


@noun.put("/<uuid:task_id>/assignee", TaskShape(), takes=AssigneeShape(), keyed=True)
def assign_task(body: dict[str, Any], task_id: UUID) -> Any:
    """领取或指派任务 · Take a task that is offered to you, or give it to somebody.

    Without a body you take it. With `person_id` and `reason` you give an open task to a person
    who may do it, if you have the right to assign tasks in its organisation.
    """
    actor, key, person_id = door.actor(), door.idempotency_key(), body["person_id"]
    if person_id is None:
        return tasks.claim(actor, task_id, door.now(), key)
    return reassignments.reassign(actor, task_id, person_id, body["reason"], door.now(), key)


@noun.delete("/<uuid:task_id>/assignee", TaskShape(), keyed=True)
def release_task(task_id: UUID) -> Any:
    """退回任务 · Give a task that you took back to its role."""
    return tasks.release(door.actor(), task_id, door.now(), door.idempotency_key())


@noun.put("/<uuid:task_id>/draft", TaskShape(), takes=DraftShape(), keyed=True)
def save_draft(body: dict[str, Any], task_id: UUID) -> Any:
    """保存草稿 · Keep answers that are not finished; they are not checked yet.

    With If-Match (`draft_version` of the task, or the ETag of the last save) a draft that was
    changed elsewhere since is not written over: 409 draft-changed-elsewhere.
    """
    saved = tasks.save_draft(
        door.actor(),
        task_id,
        body["answers"],
        door.now(),
        door.idempotency_key(),
        expected=door.expected_version(),
    )
    return saved, 200, {"ETag": f'"{draft_versions.of(saved.task.draft)}"'}


@noun.post("/<uuid:task_id>/completion", CompletionShape(), takes=AnswersShape(), keyed=True)
def complete_task(body: dict[str, Any], task_id: UUID) -> Response:
    """办结任务 · Complete a task with the answers of its form, and move its process on.

    Of two completions of one task one is answered 200, the other 409. Answers that do not
    fit the form are refused with a JSON pointer for each fault.
    """
    actor = door.actor()
    done = tasks.complete(actor, task_id, body["answers"], door.now(), door.idempotency_key())
    task = done.task
    completed_at = task.completed_at.astimezone(CHINA) if task.completed_at else None
    # The hot path: a plain dict, in the shape that the route promises.
    return door.plain(
        {
            "task": {
                "id": task.id,
                "status": task.status,
                "completed_at": completed_at,
                "completed_by": task.completed_by,
            },
            "instance": {"id": task.instance_id, "status": done.instance_status},
            "next_tasks": next_tasks(actor, done.next_tasks),
        }
    )


@noun.post("/<uuid:task_id>/document-preview", takes=PreviewShape(), media="application/pdf")
def preview_document(body: dict[str, Any], task_id: UUID) -> Response:
    """预览文书 · Render a document as it would be with these answers; nothing is kept.

    The header `Missing-Parts` says what it still lacks to be issued: a list of sentences as JSON,
    percent-encoded. 503 with Retry-After while others' papers keep the server busy.
    """
    made = previews.of_task(door.actor(), body["kind"], task_id, body["answers"], door.now())
    return previewed(made, body["kind"])


def previewed(made: Preview, kind: str) -> Response:
    """Answer with a paper that is only looked at, and with what it still lacks."""
    response = door.download(made.pdf, f"{kind}.pdf", "application/pdf", len(made.pdf))
    missing = orjson.dumps(made.missing[:_PARTS]).decode()
    response.headers["Missing-Parts"] = quote(missing, safe='[]",')
    return response


def next_tasks(actor: Actor, opened: Iterable[NextTask]) -> list[dict[str, Any]]:
    """Show the tasks that an act has opened, and which of them are the actor's to do."""
    return [
        {
            "id": task.id,
            "element_id": task.element_id,
            "name": task.name,
            "organisation_id": task.organisation_id,
            "role": task.role,
            "assignee_id": task.assignee_id,
            "mine": task.is_for(actor),
        }
        for task in opened
    ]
