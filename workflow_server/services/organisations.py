"""Organisations, the people in them, and the offices that move in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from workflow_server.config import CHINA
from workflow_server.content.office_checks import ORGANISATION
from workflow_server.errors import Fault, InvalidInput, NotFound
from workflow_server.events import Event
from workflow_server.rules import passwords as rules
from workflow_server.services import access, history, passwords
from workflow_server.services.actors import Actor
from workflow_server.store import organisations, people
from workflow_server.store.db import session, settings, transaction
from workflow_server.store.history import Act, Stamp
from workflow_server.store.organisations import Department, Organisation
from workflow_server.store.people import Group, Person, PositionRow
from workflow_server.store.types import new_id

#: What an organisation has columns for; the rest of its description goes into `fields`.
_COLUMNS = frozenset(ORGANISATION)


#: What people of the demo office sign in with, unless their description says otherwise.
DEMO_PASSWORD = "demo"  # noqa: S105 (no secret: demo mode prints it)


class LoginRefused(InvalidInput):
    """登录名不符合要求"""


class LoginTaken(InvalidInput):
    """登录名已被使用"""


def list_(
    party: str | None = None, parent_id: UUID | None = None, is_open: bool | None = None
) -> Sequence[Organisation]:
    """Return the organisations, by name; everybody may address a letter to any open one."""
    found = organisations.list_(party, parent_id)
    if is_open is None:
        return found
    today = _today()
    return [row for row in found if (row.closed_on is None or row.closed_on > today) == is_open]


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
        for person, position in people.list_people(_today(), organisation_id, role)
        if _may_look_into(actor, position.organisation_id)
    ]


def add_person(
    login: str, name: str, *, password: str | None = None, administration: str | None = None
) -> Person:
    """Add somebody who can sign in; a password that keeps the rules, and is to be changed."""
    login = rules.normalised(login)
    if not rules.is_login(login):
        raise LoginRefused(
            f"{rules.LOGIN_RULE}。 Expected a login of a-z, 0-9 and . _ - @.",
            [Fault("#/login", rules.LOGIN_RULE)],
        )
    hashed = passwords.checked_hash(password, login, name) if password is not None else None
    return _add_person(login, name, hashed, administration, must_change=hashed is not None)


@lru_cache(maxsize=1)
def _shared_hash(password: str) -> str:
    # One for all of them: a dozen would take a second, and there is nothing to protect.
    return passwords.hash_password(password)


def _add_person(
    login: str,
    name: str,
    hashed: str | None,
    administration: str | None,
    must_change: bool = False,
) -> Person:
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
            password_set_at=None if hashed is None else datetime.now(UTC),
            must_change_password=must_change,
        )
        session().add(person)
        _note(Event.PERSON_ADDED, person.id, {"login": login, "administration": administration})
    return person


def add_position(
    person_id: UUID,
    organisation_id: UUID,
    role: str,
    title: str | None = None,
    *,
    department_id: UUID | None = None,
    **more: Any,
) -> PositionRow:
    """Give a person a post; one that they hold already stays as it is."""
    with transaction():
        for held in people.list_positions(people.get_person(person_id).id):
            post = (held.organisation_id, held.role)
            if post == (organisation_id, role) and held.department_id in (None, department_id):
                return held
        position = PositionRow(
            id=new_id(),
            person_id=person_id,
            organisation_id=organisations.get(organisation_id).id,
            role=role,
            title=title,
            department_id=department_id,
            **more,
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
        organisations.hold()
        known = {row.key: row for row in organisations.list_()}
        fresh = [given for given in office.get("organisations", ()) if given["key"] not in known]
        for given in fresh:
            known[given["key"]] = _add_organisation(given)
        for given in fresh:
            _put_below(known, given)
        departments = _add_departments(office, known)
        added = {
            given["login"]: _find_or_add(given, shared_password)
            for given in office.get("people", ())
        }
        session().flush()
        for login, given in positions_in(office):
            place = known[given["organisation"]]
            holder = added.get(login) or _person(login)
            add_position(
                holder.id,
                place.id,
                given["role"],
                given.get("title"),
                department_id=departments.get((place.id, given.get("department"))),
                is_head=given.get("is_head", False),
                acting_for_id=_person(given["acting_for"]).id if given.get("acting_for") else None,
                since=_day(given.get("since")),
                until=_day(given.get("until")),
            )
        _add_groups(office, known)


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
        level=given.get("level"),
        opened_on=_day(given.get("opened_on")),
    )
    session().add(row)
    session().flush()
    return row


def _put_below(known: Mapping[str, Organisation], given: Mapping[str, Any]) -> None:
    """Put a new organisation, with all that is below it by now, under its parent."""
    if given.get("parent") is None:
        return
    row, parent = known[given["key"]], known[given["parent"]]
    old, row.parent_id = row.path, parent.id
    for below in organisations.list_under(old):
        below.path = parent.path + below.path[len(old) - len(f"{row.id.hex}/") :]
    session().flush()


def _add_departments(
    office: Mapping[str, Any], known: Mapping[str, Organisation]
) -> dict[tuple[UUID, str | None], UUID]:
    """Add the departments that are new; return all of them by organisation and key."""
    given = [*office.get("departments", ())]
    for place in office.get("organisations", ()):
        given += ({**each, "organisation": place["key"]} for each in place.get("departments", ()))
    here = {(row.organisation_id, row.key): row for row in organisations.list_departments()}
    fresh = []
    for each in given:
        place = known[each["organisation"]]
        if (place.id, each["key"]) not in here:
            row = Department(
                id=new_id(), organisation_id=place.id, key=each["key"], name=each["name"]
            )
            session().add(row)
            here[place.id, row.key] = row
            fresh.append((row, each.get("parent")))
    session().flush()
    for row, parent in fresh:
        if parent is not None:
            row.parent_id = here[row.organisation_id, parent].id
    session().flush()
    return {key: row.id for key, row in here.items()}


def _add_groups(office: Mapping[str, Any], known: Mapping[str, Organisation]) -> None:
    for given in office.get("groups", ()):
        if people.find_group_by_key(given["key"]) is None:
            place = given.get("organisation")
            group = Group(
                id=new_id(),
                key=given["key"],
                name=given["name"],
                organisation_id=known[place].id if place is not None else None,
            )
            session().add(group)
            session().flush()
            people.set_members(group.id, [_person(each).id for each in given.get("members", ())])


def _today() -> date:
    return datetime.now(CHINA).date()


def _person(login: str) -> Person:
    person = people.find_person_by_login(login)
    if person is None:
        raise NotFound(f"Expected person '{login}', but there is none")
    return person


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _find_or_add(given: Mapping[str, Any], shared_password: str | None) -> Person:
    known = people.find_person_by_login(given["login"])
    if known is not None:
        return known
    hashed = None
    if given.get("password") is not None:
        hashed = passwords.hash_password(given["password"])
    elif shared_password is not None:
        hashed = _shared_hash(shared_password)
    # Outside the demo who wrote the file knows the password: it is to be changed.
    must_change = given.get("password") is not None and not settings().demo
    administration = given.get("administration")
    person = _add_person(given["login"], given["name"], hashed, administration, must_change)
    person.clearance = given.get("clearance", people.INTERNAL)
    person.minors_certified = given.get("minors_certified", False)
    person.active = given.get("active", True)
    return person


def _may_look_into(actor: Actor, organisation_id: UUID) -> bool:
    return access.administers(actor) or organisation_id in actor.organisation_ids


def _note(
    act: Event, person_id: UUID, data: dict[str, Any], asked: history.Asked | None = None
) -> None:
    row = Act(at=datetime.now(UTC), act=act, by=Stamp(person_id), data=data)
    history.append_to_area("organisations", row, asked)
