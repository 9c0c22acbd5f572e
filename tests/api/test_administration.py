"""Jobs, incidents, organisations, people, the calendar, the clock and health over HTTP."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from tests.api.conftest import Office, failing_process
from workflow_server.app import create_app
from workflow_server.services import jobs


@pytest.fixture
def stuck(office: Office) -> dict[str, Any]:
    """An incident at an element of an instance."""
    office.deploy(failing_process())
    begun = office.ann.post("/process-instances", json={"process_key": "p"}).json
    task = begun["next_tasks"][0]["id"]
    office.ann.post(f"/tasks/{task}/completion", json={"answers": {"title": "x"}})
    (incident,) = office.root.get("/incidents", query_string={"open": "true"}).json["items"]
    found: dict[str, Any] = incident
    return found


def test_an_incident_is_tried_again_by_an_administrator(
    office: Office, stuck: dict[str, Any]
) -> None:
    path = f"/incidents/{stuck['id']}"
    assert (stuck["element_id"], stuck["resolved_at"]) == ("broken", None)
    assert office.ann.post(f"{path}/resolution").status_code == 403
    assert office.tom.get(path).status_code == 404
    assert office.root.post(f"{path}/resolution").json["resolved_at"]
    assert office.root.post(f"{path}/resolution").status_code == 409
    # It failed again, and says so anew.
    assert office.root.get("/incidents", query_string={"open": "true"}).json["total"] == 1


def test_a_failed_job_is_tried_again_by_an_administrator(app: Flask, office: Office) -> None:
    def fail(_payload: Any, _now: datetime) -> None:
        raise RuntimeError("no ink")

    jobs.HANDLERS["print"] = fail
    try:
        with app.app_context():
            job_id = _enqueue()
            for turn in range(jobs.ATTEMPTS):
                moment = datetime.now().astimezone()
                jobs.run_due(moment, 1, moment + timedelta(hours=turn))
    finally:
        del jobs.HANDLERS["print"]
    path = f"/jobs/{job_id}"
    failed = office.root.get("/jobs", query_string={"status": "failed"}).json["items"]
    assert [(job["id"], job["attempts"]) for job in failed] == [(job_id, jobs.ATTEMPTS)]
    assert office.ann.get("/jobs").status_code == 403
    assert office.ann.post(f"{path}/retry").status_code == 403
    assert office.root.post(f"{path}/retry").json["status"] == "ready"
    assert office.root.post(f"{path}/retry").status_code == 409
    assert office.root.get(f"/jobs/{uuid4()}").status_code == 404


def _enqueue() -> str:
    from workflow_server.store.db import transaction

    with transaction():
        return str(jobs.enqueue("print", {}, now=datetime.now().astimezone()))


def test_organisations_are_everybodys_and_people_are_ones_own(office: Office) -> None:
    town, home = office.organisation("town"), office.organisation("office")
    assert office.ann.get("/organisations").json["total"] == 2
    assert office.ann.get(f"/organisations/{town}").json["name"] == "镇政府"
    assert office.ann.get("/organisations", query_string={"party": "town"}).json["total"] == 1
    checkers = {"organisation_id": home, "role": "checker"}
    found = office.ann.get("/people", query_string=checkers).json["items"]
    assert {person["name"] for person in found} == {"ann 氏", "bob 氏", "max 氏"}
    assert office.ann.get("/people", query_string={"organisation_id": town}).status_code == 404
    assert {person["role"] for person in office.tom.get("/people").json["items"]} == {"town_clerk"}


def test_the_calendar_is_read_by_all_and_changed_by_administrators(office: Office) -> None:
    year = office.ann.get("/calendar-days", query_string={"year": 2026}).json
    assert year["known"] is True
    assert any(not day["is_workday"] for day in year["days"])
    assert office.ann.get("/calendar-days", query_string={"year": 1}).status_code == 422
    change = {
        "changes": [{"day": "2026-07-03", "is_workday": False, "name": "台风"}],
        "source": "市政府公告",
    }
    assert office.ann.put("/calendar-days", json=change).status_code == 403
    assert office.root.put("/calendar-days", json=change).json["version"] == 2
    assert office.root.put("/calendar-days", json={**change, "changes": []}).status_code == 422
    days = office.ann.get("/calendar-days", query_string={"year": 2026}).json["days"]
    assert ("2026-07-03", "台风") in [(day["day"], day["name"]) for day in days]
    versions = office.ann.get("/calendar-days/revisions", query_string={"page_size": 1}).json
    assert (versions["total"], versions["items"][0]["source"]) == (2, "市政府公告")


def test_the_clock_moves_ahead_in_demo_mode(office: Office) -> None:
    before = datetime.fromisoformat(office.ann.get("/clock").json["now"])
    moved = office.ann.post("/clock/moves", json={"days": 55})
    after = datetime.fromisoformat(moved.json["now"])
    assert timedelta(days=55) <= after - before < timedelta(days=55, minutes=1)
    assert after.utcoffset() == timedelta(hours=8)
    to = (after + timedelta(days=2)).isoformat()
    assert office.ann.post("/clock/moves", json={"to": to}).status_code == 201
    back = before.isoformat()
    for refused in ({}, {"days": 0}, {"days": -1}, {"to": back}, {"days": 1, "to": to}):
        assert office.ann.post("/clock/moves", json=refused).status_code == 422, refused


def test_the_clock_stands_still_otherwise(
    app: Flask, office: Office, database_url: str, tmp_path: Any
) -> None:
    strict = create_app({"database_url": database_url, "data_dir": tmp_path / "data"})
    headers = {"Authorization": f"Bearer {office.ann.token}"}
    client = strict.test_client()
    moved = client.post("/api/clock/moves", json={"days": 1}, headers=headers)
    assert (moved.status_code, moved.json["code"]) == (403, "clock-fixed")
    assert client.get("/api/clock", headers=headers).json["movable"] is False


def test_health_is_told_to_everybody(app: Flask) -> None:
    assert app.test_client().get("/api/health").json["status"] == "ok"
