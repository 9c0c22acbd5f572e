"""What an office in JSON adds to what is here; what exists is left alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from workflow_server.services.office_plans import (
    GRANTS,
    Change,
    Register,
    parents_first,
    upper_first,
)
from workflow_server.services.people import NewPassword
from workflow_server.store import people

Office = Mapping[str, Any]


def compare(
    office: Office, here: Register, passwords: Mapping[str, NewPassword]
) -> Iterator[Change]:
    """Return what is new, in the order in which it must be done."""
    places = office.get("organisations", ())
    fresh = [given for given in places if given["key"] not in here.organisations]
    yield from parents_first([_added("organisations", given) for given in fresh])
    yield from upper_first(
        [
            _added("departments", given)
            for given in _departments_in(office)
            if (given["organisation"], given["key"]) not in here.departments
        ]
    )
    everybody = office.get("people", ())
    newcomers = [given for given in everybody if given["login"] not in here.people]
    for given in newcomers:
        yield _added("people", {**given, "password": passwords.get(given["login"])})
    for given in newcomers:
        granted = {name: given[name] for name in GRANTS if given.get(name) is not None}
        if granted:
            yield Change("", 0, "changed", given["login"], "security", {}, granted, "grants", given)
    yield from _positions(office, here)
    for given in office.get("groups", ()):
        if people.find_group_by_key(given["key"]) is None:
            yield _added("groups", given)


def positions_in(office: Office) -> list[Mapping[str, Any]]:
    """Return the positions, written with the person or in a list of their own."""
    within = [
        {**given, "person": person["login"]}
        for person in office.get("people", ())
        for given in person.get("positions", ())
    ]
    return [*office.get("positions", ()), *within]


def _departments_in(office: Office) -> list[Mapping[str, Any]]:
    within = [
        {**given, "organisation": place["key"]}
        for place in office.get("organisations", ())
        for given in place.get("departments", ())
    ]
    return [*office.get("departments", ()), *within]


def _positions(office: Office, here: Register) -> Iterator[Change]:
    """Yield posts that somebody never held: one that was ended stays ended."""
    held = {
        (here.names[row.person_id], here.names[row.organisation_id], row.role, department)
        for row in people.list_all_positions()
        for department in [row.department_id and here.names[row.department_id]]
    }
    for given in positions_in(office):
        post = (given["person"], given["organisation"], given["role"])
        holder = here.people.get(given["person"])
        # Who was deactivated or became an administrator meanwhile holds nothing.
        if holder is not None and (not holder.active or holder.administration is not None):
            continue
        if not held & {(*post, None), (*post, given.get("department"))}:
            held.add((*post, given.get("department")))
            yield _added("positions", given)


def _added(table: str, given: Mapping[str, Any]) -> Change:
    name = str(given.get("key") or given.get("login") or given.get("person"))
    return Change("", 0, "added", name, "system", table=table, given=given)
