"""Many sign-ins at once: they take turns, and nobody waits for ever."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from flask import Flask

from tests.services.conftest import NOW, House
from workflow_server.services import passwords, sign_ins
from workflow_server.services.tries import Origin
from workflow_server.store import db
from workflow_server.store.db import session


def test_no_more_than_two_passwords_are_tried_at_once(
    app: Flask, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    running: list[None] = []
    seen: list[int] = []

    class Slow:
        def verify(self, _hashed: str, _password: str) -> bool:
            running.append(None)
            seen.append(len(running))
            time.sleep(0.05)
            running.pop()
            return False

    def attempt(number: int) -> None:
        with app.app_context(), suppress(sign_ins.SignInRefused):
            sign_ins.sign_in("ann", "x", NOW, origin=Origin(f"10.0.0.{number}"))

    session().rollback()
    monkeypatch.setattr(passwords, "_hasher", Slow())
    with ThreadPoolExecutor(6) as people:
        list(people.map(attempt, range(6)))
    assert len(seen) == 6
    assert max(seen) == 2


def test_no_connection_is_held_while_a_password_is_tried(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool: Any = db.db.engine.pool
    held: list[int] = []

    class Looking:
        def verify(self, _hashed: str, _password: str) -> bool:
            held.append(pool.checkedout())
            return True

    monkeypatch.setattr(passwords, "_hasher", Looking())
    assert sign_ins.sign_in("ann", "x", NOW).actor == house.ann
    assert held == [0]


def test_nobody_waits_for_ever_to_sign_in(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = threading.BoundedSemaphore(1)
    taken.acquire()
    monkeypatch.setattr(passwords, "_TRIES", taken)
    monkeypatch.setattr(passwords, "_TRY_SECONDS", 0.01)
    with pytest.raises(passwords.SignInsBusy):
        sign_ins.sign_in("ann", "x", NOW)
