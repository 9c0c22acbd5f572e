"""Sign-ins: a password, and a second factor where there is one, for a token; and their trace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from workflow_server.config import CHINA
from workflow_server.errors import Forbidden
from workflow_server.rules import passwords as rules
from workflow_server.services import access, passwords, second_factors, secret_keys, tokens, tries
from workflow_server.services.actors import Actor, actor_of, digest_of
from workflow_server.services.tries import NOWHERE, Origin
from workflow_server.store import people, sign_ins
from workflow_server.store import tokens as token_rows
from workflow_server.store.db import session, settings, transaction
from workflow_server.store.people import Person
from workflow_server.store.sign_ins import SignInRow

#: How long somebody has to show the code after the password, in seconds.
HALF_SECONDS = 300


#: Which administrators read how others sign in.
READERS = ("security", "audit")


class SignInRefused(Forbidden):
    """登录名或口令有误"""


class HalfTokenRefused(Forbidden):
    """登录已超时，请重新输入口令"""


class SecondFactorNeeded(Forbidden):
    """还需要第二验证因素"""

    def __init__(self, message: str, half_token: str = "", expires_at: str = "") -> None:
        super().__init__(message)
        self.more = {"half_token": half_token, "expires_at": expires_at}


@dataclass(frozen=True, slots=True)
class SignIn:
    """A fresh token, shown this once."""

    token: str
    expires_at: datetime | None
    actor: Actor
    #: What must be done before anything else: "password", "second-factor".
    must: tuple[str, ...] = ()


def sign_in(
    login: str, password: str, now: datetime, code: str | None = None, origin: Origin = NOWHERE
) -> SignIn:
    """Give a token to somebody who knows their password; `now` is real time.

    Who has a second factor shows a code of it too, or gets a SecondFactorNeeded with a token
    that is good for `complete` only. TryLater after too many failures.
    """
    attempt = tries.begin(rules.normalised(login), origin, now)
    person = attempt.person
    known = person.password_hash if person is not None and person.active else None
    session().rollback()  # no connection waits while the password is tried
    if not passwords.is_right(password, known) or person is None:
        tries.end(attempt, sign_ins.WRONG)
        raise SignInRefused("登录名或口令不正确。 Login or password is wrong.")
    if not second_factors.is_on(person):
        return _let_in(person, known, attempt, origin, now)
    if code is None:
        tries.end(attempt, "second-factor-needed")
        raise _needed(person, now)
    return _complete(person, known, attempt, code, origin, now)


def complete(half_token: str, code: str, now: datetime, origin: Origin = NOWHERE) -> SignIn:
    """Give a token for a code of the second factor, to who has just shown their password."""
    half = secret_keys.decrypt_fresh(half_token, HALF_SECONDS, now)
    given = orjson.loads(half) if half is not None else {}
    if given.get("kind") != "half":
        raise HalfTokenRefused("请重新输入口令。 Show your password again.")
    person = people.get_person(UUID(given["person"]))
    if given["proof"] != _proof(person) or not person.active or not second_factors.is_on(person):
        raise HalfTokenRefused("请重新输入口令。 Show your password again.")
    known = person.password_hash
    attempt = tries.begin(person.login, origin, now, "totp")
    return _complete(person, known, attempt, code, origin, now)


def sign_out(token: str, now: datetime) -> None:
    """Make a token worthless."""
    with transaction():
        token_rows.revoke_digest(digest_of(token), now)


def let_in(
    person: Person, now: datetime, origin: Origin, scopes: list[str] | None = None
) -> SignIn:
    """Give a person the token of a sign-in; call it inside a transaction."""
    expires = now + timedelta(hours=settings().sign_in_hours)
    token = tokens.give(
        person.id, "sign-in", expires, now, scopes=scopes, sign_in=True, address=origin.address
    )
    must = tuple(scope.removeprefix("@") for scope in scopes or ())
    return SignIn(token, expires, actor_of(person.id), must)


def issue_token(login: str, name: str, *, days: int | None = None, now: datetime) -> str:
    """Give a person a named token, for ever or for some days of real time: the command line."""
    person = people.find_person_by_login(login)
    if person is None:
        raise passwords.nobody(login)
    expires = None if days is None else now + timedelta(days=days)
    with transaction():
        return tokens.give(person.id, name, expires, now)


def list_own(actor: Actor, page: int = 1, page_size: int = 50) -> tuple[Sequence[SignInRow], int]:
    """Return the actor's own tries to sign in, newest first, and how many there are."""
    mine = sign_ins.conditions_of(person_id=actor.person_id)
    return sign_ins.list_(mine, page_size, (page - 1) * page_size)


def list_(
    actor: Actor, page: int = 1, page_size: int = 50, **narrowed: Any
) -> tuple[Sequence[SignInRow], int]:
    """Return everybody's tries, newest first: for the security and the audit administrator."""
    access.check_administers(actor, *READERS)
    conditions = sign_ins.conditions_of(**narrowed)
    return sign_ins.list_(conditions, page_size, (page - 1) * page_size)


def _let_in(
    person: Person, known: str | None, attempt: tries.Try, origin: Origin, now: datetime
) -> SignIn:
    expired = passwords.has_expired(person, now)
    scopes = [passwords.MUST_CHANGE] if expired or person.must_change_password else []
    if second_factors.is_demanded(person) and not second_factors.is_on(person):
        scopes.append(second_factors.MUST_ADD)
    with transaction():
        stored = people.get_person(person.id)
        # Deactivated, or given another password, while this one was tried.
        if not stored.active or stored.password_hash != known:
            raise SignInRefused("登录名或口令不正确。 Login or password is wrong.")
        sign_ins.set_outcome(attempt.id, "expired" if expired else sign_ins.OK)
        return let_in(person, now, origin, scopes or None)


def _complete(
    person: Person,
    known: str | None,
    attempt: tries.Try,
    code: str,
    origin: Origin,
    now: datetime,
) -> SignIn:
    if not second_factors.is_right(person.id, code, now, address=origin.address):
        tries.end(attempt, sign_ins.SECOND_FACTOR_WRONG)
        raise second_factors.wrong()
    return _let_in(person, known, attempt, origin, now)


def _needed(person: Person, now: datetime) -> SecondFactorNeeded:
    half: Mapping[str, str] = {
        "kind": "half",
        "person": str(person.id),
        "proof": _proof(person),
    }
    token = secret_keys.encrypt(orjson.dumps(half).decode(), now)
    return SecondFactorNeeded(
        "口令正确，还需要验证码。 The password is right; now show a code.",
        token,
        (now + timedelta(seconds=HALF_SECONDS)).astimezone(CHINA).isoformat(),
    )


def _proof(person: Person) -> str:
    """Return what changes with the password: half a sign-in does not outlive it."""
    return digest_of(person.password_hash or "").hex()[:32]
