"""Who is tried: people of every role in four organisations of each party, and who holds no post."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from tests.access.content import parties, roles
from workflow_server.services.actors import digest_of
from workflow_server.store.db import session, transaction
from workflow_server.store.organisations import Department, Organisation
from workflow_server.store.people import Person, PositionRow
from workflow_server.store.tokens import ApiToken
from workflow_server.store.types import new_id

#: Organisations of each party: the one in the middle, one above and one below it, and a stranger.
HOME, ABOVE, BELOW, FOREIGN = "home", "above", "below", "foreign"
_PLACES = (ABOVE, HOME, BELOW, FOREIGN)
_PARENT = {HOME: ABOVE, BELOW: HOME}
_NAMES = {HOME: "甲", ABOVE: "上", BELOW: "下", FOREIGN: "外"}
ADMINISTRATIONS = ("system", "security", "audit")
NOBODY = "nobody"
#: Holds the role below at home and abroad.
DOUBLE, DOUBLE_ROLE = "double", "chief"


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the people that each role has."""

    place: str
    department: str = "one"
    #: Cleared for work secrets and certified for minors.
    trusted: bool = False


#: By the first part of their login, as in "insider_prosecutor".
KINDS = {
    "insider": Kind(HOME),
    "trusted": Kind(HOME, trusted=True),
    "neighbour": Kind(HOME),
    "colleague": Kind(HOME, "two"),
    "above": Kind(ABOVE),
    "below": Kind(BELOW),
    "foreign": Kind(FOREIGN),
}


@dataclass(slots=True)
class Cast:
    """Ids and tokens of everybody, by login; of organisations, by place and party."""

    people: dict[str, UUID]
    positions: dict[tuple[str, str], UUID]
    organisations: dict[tuple[str, str], UUID]
    departments: dict[tuple[str, str, str], UUID]

    def token(self, login: str) -> str:
        return f"wst_probe_{login}"


def move_in() -> Cast:
    """Write everybody down; straight into the tables, for there are many of them."""
    cast = Cast({}, {}, {}, {})
    with transaction() as rows:
        for party in parties():
            for place in _PLACES:
                _found(cast, place, party)
        rows.flush()
        for login, role, kind in _posts():
            _seat(cast, login, role["key"], role["party"], kind)
        for administration in ADMINISTRATIONS:
            _add_person(cast, administration, administration=administration)
        home = Kind(HOME)
        _add_person(cast, DOUBLE)
        for kind in (home, Kind(FOREIGN)):
            _give_post(cast, DOUBLE, DOUBLE_ROLE, "procuratorate", kind)
    return cast


def _posts() -> Iterator[tuple[str, dict[str, str], Kind]]:
    for role in roles():
        for prefix, kind in KINDS.items():
            yield f"{prefix}_{role['key']}", role, kind


def _found(cast: Cast, place: str, party: str) -> None:
    parent_id = cast.organisations.get((_PARENT[place], party)) if place in _PARENT else None
    parent = session().get(Organisation, parent_id) if parent_id else None
    organisation_id = new_id()
    name = f"{_NAMES[place]}{party}"
    session().add(
        Organisation(
            id=organisation_id,
            key=f"{place}_{party}",
            name=name,
            short_name=name,
            code=f"{_NAMES[place]}{party[:4]}",
            party=party,
            region="230203",
            parent_id=parent_id,
            path=f"{parent.path if parent else ''}{organisation_id.hex}/",
        )
    )
    session().flush()
    cast.organisations[place, party] = organisation_id
    for key in ("one", "two"):
        department_id = new_id()
        cast.departments[place, party, key] = department_id
        session().add(
            Department(id=department_id, organisation_id=organisation_id, key=key, name=key)
        )


def _seat(cast: Cast, login: str, role: str, party: str, kind: Kind) -> None:
    _add_person(cast, login, clearance=2 if kind.trusted else 1, minors_certified=kind.trusted)
    _give_post(cast, login, role, party, kind)


def _add_person(cast: Cast, login: str, **more: object) -> None:
    person_id = new_id()
    now = datetime.now(UTC)
    session().add(Person(id=person_id, login=login, name=f"氏{login}", **more))
    session().flush()
    digest = digest_of(cast.token(login))
    session().add(
        ApiToken(id=new_id(), person_id=person_id, name="probe", digest=digest, created_at=now)
    )
    cast.people[login] = person_id


def _give_post(cast: Cast, login: str, role: str, party: str, kind: Kind) -> None:
    position_id = new_id()
    session().add(
        PositionRow(
            id=position_id,
            person_id=cast.people[login],
            organisation_id=cast.organisations[kind.place, party],
            department_id=cast.departments[kind.place, party, kind.department],
            role=role,
        )
    )
    cast.positions[login, kind.place] = position_id
