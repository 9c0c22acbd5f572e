"""One person in two organisations: the identity chosen decides, what keeps away does not care."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests.access.cast import DOUBLE, FOREIGN, HOME
from tests.access.world import Case, World
from workflow_server.store import access
from workflow_server.store.db import session, transaction
from workflow_server.store.types import new_id

#: Where a case of each organisation is found.
CASES = {HOME: "own", FOREIGN: "foreign"}


def _case(world: World, place: str) -> Case:
    return world.cases["procuratorate", CASES[place]]


def _sees(world: World, case: Case, identity: str | None) -> bool:
    answer = world.ask(DOUBLE, "GET", f"/process-instances/{case.id}", identity)
    listed = world.ask(DOUBLE, "GET", "/process-instances?page_size=200", identity)
    items: Any = listed.json
    assert answer.status_code in (200, 404)
    is_listed = case.id in [each["id"] for each in items["items"]]
    assert is_listed == (answer.status_code == 200), "the list and the thing do not agree"
    return is_listed


def _recuse(world: World, case: Case) -> None:
    with world.app.app_context(), transaction():
        session().add(
            access.Recusal(
                id=new_id(),
                person_id=world.cast.people[DOUBLE],
                instance_id=UUID(case.id),
                reason="核对",
                ordered_by=world.cast.people["trusted_chief"],
                ordered_at=world.now,
            )
        )
    world.changed()


@pytest.mark.parametrize("place", CASES)
def test_without_a_choice_both_organisations_cases_are_seen(world: World, place: str) -> None:
    assert _sees(world, _case(world, place), None)


@pytest.mark.parametrize("chosen", CASES)
@pytest.mark.parametrize("place", CASES)
def test_the_identity_chosen_sees_its_organisations_cases_only(
    world: World, place: str, chosen: str
) -> None:
    assert _sees(world, _case(world, place), chosen) == (place == chosen)


@pytest.mark.parametrize("identity", [None, HOME, FOREIGN])
def test_a_recusal_belongs_to_the_person_whatever_identity_is_chosen(
    world: World, identity: str | None
) -> None:
    case = _case(world, HOME)
    _recuse(world, case)
    assert not _sees(world, case, identity)


@pytest.mark.parametrize("identity", [None, HOME, FOREIGN])
@pytest.mark.parametrize("kind", ["secret", "minor"])
def test_what_is_not_granted_to_the_person_no_identity_brings(
    world: World, kind: str, identity: str | None
) -> None:
    assert not _sees(world, world.cases["procuratorate", kind], identity)


def test_a_right_is_used_where_the_identity_chosen_has_it(world: World) -> None:
    body = {"secrecy": 1, "minor": False, "reason": "核对"}
    path = f"/process-instances/{_case(world, HOME).id}/restrictions"
    abroad = world.ask(DOUBLE, "PUT", path, FOREIGN, json=body)
    assert abroad.status_code == 404
    assert world.ask(DOUBLE, "PUT", path, HOME, json=body).status_code == 200


@pytest.mark.parametrize("noun", ["tasks", "documents", "deliveries", "records", "numbers"])
def test_lists_and_their_totals_follow_the_identity_chosen(world: World, noun: str) -> None:
    def total(identity: str | None) -> int:
        found: Any = world.ask(DOUBLE, "GET", f"/{noun}", identity).json
        return int(found["total"])

    assert 0 < total(HOME) < total(None)
    assert total(HOME) + total(FOREIGN) == total(None)


def test_somebody_elses_identity_is_refused(world: World) -> None:
    position = str(world.cast.positions["insider_chief", HOME])
    answer = world.ask(DOUBLE, "GET", "/process-instances", headers={"Identity": position})
    assert answer.status_code == 403
