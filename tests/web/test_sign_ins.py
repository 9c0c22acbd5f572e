"""Signing in with a browser: password, second factor, too many tries, single sign-on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextvars import Context
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import oidc_provider_mock
import pyotp
import pytest
import requests
from flask import Flask

from tests.court import Court
from tests.web.conftest import Browser, Page
from workflow_server.app import create_app
from workflow_server.services import openid, second_factors
from workflow_server.services.actors import actor_of
from workflow_server.services.tries import NOWHERE
from workflow_server.store import db
from workflow_server.store.people import find_person_by_login
from workflow_server.store.types import new_id

Browsers = Callable[..., Browser]
CLIENT = "workflow"


def _enrolled(login: str) -> pyotp.TOTP:
    """Give somebody a second factor whose next code is still unused."""
    person = find_person_by_login(login)
    assert person is not None
    actor, now = actor_of(person.id), datetime.now(UTC)
    totp = pyotp.TOTP(second_factors.enrol(actor, now).secret)
    second_factors.confirm(actor, new_id(), totp.at(now - timedelta(seconds=30)), now, NOWHERE)
    return totp


def _cookies(page: Page) -> dict[str, str]:
    given = page.response.headers.getlist("Set-Cookie")
    return {each.partition("=")[0]: each for each in given}


@pytest.mark.parametrize(("sent", "is_told"), [("", True), (";", True), ("a=1", False)])
def test_who_would_be_signed_out_at_once_by_anothers_cookies_is_told_why(
    case: Court, app: Flask, sent: str, is_told: bool
) -> None:
    # What the web server makes of a header with other characters than ASCII.
    client = app.test_client(use_cookies=False)
    shown = Context().run(client.get, "/sign-in", environ_overrides={"HTTP_COOKIE": sent})
    assert ("清除本网站的 Cookie" in shown.text) is is_told


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(
    case: Court, browser: Browsers
) -> None:
    form = {"login": "prosecutor", "password": "demo"}
    came = browser().open("POST", "/sign-in", data=form, base_url="https://office.example")
    assert came.status == 303
    flags = _cookies(came)["workflow_server_session"]
    assert all(flag in flags for flag in ("HttpOnly", "Secure", "SameSite=Lax", "Path=/"))
    assert "Max-Age" not in flags


def test_who_is_signed_in_is_not_asked_again(case: Court, browser: Browsers) -> None:
    assert browser("prosecutor").get("/sign-in").response.request.path == "/"


def test_after_signing_out_nothing_is_kept(case: Court, browser: Browsers) -> None:
    clerk = browser("congress_clerk")
    assert clerk.get("/").response.headers["Cache-Control"] == "no-store"
    out = clerk.post("/sign-out")
    assert out.response.request.path == "/sign-in"
    assert "您已退出登录" in out.text
    assert clerk.get("/").response.request.path == "/sign-in"


def test_who_comes_back_too_late_is_told_so_and_goes_on_where_they_were(
    case: Court, browser: Browsers
) -> None:
    clerk = browser("congress_clerk")
    clerk.client.set_cookie("workflow_server_session", "wfs_over")
    asked = clerk.get("/cases?status=running")
    assert "登录已过期" in asked.text
    came = clerk.post(asked.all("form.card")[0].get("action"), login="deputy", password="demo")
    assert came.response.request.full_path == "/cases?status=running"


def test_a_part_of_a_page_that_comes_too_late_leads_to_the_sign_in_as_a_whole(
    case: Court, browser: Browsers
) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://localhost/cases?page=2"}
    part = browser().open("GET", "/cases", headers=headers)
    assert part.status == 204
    assert part.response.headers["HX-Redirect"] == "/sign-in?next=/cases?page%3D2"


def test_a_second_factor_is_asked_for_on_a_page_of_its_own(case: Court, browser: Browsers) -> None:
    totp = _enrolled("prosecutor")
    prosecutor = browser()
    asked = prosecutor.post("/sign-in?next=/cases", login="prosecutor", password="demo")
    assert asked.response.request.path == "/sign-in/code"
    assert asked.all("#code")[0].get("autocomplete") == "one-time-code"
    assert prosecutor.get("/").response.request.path == "/sign-in"
    action = asked.all("form.card")[0].get("action")
    wrong = prosecutor.post(action, code="000000")
    assert wrong.status == 403
    assert "验证码不正确" in wrong.text
    came = prosecutor.post(action, code=totp.now())
    assert came.response.request.path == "/cases"
    assert prosecutor.client.get_cookie("workflow_server_half", path="/sign-in") is None


def test_the_half_of_a_sign_in_is_good_for_five_minutes_and_for_nothing_else(
    case: Court, browser: Browsers
) -> None:
    _enrolled("prosecutor")
    form = {"login": "prosecutor", "password": "demo"}
    half = browser().open("POST", "/sign-in", data=form)
    flags = _cookies(half)["workflow_server_half"]
    assert all(flag in flags for flag in ("HttpOnly", "Max-Age=300", "Path=/sign-in"))
    assert "workflow_server_session" not in _cookies(half)


def test_a_code_without_a_password_before_leads_to_the_password(
    case: Court, browser: Browsers
) -> None:
    stranger = browser()
    assert stranger.get("/sign-in/code").response.request.path == "/sign-in"
    late = stranger.post("/sign-in/code", code="123456")
    assert late.status == 403
    assert "重新输入口令" in late.text


def test_after_too_many_tries_one_is_told_how_long_to_wait(case: Court, browser: Browsers) -> None:
    stranger = browser()
    for _ in range(5):
        stranger.post("/sign-in", login="prosecutor", password="wrong")
    held = stranger.post("/sign-in", login="prosecutor", password="demo")
    assert held.status == 429
    assert "尝试次数过多，请 15 分钟后再试" in held.text
    assert 0 < int(held.response.headers["Retry-After"]) <= 900
    assert held.all("#login")[0].get("value") == "prosecutor"


def test_the_first_page_tells_newcomers_what_to_try_as_whom(case: Court, browser: Browsers) -> None:
    page = browser().get("/sign-in")
    assert len(page.all(".newcomer li")) == 3
    filled = browser().get(page.link("unit_clerk"))
    assert filled.all("#login")[0].get("value") == "unit_clerk"
    came = browser().post("/sign-in", login="unit_clerk", password="demo")
    assert came.response.request.path == "/"


def test_what_stands_in_the_address_is_shown_as_text(case: Court, browser: Browsers) -> None:
    page = browser().get("/sign-in?login=%22%3E%3Cscript%3Ealert(1)%3C/script%3E")
    assert page.all("#login")[0].get("value") == '"><script>alert(1)</script>'
    assert page.all("#password")[0].get("value") == ""


def test_no_account_is_shown_outside_demo_mode(database_url: str, tmp_path: Path) -> None:
    made = create_app({"database_url": database_url, "data_dir": tmp_path})
    page = Browser(made).get("/sign-in")
    assert page.status == 200
    assert not page.all(".account, .newcomer li")
    assert "单点登录" not in page.text
    with made.app_context():
        db.db.engine.dispose()


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    with oidc_provider_mock.run_server_in_thread() as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def tied(case: Court, app: Flask, provider: str) -> Iterator[Flask]:
    """The office behind its pages, with a provider where prosecutor is known."""
    openid._providers.clear()
    settings = app.config["WORKFLOW_SERVER"]
    overrides = {
        "database_url": settings.url,
        "data_dir": settings.data_dir,
        "oidc_issuer": provider,
        "oidc_client_id": CLIENT,
        "oidc_client_secret": "secret",
    }
    claims = {"preferred_username": "prosecutor"}
    requests.put(f"{provider}/users/p1", json=claims, timeout=5).raise_for_status()
    made = create_app(overrides)
    yield made
    with made.app_context():
        db.db.engine.dispose()


def _there_and_back(someone: Browser, subject: str, path: str) -> Page:
    sent = someone.open("GET", path)
    assert sent.status == 302
    form = {"sub": subject}
    address = sent.response.headers["Location"]
    answer = requests.post(address, data=form, timeout=5, allow_redirects=False)
    back = urlsplit(answer.headers["Location"])
    assert back.path == "/sign-in/oidc/callback"
    return someone.get(f"{back.path}?{back.query}")


def test_the_provider_lets_somebody_in_and_they_come_where_they_wanted_to(tied: Flask) -> None:
    someone = Browser(tied)
    asked = someone.get("/cases")
    came = _there_and_back(someone, "p1", asked.link("单点登录"))
    assert came.response.request.path == "/cases"
    left = {each.key for each in someone.client._cookies.values()}
    assert left == {"workflow_server_session"}


def test_who_is_nobody_here_is_told_so_on_the_sign_in_page(tied: Flask) -> None:
    refused = _there_and_back(Browser(tied), "stranger", "/sign-in/oidc")
    assert refused.status == 403
    assert "没有可用的人员" in refused.text
    assert refused.all("#password")


def test_a_journey_that_was_not_begun_here_ends_at_the_sign_in_page(tied: Flask) -> None:
    forged = Browser(tied).get("/sign-in/oidc/callback?code=x&state=y")
    assert forged.status == 403
    assert parse_qs(forged.response.request.query_string.decode())["code"] == ["x"]
    assert "重新登录" in forged.text
