"""People: who can sign in, and what the security administrator grants them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from workflow_server.errors import Forbidden
from workflow_server.events import Event
from workflow_server.rules.passwords import LOGIN_RULE, is_login
from workflow_server.services import (
    access,
    administration,
    administrators,
    handovers,
    history,
    positions,
)
from workflow_server.services.actors import Actor
from workflow_server.services.administration import acting, fault
from workflow_server.store import people as store
from workflow_server.store.db import session
from workflow_server.store.people import Person
from workflow_server.store.types import new_id

#: What is stored of a password, and whether it is to be changed.
NewPassword = tuple[str, bool]


def list_(
    actor: Actor, text: str | None = None, *, page: int = 1, page_size: int = 50
) -> tuple[Sequence[Person], int]:
    """Return everybody, by login, and how many they are; for the three administrators."""
    access.check_administers(actor)
    return store.list_accounts(text, page_size, (page - 1) * page_size)


def get(actor: Actor, person_id: UUID) -> Person:
    """Return a person as the administrators see them."""
    access.check_administers(actor)
    return store.get_person(person_id)


def add(
    actor: Actor | None,
    login: str,
    name: str,
    now: datetime,
    idempotency_key: str | None = None,
) -> Person:
    """Add a person without position or password; for system administrators."""
    asked = history.asked(actor, idempotency_key, "people.add", login, name)
    with acting(actor, "system"):
        known = administration.answered_id(asked, "person_id")
        if known is not None:
            return store.get_person(known)
        if not is_login(login):
            raise fault("#/login", LOGIN_RULE, "Malformed login")
        if store.find_person_by_login(login) is not None:
            raise fault("#/login", f"登录名“{login}”已被使用", "The login is taken")
        return add_row(actor, login, name, now, asked)


def add_row(
    actor: Actor | None,
    login: str,
    name: str,
    now: datetime,
    asked: history.Asked | None = None,
    *,
    kind: str | None = None,
    active: bool = True,
    password: NewPassword | None = None,
) -> Person:
    """Write a person down inside an open act; the login was judged before.

    `kind` is an administration, and a password comes along, from the command line only.
    """
    row = Person(id=new_id(), login=login, name=name, administration=kind, active=active)
    if password is not None:
        row.password_hash, row.must_change_password = password
        row.password_set_at = now
    session().add(row)
    subject = {"person_id": str(row.id)}
    after: dict[str, Any] = {"login": login, "name": name}
    after |= {} if kind is None else {"administration": kind}
    after |= {} if active else {"active": False}
    administration.note(actor, Event.PERSON_ADDED, now, subject, (None, after), asked)
    return row


def change(
    actor: Actor | None,
    person_id: UUID,
    name: str,
    active: bool,
    now: datetime,
    idempotency_key: str | None = None,
) -> Person:
    """Change a person's name, or whether they can sign in; who cannot gives their tasks back."""
    asked = history.asked(actor, idempotency_key, "people.change", person_id, name, active)
    with acting(actor, "system"):
        row = store.get_person(person_id)
        if history.first_answer(asked) is None:
            change_row(actor, row, name, active, now, asked)
    return row


def change_row(
    actor: Actor | None,
    row: Person,
    name: str,
    active: bool,
    now: datetime,
    asked: history.Asked | None = None,
) -> None:
    """Write a change of a person down inside an open act."""
    if row.active and not active:
        if actor is not None and actor.person_id == row.id:
            raise Forbidden("不能停用自己。 Expected somebody else to deactivate you.")
        administrators.check_not_last(row)
    before = {"name": row.name, "active": row.active}
    row.name, row.active = name, active
    subject = {"person_id": str(row.id)}
    after = {"name": name, "active": active}
    administration.note(actor, Event.PERSON_CHANGED, now, subject, (before, after), asked)
    if before["active"] and not active:
        handovers.give_back(row.id, actor, "person_deactivated")


def grant(
    actor: Actor | None,
    person_id: UUID,
    grants: dict[str, Any],
    now: datetime,
    idempotency_key: str | None = None,
) -> Person:
    """Set some of `clearance`, `minors_certified`; for security administrators.

    Each that changes stands in the history by itself. Administrations are nobody's to grant
    here: see `administrators`.
    """
    asked = history.asked(actor, idempotency_key, "people.grant", person_id, grants)
    with acting(actor, "security"):
        row = store.get_person(person_id)
        if history.first_answer(asked) is None:
            positions.check_not_oneself(actor, person_id)
            grant_row(actor, row, grants, now, asked)
    return row


def grant_row(
    actor: Actor | None,
    row: Person,
    grants: dict[str, Any],
    now: datetime,
    asked: history.Asked | None = None,
) -> None:
    """Write grants down inside an open act."""
    changed = {name: value for name, value in grants.items() if getattr(row, name) != value}
    subject = {"person_id": str(row.id)}
    if not changed:
        history.note_nothing_changed(actor, asked, subject, now)
    for name, value in changed.items():
        before = getattr(row, name)
        setattr(row, name, value)
        note = ({name: before}, {name: value})
        administration.note(actor, Event.GRANT_CHANGED, now, subject, note, asked)
        asked = None  # a key stands in one row only
