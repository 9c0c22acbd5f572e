"""Cases: the list, and one case from every side."""

from __future__ import annotations

from flask import Response

from workflow_server.web import door

pages = door.pages("cases")


@pages.get("/cases")
def show() -> Response:
    """List the cases that one may see."""
    return door.render("empty.html")
