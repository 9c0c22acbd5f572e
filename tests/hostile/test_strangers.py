"""What is another organisation's does not exist: not to read, do, list, count or enclose."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import pytest

from tests import hiring
from tests.hostile.world import NOW, PDF, Caller, World, refused
from workflow_server.services import organisations, sign_ins
from workflow_server.store import organisations as rows
from workflow_server.store import people

READS = [
    "/process-instances/{instance}",
    "/process-instances/{instance}/history",
    "/process-instances/{instance}/variables",
    "/process-instances/{instance}/diagram",
    "/process-instances/{instance}/documents",
    "/process-instances/{instance}/deadlines",
    "/process-instances/{instance}/records",
    "/tasks/{completed}",
    "/tasks/{open}",
    "/tasks/{draft}",
    "/documents/{document}",
    "/documents/{document}/file",
    "/deliveries/{delivery}",
    "/records/{record}",
    "/records/{record}/links",
    "/links?of={record}",
    "/links?of={document}",
    "/links?of={instance}",
    "/attachments/{attachment}",
    "/attachments/{attachment}/file",
    "/attachments?instance_id={instance}",
    "/deadlines?instance_id={instance}",
    "/deadlines/{deadline}/alerts",
]
WRITES: list[tuple[str, str, Any]] = [
    ("PUT", "/tasks/{open}/assignee", None),
    ("DELETE", "/tasks/{open}/assignee", None),
    ("PUT", "/tasks/{open}/draft", {"answers": {"title": "x"}}),
    ("POST", "/tasks/{open}/completion", {"answers": {"title": "x"}}),
    ("POST", "/tasks/{completed}/completion", {"answers": {"title": "x"}}),
    ("POST", "/tasks/{draft}/completion", {"answers": {}}),
    ("POST", "/tasks/{draft}/document-preview", {"kind": "letter", "answers": {}}),
    ("POST", "/tasks/{draft}/document-preview", {"kind": "none", "answers": {}}),
    ("POST", "/deliveries/{delivery}/acknowledgement", None),
    ("POST", "/deliveries/{delivery}/hand-over", {"note": "x"}),
]
LISTS = [
    "/tasks?status={s}&instance_id={instance}",
    "/tasks?organisation_id={office}",
    "/tasks?role=drafter",
    "/tasks?assignee_id={ann}&status=completed",
    "/tasks?process_key=case&status=completed",
    "/tasks?mine=true",
    "/process-instances",
    "/process-instances?organisation_id={office}",
    "/process-instances?process_key=case",
    "/process-instances?status=running",
    "/documents",
    "/documents?instance_id={instance}",
    "/documents?kind=letter",
    "/deliveries",
    "/deliveries?direction=sent",
    "/deliveries?instance_id={instance}",
    "/records",
    "/records?organisation_id={office}",
    "/records?instance_id={instance}",
    "/records?text=解放",
    "/deadlines",
    "/incidents",
    "/incidents?instance_id={instance}",
]
ADMINISTRATION = ["/jobs", "/jobs?instance_id={instance}", "/jobs/{instance}"]


def address(world: World, path: str, **more: str) -> str:
    office = world.office.organisation("office")
    me = world.ann.get("/me").json
    assert me, "nobody"
    return path.format(**world.ids, office=office, ann=me["person_id"], s="completed", **more)


def said(problem: dict[str, Any], ids: Mapping[str, str]) -> tuple[str, ...]:
    """Return what a refusal says, with ids by name: it must not tell of what was not asked for."""
    detail = problem["detail"]
    for name, each in ids.items():
        detail = detail.replace(each, "{" + name + "}")
    return problem["code"], problem["title"], detail


@pytest.mark.parametrize("path", READS)
def test_reading_it_finds_nothing(untouched: World, path: str) -> None:
    assert untouched.ann.get(address(untouched, path)).status_code == 200
    told = refused(untouched.office.tom.get(address(untouched, path)), 404)
    unknown = {name: str(uuid4()) for name in untouched.ids}
    never = refused(untouched.office.tom.get(path.format(**unknown)), 404)
    assert said(told, untouched.ids) == said(never, unknown)


@pytest.mark.parametrize(("method", "path", "body"), WRITES)
def test_acting_on_it_finds_nothing(untouched: World, method: str, path: str, body: Any) -> None:
    more = {} if body is None else {"json": body}
    told = refused(
        untouched.office.tom.call(
            method, address(untouched, path), headers={"Idempotency-Key": "k"}, **more
        ),
        404,
    )
    unknown = {name: str(uuid4()) for name in untouched.ids}
    never = refused(untouched.office.tom.call(method, path.format(**unknown), **more), 404)
    assert said(told, untouched.ids) == said(never, unknown)


@pytest.mark.parametrize("path", LISTS)
def test_lists_and_counts_leave_it_out(untouched: World, path: str) -> None:
    seen = untouched.office.tom.get(address(untouched, path)).json
    assert seen
    assert (seen["total"], seen["items"]) == (0, [])


@pytest.mark.parametrize("path", ADMINISTRATION)
def test_jobs_are_for_administrators(untouched: World, path: str) -> None:
    refused(untouched.office.tom.get(address(untouched, path)), 403)


def test_the_recipient_of_a_letter_reads_it_and_its_paper_and_no_more(world: World) -> None:
    with world.app.app_context():
        if people.find_person_by_login("sue") is None:
            person = organisations.add_person("sue", "苏")
            shop = rows.find_by_key("shop")
            assert shop is not None
            hiring.give_post(person.id, shop.id, "owner")
        sue = Caller(world.app.test_client(), sign_ins.issue_token("sue", "test", now=NOW))
    ids = world.ids
    for path in ("/deliveries/{delivery}", "/documents/{document}", "/documents/{document}/file"):
        assert sue.get(path.format(**ids)).status_code == 200
    for path in READS:
        if "{document}" not in path and "{delivery}" not in path:
            refused(sue.get(path.format(**ids)), 404)


def test_a_file_for_anothers_task_is_refused(untouched: World) -> None:
    data = {"file": (io.BytesIO(PDF), "函.pdf"), "task_id": untouched.ids["open"]}
    refused(untouched.office.tom.post("/attachments", data=data), 404)
    office = untouched.office.organisation("office")
    data = {"file": (io.BytesIO(PDF), "函.pdf"), "organisation_id": office}
    refused(untouched.office.tom.post("/attachments", data=data), 422)


def test_anothers_file_is_no_answer(world: World) -> None:
    begun = world.office.tom.post("/process-instances", json={"process_key": "townwork"})
    assert begun.status_code == 201, begun.text
    assert begun.json
    path = f"/tasks/{begun.json['next_tasks'][0]['id']}/completion"
    told = [
        refused(world.office.tom.post(path, json={"answers": {"title": "x", "files": [file]}}))
        for file in (world.ids["attachment"], str(uuid4()))
    ]
    assert told[0]["errors"] == told[1]["errors"]


def test_a_process_of_another_organisation_is_not_started(untouched: World) -> None:
    tom, office = untouched.office.tom, untouched.office.organisation("office")
    body = {"process_key": "case", "organisation_id": office}
    assert tom.post("/process-instances", json=body).status_code in (403, 404)
    assert tom.post("/process-instances", json={"process_key": "case"}).status_code in (403, 404)
    # Who may start it at home may not start it in somebody else's house.
    body = {"process_key": "case", "organisation_id": untouched.office.organisation("town")}
    assert untouched.ann.post("/process-instances", json=body).status_code in (403, 404, 422)


def test_anothers_token_is_not_revoked(untouched: World) -> None:
    mine = untouched.ann.get("/me/tokens").json
    assert mine
    token = mine["items"][0]["id"]
    refused(untouched.office.tom.delete(f"/me/tokens/{token}"), 404)


@pytest.mark.parametrize("token", ["", "x", "wst_", "wst_" + "x" * 43, "Bearer", "null", "字"])
def test_a_token_that_is_none_opens_nothing(untouched: World, token: str) -> None:
    client = untouched.app.test_client()
    headers = {"Authorization": f"Bearer {token}".encode().decode("latin-1")}
    refused(client.get("/api/tasks", headers=headers), 401)


def test_the_same_key_of_another_person_answers_nothing(world: World) -> None:
    _, task = world.start("wide")
    key = {"Idempotency-Key": "shared"}
    body = {"answers": {"title": "x"}}
    assert world.ann.post(f"/tasks/{task}/completion", json=body, headers=key).status_code == 200
    refused(world.office.tom.post(f"/tasks/{task}/completion", json=body, headers=key), 404)
