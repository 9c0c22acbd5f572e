"""Signing in and out with a browser: a cookie holds the token of the sign-in."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from workflow_server import arrivals
from workflow_server.services import sign_ins
from workflow_server.services.sign_ins import SignIn, SignInRefused
from workflow_server.web import door

pages = door.pages("sign_ins")


@pages.get("/sign-in")
def show() -> Response:
    """Ask who it is."""
    return door.render("sign_in.html", login="", fault=None)


@pages.post("/sign-in")
def sign_in() -> ResponseReturnValue:
    """Let somebody in who knows their password."""
    login, password = request.form.get("login", ""), request.form.get("password", "")
    try:
        with door.counted():
            given = sign_ins.sign_in(login, password, datetime.now(UTC), origin=arrivals.origin())
    except SignInRefused as refused:
        return door.render("sign_in.html", 403, login=login, fault=refused.message)
    return let_in(given)


@pages.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End the sign-in of this browser."""
    token = arrivals.token()
    assert token is not None  # the door let nobody in without one
    sign_ins.sign_out(token, datetime.now(UTC))
    response = redirect(url_for("web.sign_ins.show", notice="signed_out"), 303)
    response.delete_cookie(arrivals.SESSION_COOKIE)
    response.delete_cookie(arrivals.IDENTITY_COOKIE)
    return response


def let_in(given: SignIn) -> Response:
    """Give the browser its token, and lead to where it wanted to go."""
    response = redirect(door.local_path(request.args.get("next")), 303)
    assert isinstance(response, Response)
    response.set_cookie(
        arrivals.SESSION_COOKIE,
        given.token,
        httponly=True,
        secure=request.is_secure,
        samesite="Lax",
    )
    return response
