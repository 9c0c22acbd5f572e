"""Performs the tables of cases: who sees which, and what of them."""

from __future__ import annotations

from collections.abc import Callable

from tests.access.content import POST_OFFICE
from tests.access.matrix import Row, agreed, column, holds, mark_of, reads
from tests.access.world import World

CASES = "Which cases are seen"
LETTERS = "A letter addressed to one's organisation"
#: Column → kind of case, and by whom of the role's people.
_KINDS = {
    "own": ("own", "insider"),
    "offered": ("free", "insider"),
    "same department": ("department", "insider"),
    "other department": ("organisation", "insider"),
    "organisation below": ("below", "insider"),
    "organisation above": ("above", "insider"),
    "foreign organisation": ("foreign", "insider"),
    "own, with minors": ("minor", "insider"),
    "own, with minors, certified": ("minor", "trusted"),
    "own, work secret": ("secret", "insider"),
    "own, work secret, cleared": ("secret", "trusted"),
    "own, but recused": ("recused", "insider"),
}
#: Table → kind of case whose parts are looked at.
_PARTS = {
    "What is seen of one's own case": "own",
    "What is seen of another's case in the organisation": "organisation",
}
#: Looks at one part of a case in every way; returns a mark for each way.
_Look = Callable[[World, str, Row, str], dict[str, str]]


def _see_case(world: World, row: Row, kind: str, login: str) -> str:
    case = row.case(world, kind)
    return agreed(
        {"list": holds(world, login, "/process-instances", case.id)}
        | reads(world, login, f"/process-instances/{case.id}")
    )


def _register_cases() -> None:
    for name, (kind, who) in _KINDS.items():

        @column(CASES, name)
        def see(world: World, row: Row, kind: str = kind, who: str = who) -> str:
            return _see_case(world, row, kind, row.login(who))


def _listed(listing: str, kind: str, *paths: str) -> _Look:
    """Look for the case's first thing of a kind in a list, and read it at each path."""

    def look(world: World, login: str, row: Row, which: str) -> dict[str, str]:
        case = row.case(world, which)
        given = {"case": case.id, "id": case.one(kind)}
        found = {listing: holds(world, login, listing.format(**given), given["id"])}
        return found | reads(world, login, *(path.format(**given) for path in paths))

    return look


def _of_case(part: str) -> _Look:
    def look(world: World, login: str, row: Row, which: str) -> dict[str, str]:
        return reads(world, login, f"/process-instances/{row.case(world, which).id}/{part}")

    return look


def _task(world: World, login: str, row: Row, which: str) -> dict[str, str]:
    task = row.task(world, which)
    listing = f"/tasks?instance_id={row.case(world, which).id}"
    return {"list": holds(world, login, listing, task)} | reads(world, login, f"/tasks/{task}")


def _whole(listing: str) -> str:
    return "/process-instances/{case}/" + listing


_LOOKS: dict[str, tuple[_Look, ...]] = {
    "history": (_of_case("history"),),
    "variables": (_of_case("variables"),),
    "diagram": (_of_case("diagram"),),
    "tasks": (_task,),
    "documents": (
        _listed("/documents?instance_id={case}", "document", "/documents/{id}"),
        _listed(_whole("documents"), "document", "/documents/{id}/file"),
    ),
    "letters": (_listed("/deliveries?instance_id={case}", "delivery", "/deliveries/{id}"),),
    "records": (
        _listed("/records?instance_id={case}", "record", "/records/{id}"),
        _listed(_whole("records"), "record", "/records/{id}/links", "/links?of={id}"),
    ),
    "deadlines": (
        _listed("/deadlines?instance_id={case}", "deadline", "/deadlines/{id}/alerts"),
        _listed(_whole("deadlines"), "deadline"),
    ),
    "attachments": (
        _listed(
            "/attachments?instance_id={case}",
            "attachment",
            "/attachments/{id}",
            "/attachments/{id}/file",
        ),
    ),
    "incidents": (_listed("/incidents?instance_id={case}", "incident", "/incidents/{id}"),),
    "numbers": (_listed("/numbers", "number"),),
}


def _register_parts() -> None:
    for table, which in _PARTS.items():
        for name, looks in _LOOKS.items():

            @column(table, name)
            def see(
                world: World, row: Row, which: str = which, looks: tuple[_Look, ...] = looks
            ) -> str:
                found: dict[str, str] = {}
                for look in looks:
                    found |= look(world, row.login(), row, which)
                return agreed(found)


_register_cases()
_register_parts()


def _letter(world: World, row: Row) -> str:
    """Return the letter that the post office's case has sent to the row's organisation."""
    return world.received[world.organisation("home", row.party)]


@column(LETTERS, "see")
def see_letter(world: World, row: Row) -> str:
    letter = _letter(world, row)
    return agreed(
        {"list": holds(world, row.login(), "/deliveries?direction=received", letter)}
        | reads(world, row.login(), f"/deliveries/{letter}")
    )


@column(LETTERS, "enclosed paper")
def read_enclosure(world: World, row: Row) -> str:
    paper = world.cases[POST_OFFICE, "sender"].one("document")
    return agreed(reads(world, row.login(), f"/documents/{paper}", f"/documents/{paper}/file"))


@column(LETTERS, "acknowledge")
def acknowledge(world: World, row: Row) -> str:
    path = f"/deliveries/{_letter(world, row)}/acknowledgement"
    return mark_of(world.ask(row.login(), "POST", path))


@column(LETTERS, "the sender's case")
def see_sender(world: World, row: Row) -> str:
    case = world.cases[POST_OFFICE, "sender"]
    return agreed(reads(world, row.login(), f"/process-instances/{case.id}"))
