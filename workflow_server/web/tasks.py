"""A task: the form, the case beside it, the paper that it makes."""

from __future__ import annotations

from uuid import UUID

from flask import Response, request
from flask.typing import ResponseReturnValue

from workflow_server.services import (
    deadlines,
    deliveries,
    documents,
    history,
    papers,
    process_instances,
    tasks,
    worklists,
)
from workflow_server.services.deadlines import DeadlineView
from workflow_server.services.letters import Letter
from workflow_server.services.tasks import Desk
from workflow_server.web import door, forms

pages = door.pages("tasks")

#: So many documents, acts and letters stand beside a form; the case's page has them all.
_DOCUMENTS = 50
_ACTS = 20
_LETTERS = 20


@pages.get("/tasks/<uuid:task_id>")
def show(task_id: UUID) -> Response:
    """Show a task to work on, or, when it is over, what was answered."""
    desk = tasks.get_desk(door.actor(), task_id, door.now())
    task = desk.listed.task
    values = [value for _, value in desk.reads]
    files = forms.files_in(door.actor(), values, desk.draft, desk.answers, desk.context)
    made, _ = documents.list_(door.actor(), instance_id=task.instance_id, page_size=_DOCUMENTS)
    if desk.previews:
        papers.warm()
    return door.render(
        "tasks/show.html",
        desk=desk,
        listed=desk.listed,
        task=task,
        form=forms.of_desk(desk, files),
        files={str(each.id): each for each in files},
        papers=made,
        letters=_letters(task.instance_id),
        of=worklists.list_made(door.actor(), [task.instance_id]).get(task.instance_id),
        deadline=_deadline(desk),
        previews=desk.previews,
        preview_address=f"/api/tasks/{task_id}/document-preview",
        is_mine=task.assignee_id == door.actor().person_id,
    )


@pages.get("/tasks/next")
def show_next() -> ResponseReturnValue:
    """Lead on to what is to be done next: the most urgent task, or home if there is none."""
    found, _ = tasks.list_(door.actor(), mine=True, page_size=1)
    notice = "next" if request.args.get("notice") == "completed" and found else "completed"
    if found:
        return door.to("web.tasks.show", notice, task_id=found[0].task.id)
    return door.to("web.home.show", notice)


@pages.get("/tasks/<uuid:task_id>/history")
def show_history(task_id: UUID) -> Response:
    """Show what was done in the case of a task, the newest first; a part of its page."""
    task = tasks.get(door.actor(), task_id).task
    instance_id, page = task.instance_id, door.page_number()
    # The newest stand last: their page is known once the number of acts is.
    _, total = process_instances.list_history(door.actor(), instance_id, 1, 1)
    last = max(1, -(-total // _ACTS))
    wanted = max(1, last + 1 - page)
    rows, _ = process_instances.list_history(door.actor(), instance_id, wanted, _ACTS)
    return door.render(
        "tasks/history.html",
        task_id=task_id,
        acts=list(reversed(history.named(rows))),
        elements=process_instances.name_elements(door.actor(), instance_id),
        older=page + 1 if wanted > 1 else None,
    )


@pages.get("/tasks/<uuid:task_id>/diagram")
def show_diagram(task_id: UUID) -> Response:
    """Show where the case of a task is in its diagram; a part of its page."""
    task = tasks.get(door.actor(), task_id).task
    return door.render("tasks/diagram.html", instance_id=task.instance_id)


@pages.post("/tasks/<uuid:task_id>/claim")
def claim(task_id: UUID) -> ResponseReturnValue:
    """Take a task that is offered to one."""
    tasks.claim(door.actor(), task_id, door.now())
    return door.to("web.tasks.show", "claimed", task_id=task_id)


@pages.post("/tasks/<uuid:task_id>/release")
def release(task_id: UUID) -> ResponseReturnValue:
    """Give a task back to its role."""
    tasks.release(door.actor(), task_id, door.now())
    return door.to("web.home.show", "released")


def _letters(instance_id: UUID) -> list[Letter]:
    """Return the letters with enclosures that a case has got, the oldest first."""
    found, _ = deliveries.list_(
        door.actor(), direction="received", instance_id=instance_id, page_size=_LETTERS
    )
    return [each for each in reversed(found) if each.documents or each.attachments]


def _deadline(desk: Desk) -> DeadlineView | None:
    """Return the clock that a task is done by, if there is one."""
    task = desk.listed.task
    if task.due_on is None:
        return None
    found = deadlines.list_of(task.instance_id, door.now())
    ends = [each for each in found if task.element_id in each.deadline.stop_on]
    same = [each for each in ends or found if each.deadline.due == task.due_on]
    return next(iter(same or ends), None)
