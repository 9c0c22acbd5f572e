"""Too many failures wait: for a login from an address, an address, a login, a second factor."""

from __future__ import annotations

import threading
import time
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


def test_those_who_are_right_at_once_all_get_in(
    app: Flask, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = threading.Barrier(8)

    class Slow:
        def verify(self, *_: str) -> bool:
            time.sleep(0.05)
            return True

    def attempt(_: int) -> str:
        at_once.wait()
        with app.app_context():
            return sign_ins.sign_in("ann", "correct horse", NOW, origin=HERE).token

    session().rollback()
    monkeypatch.setattr(passwords, "_hasher", Slow())
    with ThreadPoolExecutor(8) as people:
        assert len(set(people.map(attempt, range(8)))) == 8


def test_a_try_that_the_server_fell_over_counts(house: House) -> None:
    for _ in range(tries.FAILURES_OF_A_PAIR):
        tries.begin("ann", HERE, NOW)
    assert wait("ann", HERE, timedelta(minutes=1)) > 60


def test_a_password_that_was_reset_while_it_was_tried_lets_nobody_in(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    verify = passwords.is_right

    def reset_meanwhile(password: str, hashed: str | None) -> bool:
        found = verify(password, hashed)
        monkeypatch.setattr(passwords, "is_right", verify)
        passwords.set_("ann", "Tai-Shan-9-x", NOW)
        return found

    monkeypatch.setattr(passwords, "is_right", reset_meanwhile)
    with pytest.raises(sign_ins.SignInRefused):
        sign_ins.sign_in("ann", "correct horse", NOW, origin=HERE)


def test_the_addresses_of_one_ipv6_network_are_one(house: House) -> None:
    for number in range(tries.FAILURES_OF_A_PAIR):
        fail("ann", Origin(f"2001:db8:1:2::{number}"))
    assert wait("ann", Origin("2001:db8:1:2:ffff::9")) > 0
    assert sign_ins.sign_in("ann", "correct horse", NOW, origin=Origin("2001:db8:1:3::1")).token
    found = {row.address for row in sign_ins.list_own(house.ann)[0]}
    assert "2001:db8:1:2::3" in found


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("no address", "no address"),
    ],
)
def test_what_counts_as_one_address(address: str, network: str) -> None:
    assert tries.network_of(address) == network


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
