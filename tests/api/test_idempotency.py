"""Every write heeds an Idempotency-Key: it takes effect once, and the key is used up."""

from __future__ import annotations

import io
import json
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from tests.api.conftest import NOW, Caller, Office, failing_process
from tests.services.drawing import chain, files_of, node, process, user
from workflow_server.content import bundle as bundles
from workflow_server.services import deployments, jobs
from workflow_server.store import incidents as incident_rows
from workflow_server.store.db import transaction
from workflow_server.store.jobs import Job, JobStatus
from workflow_server.store.types import new_id

KEY = {"headers": {"Idempotency-Key": "k-1"}}
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
#: Writes that need no key. Whoever adds one says why.
EXEMPT = {
    ("post", "/api/sessions"): "nobody yet to whom a key could belong; a second token harms none",
    ("delete", "/api/sessions"): "the token that would repeat it is worthless by then",
    ("post", "/api/sessions/second-factor"): "a code works once anyway",
    ("post", "/api/me/tokens"): "what it answers is a secret that is not kept; revoke the lost one",
    ("post", "/api/me/second-factor"): "nothing is in force before the last secret shows a code",
    ("post", "/api/me/second-factor/confirmation"): "a code works once anyway",
    ("post", "/api/me/second-factor/recovery-codes"): "a code works once anyway",
    ("post", "/api/deployments/check"): "writes nothing",
    ("post", "/api/notices/read"): "what has been read stays so",
    ("post", "/api/process-definitions/{key}/assignment-trials"): "writes nothing",
    ("post", "/api/process-definitions/{definition_id}/document-preview"): "writes nothing",
    ("post", "/api/tasks/{task_id}/document-preview"): "writes nothing",
    ("post", "/api/deadlines/{deadline_id}/preview"): "writes nothing",
    ("put", "/api/drafts/{draft_id}"): "the same name again changes nothing",
    ("put", "/api/drafts/{draft_id}/files"): "If-Match; the same bytes again change nothing",
    ("delete", "/api/drafts/{draft_id}/files"): "what is gone is not found again",
    ("post", "/api/drafts/{draft_id}/files"): "a file that is there is not made again",
    ("post", "/api/drafts/{draft_id}/moves"): "a file that is there is not overwritten",
    ("post", "/api/drafts/{draft_id}/restorations"): "what was restored stays so",
    ("post", "/api/drafts/{draft_id}/rebase"): "what is up to date stays so",
    ("post", "/api/drafts/{draft_id}/imports"): "the same files again change nothing",
    ("post", "/api/drafts/{draft_id}/check"): "writes nothing",
    ("post", "/api/drafts/{draft_id}/document-preview"): "writes nothing",
    (
        "post",
        "/api/process-instances/{instance_id}/acts/{element}/document-preview",
    ): "writes nothing",
}


def refused_as_used(response: Any) -> bool:
    return (response.status_code, response.json["code"]) == (422, "idempotency-key-reused")


def send_file(caller: Caller, path: str, data: bytes, name: str, **more: Any) -> Any:
    return caller.post(path, data={"file": (io.BytesIO(data), name), **more}, **KEY)


def test_every_write_says_that_it_heeds_a_key(office: Office) -> None:
    paths = office.ann.get("/openapi.json").json["paths"]
    key = {"$ref": "#/components/parameters/IdempotencyKey"}
    silent = {
        (method, path)
        for path, item in paths.items()
        for method, operation in item.items()
        if method in ("post", "put", "patch", "delete")
        and key not in operation.get("parameters", ())
    }
    assert silent == EXEMPT.keys()


def test_a_late_repetition_does_not_bring_an_old_draft_back(
    permits: Office, started: dict[str, Any]
) -> None:
    task = f"/tasks/{started['next_tasks'][0]['id']}"
    old, new = {"answers": {"title": "旧"}}, {"answers": {"title": "新"}}
    assert permits.ann.put(f"{task}/draft", json=old, **KEY).status_code == 200
    assert permits.ann.put(f"{task}/draft", json=new).status_code == 200
    assert permits.ann.put(f"{task}/draft", json=old, **KEY).status_code == 200
    assert permits.ann.get(task).json["draft"] == {"title": "新"}
    assert refused_as_used(permits.ann.put(f"{task}/draft", json=new, **KEY))


def test_a_file_that_is_sent_again_is_the_first_attachment(office: Office) -> None:
    first = send_file(office.ann, "/attachments", PDF, "函.pdf")
    again = send_file(office.ann, "/attachments", PDF, "函.pdf")
    assert (again.status_code, again.json) == (201, first.json)
    assert send_file(office.bob, "/attachments", PDF, "函.pdf").json["id"] != first.json["id"]
    for data, name in ((PDF + b"\n", "函.pdf"), (PDF, "另一函.pdf")):
        assert refused_as_used(send_file(office.ann, "/attachments", data, name))


def test_a_refused_file_leaves_no_bytes_behind(office: Office, tmp_path: Any) -> None:
    send_file(office.ann, "/attachments", PDF, "函.pdf")
    before = sorted((tmp_path / "data" / "blobs").rglob("*"))
    assert refused_as_used(send_file(office.ann, "/attachments", PDF + b"\n", "函.pdf"))
    assert sorted((tmp_path / "data" / "blobs").rglob("*")) == before


def test_the_clock_moves_once(office: Office) -> None:
    begun = datetime.fromisoformat(office.ann.get("/clock").json["now"])
    for _ in range(2):
        assert office.ann.post("/clock/moves", json={"days": 5}, **KEY).status_code == 201
    assert refused_as_used(office.ann.post("/clock/moves", json={"days": 6}, **KEY))
    now = datetime.fromisoformat(office.ann.get("/clock").json["now"])
    assert timedelta(days=5) <= now - begun < timedelta(days=5, minutes=1)


