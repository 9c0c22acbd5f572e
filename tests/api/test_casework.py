"""Records, links, deadlines, documents and deliveries over HTTP, in one small case."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask

from tests import hiring
from tests.api.conftest import NOW, Office
from tests.services.drawing import chain, files_of, node, process, user
from tests.services.stage import RULES
from workflow_server.content import bundle as bundles
from workflow_server.services import deployments
from workflow_server.store import people

LETTER = {
    "title": "许可函",
    "layout": "letter",
    "series": "permit_no",
    "data": {"about": "=about"},
    "filename": '="许可函-" + about',
}
TEMPLATE = "<html><body><p>{{ d.about }}</p><p>{{ d.number }}</p></body></html>"
DRAFT = (
    '<wf:output name="about" value="=this.title"/>'
    '<wf:record operation="open" kind="permit" title="=about" state="新">'
    '<wf:field name="street" value="=about"/></wf:record>'
    '<wf:document kind="letter" moment="issue"/>'
    '<wf:link from="=records.permit.id" relation="answered_by" to="=documents.letter.id"/>'
    '<wf:deadline rule="R-REPLY" name="reply" start="=today" label="答复" subject="permit"/>'
)


@pytest.fixture
def case(app: Flask, office: Office) -> dict[str, Any]:
    """A started case whose first task has been completed."""
    drawn = process(user("draft", DRAFT), user("check"), chain("begin", "draft", "check", "end"))
    files = files_of([drawn]) | {
        "documents/letter/document.json": json.dumps(LETTER).encode(),
        "documents/letter/template.html": TEMPLATE.encode(),
        "bpmn/_shared/deadlines.dmn": RULES.encode(),
    }
    with app.app_context():
        deployments.deploy(None, bundles.from_files(files), NOW, "api")
    begun: dict[str, Any] = office.ann.post("/process-instances", json={"process_key": "p"}).json
    task = begun["next_tasks"][0]["id"]
    done = office.ann.post(f"/tasks/{task}/completion", json={"answers": {"title": "解放路"}})
    assert done.status_code == 200, done.text
    shown = office.ann.get(f"/process-instances/{begun['id']}/diagram").json
    assert shown["incidents"] == [], office.ann.get("/incidents").text
    return begun


def test_a_record_is_found_with_its_fields_and_its_chain(
    office: Office, case: dict[str, Any]
) -> None:
    (record,) = office.ann.get("/records", query_string={"text": "解放"}).json["items"]
    assert record["fields"] == {"street": "解放路"}
    assert record["number"].startswith("许〔")
    chain_ = office.ann.get(f"/records/{record['id']}/links").json
    assert {end["type"] for end in chain_["ends"]} == {"record", "document"}
    assert [link["relation"] for link in chain_["links"]] == ["answered_by"]
    same = office.ann.get("/links", query_string={"of": record["id"]})
    assert same.json == chain_
    for path in (f"/records/{record['id']}", f"/records/{record['id']}/links"):
        assert office.tom.get(path).status_code == 404
    assert office.tom.get("/records").json["total"] == 0
    closed = office.ann.get("/records", query_string={"closed": "true", "kind": "permit"})
    assert closed.json["total"] == 0


def _let_void(office: Office, login: str) -> None:
    with office.app.app_context():
        person = people.find_person_by_login(login)
        assert person is not None
        place = UUID(office.organisation("office"))
        hiring.give_post(person.id, place, "reader")


def test_the_register_of_numbers_is_read_and_a_number_is_voided_once(
    office: Office, case: dict[str, Any]
) -> None:
    listed = office.ann.get("/numbers").json
    assert listed["total"] == 2  # the record's and the letter's, of one series
    first = listed["items"][0]
    assert (first["series"], first["n"], first["instance_id"]) == ("permit_no", 1, case["id"])
    place = first["organisation_id"]
    narrow = {"organisation_id": place, "series": "permit_no", "year": first["year"]}
    page = office.ann.get("/numbers", query_string={**narrow, "page": 2, "page_size": 1}).json
    assert [item["n"] for item in page["items"]] == [2]
    for other in ({"series": "other"}, {"year": first["year"] - 1}):
        assert office.ann.get("/numbers", query_string=other).json["total"] == 0
    assert office.tom.get("/numbers").json["total"] == 0
    assert office.tom.get("/numbers", query_string=narrow).json["total"] == 0
    path, body = f"/numbers/{first['id']}/void", {"reason": "打印错误"}
    assert office.tom.post(path, json=body).status_code == 404
    assert office.ann.post(path, json=body).status_code == 403
    key = {"headers": {"Idempotency-Key": "void-1"}}
    assert office.root.post(path, json=body).status_code == 404
    assert office.bob.post(path, json=body).status_code == 403
    _let_void(office, "bob")
    voided = office.bob.post(path, json=body, **key)
    assert (voided.status_code, voided.json["void_reason"]) == (200, "打印错误")
    assert office.bob.post(path, json=body, **key).json == voided.json
    again = office.bob.post(path, json={"reason": "x"})
    assert (again.status_code, again.json["code"]) == (409, "number-voided")
    assert office.bob.post(path, json={"reason": ""}).status_code == 422


def test_a_deadline_explains_itself(office: Office, case: dict[str, Any]) -> None:
    (deadline,) = office.ann.get("/deadlines").json["items"]
    assert (deadline["name"], deadline["status"], deadline["label"]) == ("reply", "running", "答复")
    assert deadline["explanation"]
    own = office.ann.get(f"/process-instances/{case['id']}/deadlines").json
    assert own["items"][0]["id"] == deadline["id"]
    alerts = office.ann.get(f"/deadlines/{deadline['id']}/alerts")
    assert alerts.json == {"items": []}
    assert office.tom.get(f"/deadlines/{deadline['id']}/alerts").status_code == 404
    assert office.ann.get("/deadlines", query_string={"status": "overdue"}).json["total"] == 0


def test_a_document_waits_for_its_pages_and_is_then_downloaded(
    office: Office, case: dict[str, Any]
) -> None:
    (document,) = office.ann.get("/documents", query_string={"instance_id": case["id"]}).json[
        "items"
    ]
    path = f"/documents/{document['id']}"
    assert document["number"].startswith("许〔")
    early = office.ann.get(f"{path}/file")
    assert (early.status_code, early.headers["Retry-After"]) == (503, "1")
    assert office.run_jobs() > 0
    file = office.ann.get(f"{path}/file")
    assert file.data.startswith(b"%PDF-")
    assert "filename*=UTF-8''%E8%AE%B8" in file.headers["Content-Disposition"]
    assert office.ann.get(path).json["pages"] == 1
    for below in ("", "/file"):
        assert office.tom.get(path + below).status_code == 404


def test_a_document_is_previewed_and_nothing_is_kept(office: Office, case: dict[str, Any]) -> None:
    task = office.ann.get("/tasks", query_string={"mine": "true"}).json["items"][0]["id"]
    path = f"/tasks/{task}/document-preview"
    preview = office.ann.post(path, json={"kind": "letter", "answers": {"title": "新街"}})
    assert preview.data.startswith(b"%PDF-")
    assert office.ann.get("/documents").json["total"] == 1
    assert office.ann.post(path, json={"kind": "unknown"}).status_code == 404


def test_a_letter_reaches_the_other_organisation_and_is_acknowledged_once(office: Office) -> None:
    town = office.organisation("town")
    tell = node(
        "intermediateThrowEvent",
        "tell",
        f'<wf:message type="M-REPLY" to="{town}" conversation="=about">'
        '<wf:payload name="word" value="=about"/></wf:message>',
        inner='<b:messageEventDefinition id="md" messageRef="m_tell"/>',
    )
    draft = user("draft", '<wf:output name="about" value="=this.title"/>')
    drawn = process(draft, tell, chain("begin", "draft", "tell", "end"))
    types = [{"key": "M-REPLY", "label": "复函", "from": "office", "to": "town"}]
    files = files_of([drawn.replace('name="M-TELL"', 'name="M-REPLY"')]) | {
        "bpmn/_shared/messages.json": json.dumps({"types": types}).encode()
    }
    with office.app.app_context():
        deployments.deploy(None, bundles.from_files(files), NOW, "api")
    begun = office.ann.post("/process-instances", json={"process_key": "p"}).json
    task = begun["next_tasks"][0]["id"]
    office.ann.post(f"/tasks/{task}/completion", json={"answers": {"title": "您好"}})
    assert office.tom.get("/deliveries").json["total"] == 0
    (sent,) = office.ann.get("/deliveries", query_string={"direction": "sent"}).json["items"]
    assert (sent["status"], sent["payload"]) == ("waiting", {"word": "您好"})
    office.run_jobs()
    path = f"/deliveries/{sent['id']}"
    assert office.tom.get(path).json["status"] == "delivered"
    assert office.ann.post(f"{path}/acknowledgement").status_code == 409
    assert office.tom.post(f"{path}/acknowledgement").json["status"] == "acknowledged"
    assert office.tom.post(f"{path}/acknowledgement").status_code == 409
    assert office.tom.post(f"{path}/hand-over", json={"note": "x"}).status_code == 409
    assert office.ann.get(f"/deliveries/{uuid4()}").status_code == 404
