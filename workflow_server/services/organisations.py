"""Organisations, the people in them, and the offices that move in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from workflow_server.config import CHINA
from workflow_server.errors import Fault, InvalidInput, NotFound
from workflow_server.rules import passwords as rules
from workflow_server.services import access, administration, office_additions, passwords
from workflow_server.services import people as accounts
from workflow_server.services.actors import Actor
from workflow_server.services.administration import acting
from workflow_server.services.office_plans import Register
from workflow_server.services.office_taking import Taker
from workflow_server.services.people import NewPassword
from workflow_server.store import organisations, people
from workflow_server.store.db import session, settings
from workflow_server.store.organisations import Organisation
from workflow_server.store.people import Person, PositionRow

#: What people of the demo office sign in with, unless their description says otherwise.
DEMO_PASSWORD = "demo"  # noqa: S105 (no secret: demo mode prints it)


class LoginRefused(InvalidInput):
    """登录名不符合要求"""


class LoginTaken(InvalidInput):
    """登录名已被使用"""


def list_(
    party: str | None = None,
    parent_id: UUID | None = None,
    is_open: bool | None = None,
    text: str | None = None,
) -> Sequence[Organisation]:
    """Return the organisations, by name; everybody may address a letter to any open one.

    `text` stands in the name or the short name.
    """
    found = organisations.list_(party, parent_id, text)
    if is_open is None:
        return found
    today = _today()
    return [row for row in found if (row.closed_on is None or row.closed_on > today) == is_open]


def get(organisation_id: UUID) -> Organisation:
    """Return an organisation."""
    return organisations.get(organisation_id)


def get_by_key(key: str) -> Organisation:
    """Return an organisation by the name that files use."""
    row = organisations.find_by_key(key)
    if row is None:
        raise NotFound(
            f"没有标识为“{key}”的单位。 Expected organisation '{key}', but there is none."
        )
    return row


def list_people(
    actor: Actor,
    organisation_id: UUID | None = None,
    role: str | None = None,
    *,
    text: str | None = None,
    person_id: UUID | None = None,
    page: int = 1,
    page_size: int = 50,
) -> tuple[Sequence[tuple[Person, PositionRow]], int]:
    """Return the people of the actor's organisations with their positions, by name; how many.

    Administrators see those of all. `text` stands in the name or the title.
    """
    places = None if access.administers(actor) else actor.organisation_ids
    if organisation_id is not None:
        if places is not None and organisation_id not in places:
            raise NotFound(f"Expected organisation {organisation_id}, but there is none")
        places = frozenset({organisation_id})
    offset = (page - 1) * page_size
    return people.list_people(
        _today(), places, role, page_size, offset, text=text, person_id=person_id
    )


def name_places(positions: Iterable[PositionRow]) -> dict[UUID, str]:
    """Return what the organisations and departments of positions are called, by id."""
    rows = list(positions)
    departments = {row.department_id for row in rows if row.department_id is not None}
    return {
        **organisations.list_names({row.organisation_id for row in rows}),
        **organisations.list_department_names(departments),
    }


def add_person(
    login: str, name: str, *, password: str | None = None, administration: str | None = None
) -> Person:
    """Add somebody from the command line; their password keeps the rules, and is to be changed."""
    login = rules.normalised(login)
    if not rules.is_login(login):
        raise LoginRefused(
            f"{rules.LOGIN_RULE}。 Expected a login of a-z, 0-9 and . _ - @.",
            [Fault("#/login", rules.LOGIN_RULE)],
        )
    hashed = passwords.checked_hash(password, login, name) if password is not None else None
    with acting(None, "system"):
        if people.find_person_by_login(login) is not None:
            raise LoginTaken(
                f"登录名“{login}”已被使用。 Expected a new login, but '{login}' is taken.",
                [Fault("#/login", "登录名已被使用")],
            )
        new = None if hashed is None else (hashed, True)
        now = datetime.now(UTC)
        return accounts.add_row(None, login, name, now, kind=administration, password=new)


def load_office(
    office: Mapping[str, Any], now: datetime, shared_password: str | None = None
) -> None:
    """Move an office in, judged before; what exists is left alone. `now` is real time.

    People whose description brings no password get the shared one, in demo mode only;
    without one they cannot sign in until they are given a password.
    """
    known = {row.login for row in people.list_everybody()}
    fresh = [given for given in office.get("people", ()) if given["login"] not in known]
    hashes = _hashes(fresh, shared_password)
    with acting(None, "system"), administration.gathering():
        here = Register.read(now)
        Taker(None, here, now).take_in(list(office_additions.compare(office, here, hashes)))


def _hashes(fresh: Sequence[Mapping[str, Any]], shared: str | None) -> dict[str, NewPassword]:
    """Return what is stored of the passwords of new people; made while nobody waits for it."""
    found = {}
    for given in fresh:
        own = given.get("password")
        if own is not None:
            # Outside the demo who wrote the file knows the password: it is to be changed.
            found[given["login"]] = (passwords.hash_password(own), not settings().demo)
        elif shared is not None:
            found[given["login"]] = (_shared_hash(shared), False)
    session().rollback()
    return found


@lru_cache(maxsize=1)
def _shared_hash(password: str) -> str:
    # One for all of them: a dozen would take a second, and there is nothing to protect.
    return passwords.hash_password(password)


def _today() -> date:
    return datetime.now(CHINA).date()
