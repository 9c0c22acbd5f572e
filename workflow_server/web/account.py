"""One's own account: password, second factor, tokens, sign-ins."""

from __future__ import annotations

from flask import Response

from workflow_server.web import door

pages = door.pages("account")


@pages.get("/account")
def show() -> Response:
    """Show with what one signs in."""
    return door.render("empty.html")
