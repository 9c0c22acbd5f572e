"""Who would get a task, and why, over the API; and giving an open task to somebody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.api.conftest import Office
from tests.services.drawing import chain, process, user

PATH = "/process-definitions/p/assignment-trials"
RULE = '<wf:separate tasks="draft check" label="拟稿与审核分离"/>'


@pytest.fixture
def separate(office: Office) -> Office:
    """The office with drafting and checking, kept apart."""
    start = f'<wf:start role="drafter" label="新建"/>{RULE}'
    office.deploy(
        process(
            user("draft"), user("check", role="checker"),
            chain("begin", "draft", "check", "end"), start=start,
        )
    )  # fmt: skip
    return office


def person(office: Office, login: str) -> str:
    found: str = getattr(office, login).get("/me").json["person_id"]
    return found


def asked(office: Office, **more: Any) -> dict[str, Any]:
    return {"element_id": "check", "organisation_id": office.organisation("office"), **more}


def test_a_trial_says_who_and_why_and_writes_nothing(
    separate: Office, statements: Callable[[], list[str]]
) -> None:
    ann = person(separate, "ann")
    statements()
    response = separate.root.post(PATH, json=asked(separate, completed_by={"draft": ann}))
    sent = statements()
    assert response.status_code == 200, response.text
    assert (response.json["outcome"], response.json["role"]) == ("role", "checker")
    assert "bob 氏" in [each["name"] for each in response.json["candidates"]]
    assert any("剔除 ann 氏：已办过" in each for each in response.json["reasons"])
    assert any("拟稿与审核分离" in each for each in response.json["reasons"])
    assert not [each for each in sent if not each.lstrip("(").startswith(("SELECT", "WITH"))]


def test_a_trial_with_nobody_left_says_what_was_looked_for(office: Office) -> None:
    office.deploy(process(user("check", role="town_clerk"), chain("begin", "check", "end")))
    answer = office.root.post(PATH, json=asked(office)).json
    assert (answer["outcome"], answer["candidates"]) == ("nobody", [])
    assert "按角色：镇文员 → 没有人" in answer["problem"]
    town = office.organisation("town")
    refused = office.root.post(PATH, json=asked(office, organisation_id=town))
    assert (refused.status_code, "不能在" in refused.text) == (422, True)


@pytest.mark.parametrize(
    "body",
    [
        {"element_id": "begin"},
        {"element_id": "nothing"},
        {"starter_id": "00000000-0000-0000-0000-000000000000"},
        {"organisation_id": "00000000-0000-0000-0000-000000000000"},
        {"completed_by": {"draft": "00000000-0000-0000-0000-000000000000"}},
        {"secrecy": 9},
    ],
)
def test_conditions_that_cannot_be_are_refused(separate: Office, body: dict[str, Any]) -> None:
    assert separate.root.post(PATH, json=asked(separate, **body)).status_code == 422


def test_a_trial_is_for_designers_and_who_assigns(separate: Office) -> None:
    assert separate.ann.post(PATH, json=asked(separate)).status_code == 403
    nowhere = PATH.replace("/p/", "/nothing/")
    assert separate.root.post(nowhere, json=asked(separate)).status_code == 404


def test_to_give_a_task_away_asks_for_a_person_a_reason_and_the_right(separate: Office) -> None:
    started = separate.ann.post("/process-instances", json={"process_key": "p"}).json
    path = f"/tasks/{started['next_tasks'][0]['id']}/assignee"
    bob = person(separate, "bob")
    assert separate.ann.put(path, json={"person_id": bob}).status_code == 422
    assert separate.ann.put(path, json={"reason": "休假"}).status_code == 422
    assert separate.ann.put(path, json={"person_id": bob, "reason": "休假"}).status_code == 403
    assert separate.tom.put(path, json={"person_id": bob, "reason": "休假"}).status_code == 404
    assert separate.ann.put(path).status_code == 200
    assert separate.ann.put(path, json={}).status_code == 200
