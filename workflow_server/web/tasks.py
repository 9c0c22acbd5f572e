"""A task: the form, the case beside it, the paper that it makes."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from workflow_server.web import door

pages = door.pages("tasks")


@pages.get("/tasks/<uuid:task_id>")
def show(task_id: UUID) -> Response:
    """Show a task to work on."""
    return door.render("empty.html")
