"""Operations: incidents, jobs, deployments, health."""

from __future__ import annotations

from flask import Response

from workflow_server.web import door

pages = door.pages("operations")


@pages.get("/operations")
def show() -> Response:
    """Show what needs an administrator."""
    return door.render("empty.html")
