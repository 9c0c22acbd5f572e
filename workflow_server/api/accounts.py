"""Accounts: what the security administrator does to how others sign in, and who may read it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask import Response

from workflow_server.api import door
from workflow_server.api.shapes.base import Paging, page
from workflow_server.api.shapes.sign_ins import (
    PasswordShape,
    SignInPage,
    SignInQuery,
    TokenPage,
    UnlockShape,
)
from workflow_server.services import accounts, sign_ins

noun = door.Noun("accounts", "账号安全")
history = door.Noun("sign_ins", "登录记录")


@history.get("", SignInPage, query=SignInQuery())
def list_sign_ins(query: dict[str, Any]) -> dict[str, Any]:
    """登录记录 · List all tries to sign in, newest first (security and audit administrators)."""
    found, total = sign_ins.list_(door.actor(), **query)
    return page(found, total, query)


@noun.post("/<uuid:person_id>/unlock", status=204, takes=UnlockShape(), keyed=True)
def unlock_account(body: dict[str, Any], person_id: UUID) -> Response:
    """解除锁定 · Let somebody try again who was locked out (security administrator)."""
    key = door.idempotency_key()
    accounts.unlock(door.actor(), person_id, body["address"], datetime.now(UTC), key)
    return Response(status=204)


@noun.put("/<uuid:person_id>/password", status=204, takes=PasswordShape(), keyed=True)
def reset_password(body: dict[str, Any], person_id: UUID) -> Response:
    """重置口令 · Give somebody a password, to be changed at once (security administrator)."""
    key = door.idempotency_key()
    now = datetime.now(UTC)
    accounts.reset_password(door.actor(), person_id, body["password"], now, key)
    return Response(status=204)


@noun.delete("/<uuid:person_id>/second-factor", status=204, keyed=True)
def remove_second_factor_of(person_id: UUID) -> Response:
    """停用他人的第二验证因素 · Help somebody who has lost theirs (security administrator)."""
    key = door.idempotency_key()
    accounts.remove_second_factor(door.actor(), person_id, datetime.now(UTC), key)
    return Response(status=204)


@noun.delete("/<uuid:person_id>/sessions", status=204, keyed=True)
def end_sessions_of(person_id: UUID) -> Response:
    """结束他人的登录 · End all of somebody's sign-ins (security administrator)."""
    key = door.idempotency_key()
    accounts.end_sign_ins(door.actor(), person_id, datetime.now(UTC), key)
    return Response(status=204)


@noun.get("/<uuid:person_id>/tokens", TokenPage, query=Paging())
def list_tokens_of(query: dict[str, Any], person_id: UUID) -> dict[str, Any]:
    """他人的令牌 · Somebody's tokens and sign-ins (security and audit administrators)."""
    found, total = accounts.list_tokens(door.actor(), person_id, **query)
    return page(found, total, query)


@noun.delete("/<uuid:person_id>/tokens/<uuid:token_id>", status=204, keyed=True)
def revoke_token_of(person_id: UUID, token_id: UUID) -> Response:
    """吊销他人的令牌 · Make somebody's token worthless (security administrator)."""
    key = door.idempotency_key()
    accounts.revoke_token(door.actor(), person_id, token_id, datetime.now(UTC), key)
    return Response(status=204)
