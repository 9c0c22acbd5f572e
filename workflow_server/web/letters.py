"""Letters: sent, received, acknowledged, answered."""

from __future__ import annotations

from flask import Response

from workflow_server.web import door

pages = door.pages("letters")


@pages.get("/letters")
def show() -> Response:
    """List letters sent and received."""
    return door.render("empty.html")
