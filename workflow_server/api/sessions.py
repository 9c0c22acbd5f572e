"""Sessions: a login and a password for a bearer token, and its end."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Response, request
from werkzeug.exceptions import TooManyRequests

from workflow_server.api import door
from workflow_server.api.lockout import Lockout
from workflow_server.api.shapes.people import SessionShape, SignInShape
from workflow_server.services import sign_ins

noun = door.Noun("sessions", "登录")
lockout = Lockout()


@noun.post("", SessionShape(), takes=SignInShape(), status=201)
def open_session(body: dict[str, Any]) -> Any:
    """登录 · Give a login and a password, get a bearer token.

    After several failures the login, or the address, has to wait: 429 with Retry-After.
    """
    login, address = body["login"], request.remote_addr or ""
    # Counted before it is tried: many tries at once get no more of them.
    seconds = lockout.attempt(login, address)
    if seconds:
        raise TooManyRequests(retry_after=seconds)
    signed_in = sign_ins.sign_in(login, body["password"], datetime.now(UTC))
    lockout.succeeded(login, address)
    return signed_in


@noun.delete("", status=204)
def close_session() -> Response:
    """退出 · Make the token of this request worthless."""
    token = door.bearer_token()
    assert token is not None  # the door let nobody in without one
    sign_ins.sign_out(token, datetime.now(UTC))
    return Response(status=204)
