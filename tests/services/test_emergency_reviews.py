"""Two auditors who mark one emergency access at the same moment do it one after the other."""

from __future__ import annotations

from dataclasses import replace
from threading import Barrier, Thread
from uuid import UUID

import pytest
from flask import Flask

from tests.services.conftest import House
from tests.services.drawing import line
from workflow_server.services import emergency_accesses, history
from workflow_server.services.actors import Actor
from workflow_server.services.emergency_accesses import AlreadyReviewed
from workflow_server.store import access as store
from workflow_server.store.access import EmergencyAccess
from workflow_server.store.db import db, transaction
from workflow_server.store.types import new_id


def test_one_of_two_auditors_is_told_that_it_is_reviewed(
    app: Flask, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    row_id = taken(house)
    auditors = [replace(house.root, administration="audit") for _ in range(2)]
    both, first_answer = Barrier(2), history.first_answer

    def wait_for_the_other(asked: history.Asked | None) -> object:
        # Whoever holds the row is here alone, and goes on after a while.
        try:
            both.wait(0.5)
        except Exception:
            both.reset()
        return first_answer(asked)

    monkeypatch.setattr(history, "first_answer", wait_for_the_other)
    told: list[str] = []
    threads = [Thread(target=review, args=(app, each, row_id, house, told)) for each in auditors]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(told) == ["refused", "reviewed"]


def review(app: Flask, auditor: Actor, row_id: UUID, house: House, told: list[str]) -> None:
    with app.app_context():
        try:
            emergency_accesses.review(auditor, row_id, house.now)
            told.append("reviewed")
        except AlreadyReviewed:
            told.append("refused")
        db.session.remove()


def taken(house: House) -> UUID:
    house.deploy(line("draft"))
    case = house.start(house.ann).instance.id
    row = EmergencyAccess(
        id=new_id(),
        person_id=house.bob.person_id,
        instance_id=case,
        reason="紧急查阅理由若干字",
        taken_at=house.now,
        expires_at=house.now,
    )
    with transaction():
        store.add(row)
    return row.id
