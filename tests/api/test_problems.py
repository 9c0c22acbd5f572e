"""Every refusal is a problem+json, or a page for a browser, and tells nothing of the inside."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from structlog.testing import capture_logs

from tests.api.conftest import Office
from workflow_server.api import door


def test_a_method_that_is_not_there_says_which_are(office: Office) -> None:
    response = office.ann.call("PATCH", "/tasks")
    assert response.status_code == 405
    assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
    assert response.json["code"] == "method-not-allowed"


@pytest.mark.parametrize("body", ["{", "{'a': 1}", "", "NaN", '{"answers": NaN}', '"\\ud800"'])
def test_a_body_that_is_not_json_is_refused(office: Office, body: str) -> None:
    response = office.ann.post("/process-instances", data=body, content_type="application/json")
    assert response.status_code == (422 if body == "" else 400)


def test_bytes_that_are_no_text_are_refused(office: Office) -> None:
    response = office.ann.post(
        "/process-instances", data=b'{"process_key": "\xff"}', content_type="application/json"
    )
    assert response.status_code == 400


def test_another_content_type_is_refused(office: Office) -> None:
    response = office.ann.post("/process-instances", data="process_key=p")
    assert response.status_code == 415


def test_depth_without_end_is_refused(office: Office) -> None:
    body = '{"process_key": "p", "answers": ' + '{"a":' * 5000 + "1" + "}" * 5001
    response = office.ann.post("/process-instances", data=body, content_type="application/json")
    assert response.status_code == 400


@pytest.mark.parametrize("text", ["a\x00b", "a\x1bb", "\x7f"])
def test_control_characters_are_refused(office: Office, text: str) -> None:
    response = office.ann.post("/process-instances", json={"process_key": text})
    assert response.status_code == 422
    assert response.json["errors"][0]["pointer"] == "#/process_key"
    assert office.ann.get("/records", query_string={"text": text}).status_code in (400, 422)


def test_nul_inside_answers_is_refused(permits: Office, started: dict[str, Any]) -> None:
    path = f"/tasks/{started['next_tasks'][0]['id']}"
    for below, method in (("/draft", "PUT"), ("/completion", "POST")):
        response = permits.ann.call(
            method, path + below, json={"answers": {"title": "a\x00b", "ti\x00tle": "c"}}
        )
        assert response.status_code == 422, response.text


def test_an_unknown_address_is_a_problem(office: Office) -> None:
    for path in ("/nothing", "/tasks/not-a-uuid", "/tasks/%00", "/../etc/passwd"):
        response = office.ann.get(path)
        assert response.status_code in (400, 404)
        assert response.mimetype == "application/problem+json"


def test_an_unexpected_error_tells_a_reference_and_nothing_else(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise RuntimeError("secret of the house")

    monkeypatch.setattr(door, "now", fail)
    with capture_logs() as logs:
        response = office.ann.get("/deadlines")
    assert response.status_code == 500
    assert "secret" not in response.text
    assert [entry["reference"] for entry in logs] == [response.json["reference"]]


def test_what_a_person_reads_is_chinese_first(permits: Office, started: dict[str, Any]) -> None:
    path = f"/tasks/{started['next_tasks'][0]['id']}"
    for response in (
        permits.ann.delete(f"{path}/assignee"),
        permits.tom.get(path),
        permits.bob.post("/process-instances", json={"process_key": "p"}),
        permits.ann.get("/nothing"),
        permits.ann.post("/process-instances", json={}),
    ):
        for sentence in (response.json["title"], response.json["detail"]):
            assert "\u4e00" <= sentence.lstrip("“")[0] <= "\u9fff", sentence


def test_a_browser_gets_a_page(app: Flask) -> None:
    browser = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    response = app.test_client().get("/nothing", headers=browser)
    assert response.status_code == 404
    assert response.mimetype == "text/html"
    assert "未找到" in response.text


def test_the_type_of_a_problem_leads_to_what_it_means(app: Flask) -> None:
    client = app.test_client()
    problem = client.get("/api/me").json
    assert client.get(problem["type"]).json["title"] == problem["title"]
    assert client.get("/api/problems/nothing-like-it").status_code == 404
    codes = [kind["code"] for kind in client.get("/api/problems").json["items"]]
    assert "task-already-completed" in codes


def test_every_answer_forbids_what_comes_from_elsewhere(app: Flask) -> None:
    for path in ("/api/health", "/api/docs", "/nothing"):
        headers = app.test_client().get(path).headers
        assert "default-src 'self'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
