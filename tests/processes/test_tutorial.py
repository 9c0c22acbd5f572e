"""docs/tutorial.md keeps its word: its files deploy, two people act, the permit is printed."""

import io
import json
import shutil
from pathlib import Path

import pikepdf
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import Databases
from workflow_server.app import create_app, prepare
from workflow_server.services import clock, jobs
from workflow_server.store import db

ROOT = Path(__file__).resolve().parents[2]
REQUEST = {
    "destination": "县档案馆",
    "travel_on": "2026-12-01",
    "people": 3,
    "purpose": "送交上年度文书档案。",
}


@pytest.fixture(scope="session")
def databases(sqlite_databases: Databases) -> Databases:
    """Empty ones: the tutorial begins with nothing."""
    return sqlite_databases


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Flask:
    content = tmp_path / "my-office"
    shutil.copytree(ROOT / "docs" / "tutorial", content)
    shutil.copytree(ROOT / "documents" / "base", content / "documents" / "base")
    app = create_app(
        {
            "database_url": database_url,
            "data_dir": tmp_path / "data",
            "content_dir": str(content),
            "demo": True,
        }
    )
    prepare(app)
    return app


def signed_in(client: FlaskClient, login: str) -> dict[str, str]:
    session = client.post("/api/sessions", json={"login": login, "password": "demo"})
    return {"Authorization": f"Bearer {session.get_json()['token']}"}


def test_the_tutorial_ends_with_a_numbered_permit(office: Flask) -> None:
    client = office.test_client()
    wang, li = signed_in(client, "wang"), signed_in(client, "li")
    body = {"process_key": "car_request", "answers": REQUEST}
    first = wang | {"Idempotency-Key": "first-car"}
    started = client.post("/api/process-instances", json=body, headers=first)
    again = client.post("/api/process-instances", json=body, headers=first)
    assert (started.status_code, again.get_json()["id"]) == (201, started.get_json()["id"])

    (task,) = client.get("/api/tasks?mine=true", headers=li).get_json()["items"]
    done = client.post(
        f"/api/tasks/{task['id']}/completion",
        json={"answers": {"decision": "agree", "plate": "黑B·20231"}},
        headers=li,
    )
    assert done.get_json()["instance"]["status"] == "completed"
    with office.app_context():
        while jobs.run_due(clock.now(), 10):
            pass
        db.db.engine.dispose()

    (permit,) = client.get("/api/documents", headers=wang).get_json()["items"]
    assert permit["number"].startswith("河派车〔")
    pdf = client.get(f"/api/documents/{permit['id']}/file", headers=wang)
    with pikepdf.open(io.BytesIO(pdf.data)) as paper:
        data = json.loads(paper.attachments["data.json"].get_file().read_bytes())
    assert data["plate"] == "黑B·20231"


def test_a_missing_destination_is_named(office: Flask) -> None:
    client = office.test_client()
    answers = {key: value for key, value in REQUEST.items() if key != "destination"}
    refused = client.post(
        "/api/process-instances",
        json={"process_key": "car_request", "answers": answers},
        headers=signed_in(client, "wang"),
    )
    assert refused.status_code == 422
    assert refused.get_json()["errors"] == [
        {"pointer": "#/answers/destination", "detail": "请填写目的地"}
    ]


def test_the_text_of_the_tutorial_shows_the_files_as_they_are() -> None:
    text = (ROOT / "docs" / "tutorial.md").read_text()
    for name in (
        "bpmn/_shared/roles.json",
        "bpmn/_shared/office.json",
        "bpmn/_shared/series.json",
        "forms/car_request/decision.json",
        "documents/car_permit/document.json",
        "documents/car_permit/template.html",
    ):
        assert (ROOT / "docs" / "tutorial" / name).read_text() in text, name
