"""The trail through the API: for the audit administrator alone, and without case content."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import orjson
import pytest
import sqlalchemy as sa

from tests.api.conftest import Caller, Office
from workflow_server.services import anchors, clock, refusals
from workflow_server.store import history as rows
from workflow_server.store.db import transaction
from workflow_server.store.people import Person

SECRET = "极其机密的答复内容"


@pytest.fixture
def auditor(permits: Office) -> Caller:
    """The one who may look: root, made the audit administrator."""
    with permits.app.app_context(), transaction() as session:
        session.execute(
            sa.update(Person).where(Person.login == "root").values(administration="audit")
        )
    return permits.root


@pytest.fixture
def worked(permits: Office, started: dict[str, Any]) -> dict[str, Any]:
    """A case in which ann has answered the first task."""
    (task,) = started["next_tasks"]
    done = permits.ann.post(f"/tasks/{task['id']}/completion", json={"answers": {"title": SECRET}})
    assert done.status_code == 200, done.text
    return started


def listed(auditor: Caller, **query: str) -> list[dict[str, Any]]:
    answer = auditor.get("/audit/events", query_string=query)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json["items"]
    return items


@pytest.mark.parametrize("path", ["/audit/events", "/audit/export", "/audit/anchors"])
def test_nobody_but_the_audit_administrator_reads_the_trail(permits: Office, path: str) -> None:
    for caller in (permits.ann, permits.root, permits.tom):
        assert caller.get(path).status_code == 403
        assert caller.post("/audit/verifications", json={}).status_code == 403


def test_the_auditor_sees_who_did_what_but_not_what_was_answered(
    auditor: Caller, worked: dict[str, Any]
) -> None:
    answer = auditor.get("/audit/events", query_string={"instance_id": worked["id"]})
    assert SECRET.encode() not in answer.data
    completed, began = answer.json["items"]
    assert (completed["act"], began["act"]) == ("TaskCompleted", "InstanceStarted")
    assert completed["person_name"] == "ann 氏"
    assert completed["role"] == "drafter"
    assert completed["organisation_name"] == "许可办公室"
    assert completed["address"] == "127.0.0.1"
    assert completed["data"] is None
    assert len(completed["data_digest"]) == 64


def test_acts_are_found_by_who_what_where_and_how_they_ended(
    auditor: Caller, permits: Office, worked: dict[str, Any]
) -> None:
    permits.tom.get(f"/process-instances/{worked['id']}")
    ann = listed(auditor, act="TaskCompleted")[0]["person_id"]
    assert {each["person_id"] for each in listed(auditor, person_id=ann)} == {ann}
    assert {each["chain"] for each in listed(auditor, area="deployments")} == {"deployments"}
    assert [each["act"] for each in listed(auditor, outcome="refused")] == ["AccessRefused"]
    office = permits.organisation("office")
    assert all(each["at"].endswith("+08:00") for each in listed(auditor))
    assert {"TaskCompleted"} <= {each["act"] for each in listed(auditor, organisation_id=office)}
    assert listed(auditor, until="2020-01-01T00:00:00Z") == []


def test_a_word_that_is_no_area_and_no_act_is_refused_with_those_that_are(auditor: Caller) -> None:
    for path in ("/audit/events", "/audit/export"):
        for query, known in (({"area": "inquiry"}, "inquiries"), ({"act": "Non"}, "TaskCompleted")):
            answer = auditor.get(path, query_string=query)
            assert answer.status_code == 422
            (fault,) = answer.json["errors"]
            assert fault["pointer"] == f"?{next(iter(query))}"
            assert known in fault["detail"]
    assert listed(auditor, area="views") == []
    wrong = auditor.post("/audit/verifications", json={"area": "inquiry"})
    assert (wrong.status_code, wrong.json["code"]) == (422, "unknown-area")
    unknown = auditor.post("/audit/verifications", json={"instance_id": str(uuid4())})
    assert unknown.status_code == 404


def test_that_the_auditor_looked_is_an_act_as_well(auditor: Caller) -> None:
    listed(auditor, act="TaskCompleted")
    (own, *_rest) = listed(auditor, area="audit")
    assert own["act"] == "TrailRead"
    assert own["data"]["area"] == "audit"


def test_an_export_holds_no_case_content_and_proves_its_lines(
    auditor: Caller, worked: dict[str, Any]
) -> None:
    answer = auditor.get("/audit/export")
    assert answer.mimetype == "application/x-ndjson"
    assert SECRET.encode() not in answer.data
    *lines, last = answer.data.splitlines(keepends=True)
    manifest = orjson.loads(last)["manifest"]
    assert manifest["rows"] == len(lines)
    assert all(orjson.loads(line)["at"].endswith("+08:00") for line in lines)
    assert manifest["sha256"] == hashlib.sha256(b"".join(lines)).hexdigest()
    assert worked["id"] in answer.text
    table = auditor.get("/audit/export", query_string={"format": "csv"})
    assert SECRET.encode() not in table.data
    found = list(csv.DictReader(io.StringIO(table.data.decode("utf-8-sig"))))
    assert "TaskCompleted" in {each["act"] for each in found}


def test_a_verification_answers_with_what_it_found_and_its_key_works_once(
    auditor: Caller, permits: Office, worked: dict[str, Any]
) -> None:
    with permits.app.app_context():
        anchors.make(clock.now())
    key = {"Idempotency-Key": "v1"}
    answers = [
        auditor.post("/audit/verifications", json={"instance_id": worked["id"]}, headers=key)
        for _ in range(2)
    ]
    assert answers[0].status_code == 201, answers[0].text
    assert answers[0].json == answers[1].json
    assert (answers[0].json["findings"], answers[0].json["rows"]) == ([], 2)
    whole = auditor.post("/audit/verifications", json={})
    assert (whole.json["findings"], whole.json["is_complete"]) == ([], True)
    (anchor,) = auditor.get("/audit/anchors").json["items"]
    assert whole.json["last_anchor"] == [anchor["seq"], anchor["hash"]]


def refused(office: Office) -> list[Any]:
    with office.app.app_context():
        return list(rows.list_(rows.area("refusals"), 200, 0)[0])


def test_what_is_there_but_hidden_is_a_refusal_and_what_is_not_there_is_none(
    permits: Office, started: dict[str, Any]
) -> None:
    hidden = permits.tom.get(f"/process-instances/{started['id']}")
    nothing = permits.tom.get(f"/process-instances/{uuid4()}")
    assert hidden.status_code == nothing.status_code == 404
    assert hidden.json.keys() == nothing.json.keys()
    assert (hidden.json["code"], hidden.json["title"]) == (
        nothing.json["code"],
        nothing.json["title"],
    )
    (row,) = refused(permits)
    assert row.data == {
        "route": "GET /api/process-instances/<uuid:instance_id>",
        "reason": "not-visible",
        "object_id": started["id"],
    }
    assert row.address == "127.0.0.1"


def test_a_thing_that_a_body_or_a_query_names_is_refused_as_well(
    permits: Office, started: dict[str, Any]
) -> None:
    permits.tom.get("/attachments", query_string={"instance_id": started["id"]})
    town = permits.organisation("town")
    inquiry = {
        "organisation_id": town,
        "instance_id": started["id"],
        "inquirer": "某",
        "inquirer_unit": "某",
        "manner": "other",
        "content": "问",
        "occurred_at": "2020-01-01T00:00:00Z",
    }
    assert permits.tom.post("/inquiries", json=inquiry).status_code == 404
    assert [row.data["route"] for row in refused(permits)] == [
        "GET /api/attachments",
        "POST /api/inquiries",
    ]


def test_what_somebody_may_not_do_and_an_identity_not_theirs_are_refusals(permits: Office) -> None:
    assert permits.ann.get("/audit/events").status_code == 403
    stranger = permits.ann.get("/me", headers={"Identity": str(uuid4())})
    assert stranger.status_code == 403
    assert [row.data["reason"] for row in refused(permits)] == ["forbidden", "identity-not-held"]


def test_refusals_of_one_person_cannot_fill_the_disk(
    permits: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refusals, "MOST", 3)
    for _ in range(6):
        permits.ann.get("/audit/events")
    permits.bob.get("/audit/events")
    acts = [row.act for row in refused(permits)]
    assert acts == ["AccessRefused"] * 3 + ["RefusalsUncounted", "AccessRefused"]


def test_a_plain_read_writes_nothing(
    permits: Office, started: dict[str, Any], commits: Callable[[], int]
) -> None:
    permits.ann.get(f"/process-instances/{started['id']}")
    commits()
    for path in ("", "/variables", "/history", "/diagram"):
        assert permits.ann.get(f"/process-instances/{started['id']}{path}").status_code == 200
    assert commits() == 0


def test_the_history_of_a_case_names_people_and_posts(
    permits: Office, worked: dict[str, Any]
) -> None:
    *_, act = permits.bob.get(f"/process-instances/{worked['id']}/history").json["items"]
    assert (act["person_name"], act["role"]) == ("ann 氏", "drafter")
    assert act["organisation_name"] == "许可办公室"
    assert "address" not in act


def test_inquiries_have_no_route_that_changes_them(permits: Office) -> None:
    for method in ("PUT", "PATCH", "DELETE"):
        assert permits.ann.call(method, f"/inquiries/{uuid4()}").status_code == 405


def test_an_inquiry_is_recorded_and_the_auditor_sees_only_that_it_is_there(
    auditor: Caller, permits: Office, started: dict[str, Any]
) -> None:
    told = {
        "organisation_id": permits.organisation("office"),
        "instance_id": started["id"],
        "inquirer": "钱某",
        "inquirer_unit": "某局",
        "manner": "telephone",
        "content": SECRET,
        "occurred_at": "2020-01-01T00:00:00Z",
    }
    made = permits.ann.post("/inquiries", json=told)
    assert made.status_code == 201, made.text
    assert permits.ann.get(f"/inquiries/{made.json['id']}").json["content"] == SECRET
    assert permits.bob.get("/inquiries").json["total"] == 0
    seen = auditor.get("/inquiries")
    assert seen.json["total"] == 1
    assert SECRET.encode() not in seen.data
    assert SECRET.encode() not in auditor.get("/audit/export").data
