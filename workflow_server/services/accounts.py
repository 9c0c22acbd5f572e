"""Accounts in the hands of administrators: unlock, reset, end and revoke; nobody's cases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from workflow_server.errors import Forbidden
from workflow_server.events import Event
from workflow_server.services import (
    access,
    history,
    passwords,
    second_factors,
    sign_ins,
    tokens,
    tries,
)
from workflow_server.services.actors import Actor
from workflow_server.services.tries import Origin
from workflow_server.store import people
from workflow_server.store import tokens as rows
from workflow_server.store.db import transaction
from workflow_server.store.history import ACCESS, Act
from workflow_server.store.people import Person
from workflow_server.store.sign_ins import UNLOCKED
from workflow_server.store.tokens import ApiToken


class AdministratorsAccount(Forbidden):
    """管理员账号须在服务器上重置"""


def unlock(
    actor: Actor,
    person_id: UUID,
    address: str | None,
    now: datetime,
    idempotency_key: str | None = None,
) -> None:
    """Let somebody try again who was locked out, and an address if one is named."""
    asked = history.asked(actor, idempotency_key, "accounts.unlock", person_id, address)
    with transaction():
        access.check_administers(actor, "security")
        person = people.get_person(person_id)
        if history.first_answer(asked) is not None:
            return
        origin = Origin(address or "")
        tries.note(person.login, person.id, origin, now, "unlock", UNLOCKED)
        _note(Event.SIGN_IN_UNLOCKED, actor, person_id, now, asked, address=address)


def reset_password(
    actor: Actor, person_id: UUID, password: str, now: datetime, idempotency_key: str | None = None
) -> None:
    """Give somebody a password, which they must change when they sign in."""
    access.check_administers(actor, "security")
    person = people.get_person(person_id)
    _check_no_administrator(person)
    asked = history.asked(actor, idempotency_key, "accounts.reset_password", person_id)
    if history.first_answer(asked) is None:
        passwords.set_(person.login, password, now, by=actor.stamp(), asked=asked)


def remove_second_factor(
    actor: Actor, person_id: UUID, now: datetime, idempotency_key: str | None = None
) -> None:
    """Take somebody's second factor away who has lost it; their sign-ins end."""
    asked = history.asked(actor, idempotency_key, "accounts.remove_second_factor", person_id)
    with transaction():
        access.check_administers(actor, "security")
        person = people.get_person(person_id)
        _check_no_administrator(person)
        if history.first_answer(asked) is not None:
            return
        second_factors.take_away(person)
        rows.revoke_sign_ins(person_id, now)
        _note(Event.SECOND_FACTOR_REMOVED, actor, person_id, now, asked)


def end_sign_ins(
    actor: Actor, person_id: UUID, now: datetime, idempotency_key: str | None = None
) -> None:
    """End all of somebody's sign-ins; their named tokens stay."""
    asked = history.asked(actor, idempotency_key, "accounts.end_sign_ins", person_id)
    with transaction():
        access.check_administers(actor, "security")
        people.get_person(person_id)
        if history.first_answer(asked) is not None:
            return
        rows.revoke_sign_ins(person_id, now)
        _note(Event.SIGN_INS_ENDED, actor, person_id, now, asked)


def list_tokens(
    actor: Actor, person_id: UUID, page: int = 1, page_size: int = 50
) -> tuple[Sequence[ApiToken], int]:
    """Return somebody's tokens and sign-ins, newest first."""
    access.check_administers(actor, *sign_ins.READERS)
    people.get_person(person_id)
    return rows.list_tokens(person_id, page_size, (page - 1) * page_size)


def revoke_token(
    actor: Actor,
    person_id: UUID,
    token_id: UUID,
    now: datetime,
    idempotency_key: str | None = None,
) -> None:
    """Make one of somebody's tokens worthless."""
    asked = history.asked(actor, idempotency_key, "accounts.revoke_token", person_id, token_id)
    with transaction():
        access.check_administers(actor, "security")
        if history.first_answer(asked) is None:
            tokens.revoke_of(actor, person_id, token_id, now, asked)


def recover(login: str, now: datetime) -> None:
    """Unlock somebody and take their second factor away: the command line, for administrators."""
    with transaction():
        person = people.find_person_by_login(login)
        if person is None:
            raise passwords.nobody(login)
        tries.note(person.login, person.id, Origin(), now, "unlock", UNLOCKED)
        second_factors.take_away(person)
        rows.revoke_sign_ins(person.id, now)
        for event in (Event.SIGN_IN_UNLOCKED, Event.SECOND_FACTOR_REMOVED):
            act = Act(at=now, act=event, by=None, data={"person_id": str(person.id)})
            history.append_to_area(ACCESS, act)


def _check_no_administrator(person: Person) -> None:
    # Who could reset another of the three could act as them.
    if person.administration is not None:
        raise AdministratorsAccount(
            "三员账号只能在服务器上用命令重置。"
            " Expected an account of no administrator; those are reset on the server itself."
        )


def _note(
    event: Event,
    actor: Actor,
    person_id: UUID,
    now: datetime,
    asked: history.Asked | None,
    **more: str | None,
) -> None:
    data = {"person_id": str(person_id), **more}
    history.append_to_area(ACCESS, Act(at=now, act=event, by=actor.stamp(), data=data), asked)
