"""Single sign-on against a real OpenID provider on this machine, and what is tried against it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import oidc_provider_mock
import pytest
import requests
from flask import Flask
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from tests.api.conftest import Caller, Office
from workflow_server.app import create_app
from workflow_server.services import openid
from workflow_server.store import db
from workflow_server.store.db import transaction
from workflow_server.store.people import find_person_by_login

CLIENT = "workflow"
BEGIN, BACK = "/api/sessions/oidc", "/api/sessions/oidc/callback"


@dataclass
class Provider:
    """The provider, and whoever goes there."""

    url: str

    def has(self, subject: str, **claims: Any) -> None:
        requests.put(f"{self.url}/users/{subject}", json=claims, timeout=5).raise_for_status()

    def sign_in(self, address: str, subject: str) -> dict[str, str]:
        """Say who one is; returns what the browser is sent back with."""
        answer = requests.post(address, data={"sub": subject}, timeout=5, allow_redirects=False)
        assert answer.status_code == 302, answer.text
        return {
            name: values[0]
            for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()
        }


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with oidc_provider_mock.run_server_in_thread() as server:
        yield Provider(f"http://localhost:{server.server_port}")


@pytest.fixture
def app(database_url: str, tmp_path: Path, provider: Provider) -> Iterator[Flask]:
    """The application with the provider."""
    openid._providers.clear()
    made = create_app(
        {
            "database_url": database_url,
            "data_dir": tmp_path / "data",
            "oidc_issuer": provider.url,
            "oidc_client_id": CLIENT,
            "oidc_client_secret": "secret",
        }
    )
    yield made
    with made.app_context():
        db.db.engine.dispose()


@pytest.fixture
def ann(provider: Provider, office: Office) -> str:
    """The subject of ann at the provider."""
    subject = f"s-{datetime.now(UTC).timestamp()}"
    provider.has(subject, preferred_username="ann", name="安")
    return subject


def begin(app: Flask) -> tuple[Any, str]:
    client = app.test_client()
    answer = client.get(BEGIN)
    assert answer.status_code == 302, answer.text
    return client, answer.headers["Location"]


def come_back(app: Flask, provider: Provider, subject: str) -> Any:
    client, address = begin(app)
    return client.get(BACK, query_string=provider.sign_in(address, subject))


def refused(answer: Any, code: str = "openid-refused", status: int = 403) -> bool:
    assert (answer.status_code, answer.json["code"]) == (status, code), answer.text
    return "token" not in answer.json


def test_somebody_signs_in_at_the_provider_and_is_known_here(
    app: Flask, provider: Provider, ann: str
) -> None:
    answer = come_back(app, provider, ann)
    assert answer.status_code == 200, answer.text
    caller = Caller(app.test_client(), answer.json["token"])
    assert caller.get("/me").json["name"] == "ann 氏"
    (row,) = caller.get("/me/sign-ins").json["items"]
    assert (row["method"], row["outcome"], row["login"]) == ("oidc", "ok", "ann")


def test_the_way_there_is_guarded(app: Flask, office: Office) -> None:
    answer = app.test_client().get(BEGIN, base_url="https://localhost")
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert query["code_challenge_method"] == ["S256"]
    assert query["response_type"] == ["code"]
    assert len(query["state"][0]) >= 32
    assert len(query["nonce"][0]) >= 32
    (cookie,) = SimpleCookie(answer.headers["Set-Cookie"]).values()
    assert cookie["httponly"]
    assert cookie["secure"]
    assert cookie["samesite"] == "Lax"
    assert query["state"][0] not in cookie.value


def test_from_then_on_only_the_subject_counts(app: Flask, provider: Provider, ann: str) -> None:
    come_back(app, provider, ann)
    provider.has("thief", preferred_username="ann")
    assert refused(come_back(app, provider, "thief"))
    provider.has(ann, preferred_username="bob")
    renamed = come_back(app, provider, ann)
    assert renamed.json["person"]["name"] == "ann 氏"


def test_who_is_nobody_here_is_refused(app: Flask, provider: Provider, office: Office) -> None:
    for number, login in enumerate(("stranger", "Ann", "аnn", "", None, ["ann"], 7)):
        provider.has(f"nobody-{number}", preferred_username=login)
        assert refused(come_back(app, provider, f"nobody-{number}"))


def test_an_administrator_is_not_made_at_the_provider(
    app: Flask, provider: Provider, office: Office
) -> None:
    provider.has("would-be-root", preferred_username="root")
    assert refused(come_back(app, provider, "would-be-root"))


def test_who_became_an_administrator_later_is_refused(
    app: Flask, provider: Provider, ann: str
) -> None:
    assert come_back(app, provider, ann).status_code == 200
    with app.app_context(), transaction():
        person = find_person_by_login("ann")
        assert person is not None
        person.administration = "audit"
    assert refused(come_back(app, provider, ann))


def test_who_was_deactivated_is_refused(app: Flask, provider: Provider, ann: str) -> None:
    assert come_back(app, provider, ann).status_code == 200
    with app.app_context(), transaction():
        person = find_person_by_login("ann")
        assert person is not None
        person.active = False
    assert refused(come_back(app, provider, ann))


def test_a_state_that_is_not_of_this_browser_is_refused(
    app: Flask, provider: Provider, ann: str
) -> None:
    client, address = begin(app)
    given = provider.sign_in(address, ann)
    assert refused(client.get(BACK, query_string={**given, "state": "x"}))
    client, address = begin(app)
    given = provider.sign_in(address, ann)
    assert refused(app.test_client().get(BACK, query_string=given))
    other, _ = begin(app)
    assert refused(other.get(BACK, query_string=given))
    assert refused(client.get(BACK, query_string={"state": given["state"]}))
    assert refused(client.get(BACK))


def test_a_code_works_once_and_so_does_the_way_back(
    app: Flask, provider: Provider, ann: str
) -> None:
    client, address = begin(app)
    cookie = client.get_cookie("workflow_server_openid", path=BEGIN)
    given = provider.sign_in(address, ann)
    assert client.get(BACK, query_string=given).status_code == 200
    assert refused(client.get(BACK, query_string=given))
    client.set_cookie("workflow_server_openid", cookie.value, path=BEGIN)
    assert refused(client.get(BACK, query_string=given))


def test_a_refusal_of_the_provider_is_told(app: Flask, provider: Provider, ann: str) -> None:
    client, address = begin(app)
    state = parse_qs(urlsplit(address).query)["state"][0]
    answer = client.get(BACK, query_string={"error": "access_denied", "state": state})
    assert refused(answer)
    assert "取消或拒绝" in answer.json["detail"]


#: Nothing of these comes to the database; one is enough.
ONE_DATABASE = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
Forge = Callable[[dict[str, Any], dict[str, Any]], str]
OTHER = RSAKey.generate_key(2048, {"kid": "x"})
GOOD = RSAKey.generate_key(2048, {"kid": "good"})


def with_other_key(header: dict[str, Any], claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "RS256", **header}, claims, OTHER)


def with_no_signature(_header: dict[str, Any], claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "none"}, claims, OctKey.generate_key(256), algorithms=["none"])


def with_the_client_secret(_header: dict[str, Any], claims: dict[str, Any]) -> str:
    key = OctKey.import_key("secret-secret-secret-secret-secret")
    return jwt.encode({"alg": "HS256"}, claims, key)


@dataclass
class Forger:
    """A man in the middle who may say what he likes, with or without the provider's key."""

    monkeypatch: pytest.MonkeyPatch
    key: RSAKey

    def answers(self, change: Callable[[dict[str, Any]], Any], sign: Forge | None = None) -> None:
        asked = openid._ask

        def answer(method: str, url: str, **more: Any) -> dict[str, Any]:
            found = asked(method, url, **more)
            if url.endswith("/jwks"):
                return {"keys": [self.key.as_dict(private=False)]}
            if method == "POST":
                found["id_token"] = self._forged(found["id_token"], change, sign)
            return found

        self.monkeypatch.setattr(openid, "_ask", answer)

    def _forged(self, token: str, change: Callable[[dict[str, Any]], Any], sign: Any) -> str:
        import base64
        import json

        part = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        change(claims)
        if sign is not None:
            return str(sign({"kid": self.key.kid}, claims))
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.key)


