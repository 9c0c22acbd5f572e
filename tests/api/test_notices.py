"""Notices over HTTP: one's own, read by id or all, and deadlines with what happened to them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests.api.conftest import NOW, Office
from workflow_server.store import notices
from workflow_server.store.db import transaction
from workflow_server.store.notices import Notice


@pytest.fixture
def told(office: Office, started: dict[str, Any]) -> list[str]:
    """Bob has been told twice of a case."""
    bob = UUID(office.bob.get("/me").json["person_id"])
    host = UUID(office.organisation("office"))
    with office.app.app_context(), transaction():
        rows = [
            Notice(
                person_id=bob,
                organisation_id=host,
                instance_id=UUID(started["id"]),
                kind="near",
                text=text,
                given_at=NOW,
            )
            for text in ("一", "二")
        ]
        notices.add_all(rows)
        return [str(each.id) for each in rows]


def test_one_reads_ones_own_notices(office: Office, told: list[str]) -> None:
    found = office.bob.get("/notices?unread=true").json
    assert [each["text"] for each in found["items"]] == ["二", "一"]
    assert office.ann.get("/notices").json["items"] == []
    assert office.ann.post("/notices/read", json={"ids": told}).json == {"unread": 0}
    for _ in range(2):
        answer = office.bob.post("/notices/read", json={"ids": told[:1]})
        assert answer.json == {"unread": 1}
    assert office.bob.post("/notices/read", json={}).json == {"unread": 0}


def test_a_wrong_list_is_refused(office: Office) -> None:
    answer = office.bob.post("/notices/read", json={"ids": ["soon"]})
    assert answer.status_code == 422
