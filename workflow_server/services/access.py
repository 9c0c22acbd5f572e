"""Who acts, and what they may see and do: the one place where that is decided."""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from workflow_server.errors import (
    Forbidden,
    InvalidInput,
    InvalidState,
    NotFound,
    Unavailable,
)
from workflow_server.events import Event
from workflow_server.store import clock, history, organisations, process_instances, tasks
from workflow_server.store.db import session, settings, transaction
from workflow_server.store.organisations import ApiToken
from workflow_server.store.process_instances import ProcessInstance
from workflow_server.store.tasks import TaskInHand
from workflow_server.store.types import new_id

_PREFIX = "wst_"
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


class TaskTaken(InvalidState):
    """任务已由他人办理"""


class Segregated(Forbidden):
    """不得办理与本人已办环节相互制约的任务"""


@dataclass(frozen=True, slots=True)
class Position:
    """A post that somebody holds."""

    id: UUID
    organisation_id: UUID
    organisation_name: str
    role: str


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who asks for something."""

    person_id: UUID
    name: str
    positions: tuple[Position, ...] = ()
    administrator: bool = False

    @property
    def organisation_ids(self) -> frozenset[UUID]:
        """The organisations that the actor works in."""
        return frozenset(position.organisation_id for position in self.positions)

    @property
    def posts(self) -> frozenset[tuple[UUID, str]]:
        """Pairs of organisation and role."""
        return frozenset((each.organisation_id, each.role) for each in self.positions)

    def holds(self, organisation_id: UUID, role: str | None) -> bool:
        """Tell whether the actor has a role in an organisation."""
        return (organisation_id, role) in self.posts


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who comes in, and business time then: both are read at once."""

    actor: Actor
    now: datetime


@dataclass(frozen=True, slots=True)
class SignIn:
    """A fresh token, shown this once."""

    token: str
    expires_at: datetime | None
    actor: Actor


def visitor_for_token(token: str, real: datetime) -> Visitor | None:
    """Return who comes in with a bearer token; None if it is unknown, revoked or expired.

    `real` is real time, whatever the business clock says.
    """
    if not token.startswith(_PREFIX):
        return None
    rows = organisations.list_actor_rows_by_token(_digest(token), real)
    actor = _actor(rows)
    return None if actor is None else Visitor(actor, real + clock.ahead(rows[0][-1]))


def actor_of(person_id: UUID) -> Actor:
    """Return a person as an actor."""
    actor = _actor(organisations.list_actor_rows(person_id))
    if actor is None:
        raise NotFound(f"Expected person {person_id}, but there is none")
    return actor


def sign_in(login: str, password: str, now: datetime) -> SignIn:
    """Give a token to somebody who knows their password; `now` is real time."""
    person = organisations.find_person_by_login(login)
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
        organisations.revoke_digest(_digest(token), now)


def issue_token(login: str, name: str, *, days: int | None = None, now: datetime) -> str:
    """Give a person a named token, for ever or for some days of real time."""
    person = organisations.find_person_by_login(login)
    if person is None:
        raise _nobody(login)
    return _give_token(person.id, name, None if days is None else now + timedelta(days=days), now)


def set_password(login: str, password: str, now: datetime) -> None:
    """Give a person a new password; whoever is signed in as them must sign in anew.

    Named tokens of programs stay valid; `now` is real time.
    """
    hashed = hash_password(password)
    with transaction():
        person = organisations.find_person_by_login(login)
        if person is None:
            raise _nobody(login)
        person.password_hash = hashed
        organisations.revoke_tokens_named(person.id, _SIGN_IN, now)
        act = history.Act(at=now, act=Event.PASSWORD_SET, person_id=person.id)
        history.append_to_area("access", act)


def hash_password(password: str) -> str:
    """Return what is stored of a password."""
    if not password:
        raise InvalidInput("口令不能为空。 Expected a password, but it is empty.")
    return _hasher.hash(password)


def visible_instances(actor: Actor) -> Any:
    """Return the query condition for instances that the actor may see."""
    return process_instances.visible_to(actor.person_id, actor.organisation_ids)


def visible_tasks(actor: Actor) -> Any:
    """Return the query condition for tasks that the actor may see."""
    return tasks.visible_to(actor.person_id, actor.organisation_ids)


def see_instance(actor: Actor, instance_id: UUID) -> ProcessInstance:
    """Return an instance that the actor may see; NotFound otherwise."""
    instance = process_instances.get(instance_id)
    if instance.organisation_id in actor.organisation_ids:
        return instance
    if process_instances.is_visible(visible_instances(actor), instance_id):
        return instance
    raise NotFound(f"Expected process instance {instance_id}, but there is none")


def sees_instance(actor: Actor, instance_id: UUID) -> bool:
    """Tell whether an actor may see an instance, for who must not name it when they may not."""
    return process_instances.is_visible(visible_instances(actor), instance_id)


def check_may_do(actor: Actor, task: TaskInHand) -> None:
    """Refuse unless a task is the actor's to do: their own, or free for a role they hold.

    Who neither owns it nor holds its role learns nothing of it.
    """
    if task.assignee_id == actor.person_id or task.completed_by == actor.person_id:
        return
    if not actor.holds(task.organisation_id, task.role):
        raise NotFound(f"Expected task {task.id}, but there is none")
    if task.assignee_id is not None:
        raise TaskTaken(f"Expected task '{task.name}' to be free, but another person has it")


def check_is_administrator(actor: Actor) -> None:
    """Refuse everybody but administrators."""
    if not actor.administrator:
        raise Forbidden("只有系统管理员可以这样做。 Expected an administrator.")


def _actor(rows: Sequence[Any]) -> Actor | None:
    if not rows:
        return None
    person_id, name, administrator = rows[0][:3]
    positions = tuple(Position(*row[3:7]) for row in rows if row[3] is not None)
    return Actor(person_id, name, positions, administrator)


def _nobody(login: str) -> NotFound:
    return NotFound(f"没有登录名为“{login}”的人员。 Expected person '{login}', but there is none.")


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _give_token(person_id: UUID, name: str, expires: datetime | None, now: datetime) -> str:
    token = _PREFIX + secrets.token_urlsafe(32)
    with transaction():
        row = ApiToken(
            id=new_id(),
            person_id=person_id,
            name=name,
            digest=_digest(token),
            created_at=now,
            expires_at=expires,
        )
        session().add(row)
        act = history.Act(
            at=datetime.now(UTC),
            act=Event.TOKEN_ISSUED,
            person_id=person_id,
            data={"token_id": str(row.id), "name": name},
        )
        history.append_to_area("access", act)
    return token
