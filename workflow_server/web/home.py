"""Home: what is to be done, what was done, what one has started; language and identity."""

from __future__ import annotations

from uuid import UUID

from flask import Response, redirect, request
from flask.typing import ResponseReturnValue

from workflow_server import arrivals
from workflow_server.services import tasks
from workflow_server.web import door, texts

pages = door.pages("home")

_YEAR = 365 * 24 * 3600


@pages.get("/")
def show() -> Response:
    """Show what is to be done."""
    found, total = tasks.list_(door.actor(), mine=True, page=door.page_number(), page_size=20)
    return door.render("home.html", tasks=found, total=total)


@pages.post("/language")
def set_language() -> ResponseReturnValue:
    """Remember the language of the interface."""
    chosen = request.form.get("language", "")
    response = redirect(door.local_path(request.form.get("back")), 303)
    if chosen in texts.LANGUAGES:
        response.set_cookie(texts.COOKIE, chosen, max_age=_YEAR, samesite="Lax")
    return response


@pages.post("/identity")
def set_identity() -> ResponseReturnValue:
    """Act in one of one's positions from now on, or in all of them."""
    chosen = request.form.get("position", "")
    response = redirect(door.local_path(request.form.get("back")), 303)
    if not chosen:
        response.delete_cookie(arrivals.IDENTITY_COOKIE)
        return response
    response.set_cookie(
        arrivals.IDENTITY_COOKIE,
        str(UUID(chosen)),
        httponly=True,
        secure=request.is_secure,
        samesite="Lax",
    )
    return response
