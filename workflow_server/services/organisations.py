"""Organisations, the people in them, and the offices that move in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from workflow_server.errors import Fault, InvalidInput, NotFound
from workflow_server.events import Event
from workflow_server.services import history, sign_ins
from workflow_server.services.actors import Actor
from workflow_server.store import organisations, people, tokens
from workflow_server.store.db import session, transaction
from workflow_server.store.history import Act, Stamp
from workflow_server.store.organisations import Organisation
from workflow_server.store.people import Person, PositionRow
from workflow_server.store.tokens import ApiToken
from workflow_server.store.types import new_id

#: What an organisation has columns for; the rest of its description goes into `fields`.
_COLUMNS = ("key", "name", "short_name", "code", "party", "region", "on_server")


#: What people of the demo office sign in with, unless their description says otherwise.
DEMO_PASSWORD = "demo"  # noqa: S105 (no secret: demo mode prints it)


class LoginTaken(InvalidInput):
    """登录名已被使用"""


def list_(party: str | None = None) -> Sequence[Organisation]:
    """Return the organisations, by name; everybody may address a letter to any of them."""
    return organisations.list_(party)


def get(organisation_id: UUID) -> Organisation:
    """Return an organisation."""
    return organisations.get(organisation_id)


def list_people(
    actor: Actor, organisation_id: UUID | None = None, role: str | None = None
) -> Sequence[tuple[Person, PositionRow]]:
    """Return the people of the actor's organisations with their positions, by name."""
    if organisation_id is not None and not _may_look_into(actor, organisation_id):
        raise NotFound(f"Expected organisation {organisation_id}, but there is none")
    return [
        (person, position)
        for person, position in people.list_people(organisation_id, role)
        if _may_look_into(actor, position.organisation_id)
    ]


def list_tokens(actor: Actor) -> Sequence[ApiToken]:
    """Return the actor's own tokens, newest first; what they are is not kept."""
    return tokens.list_tokens(actor.person_id)


def revoke_token(
    actor: Actor, token_id: UUID, now: datetime, idempotency_key: str | None = None
) -> None:
    """Make one of the actor's own tokens worthless."""
    asked = history.asked(actor, idempotency_key, "organisations.revoke_token", token_id)
    with transaction():
        if history.first_answer(asked) is None:
            tokens.revoke_token(token_id, actor.person_id, now)
            _note(Event.TOKEN_REVOKED, actor.person_id, {"token_id": str(token_id)}, asked)


def add_person(
    login: str, name: str, *, password: str | None = None, administration: str | None = None
) -> Person:
    """Add somebody who can sign in."""
    hashed = sign_ins.hash_password(password) if password is not None else None
    return _add_person(login, name, hashed, administration)


@lru_cache(maxsize=1)
def _shared_hash(password: str) -> str:
    # One for all of them: a dozen would take a second, and there is nothing to protect.
    return sign_ins.hash_password(password)


def _add_person(login: str, name: str, hashed: str | None, administration: str | None) -> Person:
    with transaction():
        if people.find_person_by_login(login) is not None:
            raise LoginTaken(
                f"登录名“{login}”已被使用。 Expected a new login, but '{login}' is taken.",
                [Fault("#/login", "登录名已被使用")],
            )
        person = Person(
            id=new_id(),
            login=login,
            name=name,
            password_hash=hashed,
            administration=administration,
        )
        session().add(person)
        _note(Event.PERSON_ADDED, person.id, {"login": login, "administration": administration})
    return person


def add_position(
    person_id: UUID, organisation_id: UUID, role: str, title: str | None = None
) -> PositionRow:
    """Give a person a post; one that they hold already stays as it is."""
    with transaction():
        for held in people.list_positions(people.get_person(person_id).id):
            if (held.organisation_id, held.role) == (organisation_id, role):
                return held
        position = PositionRow(
            id=new_id(),
            person_id=person_id,
            organisation_id=organisations.get(organisation_id).id,
            role=role,
            title=title,
        )
        session().add(position)
        _note(Event.POSITION_GIVEN, person_id, {"organisation": str(organisation_id), "role": role})
    return position


def load_office(
    office: Mapping[str, Any], now: datetime, shared_password: str | None = None
) -> None:
    """Move an office in: organisations, people, positions; what exists is left alone.

    People whose description brings no password get the shared one, in demo mode only;
    without one they cannot sign in until they are given a password.
    """
    with transaction():
        known = {row.key: row for row in organisations.list_()}
        for given in office.get("organisations", ()):
            if given["key"] not in known:
                known[given["key"]] = _add_organisation(given)
        added = {
            given["login"]: _find_or_add(given, shared_password)
            for given in office.get("people", ())
        }
        session().flush()
        for login, given in positions_in(office):
            person = added.get(login) or people.find_person_by_login(login)
            if person is None:
                raise NotFound(f"Expected person '{login}', but there is none")
            place = known[given["organisation"]]
            add_position(person.id, place.id, given["role"], given.get("title"))


def positions_in(office: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """Return (login, position), written with the person or in a list of their own."""
    apart = [(given["person"], given) for given in office.get("positions", ())]
    within = [
        (person["login"], given)
        for person in office.get("people", ())
        for given in person.get("positions", ())
    ]
    return apart + within


def _add_organisation(given: Mapping[str, Any]) -> Organisation:
    organisation_id = new_id()
    row = Organisation(
        id=organisation_id,
        path=f"{organisation_id.hex}/",
        key=given["key"],
        name=given["name"],
        short_name=given.get("short_name") or given["name"],
        code=given.get("code", ""),
        party=given["party"],
        region=given.get("region"),
        fields={name: value for name, value in given.items() if name not in _COLUMNS},
        on_server=given.get("on_server", True),
    )
    session().add(row)
    session().flush()
    return row


def _find_or_add(given: Mapping[str, Any], shared_password: str | None) -> Person:
    known = people.find_person_by_login(given["login"])
    if known is not None:
        return known
    hashed = None
    if given.get("password") is not None:
        hashed = sign_ins.hash_password(given["password"])
    elif shared_password is not None:
        hashed = _shared_hash(shared_password)
    return _add_person(given["login"], given["name"], hashed, given.get("administration"))


def _may_look_into(actor: Actor, organisation_id: UUID) -> bool:
    return actor.administration is not None or organisation_id in actor.organisation_ids


def _note(
    act: Event, person_id: UUID, data: dict[str, Any], asked: history.Asked | None = None
) -> None:
    row = Act(at=datetime.now(UTC), act=act, by=Stamp(person_id), data=data)
    history.append_to_area("organisations", row, asked)
