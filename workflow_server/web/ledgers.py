"""Ledgers: declared views over the records of a kind."""

from __future__ import annotations

from flask import Response

from workflow_server.web import door

pages = door.pages("ledgers")


@pages.get("/ledgers")
def show() -> Response:
    """List the ledgers there are."""
    return door.render("empty.html")
