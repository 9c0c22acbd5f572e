"""Sign-ins: passwords, the tokens that they give, and the tokens of programs."""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from workflow_server.errors import Forbidden, InvalidInput, NotFound, Unavailable
from workflow_server.events import Event
from workflow_server.services.actors import TOKEN_PREFIX, Actor, actor_of, digest_of
from workflow_server.store import history, people, tokens
from workflow_server.store.db import session, settings, transaction
from workflow_server.store.history import Stamp
from workflow_server.store.tokens import ApiToken
from workflow_server.store.types import new_id

#: What a token is called that comes from a sign-in.
_SIGN_IN = "sign-in"
_hasher = PasswordHasher()
#: Passwords tried at once in this process: each try takes 64 MiB and a processor.
_TRIES = threading.BoundedSemaphore(2)
#: How long somebody waits for their turn to sign in, in seconds.
_TRY_SECONDS = 5.0
#: Verified when the login is unknown, so that both refusals take the same time.
_NOBODY = (
    "$argon2id$v=19$m=65536,t=3,p=4$3tbG5LQ/DnMwxHJE7NOwbw$"
    "dYI3BhbTzXK1EBqxyNkYVCNdOYvbBa2+TMdyf3VcE54"
)


class SignInRefused(Forbidden):
    """登录名或口令有误"""


class SignInsBusy(Unavailable):
    """登录请求过多"""


@dataclass(frozen=True, slots=True)
class SignIn:
    """A fresh token, shown this once."""

    token: str
    expires_at: datetime | None
    actor: Actor


def sign_in(login: str, password: str, now: datetime) -> SignIn:
    """Give a token to somebody who knows their password; `now` is real time."""
    person = people.find_person_by_login(login)
    known = person.password_hash if person is not None and person.active else None
    person_id = None if person is None else person.id
    session().rollback()  # no connection waits while the password is tried
    if not _is_password(password, known or _NOBODY) or person_id is None or known is None:
        raise SignInRefused("登录名或口令不正确。 Login or password is wrong.")
    expires = now + timedelta(hours=settings().sign_in_hours)
    token = _give_token(person_id, _SIGN_IN, expires, now)
    return SignIn(token, expires, actor_of(person_id))


def _is_password(password: str, hashed: str) -> bool:
    if not _TRIES.acquire(timeout=_TRY_SECONDS):
        raise SignInsBusy("Expected a turn to sign in, but too many people try at once")
    try:
        return _hasher.verify(hashed, password)
    except VerificationError:
        return False
    finally:
        _TRIES.release()


def sign_out(token: str, now: datetime) -> None:
    """Make a token worthless."""
    with transaction():
        tokens.revoke_digest(digest_of(token), now)


def issue_token(login: str, name: str, *, days: int | None = None, now: datetime) -> str:
    """Give a person a named token, for ever or for some days of real time."""
    person = people.find_person_by_login(login)
    if person is None:
        raise _nobody(login)
    return _give_token(person.id, name, None if days is None else now + timedelta(days=days), now)


def set_password(login: str, password: str, now: datetime) -> None:
    """Give a person a new password; whoever is signed in as them must sign in anew.

    Named tokens of programs stay valid; `now` is real time.
    """
    hashed = hash_password(password)
    with transaction():
        person = people.find_person_by_login(login)
        if person is None:
            raise _nobody(login)
        person.password_hash = hashed
        tokens.revoke_tokens_named(person.id, _SIGN_IN, now)
        act = history.Act(at=now, act=Event.PASSWORD_SET, by=Stamp(person.id))
        history.append_to_area("access", act)


def hash_password(password: str) -> str:
    """Return what is stored of a password."""
    if not password:
        raise InvalidInput("口令不能为空。 Expected a password, but it is empty.")
    return _hasher.hash(password)


def _nobody(login: str) -> NotFound:
    return NotFound(f"没有登录名为“{login}”的人员。 Expected person '{login}', but there is none.")


def _give_token(person_id: UUID, name: str, expires: datetime | None, now: datetime) -> str:
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    with transaction():
        row = ApiToken(
            id=new_id(),
            person_id=person_id,
            name=name,
            digest=digest_of(token),
            created_at=now,
            expires_at=expires,
        )
        session().add(row)
        act = history.Act(
            at=datetime.now(UTC),
            act=Event.TOKEN_ISSUED,
            by=Stamp(person_id),
            data={"token_id": str(row.id), "name": name},
        )
        history.append_to_area("access", act)
    return token
