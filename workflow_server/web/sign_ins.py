"""Signing in and out with a browser: a cookie holds the token of the sign-in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Response, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from workflow_server import arrivals
from workflow_server.errors import WorkflowServerError
from workflow_server.services import openid, sign_ins, single_sign_on, sites
from workflow_server.services.organisations import DEMO_PASSWORD
from workflow_server.services.second_factors import SecondFactorWrong
from workflow_server.services.sign_ins import (
    HALF_SECONDS,
    HalfTokenRefused,
    SecondFactorNeeded,
    SignIn,
    SignInRefused,
)
from workflow_server.services.tries import TryLater
from workflow_server.store.db import settings
from workflow_server.web import door

pages = door.pages("sign_ins")

#: Half a sign-in, between the password and the code.
HALF_COOKIE = "workflow_server_half"
#: What the browser keeps between here and the provider: the journey, and where it wanted to go.
OPENID_COOKIE, NEXT_COOKIE = "workflow_server_openid", "workflow_server_next"
_PATH, _OPENID_PATH = "/sign-in", "/sign-in/oidc"


@pages.get("/sign-in")
def show() -> ResponseReturnValue:
    """Ask who it is; who is signed in goes home."""
    if g.get("visitor") is not None:
        return redirect(door.local_path(request.args.get("next")), 303)
    return _ask()


@pages.post("/sign-in")
def sign_in() -> ResponseReturnValue:
    """Let somebody in who knows their password, or ask for the code of their second factor."""
    login, password = request.form.get("login", "").strip(), request.form.get("password", "")
    now = datetime.now(UTC)
    try:
        return let_in(sign_ins.sign_in(login, password, now, origin=arrivals.origin()))
    except SecondFactorNeeded as needed:
        response = redirect(url_for(".show_code", next=request.args.get("next")), 303)
        _keep(response, HALF_COOKIE, needed.more["half_token"], HALF_SECONDS, _PATH)
        return response
    except SignInRefused as refused:
        return _ask(403, login=login, fault=refused.message)
    except TryLater as later:
        return _ask(429, login=login, wait=later.seconds)


@pages.get("/sign-in/code")
def show_code() -> ResponseReturnValue:
    """Ask for the code of the second factor."""
    if HALF_COOKIE not in request.cookies:
        return redirect(url_for(".show", next=request.args.get("next")), 303)
    return _ask_code()


@pages.post("/sign-in/code")
def complete() -> ResponseReturnValue:
    """Let somebody in who showed their password and now shows a code."""
    half, code = request.cookies.get(HALF_COOKIE, ""), request.form.get("code", "")
    try:
        given = sign_ins.complete(half, code, datetime.now(UTC), arrivals.origin())
    except SecondFactorWrong as wrong:
        return _ask_code(403, fault=wrong.message)
    except TryLater as later:
        return _ask_code(429, wait=later.seconds)
    except HalfTokenRefused:
        response = _ask(403, fault=_("登录已超时，请重新输入口令。"))
        response.delete_cookie(HALF_COOKIE, path=_PATH)
        return response
    response = let_in(given)
    response.delete_cookie(HALF_COOKIE, path=_PATH)
    return response


@pages.get("/sign-in/oidc")
def begin_openid() -> ResponseReturnValue:
    """Go to the OpenID provider to sign in there."""
    back = url_for(".finish_openid", _external=True)
    try:
        journey = single_sign_on.begin(back, datetime.now(UTC))
    except WorkflowServerError as error:
        return _ask(503, fault=error.message)
    response = redirect(journey.url, 302)
    _keep(response, OPENID_COOKIE, journey.memory, openid.JOURNEY_SECONDS, _OPENID_PATH)
    wanted = door.local_path(request.args.get("next"))
    _keep(response, NEXT_COOKIE, wanted, openid.JOURNEY_SECONDS, _OPENID_PATH)
    return response


@pages.get("/sign-in/oidc/callback")
def finish_openid() -> ResponseReturnValue:
    """Let somebody in who comes back from the OpenID provider."""
    try:
        given = single_sign_on.sign_in(
            request.args.get("code"),
            request.args.get("state"),
            request.args.get("error"),
            request.cookies.get(OPENID_COOKIE),
            datetime.now(UTC),
            arrivals.origin(),
        )
    except TryLater as later:
        response = _ask(429, wait=later.seconds)
    except WorkflowServerError as error:
        response = _ask(403, fault=error.message)
    else:
        response = let_in(given, request.cookies.get(NEXT_COOKIE))
    for name in (OPENID_COOKIE, NEXT_COOKIE):
        response.delete_cookie(name, path=_OPENID_PATH)
    return response


@pages.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End the sign-in of this browser."""
    token = arrivals.token()
    assert token is not None  # the door let nobody in without one
    sign_ins.sign_out(token, datetime.now(UTC))
    response = redirect(url_for("web.sign_ins.show", notice="signed_out"), 303)
    response.delete_cookie(arrivals.SESSION_COOKIE)
    response.delete_cookie(arrivals.IDENTITY_COOKIE)
    # What a browser keeps of its pages, back button included, must not outlive the sign-in.
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def let_in(given: SignIn, wanted: str | None = None) -> Response:
    """Give the browser its token, and lead to where it wanted to go."""
    former = request.cookies.get(arrivals.SESSION_COOKIE)
    if former:
        # The browser forgets it now; nobody who kept it shall go on with it.
        sign_ins.sign_out(former, datetime.now(UTC))
    response = redirect(door.local_path(wanted or request.args.get("next")), 303)
    assert isinstance(response, Response)
    _keep(response, arrivals.SESSION_COOKIE, given.token)
    return response


def waiting(seconds: int) -> str:
    """Say how long somebody has to wait, in words."""
    if seconds < 60:
        return str(_("%(count)s 秒", count=seconds))
    return str(_("%(count)s 分钟", count=-(-seconds // 60)))


def _ask(status: int = 200, login: str = "", **more: Any) -> Response:
    site = sites.current()
    accounts = site.accounts if settings().demo else ()
    login = login or request.args.get("login", "")[:64]
    wait = more.get("wait")
    response = door.render(
        "sign_in.html",
        status,
        login=login,
        fault=more.get("fault"),
        wait=waiting(wait) if wait else None,
        has_openid=bool(settings().oidc_issuer),
        accounts=accounts,
        known_password=_known_password(login, [each.login for each in accounts]),
        newcomer=site.newcomer if settings().demo else (),
        has_foreign_cookies=_has_foreign_cookies(),
    )
    if wait:
        response.headers["Retry-After"] = str(wait)
    return response


def _has_foreign_cookies() -> bool:
    """Tell whether a browser sends cookies that can't be read: then nobody stays signed in.

    The web server empties a header that is not ASCII; another system of this host has set that.
    """
    sent = request.environ.get("HTTP_COOKIE")
    return sent is not None and not sent.strip("; ")


def _ask_code(status: int = 200, fault: str | None = None, wait: int | None = None) -> Response:
    waits = waiting(wait) if wait else None
    response = door.render("sign_in_code.html", status, fault=fault, wait=waits)
    if wait:
        response.headers["Retry-After"] = str(wait)
    return response


def _known_password(login: str, known: list[str]) -> str:
    # Everybody of the demo office has the same one, and it is written on the page.
    return DEMO_PASSWORD if login in known else ""


def _keep(
    response: Any, name: str, value: str, seconds: int | None = None, path: str = "/"
) -> None:
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path=path,
        httponly=True,
        secure=request.is_secure,
        samesite="Lax",
    )
