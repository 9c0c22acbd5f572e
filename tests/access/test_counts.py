"""Totals count what one sees, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from tests.access import cast as people
from tests.access import content
from tests.access.matrix import Row
from tests.access.routes import Route, routes
from tests.access.world import World

#: Lists that give no page: everything that there is of a single thing.
WHOLE = {"GET /api/attachments": "the files of one case", "GET /api/links": "one chain"}
#: Reading these writes a line of them.
GROWING = {"GET /api/audit/events": "to read the trail leaves a trace in it"}
#: One role of each party, and the administrators; how a list counts does not hang on the role.
COUNTERS = [*(content.roles_of(party)[0] for party in content.parties()), *people.ADMINISTRATIONS]
#: Where each count is checked: who does the work, and who has nothing to do with it.
KINDS = ("insider", "foreign")


def _lists(world: World) -> list[Route]:
    return [
        route
        for route in routes(world.app)
        if route.method == "GET" and not route.ids and "page_size" in route.queries
    ]


def _page(world: World, login: str, route: Route, page: int, size: int) -> Any:
    more = "&year=2026" if "year" in route.queries else ""
    path = f"{route.path({})}?page={page}&page_size={size}{more}"
    answer = world.ask(login, "GET", path)
    if answer.status_code in (403, 404):
        return None
    assert answer.status_code == 200, f"{route}: {answer.text}"
    return answer.json


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("role", COUNTERS)
def test_the_total_of_a_list_is_what_its_pages_hold(world: World, role: str, kind: str) -> None:
    login, wrong = Row(role).login(kind), []
    for route in _lists(world):
        if str(route) not in GROWING:
            found = _page(world, login, route, 1, 200)
            if found is not None:
                shown = len(found["items"])
                if shown != min(200, found["total"]):
                    wrong.append(f"{route} counts {found['total']}, and shows {shown}")
                beyond = _page(world, login, route, 10_000, 200)
                if (beyond["items"], beyond["total"]) != ([], found["total"]):
                    wrong.append(f"{route} counts {beyond['total']} beyond its end")
    assert wrong == []


#: What a narrowing to a case of another gives: nothing, or as if the case were not there.
NARROWED = ("tasks", "documents", "deliveries", "records", "deadlines", "incidents", "inquiries")


@pytest.mark.parametrize("noun", NARROWED)
@pytest.mark.parametrize("party", content.parties())
def test_the_total_of_a_foreign_case_is_nothing(world: World, party: str, noun: str) -> None:
    login = Row(content.roles_of(party)[0]).login("foreign")
    case = world.cases[party, "own"]
    answer = world.ask(login, "GET", f"/{noun}?instance_id={case.id}")
    found: Any = answer.json
    assert answer.status_code == 404 or (found["items"], found["total"]) == ([], 0)


@pytest.mark.parametrize("noun", NARROWED)
def test_the_total_of_ones_own_case_is_not(world: World, noun: str) -> None:
    case = world.cases["procuratorate", "own"]
    who = "neighbour_prosecutor" if noun == "inquiries" else "insider_prosecutor"
    found: Any = world.ask(who, "GET", f"/{noun}?instance_id={case.id}").json
    assert found["total"] == len(found["items"]) > 0


def test_every_list_comes_in_pages_or_is_named(world: World) -> None:
    unpaged = {
        str(route)
        for route in routes(world.app)
        if route.method == "GET"
        and not route.ids
        and route.queries
        and "page_size" not in route.queries
    }
    assert unpaged >= WHOLE.keys()
