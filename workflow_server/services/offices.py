"""Moves an office in from a file: who is what in which organisation, checked as a whole first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workflow_server.content import office_checks, reading
from workflow_server.content.office_checks import Here
from workflow_server.errors import Fault, InvalidInput
from workflow_server.rules import passwords as rules
from workflow_server.services import (
    administration,
    office_additions,
    organisations,
    passwords,
)
from workflow_server.store import organisations as store
from workflow_server.store import people
from workflow_server.store.db import settings


class OfficeRefused(InvalidInput):
    """单位与人员文件有误"""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the file describes, and who of it cannot sign in yet."""

    organisations: int
    people: int
    positions: int
    without_password: tuple[str, ...]


def load(path: str, data: bytes, now: datetime) -> Loaded:
    """Move in the organisations, people and posts of a file; what exists is left alone.

    Refused as a whole when anything is wrong with it, each fault with file and JSON pointer.
    Who gets no password in the file has none: an existing one is never changed.
    """
    shared = administration.newest_shared()
    faults: list[Fault] = []
    office = reading.parse(path, data, faults)
    if office is not None:
        office_checks.check_office(office, shared, here(now))
        if not faults:
            faults.extend(_weak_passwords(path, office.value))
    if office is None or faults:
        raise OfficeRefused(
            f"{path} 有{len(faults)}处错误，请全部改正后重新载入。"
            f" Expected an office that can move in, but {path} has {len(faults)} faults.",
            faults,
        )
    organisations.load_office(office.value, now)
    logins = [given["login"] for given in office.value.get("people", ())]
    return Loaded(
        organisations=len(office.value.get("organisations", ())),
        people=len(logins),
        positions=len(office_additions.positions_in(office.value)),
        without_password=tuple(login for login in logins if not _has_password(login)),
    )


def here(now: datetime) -> Here:
    """Return who and what is here already, for the judgement of a file."""
    today = administration.day_of(now)
    rows = store.list_()
    keys = {row.id: row.key for row in rows}
    departments = store.list_departments()
    names = {each.id: each.key for each in departments}
    everybody = {person.id: person for person in people.list_everybody()}
    holders = {each.person_id for each in people.list_all_positions(today)}
    closed = {row.key for row in rows if row.closed_on is not None and row.closed_on <= today}
    return Here(
        where="文件和服务器里都",
        roles_in="最新部署里",
        parties={row.key: row.party for row in rows},
        parents={row.key: keys[row.parent_id] if row.parent_id else None for row in rows},
        closed=frozenset(closed),
        codes={row.code: row.key for row in rows if row.code and row.key not in closed},
        departments={
            (keys[each.organisation_id], each.key): names[each.parent_id]
            if each.parent_id
            else None
            for each in departments
        },
        logins={person.login: person.administration for person in everybody.values()},
        holders=frozenset(everybody[each].login for each in holders),
    )


def _weak_passwords(path: str, office: Mapping[str, Any]) -> Iterator[Fault]:
    """Name logins and passwords of new people that break a rule; the demo's passwords do."""
    for number, given in enumerate(office.get("people", ())):
        if _is_here(given["login"]):
            continue
        if not rules.is_login(given["login"]):
            yield Fault(f"{path}#/people/{number}/login", rules.LOGIN_RULE)
        password = given.get("password")
        if password is not None and not settings().demo:
            broken = rules.faults(password, given["login"], given["name"], passwords.policy())
            yield from (Fault(f"{path}#/people/{number}/password", each) for each in broken)


def _is_here(login: str) -> bool:
    return people.find_person_by_login(login) is not None


def _has_password(login: str) -> Any:
    person = people.find_person_by_login(login)
    return person is not None and person.password_hash
