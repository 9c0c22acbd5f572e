"""Me: who the token stands for, and the tokens that this person has."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask import Response

from workflow_server.api import door
from workflow_server.api.shapes.people import MeShape, TokensShape
from workflow_server.services import organisations

noun = door.Noun("me", "本人")


@noun.get("", MeShape())
def read_me() -> Any:
    """本人 · Who asks, with posts."""
    return door.actor()


@noun.get("/tokens", TokensShape())
def list_my_tokens() -> dict[str, Any]:
    """本人的令牌 · Your tokens by name, newest first; what they are is not kept."""
    return {"items": organisations.list_tokens(door.actor())}


@noun.delete("/tokens/<uuid:token_id>", status=204, keyed=True)
def revoke_my_token(token_id: UUID) -> Response:
    """吊销令牌 · Make one of your tokens worthless."""
    key = door.idempotency_key()
    organisations.revoke_token(door.actor(), token_id, datetime.now(UTC), key)
    return Response(status=204)
