"""What an administrator does about what failed: run it again; what is wrong, is named."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from tests.api.conftest import NOW, Office
from tests.api.proposing import Desk
from tests.services.drawing import chain, files_of, line, node, process, user
from workflow_server.content import bundle as bundles
from workflow_server.rendering.sources import RenderFailed
from workflow_server.services import deployments, jobs, papers

LETTER = {
    "title": "许可函",
    "layout": "letter",
    "series": "permit_no",
    "required": [{"part": "remedy", "value": "=remedy", "message": "缺少补救措施"}],
    "data": {"about": "=about"},
}
TEMPLATE = "<html><body><p>{{ d.about }}</p><p>{{ d.number }}</p></body></html>"
ABOUT = '<wf:output name="about" value="=this.title"/>'
REMEDY = '<wf:output name="remedy" value="=this.title"/>'
ISSUE = '<wf:document kind="letter" moment="issue"/>'


def deploy(app: Flask, *drawn: str) -> None:
    files = files_of(drawn) | {
        "documents/letter/document.json": json.dumps(LETTER).encode(),
        "documents/letter/template.html": TEMPLATE.encode(),
    }
    with app.app_context():
        deployments.deploy(None, bundles.from_files(files), NOW, "api")


def begin(office: Office) -> str:
    return str(office.ann.post("/process-instances", json={"process_key": "p"}).json["id"])


def do(office: Office, element_id: str, title: str) -> None:
    query = {"mine": "true", "element_id": element_id}
    (task,) = office.ann.get("/tasks", query_string=query).json["items"]
    done = office.ann.post(f"/tasks/{task['id']}/completion", json={"answers": {"title": title}})
    assert done.status_code == 200, done.text


def open_incidents(office: Office) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = office.ann.get("/incidents?open=true").json["items"]
    hidden = office.root.get("/incidents?open=true").json["items"]
    # Administrators see that it stands, and nothing of the case.
    assert [each["id"] for each in hidden] == [each["id"] for each in found]
    assert all(each["message"].startswith("内容属于案件") for each in hidden)
    return found


def test_a_paper_that_lacked_a_part_is_issued_once_another_branch_supplies_it(
    app: Flask, office: Office
) -> None:
    issue = node("intermediateThrowEvent", "issue", ISSUE)
    drawn = process(
        user("draft", ABOUT),
        node("parallelGateway", "split"),
        issue,
        user("correct", REMEDY),
        node("parallelGateway", "join"),
        user("check", role="checker"),
        chain("begin", "draft", "split", "issue", "join", "check", "end"),
        chain("split", "correct", "join"),
    )
    deploy(app, drawn)
    case = begin(office)
    do(office, "draft", "停车")
    (incident,) = open_incidents(office)
    assert (incident["element_id"], incident["instance_id"]) == ("issue", case)
    assert "缺少补救措施" in incident["message"]
    assert office.ann.get("/documents").json["total"] == 0
    # Nothing has changed: it fails again and says so anew.
    path = f"/incidents/{incident['id']}/resolution"
    assert office.root.post(path).json["resolved_at"]
    (incident,) = open_incidents(office)
    do(office, "correct", "改道")
    assert office.root.post(f"/incidents/{incident['id']}/resolution").json["resolved_at"]
    assert open_incidents(office) == []
    (document,) = office.ann.get("/documents").json["items"]
    assert (document["kind"], document["status"]) == ("letter", "issued")
    # The number that the failure gave back is the first one: no gap.
    assert document["number"] == "许〔2026〕1号"
    assert office.ann.get("/tasks?element_id=check").json["total"] == 1
    acts = office.ann.get(f"/process-instances/{case}/history").json["items"]
    assert [act["act"] for act in acts].count("ElementRetried") == 2


def test_an_operation_that_failed_runs_again(app: Flask, office: Office) -> None:
    count = (
        '<wf:operation name="count" result="n"><wf:parameter name="kind" value="permit"/>'
        '<wf:parameter name="since" value="=since"/></wf:operation>'
    )
    drawn = process(
        user("draft", ABOUT),
        node("parallelGateway", "split"),
        node("serviceTask", "tally", count),
        user("correct", '<wf:output name="since" value="=this.title"/>'),
        node("parallelGateway", "join"),
        user("check", role="checker"),
        chain("begin", "draft", "split", "tally", "join", "check", "end"),
        chain("split", "correct", "join"),
    ).replace(ABOUT, ABOUT + '<wf:output name="since" value="no day"/>')
    deploy(app, drawn)
    case = begin(office)
    do(office, "draft", "停车")
    (incident,) = open_incidents(office)
    assert incident["element_id"] == "tally"
    do(office, "correct", "2026-01-01")
    assert office.root.post(f"/incidents/{incident['id']}/resolution").status_code == 200
    assert open_incidents(office) == []
    variables = office.ann.get(f"/process-instances/{case}/variables").json["variables"]
    assert variables["n"] == 0
    assert office.ann.get("/tasks?element_id=check").json["total"] == 1


@pytest.fixture
def work(app: Flask) -> Callable[[], None]:
    """Let jobs run until all that fail are given up."""

    def run() -> None:
        with app.app_context():
            for hours in range(jobs.ATTEMPTS + 1):
                jobs.run_due(datetime.now(UTC), 50, datetime.now(UTC) + timedelta(hours=hours))

    return run


@pytest.mark.parametrize("way", ["incident", "job"])
def test_a_paper_whose_rendering_failed_for_good_is_named_and_rendered_again(
    app: Flask,
    office: Office,
    work: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
    way: str,
) -> None:
    deploy(app, line(user("draft", ABOUT + '<wf:output name="remedy" value="x"/>' + ISSUE), "more"))
    case = begin(office)

    def fail(*_: Any, **__: Any) -> Any:
        raise RenderFailed("Expected pages, but the printer is out of order")

    with monkeypatch.context() as broken:
        broken.setattr(papers, "render", fail)
        do(office, "draft", "停车")
        work()
    (document,) = office.ann.get("/documents").json["items"]
    assert (document["status"], document["rendered_at"]) == ("issued", None)
    (incident,) = open_incidents(office)
    assert incident["instance_id"] == case
    assert "许可函" in incident["message"]
    assert document["number"] in incident["message"]
    assert "out of order" in incident["message"]
    assert office.ann.get(f"/documents/{document['id']}/file").status_code == 503
    if way == "incident":
        again = office.root.post(f"/incidents/{incident['id']}/resolution")
    else:
        again = office.root.post(f"/jobs/{incident['job_id']}/retry")
    assert again.status_code == 200
    assert open_incidents(office) == []
    work()
    assert office.ann.get(f"/documents/{document['id']}/file").data.startswith(b"%PDF-")
    assert office.ann.get(f"/documents/{document['id']}").json["number"] == document["number"]


def test_a_bundle_with_faults_is_refused_with_all_of_them_and_their_places(
    office: Office,
) -> None:
    wrong = process(
        user("draft", ABOUT, role="ghost"),
        node("serviceTask", "tally", '<wf:operation name="count" result="n"/>'),
        user("check", '<wf:output name="x" value="=1 +"/>'),
        chain("begin", "draft", "tally", "check", "end"),
    )
    desk = Desk(office)
    files = files_of([wrong]) | {
        "forms/a/note.json": b'{"type": "default", "components": [{"type": "magic"}]}'
    }
    sealed = bundles.write_zip(bundles.from_files(files))
    refused = desk.send(desk.dan, sealed)
    assert (refused.status_code, refused.json["code"]) == (422, "bundle-refused")
    places = {error["pointer"].split("#")[0] for error in refused.json["errors"]}
    assert {"bpmn/a.bpmn:2 draft", "bpmn/a.bpmn:2 check", "forms/a/note.json"} <= places
    assert all(error["detail"] for error in refused.json["errors"])
    form = {"file": (io.BytesIO(sealed), "bundle.zip")}
    checked = desk.dan.post("/deployments/check", data=form)
    assert checked.json["faults"] == refused.json["errors"]
    assert desk.dan.get("/proposals").json["total"] == 0


@pytest.mark.parametrize(
    ("operation", "named"),
    [
        ('<wf:operation name="count" result="n"/>', "kind"),
        ('<wf:operation name="brew" result="n"/>', "brew"),
    ],
)
def test_an_operation_that_cannot_be_meant_is_refused_at_deployment(
    office: Office, operation: str, named: str
) -> None:
    tally = node("serviceTask", "tally", operation)
    files = files_of([process(tally, chain("begin", "tally", "end"))])
    desk = Desk(office)
    refused = desk.send(desk.dan, bundles.from_files(files))
    (fault,) = refused.json["errors"]
    assert fault["pointer"].endswith(" tally")
    assert named in fault["detail"]
