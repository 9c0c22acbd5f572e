"""Designs: diagrams, forms and templates, drafted, proposed, approved."""

from __future__ import annotations

from flask import Response

from workflow_server.web import door

pages = door.pages("designs")


@pages.get("/designs")
def show() -> Response:
    """List process definitions with their versions."""
    return door.render("empty.html")
