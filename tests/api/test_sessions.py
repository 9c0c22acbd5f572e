"""Signing in and out, and what a token is worth."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from tests.api.conftest import Office
from workflow_server.api.lockout import (
    FAILURES_OF_A_LOGIN,
    FAILURES_OF_A_PAIR,
    WINDOW_SECONDS,
    Lockout,
)
from workflow_server.services import organisations, sign_ins


@pytest.fixture
def pat(app: Flask, office: Office) -> dict[str, str]:
    """Somebody with a password."""
    with app.app_context():
        organisations.add_person("pat", "帕特", password="correct horse")
    return {"login": "pat", "password": "correct horse"}


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


def test_a_lock_out_ends_and_a_success_forgets_failures() -> None:
    moment = [0.0]
    lockout = Lockout(clock=lambda: moment[0])
    for _ in range(FAILURES_OF_A_PAIR):
        assert lockout.attempt("pat", "10.0.0.1") == 0
    assert lockout.attempt("pat", "10.0.0.1") > 0
    assert lockout.attempt("ann", "10.0.0.1") == 0
    moment[0] = WINDOW_SECONDS + 1
    for _ in range(FAILURES_OF_A_PAIR):
        assert lockout.attempt("pat", "10.0.0.1") == 0
    lockout.succeeded("pat", "10.0.0.1")
    assert lockout.attempt("pat", "10.0.0.1") == 0


def test_a_stranger_cannot_lock_somebody_out_but_many_cannot_guess_on() -> None:
    lockout = Lockout(clock=lambda: 0.0)
    for _ in range(FAILURES_OF_A_PAIR):
        lockout.attempt("pat", "10.0.0.1")
    assert lockout.attempt("pat", "10.0.0.1") > 0
    assert lockout.attempt("pat", "10.0.0.2") == 0
    for number in range(FAILURES_OF_A_LOGIN):
        lockout.attempt("pat", f"10.0.1.{number}")
    assert lockout.attempt("pat", "10.0.0.3") > 0


def test_tries_at_once_are_counted_before_any_is_hashed(
    app: Flask, pat: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[int] = []

    def try_once_more(*_: Any) -> Any:
        tried.append(0)
        answer = app.test_client().post("/api/sessions", json={**pat, "password": "x"})
        if answer.status_code == 429:
            raise sign_ins.SignInRefused("locked out")
        return None

    monkeypatch.setattr(sign_ins, "sign_in", try_once_more)
    app.test_client().post("/api/sessions", json={**pat, "password": "x"})
    assert len(tried) == FAILURES_OF_A_PAIR


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
