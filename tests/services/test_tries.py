"""Too many failures wait: for a login from an address, an address, a login, a second factor."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask

from tests.services.conftest import NOW, House
from workflow_server.services import accounts, passwords, sign_ins, tries
from workflow_server.services.actors import Actor
from workflow_server.services.tries import Origin, TryLater
from workflow_server.store import sign_ins as rows
from workflow_server.store.db import session

HERE = Origin("10.0.0.1", "browser")


def fail(login: str, origin: Origin, times: int = 1) -> None:
    for _ in range(times):
        with pytest.raises(sign_ins.SignInRefused):
            sign_ins.sign_in(login, "wrong", NOW, origin=origin)


def wait(login: str, origin: Origin, later: timedelta = timedelta(0)) -> int:
    with pytest.raises(TryLater) as refused:
        sign_ins.sign_in(login, "correct horse", NOW + later, origin=origin)
    return refused.value.seconds


def test_five_failures_of_a_login_from_an_address_wait(house: House) -> None:
    fail("ann", HERE, tries.FAILURES_OF_A_PAIR)
    assert wait("ann", HERE) == tries.WINDOW.total_seconds() + 1
    assert wait("ann", HERE, timedelta(minutes=10)) == 301
    assert sign_ins.sign_in("ann", "correct horse", NOW, origin=Origin("10.0.0.2")).token
    later = NOW + tries.WINDOW
    assert sign_ins.sign_in("ann", "correct horse", later, origin=HERE).token


def test_a_success_forgets_the_failures_of_its_login_there(house: House) -> None:
    for _ in range(3):
        fail("ann", HERE, tries.FAILURES_OF_A_PAIR - 1)
        sign_ins.sign_in("ann", "correct horse", NOW, origin=HERE)


def test_an_address_has_few_guesses_at_many_logins(house: House) -> None:
    for number in range(tries.FAILURES_OF_AN_ADDRESS):
        fail(f"somebody{number}", HERE)
    assert wait("ann", HERE) > 0
    assert sign_ins.sign_in("ann", "correct horse", NOW, origin=Origin("10.0.0.2")).token


def test_a_login_has_few_guesses_from_many_addresses(house: House) -> None:
    for number in range(tries.FAILURES_OF_A_LOGIN):
        fail("ann", Origin(f"10.1.0.{number}"))
    assert wait("ann", HERE) > 0
    assert sign_ins.sign_in("bob", "demo", NOW, origin=HERE).token


def test_somebody_else_cannot_reset_the_count_with_their_own_account(house: House) -> None:
    fail("ann", HERE, tries.FAILURES_OF_A_PAIR)
    sign_ins.sign_in("bob", "demo", NOW, origin=HERE)
    assert wait("ann", HERE) > 0


def test_tries_at_once_are_counted_before_any_is_hashed(
    app: Flask, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[int] = []
    at_once = threading.Barrier(8)

    class Counting:
        def verify(self, *_: str) -> bool:
            hashed.append(0)
            return False

    def attempt(_: int) -> bool:
        at_once.wait()
        with app.app_context():
            try:
                sign_ins.sign_in("ann", "wrong", NOW, origin=HERE)
            except sign_ins.SignInRefused:
                return True
            except TryLater:
                return False
        return False

    session().rollback()
    monkeypatch.setattr(passwords, "_hasher", Counting())
    with ThreadPoolExecutor(8) as people:
        tried = sum(people.map(attempt, range(8)))
    assert tried == len(hashed) == tries.FAILURES_OF_A_PAIR


def test_every_try_is_a_row_but_who_hammers_does_not_fill_the_disk(house: House) -> None:
    fail("ann", HERE, tries.FAILURES_OF_A_PAIR)
    for _ in range(20):
        wait("ann", HERE)
    found, total = sign_ins.list_own(house.ann)
    assert total == len(found) == tries.FAILURES_OF_A_PAIR + 1
    assert [row.outcome for row in found].count(rows.LOCKED) == 1
    assert {(row.address, row.agent, row.method) for row in found} == {
        ("10.0.0.1", "browser", "password")
    }


def test_what_was_typed_as_a_login_by_mistake_is_not_kept(house: House) -> None:
    for secret in ("My Secret Password!", "аnn", "ａｎｎ", "x" * 100):
        fail(secret, HERE)
    found, _ = rows.list_(rows.conditions_of(address="10.0.0.1"), 50, 0)
    assert len(found) == 4
    assert all(row.login.startswith("?") and row.person_id is None for row in found)


@pytest.fixture
def safe(house: House, administrator: Callable[[str], Actor]) -> Actor:
    """The security administrator."""
    return administrator("security")


def test_the_security_administrator_unlocks_a_person_and_an_address(
    house: House, safe: Actor
) -> None:
    fail("ann", HERE, tries.FAILURES_OF_A_PAIR)
    accounts.unlock(safe, house.ann.person_id, None, NOW)
    assert sign_ins.sign_in("ann", "correct horse", NOW, origin=HERE).token
    for number in range(tries.FAILURES_OF_AN_ADDRESS - tries.FAILURES_OF_A_PAIR):
        fail(f"somebody{number}", HERE)
    assert wait("bob", HERE) > 0
    accounts.unlock(safe, house.bob.person_id, HERE.address, NOW + timedelta(seconds=1))
    later = NOW + timedelta(seconds=2)
    assert sign_ins.sign_in("bob", "demo", later, origin=HERE).token
