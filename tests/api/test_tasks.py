"""Tasks over HTTP: found, claimed, drafted, completed once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from tests.api.conftest import Office, failing_process
from tests.services.drawing import line, user


def _draft(started: dict[str, Any]) -> str:
    return f"/tasks/{started['next_tasks'][0]['id']}"


def test_a_completion_answers_with_the_task_the_instance_and_what_follows(
    permits: Office, started: dict[str, Any]
) -> None:
    response = permits.ann.post(
        f"{_draft(started)}/completion", json={"answers": {"title": "占道停车"}}
    )
    assert response.status_code == 200, response.text
    assert response.json["task"]["status"] == "completed"
    assert response.json["instance"] == {"id": started["id"], "status": "running"}
    (following,) = response.json["next_tasks"]
    assert (following["element_id"], following["mine"]) == ("check", True)


def test_the_second_completion_of_a_task_is_a_conflict(
    permits: Office, started: dict[str, Any]
) -> None:
    path, body = f"{_draft(started)}/completion", {"answers": {"title": "一"}}
    assert permits.ann.post(path, json=body).status_code == 200
    again = permits.ann.post(path, json=body)
    assert again.status_code == 409
    assert again.mimetype == "application/problem+json"
    assert again.json["code"] == "task-already-completed"


def test_the_same_key_gets_the_first_answer_again(permits: Office, started: dict[str, Any]) -> None:
    path, body = f"{_draft(started)}/completion", {"answers": {"title": "一"}}
    key = {"Idempotency-Key": str(uuid4())}
    first = permits.ann.post(path, json=body, headers=key)
    again = permits.ann.post(path, json=body, headers=key)
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json == first.json
    other = permits.ann.post(path, json={"answers": {"title": "二"}}, headers=key)
    assert other.status_code == 422
    assert other.json["code"] == "idempotency-key-reused"


@pytest.mark.parametrize("key", ["", "a" * 201, "white space", "中文"])
def test_a_key_that_is_none_is_refused(permits: Office, started: dict[str, Any], key: str) -> None:
    response = permits.ann.post(
        f"{_draft(started)}/completion",
        json={"answers": {"title": "一"}},
        headers={"Idempotency-Key": key.encode().decode("latin-1")},
    )
    assert response.status_code == 400


def test_of_two_completions_at_once_one_is_done(
    app: Flask, permits: Office, started: dict[str, Any]
) -> None:
    gate, codes = threading.Barrier(2), []

    def complete() -> None:
        gate.wait()
        response = permits.ann.post(
            f"{_draft(started)}/completion", json={"answers": {"title": "一"}}
        )
        codes.append(response.status_code)

    threads = [threading.Thread(target=complete) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [200, 409]
    left = permits.ann.get("/tasks", query_string={"instance_id": started["id"]}).json
    assert [task["element_id"] for task in left["items"]] == ["check"]


def test_faults_of_a_form_come_with_pointers(permits: Office, started: dict[str, Any]) -> None:
    response = permits.ann.post(
        f"{_draft(started)}/completion", json={"answers": {"title": "", "extra": 1}}
    )
    assert response.status_code == 422
    pointers = {fault["pointer"] for fault in response.json["errors"]}
    assert pointers == {"#/answers/title", "#/answers/extra"}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"answers": 1}, "#/answers"),
        ({"answers": None}, "#/answers"),
        ({"answers": []}, "#/answers"),
        ({}, "#/answers"),
        ({"answers": {}, "x": 1}, "#/x"),
        ([], "#"),
        ("text", "#"),
    ],
)
def test_a_body_of_the_wrong_shape_is_refused_with_a_pointer(
    permits: Office, started: dict[str, Any], body: Any, pointer: str
) -> None:
    response = permits.ann.post(f"{_draft(started)}/completion", json=body)
    assert response.status_code == 422
    assert pointer in [fault["pointer"] for fault in response.json["errors"]]


def test_ten_megabytes_of_text_are_too_much(permits: Office, started: dict[str, Any]) -> None:
    response = permits.ann.post(
        f"{_draft(started)}/completion", json={"answers": {"title": "长" * 3_500_000}}
    )
    assert response.status_code == 413
    assert response.json["title"] == "内容过大"


def test_a_task_of_another_organisation_is_not_there(
    permits: Office, started: dict[str, Any]
) -> None:
    path = _draft(started)
    assert permits.tom.get(path).status_code == 404
    for method, below, body in (
        ("PUT", "/assignee", None),
        ("DELETE", "/assignee", None),
        ("PUT", "/draft", {"answers": {}}),
        ("POST", "/completion", {"answers": {}}),
        ("POST", "/document-preview", {"kind": "x"}),
    ):
        response = permits.tom.call(method, path + below, json=body)
        assert response.status_code == 404, (method, below, response.text)
    assert permits.tom.get("/tasks").json["total"] == 0


def test_a_task_is_claimed_and_given_back(permits: Office, started: dict[str, Any]) -> None:
    path = _draft(started)
    claimed = permits.ann.put(f"{path}/assignee")
    assert claimed.status_code == 200
    assert claimed.json["assignee_name"] == "ann 氏"
    released = permits.ann.delete(f"{path}/assignee")
    assert released.json["assignee_id"] is None
    assert permits.ann.delete(f"{path}/assignee").status_code == 409


def test_a_draft_is_kept_and_shown(permits: Office, started: dict[str, Any]) -> None:
    path = _draft(started)
    assert permits.ann.put(f"{path}/draft", json={"answers": {"title": "半"}}).status_code == 200
    desk = permits.ann.get(path).json
    assert desk["draft"] == {"title": "半"}
    assert desk["form"]["components"][0]["key"] == "title"
    assert desk["may_complete"] is True


def test_a_draft_changed_elsewhere_is_not_written_over_by_who_says_what_they_had(
    permits: Office, started: dict[str, Any]
) -> None:
    path = _draft(started)

    def put(title: str, version: str | None) -> Any:
        headers = {"If-Match": version} if version is not None else {}
        return permits.ann.call(
            "PUT", f"{path}/draft", json={"answers": {"title": title}}, headers=headers
        )

    first = permits.ann.get(path).json["draft_version"]
    saved = put("甲", first)
    assert saved.status_code == 200
    assert put("甲", first).status_code == 200, "sent again because the answer was lost"
    refused = put("乙", first)
    assert (refused.status_code, refused.json["code"]) == (409, "draft-changed-elsewhere")
    assert permits.ann.get(path).json["draft"] == {"title": "甲"}
    version = permits.ann.get(path).json["draft_version"]
    assert saved.headers["ETag"] == f'"{version}"'
    assert put("乙", saved.headers["ETag"]).status_code == 200
    assert put("丙", "*").status_code == 200
    assert put("丁", None).status_code == 200, "a program that does not care"
    assert put("戊", "不是版本".encode().decode("latin-1")).status_code == 409


def test_lists_are_paged_and_filtered(permits: Office) -> None:
    for _ in range(3):
        permits.ann.post("/process-instances", json={"process_key": "p"})
    first = permits.ann.get("/tasks", query_string={"mine": "true", "page_size": 2}).json
    second = permits.ann.get(
        "/tasks", query_string={"mine": "true", "page_size": 2, "page": 2}
    ).json
    assert (first["total"], first["page"], first["page_size"]) == (3, 1, 2)
    ids = [task["id"] for task in [*first["items"], *second["items"]]]
    assert len(set(ids)) == 3
    assert permits.bob.get("/tasks", query_string={"mine": "true"}).json["total"] == 0
    assert permits.ann.get("/tasks", query_string={"role": "checker"}).json["total"] == 0


def test_tasks_are_found_by_text_and_by_element(office: Office) -> None:
    key = '<wf:output name="business_key" value="=this.title"/>'
    office.deploy(line(user("draft", key), user("check", role="checker")))
    for title in ("许〔2026〕1号", "100%_A"):
        begun = office.ann.post("/process-instances", json={"process_key": "p"}).json
        task = begun["next_tasks"][0]["id"]
        office.ann.post(f"/tasks/{task}/completion", json={"answers": {"title": title}})
    office.ann.post("/process-instances", json={"process_key": "p"})

    def found(**query: str) -> list[tuple[str, str | None]]:
        items = office.ann.get("/tasks", query_string=query).json["items"]
        return [(task["element_id"], task["business_key"]) for task in items]

    assert found(text="〔2026〕1") == [("check", "许〔2026〕1号")]
    assert found(text="100%_a") == [("check", "100%_A")]
    assert found(text="0%A") == []
    assert found(text="_") == [("check", "100%_A")]
    assert found(text="DRAF") == [("draft", None)]
    assert len(found(text="许可")) == 3  # the title of the process
    assert found(element_id="draft") == [("draft", None)]
    assert found(element_id="draft", text="号") == []
    assert found() == found()


@pytest.mark.parametrize(
    "query",
    [
        {"page": "0"},
        {"page": "-1"},
        {"page": "1.5"},
        {"page": "99999999999999999999"},
        {"page_size": "201"},
        {"status": "late"},
        {"assignee_id": "me"},
        {"due_by": "tomorrow"},
        {"due_by": "0001-01-01"},
        {"mine": "perhaps"},
        {"colour": "red"},
    ],
)
def test_a_filter_that_means_nothing_is_refused(office: Office, query: dict[str, str]) -> None:
    response = office.ann.get("/tasks", query_string=query)
    assert response.status_code == 422
    assert response.json["errors"][0]["pointer"] == f"?{next(iter(query))}"


def test_a_failure_after_a_completion_does_not_undo_it(office: Office) -> None:
    office.deploy(failing_process())
    begun = office.ann.post("/process-instances", json={"process_key": "p"}).json
    done = office.ann.post(f"{_draft(begun)}/completion", json={"answers": {"title": "一"}})
    assert done.status_code == 200
    shown = office.ann.get(f"/process-instances/{begun['id']}/diagram").json
    assert shown["incidents"] == ["broken"]


def test_a_completion_takes_few_statements(
    permits: Office,
    started: dict[str, Any],
    statements: Callable[[], list[str]],
    commits: Callable[[], int],
) -> None:
    statements(), commits()
    permits.ann.post(f"{_draft(started)}/completion", json={"answers": {"title": "一"}})
    # Who comes in and when; task and instance locked; who holds the next task's role; task,
    # next task, history, instance.
    assert len(sent := statements()) <= 7, sent
    assert commits() == 1
