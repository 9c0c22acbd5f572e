"""Passwords: what is stored of them, which are taken, and how one takes the place of another."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from workflow_server.errors import (
    Fault,
    Forbidden,
    InvalidInput,
    InvalidState,
    NotFound,
    Unavailable,
)
from workflow_server.events import Event
from workflow_server.rules import passwords as rules
from workflow_server.rules.passwords import Policy
from workflow_server.services import history, tries
from workflow_server.services.actors import Actor
from workflow_server.services.tries import NOWHERE, Origin
from workflow_server.store import credentials, people, sign_ins, tokens
from workflow_server.store.db import session, settings, transaction
from workflow_server.store.history import ACCESS, Act, Stamp
from workflow_server.store.people import Person

#: What narrows a sign-in until its person has given themselves a password.
MUST_CHANGE = "@password"

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


class SignInsBusy(Unavailable):
    """登录请求过多"""


class PasswordRefused(InvalidInput):
    """口令不符合要求"""


class PasswordWrong(Forbidden):
    """原口令不正确"""


class AppointedMeanwhile(InvalidState):
    """账号身份已变更"""


def policy() -> Policy:
    """Return how good a password must be here."""
    now = settings()
    return Policy(now.password_length, now.password_kinds, now.password_long)


def check(password: str, login: str, name: str, pointer: str = "#/password") -> None:
    """Refuse a password that breaks a rule, and name the rules that it breaks."""
    found = list(rules.faults(rules.normalised(password), login, name, policy()))
    if found:
        raise PasswordRefused(" ".join(found), [Fault(pointer, each) for each in found])


def checked_hash(password: str, login: str, name: str) -> str:
    """Return what is stored of a new person's password, if it keeps the rules."""
    check(password, login, name)
    return hash_password(password)


def hash_password(password: str) -> str:
    """Return what is stored of a password, whatever it is."""
    if not password:
        raise InvalidInput("口令不能为空。 Expected a password, but it is empty.")
    with _turn():
        return _hasher.hash(rules.normalised(password))


def is_right(password: str, hashed: str | None) -> bool:
    """Tell whether a password is the one that was stored; None takes as long, and is not."""
    with _turn():
        try:
            return _hasher.verify(hashed or _NOBODY, rules.normalised(password)) and bool(hashed)
        except VerificationError:
            return False


class _turn:  # noqa: N801 (reads as a statement)
    """One of the few turns at hashing; SignInsBusy when none comes up."""

    def __enter__(self) -> None:
        self._taken = _TRIES
        if not self._taken.acquire(timeout=_TRY_SECONDS):
            raise SignInsBusy(
                "同时登录的人过多，请稍后再试。"
                " Expected a turn to sign in, but too many people try at once."
            )

    def __exit__(self, *_: object) -> None:
        self._taken.release()


def has_expired(person: Person, now: datetime) -> bool:
    """Tell whether a person's password is older than passwords may be."""
    days = settings().password_days
    since = person.password_set_at
    return days > 0 and since is not None and now >= since + timedelta(days=days)


def change(
    actor: Actor,
    token_id: UUID,
    old: str,
    new: str,
    now: datetime,
    origin: Origin = NOWHERE,
    idempotency_key: str | None = None,
) -> None:
    """Give the actor another password for their old one; their other sign-ins end.

    Tries of the old password count as tries to sign in. `now` is real time.
    """
    asked = history.asked(actor, idempotency_key, "passwords.change")
    if history.first_answer(asked) is not None:
        return
    person = people.get_person(actor.person_id)
    attempt = tries.begin(person.login, origin, now, "password-change")
    former, known = _former(person), person.password_hash
    session().rollback()  # no connection waits while passwords are tried
    if not is_right(old, known):
        tries.end(attempt, sign_ins.WRONG)
        raise PasswordWrong("原口令不正确。 The old password is wrong.")
    tries.end(attempt, "changed")
    hashed = _judged(new, person, former, "#/new")
    with transaction():
        stored = people.get_person(person.id)
        if stored.password_hash != known:
            raise PasswordWrong("口令已被他人修改。 The password was changed meanwhile.")
        _store(stored, hashed, now)
        stored.must_change_password = False
        tokens.revoke_sign_ins(person.id, now, but=token_id)
        tokens.widen(token_id, MUST_CHANGE)
        by = Stamp(person.id, address=actor.address)
        history.append_to_area(ACCESS, Act(at=now, act=Event.PASSWORD_SET, by=by), asked)


def set_(
    login: str,
    password: str,
    now: datetime,
    *,
    by: Stamp | None = None,
    must_change: bool = True,
    asked: history.Asked | None = None,
) -> None:
    """Give a person a new password; whoever is signed in as them must sign in anew.

    They must change it when they sign in. Named tokens of programs stay valid; `now` is
    real time, `by` who did it: None is the command line.
    """
    person = people.find_person_by_login(login)
    if person is None:
        raise nobody(login)
    former, known = _former(person), person.administration
    session().rollback()
    hashed = _judged(password, person, former)
    with transaction():
        if history.first_answer(asked) is not None:
            return
        stored = people.get_person(person.id)
        if stored.administration != known:
            raise AppointedMeanwhile(
                "该账号刚刚任免为三员，请重新办理。"
                " Expected the same account as before, but its administration was changed."
            )
        _store(stored, hashed, now)
        stored.must_change_password = must_change
        tokens.revoke_sign_ins(person.id, now)
        data = {"person_id": str(person.id)}
        act = Act(at=now, act=Event.PASSWORD_SET, by=by, data=data)
        history.append_to_area(ACCESS, act, asked)


def forget(person: Person) -> None:
    """Leave a person without a password, inside a transaction; it may not be set again soon."""
    if person.password_hash:
        credentials.keep_former_password(person.id, person.password_hash)
    person.password_hash = person.password_set_at = None
    person.must_change_password = False


def nobody(login: str) -> NotFound:
    """Return the refusal that there is nobody of a login, for who may know."""
    return NotFound(f"没有登录名为“{login}”的人员。 Expected person '{login}', but there is none.")


def _former(person: Person) -> Sequence[str]:
    count = settings().password_history
    if count <= 0:
        return ()
    current = [person.password_hash] if person.password_hash else []
    return [*current, *credentials.list_former_passwords(person.id, count - 1)][:count]


def _judged(
    password: str, person: Person, former: Sequence[str], pointer: str = "#/password"
) -> str:
    check(password, person.login, person.name, pointer)
    if any(is_right(password, hashed) for hashed in former):
        sentence = (
            f"不得使用最近{settings().password_history}次用过的口令。"
            f" It must not be one of the last {settings().password_history}."
        )
        raise PasswordRefused(sentence, [Fault(pointer, sentence)])
    return hash_password(password)


def _store(person: Person, hashed: str, now: datetime) -> None:
    if person.password_hash:
        credentials.keep_former_password(person.id, person.password_hash)
    person.password_hash = hashed
    person.password_set_at = now
