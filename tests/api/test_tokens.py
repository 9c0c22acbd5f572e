"""Named tokens: what they are good for, and when they are worthless."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from tests.api.conftest import Caller, Office
from workflow_server.services import organisations, sign_ins


def make(caller: Caller, *scopes: str, name: str = "program") -> Any:
    body = {"name": name, "scopes": list(scopes), "days": 30}
    return caller.post("/me/tokens", json=body)


def caller(office: Office, *scopes: str) -> Caller:
    made = make(office.ann, *scopes)
    assert made.status_code == 201, made.text
    return Caller(office.app.test_client(), made.json["token"])


def test_a_token_is_good_for_its_scopes_and_names_the_missing_one(permits: Office) -> None:
    reader = caller(permits, "tasks:read")
    assert reader.get("/tasks").status_code == 200
    for refused, scope in (
        (reader.get("/records"), "records:read"),
        (reader.post("/process-instances", json={"process_key": "p"}), "process-instances:write"),
    ):
        assert (refused.status_code, refused.json["code"]) == (403, "scope-missing")
        assert f"“{scope}”" in refused.json["detail"]
    writer = caller(permits, "read", "process-instances:write")
    assert writer.get("/records").status_code == 200
    assert writer.post("/process-instances", json={"process_key": "p"}).status_code == 201


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/me/tokens"),
        ("PUT", "/me/password"),
        ("POST", "/me/second-factor"),
        ("POST", "/me/second-factor/removal"),
        ("DELETE", "/me/tokens/01990000-0000-7000-8000-000000000001"),
    ],
)
def test_a_narrowed_token_never_changes_how_its_person_signs_in(
    office: Office, method: str, path: str
) -> None:
    every = sorted(
        scope
        for scope in make(office.ann, "none")
        .json["errors"][0]["detail"]
        .split("有：")[1]
        .split("、")
    )
    refused = caller(office, *every).call(method, path, json={})
    assert (refused.status_code, refused.json["code"]) == (403, "scope-missing")


def test_scopes_that_there_are_not_are_refused(office: Office) -> None:
    for scope in ("me:write", "accounts:write", "@password", "everything", "tasks:*"):
        refused = make(office.ann, scope)
        assert refused.status_code == 422
        assert refused.json["errors"][0]["pointer"] == "#/scopes/0"
    assert make(office.ann).status_code == 422
    for days in (0, 367):
        body = {"name": "x", "scopes": ["read"], "days": days}
        assert office.ann.post("/me/tokens", json=body).status_code == 422


def test_a_token_is_listed_without_itself_and_revoked_at_once(office: Office) -> None:
    made = make(office.ann, "read").json
    program = Caller(office.app.test_client(), made["token"])
    assert program.get("/me").status_code == 200
    listed = office.ann.get("/me/tokens").json
    assert made["described"] in listed["items"]
    assert made["token"] not in str(listed)
    assert office.ann.delete(f"/me/tokens/{made['described']['id']}").status_code == 204
    refused = program.get("/me")
    assert refused.status_code == 401
    assert "WWW-Authenticate" in refused.headers


def test_nobody_hoards_tokens(office: Office) -> None:
    codes = [make(office.bob, "read").status_code for _ in range(20)]
    assert codes == [201] * 19 + [409]


@pytest.fixture
def administrators(app: Flask, office: Office) -> dict[str, Caller]:
    """The three."""
    found = {}
    with app.app_context():
        for kind in ("system", "security", "audit"):
            organisations.add_person(f"the-{kind}", f"{kind} 员", administration=kind)
            token = sign_ins.issue_token(f"the-{kind}", "test", now=datetime.now(UTC))
            found[kind] = Caller(app.test_client(), token)
    return found


def test_what_each_administrator_may_do_to_an_account(
    office: Office, administrators: dict[str, Caller]
) -> None:
    ann = office.ann.get("/me").json["person_id"]
    acts: list[tuple[str, str, Any]] = [
        ("POST", "unlock", {}),
        ("PUT", "password", {"password": "Given-By-Them-1"}),
        ("DELETE", "second-factor", None),
        ("DELETE", "sessions", None),
    ]
    everybody = {**administrators, "nobody": office.bob}
    for kind, who in everybody.items():
        expected = 204 if kind == "security" else 403
        for method, path, body in acts:
            more = {} if body is None else {"json": body}
            answer = who.call(method, f"/accounts/{ann}/{path}", **more)
            assert answer.status_code == expected, (kind, path, answer.text)
        readable = 200 if kind in ("security", "audit") else 403
        assert who.get("/sign-ins").status_code == readable
        assert who.get(f"/accounts/{ann}/tokens").status_code == readable


def test_the_security_administrator_revokes_a_token_of_somebody(
    office: Office, administrators: dict[str, Caller]
) -> None:
    made = make(office.ann, "read").json["described"]
    ann, bob = (each.get("/me").json["person_id"] for each in (office.ann, office.bob))
    safe = administrators["security"]
    assert safe.delete(f"/accounts/{bob}/tokens/{made['id']}").status_code == 404
    key = {"headers": {"Idempotency-Key": "k"}}
    for _ in range(2):
        assert safe.delete(f"/accounts/{ann}/tokens/{made['id']}", **key).status_code == 204
    listed = safe.get(f"/accounts/{ann}/tokens").json["items"]
    assert next(each for each in listed if each["id"] == made["id"])["revoked_at"]
    assert administrators["audit"].delete(f"/accounts/{ann}/tokens/{made['id']}").status_code == 403


def test_the_history_of_sign_ins_is_narrowed_and_paged(
    app: Flask, office: Office, administrators: dict[str, Caller]
) -> None:
    for _ in range(3):
        app.test_client().post("/api/sessions", json={"login": "ann", "password": "wrong"})
    audit = administrators["audit"]
    query = {"login": "ann", "outcome": "wrong", "page_size": 2, "page": 2}
    found = audit.get("/sign-ins", query_string=query).json
    assert (found["total"], len(found["items"])) == (3, 1)
    assert found["items"][0]["person_id"] == office.ann.get("/me").json["person_id"]
    assert audit.get("/sign-ins", query_string={"outcome": "x"}).status_code == 422
    assert office.ann.get("/me/sign-ins").json["total"] == 3
    assert office.bob.get("/me/sign-ins").json["total"] == 0