@pytest.fixture
def forger(monkeypatch: pytest.MonkeyPatch) -> Forger:
    return Forger(monkeypatch, GOOD)


def nothing(_claims: dict[str, Any]) -> None:
    return None


def test_the_forger_himself_is_believed_when_he_changes_nothing(
    app: Flask, provider: Provider, ann: str, forger: Forger
) -> None:
    forger.answers(nothing)
    assert come_back(app, provider, ann).status_code == 200


@ONE_DATABASE
@pytest.mark.parametrize("sign", [with_other_key, with_no_signature, with_the_client_secret])
def test_a_token_that_the_provider_did_not_sign_is_refused(
    app: Flask, provider: Provider, ann: str, forger: Forger, sign: Forge
) -> None:
    forger.answers(nothing, sign)
    assert refused(come_back(app, provider, ann))


def moved(name: str, by: timedelta) -> Callable[[dict[str, Any]], None]:
    def move(claims: dict[str, Any]) -> None:
        claims[name] = int((datetime.now(UTC) + by).timestamp())

    return move


def put(name: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(claims: dict[str, Any]) -> None:
        claims[name] = value

    return change


def without(name: str) -> Callable[[dict[str, Any]], Any]:
    return lambda claims: claims.pop(name)


@ONE_DATABASE
@pytest.mark.parametrize(
    "change",
    [
        put("aud", "another-client"),
        put("aud", [CLIENT, "another-client"]),
        put("azp", "another-client"),
        put("iss", "http://localhost:1"),
        put("nonce", "of another sign-in"),
        put("sub", 7),
        put("exp", "tomorrow"),
        moved("exp", -timedelta(minutes=2)),
        moved("iat", timedelta(minutes=5)),
        *(without(name) for name in ("aud", "iss", "nonce", "sub", "exp", "iat")),
    ],
)
def test_a_token_for_another_place_time_or_browser_is_refused(
    app: Flask, provider: Provider, ann: str, forger: Forger, change: Callable[..., Any]
) -> None:
    forger.answers(change)
    assert refused(come_back(app, provider, ann))


def test_the_way_back_is_open_for_ten_minutes(
    app: Flask, provider: Provider, ann: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, address = begin(app)
    given = provider.sign_in(address, ann)
    monkeypatch.setattr(openid, "JOURNEY_SECONDS", -1)
    assert refused(client.get(BACK, query_string=given))


def _settings(app: Flask, monkeypatch: pytest.MonkeyPatch, **values: Any) -> None:
    from dataclasses import replace

    with app.app_context():
        engine = db.db.engine
        monkeypatch.setitem(db._settings, engine, replace(db.settings(), **values))


def test_a_provider_that_is_down_is_told_in_a_sentence(
    app: Flask, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    _settings(app, monkeypatch, oidc_issuer="http://127.0.0.1:9")
    answer = app.test_client().get(BEGIN)
    assert refused(answer, "provider-away", 503)
    assert "请稍后再试，或用口令登录" in answer.json["detail"]
    assert answer.headers["Retry-After"]


@ONE_DATABASE
@pytest.mark.parametrize(
    "lie",
    [
        {"issuer": "http://localhost:1"},
        {"token_endpoint": "http://example.org/token"},
        {"jwks_uri": None},
    ],
)
def test_a_provider_that_is_not_what_it_says_is_not_asked(
    app: Flask,
    office: Office,
    monkeypatch: pytest.MonkeyPatch,
    lie: dict[str, Any],
) -> None:
    asked = openid._ask
    monkeypatch.setattr(openid, "_ask", lambda *given, **more: {**asked(*given, **more), **lie})
    assert refused(app.test_client().get(BEGIN), "provider-away", 503)


def test_without_a_provider_there_is_no_single_sign_on(
    app: Flask, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    _settings(app, monkeypatch, oidc_issuer="")
    for path in (BEGIN, BACK):
        assert refused(app.test_client().get(path), "no-openid", 404)


def test_people_of_the_provider_are_added_where_that_is_wanted(
    app: Flask, provider: Provider, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    _settings(app, monkeypatch, oidc_add_people=True)
    provider.has("newcomer", preferred_username="new.comer", name="新人")
    answer = come_back(app, provider, "newcomer")
    assert answer.json["person"]["name"] == "新人"
    assert answer.json["person"]["positions"] == []
