"""People: who can sign in, and what the security administrator grants them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from workflow_server.errors import Forbidden, InvalidState
from workflow_server.events import Event
from workflow_server.rules.passwords import LOGIN_RULE, is_login
from workflow_server.services import access, administration, handovers, history, positions
from workflow_server.services.actors import Actor
from workflow_server.services.administration import acting, day_of, fault
from workflow_server.services.positions import DutiesExclusive
from workflow_server.store import people as store
from workflow_server.store.db import session
from workflow_server.store.people import Person
from workflow_server.store.types import new_id


class LastAdministrator(InvalidState):
    """至少须保留一名此类管理员"""


def list_(
    actor: Actor, text: str | None = None, *, page: int = 1, page_size: int = 50
) -> tuple[Sequence[Person], int]:
    """Return everybody, by login, and how many they are; for the three administrators."""
    _check_reads(actor)
    return store.list_accounts(text, page_size, (page - 1) * page_size)


def get(actor: Actor, person_id: UUID) -> Person:
    """Return a person as the administrators see them."""
    _check_reads(actor)
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
) -> Person:
    """Write a person down inside an open act; the login was judged before."""
    row = Person(id=new_id(), login=login, name=name)
    session().add(row)
    session().flush()
    subject = {"person_id": str(row.id)}
    after = {"login": login, "name": name}
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
        _check_not_last(row)
    before = {"name": row.name, "active": row.active}
    row.name, row.active = name, active
    session().flush()
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
    """Set some of `clearance`, `minors_certified`, `administration`; for security administrators.

    Each that changes stands in the history by itself. An administrator holds no position, and
    nobody has two administrations: the one must be taken away before the other is given.
    """
    asked = history.asked(actor, idempotency_key, "people.grant", person_id, grants)
    with acting(actor, "security"):
        row = store.get_person(person_id)
        if history.first_answer(asked) is None:
            positions.check_not_oneself(actor, person_id)
            if "administration" in grants:
                _check_administration(row, grants["administration"], now)
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
    session().flush()


def _check_administration(row: Person, wanted: str | None, now: datetime) -> None:
    if wanted == row.administration:
        return
    if row.administration is not None:
        if wanted is not None:
            raise DutiesExclusive(
                f"“{row.name}”已是三员之一，不能再任另一员；请先撤销原来的身份。"
                " Expected nobody to have two administrations, but they have one."
            )
        _check_not_last(row)
    elif positions.holds_any(row.id, day_of(now)):
        raise DutiesExclusive(
            f"“{row.name}”担任业务岗位，不能任三员；请先终止其岗位。"
            " Expected an administrator to hold no position, but they hold one."
        )


def _check_not_last(row: Person) -> None:
    if row.administration is None:
        return
    _, total = store.list_accounts(None, 1, 0, administration=row.administration)
    if total <= 1:
        raise LastAdministrator(
            f"“{row.name}”是最后一名此类管理员，请先任命另一名。"
            " Expected another administrator of this kind, but they are the last."
        )


def _check_reads(actor: Actor) -> None:
    if actor.administration is None:
        access.check_administers(actor, "system")