def test_the_clock_moves_to_a_moment_once(office: Office) -> None:
    begun = datetime.fromisoformat(office.ann.get("/clock").json["now"])
    to = {"to": (begun + timedelta(days=2)).isoformat()}
    key = {"headers": {"Idempotency-Key": "k-2"}}
    assert office.ann.post("/clock/moves", json=to, **key).status_code == 201
    assert office.ann.post("/clock/moves", json=to, **key).status_code == 201
    assert office.ann.post("/clock/moves", json=to).status_code == 422


def test_an_announcement_is_taken_in_once(office: Office) -> None:
    change = {"changes": [{"day": "2026-07-03", "is_workday": False}], "source": "公告"}
    first = office.root.put("/calendar-days", json=change, **KEY)
    assert office.root.put("/calendar-days", json=change, **KEY).json == first.json
    assert first.json["version"] == 2
    other = {**change, "source": "另一公告"}
    assert refused_as_used(office.root.put("/calendar-days", json=other, **KEY))


def test_a_token_is_revoked_once(office: Office) -> None:
    one = office.ann.get("/me/tokens").json["items"][0]["id"]
    # The token revokes itself, so the repetition is somebody else's matter: nobody's.
    assert office.ann.delete(f"/me/tokens/{one}", **KEY).status_code == 204
    assert office.ann.delete(f"/me/tokens/{one}", **KEY).status_code == 401


def failed_job(app: Flask) -> str:
    with app.app_context(), transaction() as session:
        job_id = jobs.enqueue("print", {}, now=NOW)
        session.get_one(Job, job_id).status = JobStatus.FAILED
        row = {"id": new_id(), "job_id": job_id, "message": "no ink", "raised_at": NOW}
        incident_rows.add_all([row])
    return str(job_id)


def test_a_job_is_retried_once(app: Flask, office: Office) -> None:
    one, two = failed_job(app), failed_job(app)
    for _ in range(2):
        assert office.root.post(f"/jobs/{one}/retry", **KEY).json["status"] == "ready"
    assert refused_as_used(office.root.post(f"/jobs/{two}/retry", **KEY))
    assert office.root.post(f"/jobs/{one}/retry").status_code == 409


@pytest.mark.parametrize("kind", ["element", "job"])
def test_an_incident_is_resolved_once(app: Flask, office: Office, kind: str) -> None:
    if kind == "element":
        office.deploy(failing_process())
        begun = office.ann.post("/process-instances", json={"process_key": "p"}).json
        task = begun["next_tasks"][0]["id"]
        office.ann.post(f"/tasks/{task}/completion", json={"answers": {"title": "x"}})
    else:
        failed_job(app)
    (incident,) = office.root.get("/incidents", query_string={"open": "true"}).json["items"]
    path = f"/incidents/{incident['id']}/resolution"
    first = office.root.post(path, **KEY)
    assert first.json["resolved_at"]
    assert office.root.post(path, **KEY).json == first.json
    total = office.root.get("/incidents").json["total"]
    assert total == (2 if kind == "element" else 1)
    assert office.root.post(path).status_code == 409
    assert refused_as_used(office.root.post(f"/incidents/{uuid4()}/resolution", **KEY))


@pytest.fixture
def letter(app: Flask, office: Office) -> str:
    """A letter from the office to the town, as it was sent."""
    town = office.organisation("town")
    tell = node(
        "intermediateThrowEvent",
        "tell",
        f'<wf:message type="M-REPLY" to="{town}" conversation="=about"/>',
        inner='<b:messageEventDefinition id="md" messageRef="m_tell"/>',
    )
    draft = user("draft", '<wf:output name="about" value="=this.title"/>')
    drawn = process(draft, tell, chain("begin", "draft", "tell", "end"))
    types = [{"key": "M-REPLY", "label": "复函", "from": "office", "to": "town"}]
    files = files_of([drawn.replace('name="M-TELL"', 'name="M-REPLY"')]) | {
        "bpmn/_shared/messages.json": json.dumps({"types": types}).encode()
    }
    with app.app_context():
        deployments.deploy(None, bundles.from_files(files), NOW, "api")
    begun = office.ann.post("/process-instances", json={"process_key": "p"}).json
    task = begun["next_tasks"][0]["id"]
    office.ann.post(f"/tasks/{task}/completion", json={"answers": {"title": "您好"}})
    (sent,) = office.ann.get("/deliveries").json["items"]
    return str(sent["id"])


def test_a_letter_is_acknowledged_once(office: Office, letter: str) -> None:
    office.run_jobs()
    path = f"/deliveries/{letter}/acknowledgement"
    first = office.tom.post(path, **KEY)
    assert first.json["status"] == "acknowledged"
    assert office.tom.post(path, **KEY).json == first.json
    assert office.tom.post(path).status_code == 409
    hand_over = office.tom.post(f"/deliveries/{letter}/hand-over", json={"note": "x"}, **KEY)
    assert refused_as_used(hand_over)


def test_a_letter_on_paper_is_handed_over_once(app: Flask, office: Office, letter: str) -> None:
    from workflow_server.store.organisations import Organisation

    with app.app_context(), transaction() as session:
        for row in session.query(Organisation).filter_by(key="town"):
            row.on_server = False
    office.run_jobs()
    path = f"/deliveries/{letter}/hand-over"
    first = office.ann.post(path, json={"note": "邮寄"}, **KEY)
    assert (first.status_code, first.json["note"]) == (200, "邮寄")
    assert office.ann.post(path, json={"note": "邮寄"}, **KEY).json == first.json
    assert refused_as_used(office.ann.post(path, json={"note": "面交"}, **KEY))
    assert office.ann.post(path, json={"note": "邮寄"}).status_code == 409
