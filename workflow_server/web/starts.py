"""Starts: the form that begins a process."""

from __future__ import annotations

from flask import Response

from workflow_server.web import door

pages = door.pages("starts")


@pages.get("/start/<key>")
def show(key: str) -> Response:
    """Show the form that begins a process."""
    return door.render("empty.html")
