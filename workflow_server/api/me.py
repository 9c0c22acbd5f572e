"""Me: who the token stands for, and with what this person signs in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask import Response

from workflow_server import arrivals
from workflow_server.api import door
from workflow_server.api.shapes.base import Paging, page
from workflow_server.api.shapes.people import MyselfShape
from workflow_server.api.shapes.sign_ins import (
    CodeShape,
    EnrolmentShape,
    MadeTokenShape,
    NewTokenShape,
    PasswordChangeShape,
    RecoveryCodesShape,
    SignInPage,
    TokenPage,
)
from workflow_server.services import myself, passwords, second_factors, sign_ins, tokens

noun = door.Noun("me", "本人")


@noun.get("", MyselfShape())
def read_me() -> Any:
    """本人 · Who asks, with posts, and what they must do first."""
    return myself.describe(door.actor(), door.must())


@noun.put("/password", status=204, takes=PasswordChangeShape(), keyed=True)
def change_password(body: dict[str, Any]) -> Response:
    """修改口令 · Give yourself another password; your other sign-ins end."""
    key = door.idempotency_key()
    with door.counted():
        passwords.change(
            door.actor(),
            door.token_id(),
            body["old"],
            body["new"],
            datetime.now(UTC),
            arrivals.origin(),
            key,
        )
    return Response(status=204)


@noun.post("/second-factor", EnrolmentShape(), status=201)
def add_second_factor() -> Any:
    """申请第二验证因素 · Get a secret for your authenticator; confirm it with a code."""
    return second_factors.enrol(door.actor(), datetime.now(UTC))


@noun.post("/second-factor/confirmation", RecoveryCodesShape(), takes=CodeShape())
def confirm_second_factor(body: dict[str, Any]) -> Any:
    """启用第二验证因素 · Show a code of your authenticator; get ten recovery codes."""
    with door.counted():
        now = datetime.now(UTC)
        codes = second_factors.confirm(
            door.actor(), door.token_id(), body["code"], now, arrivals.origin()
        )
    return {"recovery_codes": codes}


@noun.post("/second-factor/recovery-codes", RecoveryCodesShape(), takes=CodeShape())
def renew_recovery_codes(body: dict[str, Any]) -> Any:
    """更换恢复码 · Get ten other recovery codes; the old ones are worthless."""
    with door.counted():
        now = datetime.now(UTC)
        codes = second_factors.renew_recovery_codes(
            door.actor(), body["code"], now, arrivals.origin()
        )
    return {"recovery_codes": codes}


@noun.post("/second-factor/removal", status=204, takes=CodeShape(), keyed=True)
def remove_second_factor(body: dict[str, Any]) -> Response:
    """停用第二验证因素 · Sign in without it from now on; shows a code of it."""
    key = door.idempotency_key()
    with door.counted():
        now = datetime.now(UTC)
        second_factors.remove(door.actor(), body["code"], now, arrivals.origin(), key)
    return Response(status=204)


@noun.get("/tokens", TokenPage, query=Paging())
def list_my_tokens(query: dict[str, Any]) -> dict[str, Any]:
    """本人的令牌 · Your tokens and sign-ins, newest first; what they are is not kept."""
    found, total = tokens.list_own(door.actor(), **query)
    return page(found, total, query)


@noun.post("/tokens", MadeTokenShape(), takes=NewTokenShape(), status=201)
def make_token(body: dict[str, Any]) -> Any:
    """新增令牌 · Make a named token for a program; it is shown this once."""
    tokens.check_known(body["scopes"])
    now = datetime.now(UTC)
    return tokens.make(door.actor(), body["name"], body["scopes"], body["days"], now)


@noun.delete("/tokens/<uuid:token_id>", status=204, keyed=True)
def revoke_my_token(token_id: UUID) -> Response:
    """吊销令牌 · Make one of your tokens worthless."""
    key = door.idempotency_key()
    tokens.revoke(door.actor(), token_id, datetime.now(UTC), key)
    return Response(status=204)


@noun.get("/sign-ins", SignInPage, query=Paging())
def list_my_sign_ins(query: dict[str, Any]) -> dict[str, Any]:
    """本人的登录记录 · Your tries to sign in, newest first."""
    found, total = sign_ins.list_own(door.actor(), **query)
    return page(found, total, query)
