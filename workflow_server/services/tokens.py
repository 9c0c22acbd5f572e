"""Named tokens: made by their person for a program, narrowed by scopes, listed and revoked."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NoReturn
from uuid import UUID

from workflow_server.errors import Fault, Forbidden, InvalidInput, InvalidState
from workflow_server.events import Event
from workflow_server.services import history
from workflow_server.services.actors import TOKEN_PREFIX, Actor, digest_of
from workflow_server.store import tokens
from workflow_server.store.db import session, transaction
from workflow_server.store.history import ACCESS, Act, Stamp
from workflow_server.store.tokens import ApiToken
from workflow_server.store.types import new_id

#: How many named tokens somebody may have that are valid.
MOST = 20
#: When a token was used is written so often at most.
NOTED_EVERY = timedelta(minutes=1)
#: Good for everything that is only read.
READ = "read"
#: What only somebody who signed in may do: no narrowed token makes tokens or passwords.
IN_PERSON = frozenset({"me", "accounts"})
_nouns: dict[str, str] = {}


class ScopeMissing(Forbidden):
    """令牌权限不足"""


class ChangePasswordFirst(Forbidden):
    """请先修改口令"""


class AddSecondFactorFirst(Forbidden):
    """请先启用第二验证因素"""


class TooManyTokens(InvalidState):
    """令牌过多"""


@dataclass(frozen=True, slots=True)
class Made:
    """A fresh named token, shown this once."""

    token: str
    row: ApiToken


def add_noun(noun: str, title: str) -> None:
    """Let tokens be narrowed to a noun, as the addresses spell it."""
    _nouns[noun.replace("_", "-")] = title


def nouns() -> Mapping[str, str]:
    """Return what tokens can be narrowed to: each noun with its title."""
    return _nouns


def every_scope() -> frozenset[str]:
    """Return every scope there is."""
    reading = {f"{noun}:read" for noun in _nouns}
    return frozenset(reading | {f"{noun}:write" for noun in _nouns.keys() - IN_PERSON} | {READ})


def check_known(scopes: Sequence[str]) -> None:
    """Refuse a scope that there is not."""
    known = every_scope()
    for place, scope in enumerate(scopes):
        if scope not in known:
            detail = f"没有权限“{scope}”，有：{'、'.join(sorted(known))}"
            raise InvalidInput(
                f"没有权限“{scope}”。 Expected a scope that there is, but '{scope}' is none.",
                [Fault(f"#/scopes/{place}", detail)],
            )


def make(actor: Actor, name: str, scopes: Sequence[str], days: int, now: datetime) -> Made:
    """Give the actor a named token for a program; it is shown this once. `now` is real time."""
    with transaction():
        if tokens.count_named(actor.person_id, now) >= MOST:
            raise TooManyTokens(
                f"有效令牌最多{MOST}个，请先吊销不用的。 Revoke a token that you don't need."
            )
        expires = now + timedelta(days=days)
        token = give(
            actor.person_id, name, expires, now, scopes=sorted(set(scopes)), address=actor.address
        )
        row = tokens.get_by_digest(digest_of(token))
    return Made(token, row)


def give(
    person_id: UUID,
    name: str,
    expires: datetime | None,
    now: datetime,
    *,
    scopes: list[str] | None = None,
    sign_in: bool = False,
    address: str | None = None,
) -> str:
    """Make a token for a person, and return it; call it inside a transaction."""
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    row = ApiToken(
        id=new_id(),
        person_id=person_id,
        name=name,
        digest=digest_of(token),
        created_at=now,
        expires_at=expires,
        scopes=scopes,
        last_used_at=now if sign_in else None,
        sign_in=sign_in,
    )
    session().add(row)
    session().flush()
    data = {"token_id": str(row.id), "name": name, "scopes": scopes}
    by = Stamp(person_id, address=address or None)
    history.append_to_area(ACCESS, Act(at=now, act=Event.TOKEN_ISSUED, by=by, data=data))
    return token


def list_own(actor: Actor, page: int = 1, page_size: int = 50) -> tuple[Sequence[ApiToken], int]:
    """Return the actor's own tokens, newest first; what they are is not kept."""
    return tokens.list_tokens(actor.person_id, page_size, (page - 1) * page_size)


def revoke(actor: Actor, token_id: UUID, now: datetime, idempotency_key: str | None = None) -> None:
    """Make one of the actor's own tokens worthless."""
    asked = history.asked(actor, idempotency_key, "tokens.revoke", token_id)
    with transaction():
        if history.first_answer(asked) is None:
            revoke_of(actor, actor.person_id, token_id, now, asked)


def revoke_of(
    actor: Actor, person_id: UUID, token_id: UUID, now: datetime, asked: history.Asked | None
) -> None:
    """Make a person's token worthless and note who did it; call it inside a transaction."""
    tokens.revoke_token(token_id, person_id, now)
    data = {"token_id": str(token_id), "person_id": str(person_id)}
    act = Act(at=now, act=Event.TOKEN_REVOKED, by=actor.stamp(), data=data)
    history.append_to_area(ACCESS, act, asked)


def check_scope(scopes: Sequence[str], noun: str, reads: bool) -> None:
    """Refuse what a narrowed token is not good for, and name the scope that is missing."""
    needed = f"{noun}:{'read' if reads else 'write'}"
    if needed in scopes or (reads and READ in scopes):
        return
    raise ScopeMissing(f"令牌缺少权限“{needed}”。 Expected a token with scope '{needed}'.")


def refuse_narrowed() -> NoReturn:
    """Refuse what only somebody who signed in may do."""
    raise ScopeMissing(
        "令牌不得修改登录方式，请本人登录后办理。"
        " Expected a sign-in: a narrowed token makes no tokens, passwords or second factors."
    )


def refuse_until(first: Sequence[str]) -> NoReturn:
    """Refuse everything else until a password was changed, or a second factor added."""
    if "@password" in first:
        raise ChangePasswordFirst("请先修改口令。 Change your password first.")
    raise AddSecondFactorFirst("请先启用第二验证因素。 Set up your second factor first.")


def is_used(last_used_at: datetime | None, now: datetime) -> bool:
    """Tell whether it is written already that a token is in use."""
    return last_used_at is not None and last_used_at > now - NOTED_EVERY


def note_use(token_id: UUID, now: datetime) -> None:
    """Write that a token was used, in a transaction of its own."""
    with transaction():
        tokens.note_use(token_id, now, now - NOTED_EVERY)
