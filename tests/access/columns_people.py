"""Performs the tables of organisations, people, sign-ins and tokens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.access import cast as people
from tests.access.matrix import Row, agreed, column, holds, mark_of, reads
from tests.access.world import World

ORGANISATIONS = "Organisations and their departments"
PEOPLE = "People, posts and groups"
ACCOUNTS = "Sign-ins and tokens"
_TODAY = "2026-01-01"
#: Somebody of the foreign organisation, on whom acts are tried.
_OTHER = "foreign_assistant"


def _writes(world: World, row: Row, *acts: tuple[str, str, Mapping[str, Any] | None]) -> str:
    """Do each act, and say what came of all of them."""
    return agreed(
        {
            f"{method} {path}": mark_of(world.ask(row.login(), method, path, json=body))
            for method, path, body in acts
        }
    )


def _abroad(world: World) -> str:
    return world.organisation(people.FOREIGN, "procuratorate")


@column(ORGANISATIONS, "see them")
def see_organisations(world: World, row: Row) -> str:
    abroad = _abroad(world)
    department = world.cast.departments[people.FOREIGN, "procuratorate", "one"]
    return agreed(
        {"list": holds(world, row.login(), "/organisations", abroad)}
        | reads(
            world,
            row.login(),
            f"/organisations/{abroad}",
            f"/organisations/{abroad}/departments",
            f"/organisations/{abroad}/successions",
            f"/departments/{department}",
        )
    )


@column(ORGANISATIONS, "add, change and move them")
def change_organisations(world: World, row: Row) -> str:
    path = f"/organisations/{_abroad(world)}"
    above = world.organisation(people.ABOVE, "procuratorate")
    new = {"key": "new_office", "name": "新设单位", "party": "procuratorate"}
    return _writes(
        world,
        row,
        ("POST", "/organisations", new),
        ("PUT", path, {"region": "230203", "level": 4}),
        ("PUT", f"{path}/parent", {"parent_id": above}),
    )


@column(ORGANISATIONS, "rename, merge and split them")
def succeed_organisations(world: World, row: Row) -> str:
    body = {"kind": "rename", "on": _TODAY, "name": "更名单位", "reason": "核对"}
    return _writes(world, row, ("POST", f"/organisations/{_abroad(world)}/successions", body))


@column(ORGANISATIONS, "add and change departments")
def change_departments(world: World, row: Row) -> str:
    one, two = (
        world.cast.departments[people.FOREIGN, "procuratorate", key] for key in ("one", "two")
    )
    new = {"key": "three", "name": "三部"}
    return _writes(
        world,
        row,
        ("POST", f"/organisations/{_abroad(world)}/departments", new),
        ("PUT", f"/departments/{two}", {"name": "二部"}),
        ("PUT", f"/departments/{two}/parent", {"parent_id": str(one)}),
    )


@column(PEOPLE, "see those of one's organisation")
def see_people(world: World, row: Row) -> str:
    home = world.organisation(people.HOME, row.party)
    return agreed(reads(world, row.login(), f"/people?organisation_id={home}"))


@column(PEOPLE, "see those of a foreign organisation")
def see_people_abroad(world: World, row: Row) -> str:
    return agreed(reads(world, row.login(), f"/people?organisation_id={_abroad(world)}"))


@column(PEOPLE, "see everybody with all their posts")
def see_directory(world: World, row: Row) -> str:
    path = f"/people/{world.cast.people[_OTHER]}"
    return agreed(reads(world, row.login(), "/people/directory", path, f"{path}/positions"))


@column(PEOPLE, "add and change people")
def change_people(world: World, row: Row) -> str:
    path = f"/people/{world.cast.people[_OTHER]}"
    return _writes(
        world,
        row,
        ("POST", "/people", {"login": "somebody.new", "name": "新人"}),
        ("PUT", path, {"name": "改名", "active": True}),
    )


@column(PEOPLE, "give and end posts")
def give_posts(world: World, row: Row) -> str:
    post = {"organisation_id": _abroad(world), "role": "prosecutor"}
    position = world.cast.positions[_OTHER, people.FOREIGN]
    return _writes(
        world,
        row,
        ("POST", f"/people/{world.cast.people[_OTHER]}/positions", post),
        ("POST", f"/positions/{position}/end", {}),
    )


@column(PEOPLE, "grant clearance and certificates")
def grant(world: World, row: Row) -> str:
    path = f"/people/{world.cast.people[_OTHER]}/grants"
    return _writes(world, row, ("PUT", path, {"clearance": 2, "minors_certified": True}))


@column(PEOPLE, "see groups")
def see_groups(world: World, row: Row) -> str:
    return agreed(
        {"list": holds(world, row.login(), "/groups", world.group)}
        | reads(world, row.login(), f"/groups/{world.group}")
    )


@column(PEOPLE, "change groups")
def change_groups(world: World, row: Row) -> str:
    members = {"name": "改名组", "person_ids": [str(world.cast.people[_OTHER])]}
    return _writes(
        world,
        row,
        ("POST", "/groups", {"key": "new_group", "name": "新组"}),
        ("PUT", f"/groups/{world.group}", members),
    )


@column(ACCOUNTS, "one's own sign-ins and tokens")
def see_own_account(world: World, row: Row) -> str:
    return agreed(reads(world, row.login(), "/me", "/me/sign-ins", "/me/tokens"))


@column(ACCOUNTS, "make a token for oneself")
def make_token(world: World, row: Row) -> str:
    body = {"name": "核对", "scopes": ["read"], "days": 1}
    return _writes(world, row, ("POST", "/me/tokens", body))


@column(ACCOUNTS, "revoke another's as if one's own")
def revoke_as_own(world: World, row: Row) -> str:
    return _writes(world, row, ("DELETE", f"/me/tokens/{world.token_of_another}", None))


@column(ACCOUNTS, "see everybody's sign-ins and tokens")
def see_accounts(world: World, row: Row) -> str:
    owner = world.cast.people[people.DOUBLE]
    return agreed(reads(world, row.login(), "/sign-ins", f"/accounts/{owner}/tokens"))


@column(ACCOUNTS, "unlock, reset and revoke")
def administer_accounts(world: World, row: Row) -> str:
    path = f"/accounts/{world.cast.people[people.DOUBLE]}"
    return _writes(
        world,
        row,
        ("POST", f"{path}/unlock", {}),
        ("PUT", f"{path}/password", {"password": "Korrekt-Pferd-Batterie-9"}),
        ("DELETE", f"{path}/second-factor", None),
        ("DELETE", f"{path}/sessions", None),
        ("DELETE", f"{path}/tokens/{world.token_of_another}", None),
    )
