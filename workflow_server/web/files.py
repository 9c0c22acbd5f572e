"""Files for the browser: papers and attachments shown in a page."""

from __future__ import annotations

from flask import Response

from workflow_server.web import door

pages = door.pages("files")


@pages.get("/files")
def show() -> Response:
    """Nothing by itself."""
    return door.render("empty.html")
