"""Sessions: a login and a password for a bearer token, or the word of an OpenID provider."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Response, request, url_for

from workflow_server import arrivals
from workflow_server.api import door
from workflow_server.api.shapes.sign_ins import (
    HalfSignInShape,
    OpenidQuery,
    SessionShape,
    SignInShape,
)
from workflow_server.services import openid, sign_ins, single_sign_on

noun = door.Noun("sessions", "登录")

#: What the browser keeps between here and the provider, and where it shows it.
_COOKIE = "workflow_server_openid"
_COOKIE_PATH = "/api/sessions/oidc"


@noun.post("", SessionShape(), takes=SignInShape(), status=201)
def open_session(body: dict[str, Any]) -> Any:
    """登录 · Give a login and a password, get a bearer token.

    Who has a second factor gives its `code` too, or gets 403 `second-factor-needed` with a
    `half_token`. After several failures the login, or the address, waits: 429 with Retry-After.
    """
    with door.counted():
        return sign_ins.sign_in(
            body["login"], body["password"], datetime.now(UTC), body["code"], arrivals.origin()
        )


@noun.post("/second-factor", SessionShape(), takes=HalfSignInShape(), status=201)
def complete_session(body: dict[str, Any]) -> Any:
    """以验证码完成登录 · Give the half token of the last five minutes, and a code."""
    with door.counted():
        now = datetime.now(UTC)
        return sign_ins.complete(body["half_token"], body["code"], now, arrivals.origin())


@noun.delete("", status=204)
def close_session() -> Response:
    """退出 · Make the token of this request worthless."""
    token = arrivals.token()
    assert token is not None  # the door let nobody in without one
    sign_ins.sign_out(token, datetime.now(UTC))
    return Response(status=204)


@noun.get("/oidc", status=302)
def begin_openid() -> Response:
    """单点登录 · Go to the OpenID provider to sign in there."""
    back = url_for("sessions.finish_openid", _external=True)
    journey = single_sign_on.begin(back, datetime.now(UTC))
    response = Response(status=302, headers={"Location": journey.url})
    response.set_cookie(
        _COOKIE,
        journey.memory,
        max_age=openid.JOURNEY_SECONDS,
        path=_COOKIE_PATH,
        httponly=True,
        secure=request.is_secure,
        samesite="Lax",
    )
    return response


@noun.get("/oidc/callback", SessionShape(), query=OpenidQuery())
def finish_openid(query: dict[str, Any]) -> Any:
    """单点登录返回 · Come back from the OpenID provider, get a bearer token."""
    door.forget_cookie(_COOKIE, _COOKIE_PATH)
    return single_sign_on.sign_in(
        query["code"],
        query["state"],
        query["error"],
        request.cookies.get(_COOKIE),
        datetime.now(UTC),
        arrivals.origin(),
    )
