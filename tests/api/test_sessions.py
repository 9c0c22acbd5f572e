"""Signing in and out, and what a token is worth."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyotp
import pytest
from flask import Flask

from tests.api.conftest import Caller, Office
from workflow_server.app import create_app
from workflow_server.services import organisations, passwords, sign_ins
from workflow_server.services.tries import FAILURES_OF_A_PAIR
from workflow_server.store import db

PASSWORD, NEW = "Correct-Horse-1", "Battery-Staple-7"


@pytest.fixture
def pat(app: Flask, office: Office) -> dict[str, str]:
    """Somebody with a password."""
    with app.app_context():
        organisations.add_person("pat", "帕特", password=PASSWORD)
        passwords.set_("pat", NEW, datetime.now(UTC), must_change=False)
    return {"login": "pat", "password": NEW}


def test_a_password_opens_a_session_and_its_token_works(app: Flask, pat: dict[str, str]) -> None:
    client = app.test_client()
    opened = client.post("/api/sessions", json=pat)
    assert opened.status_code == 201
    headers = {"Authorization": f"Bearer {opened.json['token']}"}
    assert client.get("/api/me", headers=headers).json["name"] == "帕特"
    assert client.delete("/api/sessions", headers=headers).status_code == 204
    assert client.get("/api/me", headers=headers).status_code == 401


def test_wrong_passwords_are_told_like_unknown_logins_and_then_wait(
    app: Flask, pat: dict[str, str]
) -> None:
    client = app.test_client()
    unknown = client.post("/api/sessions", json={"login": "nobody", "password": "x"})
    for _ in range(FAILURES_OF_A_PAIR):
        wrong = client.post("/api/sessions", json={**pat, "password": "x"})
        assert (wrong.status_code, wrong.json) == (unknown.status_code, unknown.json)
    locked = client.post("/api/sessions", json=pat)
    assert locked.status_code == 429
    assert int(locked.headers["Retry-After"]) > 0


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer x", "Basic YW5uOmFubg==", "Bearer wst_unknown"]
)
def test_without_a_valid_token_nobody_comes_in(
    app: Flask, office: Office, header: str | None
) -> None:
    headers = {} if header is None else {"Authorization": header}
    response = app.test_client().get("/api/me", headers=headers)
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Bearer")
    assert response.mimetype == "application/problem+json"


@pytest.mark.parametrize(
    "body",
    [
        {"login": "pat", "password": "x" * 1_000_000},
        {"login": "p\x00t", "password": "x"},
        {"login": "pat", "password": "x\x00"},
        {"login": "pat"},
        {"login": ["pat"], "password": {"x": 1}},
        {"login": "pat", "password": "x", "code": 123456},
        {"login": "pat", "password": "x", "more": 1},
        [],
    ],
)
def test_a_hostile_sign_in_is_refused_with_what_is_wrong(
    app: Flask, office: Office, body: Any
) -> None:
    response = app.test_client().post("/api/sessions", json=body)
    assert response.status_code == 422
    assert response.json["errors"]


def test_a_second_factor_is_asked_for_and_completes_the_sign_in(
    app: Flask, pat: dict[str, str]
) -> None:
    me = signed_in(app, pat)
    enrolled = me.post("/me/second-factor").json
    assert enrolled["uri"].startswith("otpauth://totp/")
    totp = pyotp.TOTP(enrolled["secret"])
    now = datetime.now(UTC)
    # A code of the step before: that of now is still to be used.
    confirmed = me.post(
        "/me/second-factor/confirmation", json={"code": totp.at(now - timedelta(seconds=30))}
    )
    assert len(confirmed.json["recovery_codes"]) == 10
    client = app.test_client()
    needed = client.post("/api/sessions", json=pat)
    assert (needed.status_code, needed.json["code"]) == (403, "second-factor-needed")
    half = {"half_token": needed.json["half_token"]}
    assert needed.json["expires_at"].endswith("+08:00")
    as_bearer = Caller(client, half["half_token"])
    assert as_bearer.get("/me").status_code == 401
    wrong = client.post("/api/sessions/second-factor", json={**half, "code": "abcdef"})
    assert (wrong.status_code, wrong.json["code"]) == (403, "second-factor-wrong")
    done = client.post("/api/sessions/second-factor", json={**half, "code": totp.at(now)})
    assert done.status_code == 201
    recovered = me.post(
        "/me/second-factor/removal", json={"code": confirmed.json["recovery_codes"][0]}
    )
    assert recovered.status_code == 204
    assert client.post("/api/sessions", json=pat).status_code == 201


def test_a_password_set_by_another_must_be_changed_first(app: Flask, pat: dict[str, str]) -> None:
    with app.app_context():
        passwords.set_("pat", "Given-By-Root-1", datetime.now(UTC))
    me = signed_in(app, {"login": "pat", "password": "Given-By-Root-1"})
    shown = me.get("/me")
    assert (shown.status_code, shown.json["must"]) == (200, ["password"])
    for refused in (me.get("/tasks"), me.post("/me/tokens", json={}), me.post("/me/second-factor")):
        assert (refused.status_code, refused.json["code"]) == (403, "change-password-first")
    weak = me.put("/me/password", json={"old": "Given-By-Root-1", "new": "short"})
    assert weak.status_code == 422
    assert "至少10个字符" in weak.json["detail"]
    assert {each["pointer"] for each in weak.json["errors"]} == {"#/new"}
    same = {"old": "Given-By-Root-1", "new": "Given-By-Root-1"}
    assert me.put("/me/password", json=same).json["errors"][0]["pointer"] == "#/new"
    fine = me.put("/me/password", json={"old": "Given-By-Root-1", "new": "My-Own-One-2"})
    assert fine.status_code == 204
    assert me.get("/me").json["must"] == []
    assert me.get("/tasks").status_code == 200


def signed_in(app: Flask, who: dict[str, str]) -> Caller:
    client = app.test_client()
    return Caller(client, client.post("/api/sessions", json=who).json["token"])


def test_a_sign_in_that_was_not_used_is_over(app: Flask, pat: dict[str, str]) -> None:
    long_ago = datetime.now(UTC) - timedelta(minutes=61)
    with app.app_context():
        token = sign_ins.sign_in("pat", pat["password"], long_ago).token
    assert Caller(app.test_client(), token).get("/me").status_code == 401


def test_use_is_written_after_the_answer_once_a_minute(
    app: Flask, pat: dict[str, str], statements: Callable[[], list[str]]
) -> None:
    before = datetime.now(UTC) - timedelta(minutes=5)
    with app.app_context():
        token = sign_ins.sign_in("pat", pat["password"], before).token
    caller = Caller(app.test_client(), token)
    statements()
    first = caller.get("/me")
    assert len(statements()) == 2  # the token, and what posts are called
    first.close()
    (written,) = statements()
    assert written.startswith("UPDATE api_tokens")
    second = caller.get("/me")
    second.close()
    assert len(statements()) == 2
    listed = caller.get("/me/tokens").json["items"][0]
    assert listed["sign_in"] is True
    assert datetime.fromisoformat(listed["last_used_at"]) > before + timedelta(minutes=4)


def test_a_use_that_cannot_be_written_fails_nobody(
    app: Flask, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise db.DatabaseAway("away")

    monkeypatch.setattr("workflow_server.services.tokens.note_use", fail)
    response = office.ann.get("/me")
    assert response.status_code == 200
    response.close()


def test_behind_a_proxy_the_address_is_that_of_who_asks(
    database_url: str, tmp_path: Path, pat: dict[str, str]
) -> None:
    behind = create_app(
        {"database_url": database_url, "data_dir": tmp_path / "data", "trusted_proxies": 1}
    )
    forged = {"X-Forwarded-For": "6.6.6.6, 10.9.9.9"}
    client = behind.test_client()
    token = client.post("/api/sessions", json=pat, headers=forged).json["token"]
    (row, *_) = Caller(client, token).get("/me/sign-ins").json["items"]
    assert row["address"] == "10.9.9.9"
    with behind.app_context():
        db.db.engine.dispose()


def test_an_expired_token_and_a_revoked_one_are_worthless(app: Flask, office: Office) -> None:
    with app.app_context():
        yesterday = datetime.now(UTC) - timedelta(days=1, minutes=1)
        expired = sign_ins.issue_token("ann", "old", days=1, now=yesterday)
        named = sign_ins.issue_token("ann", "laptop", now=datetime.now(UTC))
    client = app.test_client()
    assert _code(client, expired) == 401
    assert _code(client, named) == 200
    listed = office.ann.get("/me/tokens").json["items"]
    laptop = next(token for token in listed if token["name"] == "laptop")
    assert office.bob.delete(f"/me/tokens/{laptop['id']}").status_code == 404
    assert office.ann.delete(f"/me/tokens/{laptop['id']}").status_code == 204
    assert _code(client, named) == 401


def _code(client: object, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    status: int = client.get("/api/me", headers=headers).status_code  # type: ignore[attr-defined]
    return status
