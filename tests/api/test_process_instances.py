"""Process instances over HTTP: started, listed, looked into."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from tests.api.conftest import Office
from tests.services.drawing import line


def test_an_instance_is_started_and_tells_its_first_tasks(
    permits: Office, started: dict[str, Any]
) -> None:
    assert (started["process_key"], started["status"]) == ("p", "running")
    assert [task["element_id"] for task in started["next_tasks"]] == ["draft"]
    assert permits.ann.get(f"/process-instances/{started['id']}").json["id"] == started["id"]


def test_the_same_key_starts_once(permits: Office) -> None:
    key = {"Idempotency-Key": str(uuid4())}
    body = {"process_key": "p"}
    first = permits.ann.post("/process-instances", json=body, headers=key)
    again = permits.ann.post("/process-instances", json=body, headers=key)
    assert first.json == again.json
    assert permits.ann.get("/process-instances").json["total"] == 1


def test_who_lacks_the_role_may_not_start(permits: Office) -> None:
    response = permits.bob.post("/process-instances", json={"process_key": "p"})
    assert (response.status_code, response.json["code"]) == (403, "start-refused")
    unknown = permits.ann.post("/process-instances", json={"process_key": "q"})
    assert unknown.status_code == 404
    elsewhere = {"process_key": "p", "organisation_id": permits.organisation("town")}
    assert permits.ann.post("/process-instances", json=elsewhere).status_code == 403


def test_others_see_nothing_of_it(permits: Office, started: dict[str, Any]) -> None:
    assert permits.tom.get("/process-instances").json["total"] == 0
    path = f"/process-instances/{started['id']}"
    parts = ("", "/history", "/variables", "/diagram", "/documents", "/deadlines", "/records")
    for below in parts:
        assert permits.tom.get(path + below).status_code == 404, below
        assert permits.ann.get(path + below).status_code == 200, below


def test_history_variables_and_diagram_tell_the_story(
    permits: Office, started: dict[str, Any]
) -> None:
    path = f"/process-instances/{started['id']}"
    task = started["next_tasks"][0]["id"]
    permits.ann.post(f"/tasks/{task}/completion", json={"answers": {"title": "一"}})
    acts = permits.ann.get(f"{path}/history").json
    assert [row["act"] for row in acts["items"]] == ["InstanceStarted", "TaskCompleted"]
    # It would let who sees an answer masked try out what it was.
    assert "hash" not in acts["items"][0]
    variables = permits.ann.get(f"{path}/variables").json["variables"]
    assert variables["answers"]["draft"] == [{"title": "一"}]
    diagram = permits.ann.get(f"{path}/diagram").json
    assert diagram["current"] == ["check"]
    assert "draft" in diagram["completed"]
    assert diagram["xml"].startswith("<?xml")


def test_lists_are_narrowed(permits: Office, started: dict[str, Any]) -> None:
    for query, total in (
        ({"status": "running"}, 1),
        ({"status": "completed"}, 0),
        ({"process_key": "p"}, 1),
        ({"process_key": "q"}, 0),
        ({"business_key": "none"}, 0),
        ({"organisation_id": permits.organisation("office")}, 1),
    ):
        found = permits.ann.get("/process-instances", query_string=query).json
        assert found["total"] == total, query


def test_definitions_show_what_one_may_start(permits: Office) -> None:
    (mine,) = permits.ann.get("/process-definitions").json["items"]
    assert [start["label"] for start in mine["starts"]] == ["新建"]
    startable = {"startable": "true"}
    assert permits.tom.get("/process-definitions", query_string=startable).json["total"] == 0
    diagram = permits.ann.get(f"/process-definitions/{mine['id']}/diagram")
    assert (diagram.mimetype, diagram.text[:5]) == ("application/xml", "<?xml")
    assert permits.ann.get(f"/process-definitions/{mine['id']}/start-form").status_code == 404
    assert permits.ann.get(f"/process-definitions/{uuid4()}").status_code == 404


def test_a_start_form_is_shown_and_its_faults_are_told(office: Office) -> None:
    begin = '<wf:start role="drafter" label="新建" form="a/note"/>'
    office.deploy(line("draft", start=begin))
    (definition,) = office.ann.get("/process-definitions").json["items"]
    form = office.ann.get(f"/process-definitions/{definition['id']}/start-form").json
    assert (form["key"], form["form"]["components"][0]["key"]) == ("a/note", "title")
    refused = office.ann.post("/process-instances", json={"process_key": "p"})
    assert refused.status_code == 422
    assert refused.json["errors"][0]["pointer"] == "#/answers/title"
    assert office.ann.get("/process-instances").json["total"] == 0
