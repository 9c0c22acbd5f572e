"""Organisations, people, positions and imports at the door: who may, and in which shape."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from tests.api.conftest import Caller, Office
from workflow_server.services import organisations, sign_ins

KEY = {"headers": {"Idempotency-Key": "k-1"}}
KEY_TWO = {"headers": {"Idempotency-Key": "k-2"}}
KEY_THREE = {"headers": {"Idempotency-Key": "k-3"}}


@pytest.fixture
def security(app: Flask, permits: Office) -> Caller:
    with app.app_context():
        organisations.add_person("officer", "安全员", administration="security")
        token = sign_ins.issue_token("officer", "test", now=datetime.now(UTC))
    return Caller(app.test_client(), token)


def added(office: Office, key: str, **more: Any) -> dict[str, Any]:
    body = {"key": key, "name": f"{key} 局", "party": "office", **more}
    response = office.root.post("/organisations", json=body)
    assert response.status_code == 201, response.text
    answer: dict[str, Any] = response.json
    return answer


def test_everybody_reads_the_tree_and_the_system_administrator_changes_it(permits: Office) -> None:
    top = added(permits, "top", level=2, fields={"phone": "1"})
    below = added(permits, "below", parent_id=top["id"])
    query = {"parent_id": top["id"], "open": "true"}
    listed = permits.tom.get("/organisations", query_string=query).json
    assert [each["key"] for each in listed["items"]] == ["below"]
    refused = permits.root.put(
        f"/organisations/{top['id']}/parent", json={"parent_id": below["id"]}
    )
    assert (refused.status_code, refused.json["code"]) == (409, "under-itself")
    changed = permits.root.put(f"/organisations/{top['id']}", json={"region": "230000"}, **KEY)
    assert (changed.json["region"], changed.json["level"]) == ("230000", None)
    closed = permits.root.post(f"/organisations/{below['id']}/closure", json={}, **KEY_TWO)
    assert closed.json["closed_on"]
    assert (
        permits.root.post(f"/organisations/{below['id']}/closure", json={}, **KEY_TWO).json
        == closed.json
    )
    for caller in (permits.ann, permits.tom):
        body = {"key": "x", "name": "某", "party": "office"}
        assert caller.post("/organisations", json=body).status_code == 403
        assert caller.get("/people/directory").status_code == 403


def test_a_department_is_added_moved_and_closed(permits: Office) -> None:
    path = f"/organisations/{permits.organisation('office')}/departments"
    upper = permits.root.post(path, json={"key": "one", "name": "一科"}, **KEY).json
    assert permits.root.post(path, json={"key": "one", "name": "一科"}, **KEY).json == upper
    lower = permits.root.post(path, json={"key": "two", "name": "二科"}).json
    moved = permits.root.put(f"/departments/{lower['id']}/parent", json={"parent_id": upper["id"]})
    assert moved.json["parent_id"] == upper["id"]
    assert permits.root.put(f"/departments/{lower['id']}", json={"name": "三科"}).status_code == 200
    assert permits.root.post(f"/departments/{lower['id']}/closure", json={}).json["closed_on"]
    assert permits.ann.get(f"/departments/{lower['id']}").json["name"] == "三科"
    assert permits.ann.get(path).json["total"] == 2


def test_a_merger_answers_what_became_of_it(permits: Office) -> None:
    new = added(permits, "new")
    path = f"/organisations/{permits.organisation('office')}/successions"
    today = datetime.now(UTC).date().isoformat()
    incomplete = permits.root.post(path, json={"kind": "rename", "on": today})
    assert (incomplete.status_code, incomplete.json["errors"][0]["pointer"]) == (422, "#/name")
    body = {"kind": "merge", "on": today, "successors": [{"organisation_id": new["id"]}]}
    two = {**body, "successors": body["successors"] * 2}
    assert permits.root.post(path, json=two).status_code == 422
    (row,) = permits.root.post(path, json=body, **KEY).json["items"]
    assert (row["kind"], row["successor_id"]) == ("merge", new["id"])
    assert permits.root.post(path, json=body, **KEY).json["items"] == [row]
    assert permits.ann.get(path).json["items"] == [row]
    assert {each["organisation_id"] for each in permits.ann.get("/me").json["positions"]} == {
        new["id"]
    }


def test_people_get_positions_and_grants_from_the_security_administrator(
    permits: Office, security: Caller
) -> None:
    person = permits.root.post("/people", json={"login": "mia", "name": "米娅"}, **KEY).json
    path = f"/people/{person['id']}"
    post = {"organisation_id": permits.organisation("office"), "role": "drafter", "title": "科员"}
    assert permits.root.post(f"{path}/positions", json=post).status_code == 403
    given = security.post(f"{path}/positions", json=post, **KEY)
    assert (given.status_code, given.json["title"]) == (201, "科员")
    assert security.post(f"{path}/positions", json=post, **KEY).json == given.json
    granted = security.put(f"{path}/grants", json={"clearance": 2}, **KEY_TWO).json
    assert (granted["clearance"], granted["minors_certified"]) == (2, False)
    assert security.put(f"{path}/grants", json={"clearance": 3}).status_code == 422
    for kind in ("audit", None):
        appointed = security.put(f"{path}/grants", json={"administration": kind})
        assert appointed.status_code == 422
    assert permits.ann.get("/people", query_string={"role": "drafter"}).json["total"] >= 2
    found = permits.ann.get("/people", query_string={"text": "米"}).json["items"]
    assert {each["name"] for each in found} == {"米娅"}
    assert all(each["organisation_name"] for each in found)
    (one,) = permits.ann.get("/people", query_string={"person_id": person["id"]}).json["items"]
    assert one["person_id"] == person["id"]
    ended = security.post(f"/positions/{given.json['id']}/end", json={}, **KEY_THREE)
    assert ended.json["until"]
    assert security.post(f"/positions/{given.json['id']}/end", json={}).status_code == 409
    assert security.get(f"{path}/positions").json["total"] == 1
    gone = permits.root.put(path, json={"name": "米娅", "active": False}, **KEY_TWO)
    assert gone.json["active"] is False


def test_me_shows_the_identities_to_choose_from(permits: Office) -> None:
    me = permits.ann.get("/me").json
    assert (me["login"], me["administration"], me["must"]) == ("ann", None, [])
    shown = me["positions"][0]
    assert {"title", "department_id", "is_head", "acting_for_id", "sees", "rights"} <= shown.keys()
    assert (shown["department_name"], shown["role_label"]) != (None, None)


def test_me_names_department_and_role(permits: Office, security: Caller) -> None:
    office = permits.organisation("office")
    made = permits.root.post(
        f"/organisations/{office}/departments", json={"key": "filing", "name": "档案科"}, **KEY
    ).json
    me = permits.ann.get("/me").json
    post = {"organisation_id": office, "role": "drafter", "department_id": made["id"]}
    path = f"/people/{me['person_id']}/positions"
    given = security.post(path, json=post, **KEY).json
    shown = {each["id"]: each for each in permits.ann.get("/me").json["positions"]}[given["id"]]
    assert (shown["department_name"], shown["role"]) == ("档案科", "drafter")
    assert shown["role_label"]
    chosen = permits.ann.get("/me", headers={"Identity": given["id"]}).json
    assert chosen["positions"] == [shown]
    assert permits.root.get("/me").json["login"] == "root"
    assert permits.root.get("/me").json["positions"] == []


def test_a_group_keeps_its_members(permits: Office) -> None:
    made = permits.root.post("/groups", json={"key": "panel", "name": "评审组"}, **KEY).json
    path = f"/groups/{made['group']['id']}"
    ann = permits.ann.get("/me").json["person_id"]
    changed = permits.root.put(path, json={"name": "评议组", "person_ids": [ann]}, **KEY_TWO).json
    assert changed["members"][0]["id"] == ann
    assert permits.ann.get(path).json == changed
    assert permits.ann.get("/groups").json["total"] == 1


def test_a_file_is_judged_and_taken_in(permits: Office) -> None:
    template = permits.root.get("/organisation-imports/template")
    assert template.data.startswith(b"PK")

    def send(data: bytes, name: str = "office.xlsx", **more: str) -> Any:
        form = {"file": (io.BytesIO(data), name), **more}
        return permits.root.post("/organisation-imports", data=form, **KEY)

    judged = send(template.data, dry_run="true")
    assert (judged.status_code, judged.json["dry_run"], judged.json["added"]) == (200, True, 0)
    assert send(template.data).json["dry_run"] is False
    macros = send(template.data, "office.xlsm")
    assert (macros.status_code, macros.json["code"]) == (422, "workbook-refused")
    assert permits.root.get("/organisation-imports/export").data.startswith(b"PK")
    assert permits.ann.get("/organisation-imports/export").status_code == 403
