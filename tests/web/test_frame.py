"""Coming in by browser, and the frame around every page."""

from __future__ import annotations

from collections.abc import Callable

from tests.court import Court
from tests.web.conftest import Browser

Browsers = Callable[..., Browser]


def test_who_is_not_signed_in_is_asked_to_and_comes_back_to_where_they_wanted_to_go(
    case: Court, browser: Browsers
) -> None:
    prosecutor = browser()
    asked = prosecutor.get("/cases?status=running")
    assert asked.response.request.path == "/sign-in"
    came = prosecutor.post(asked.all("form")[0].get("action"), login="prosecutor", password="demo")
    assert came.response.request.full_path == "/cases?status=running"


def test_nobody_is_led_to_another_site_after_signing_in(case: Court, browser: Browsers) -> None:
    for address in ("https://evil.example", "//evil.example", "/\\evil.example", "javascript:1"):
        came = browser().post(f"/sign-in?next={address}", login="prosecutor", password="demo")
        assert came.response.request.path == "/"


def test_a_wrong_password_keeps_the_login_and_says_so(case: Court, browser: Browsers) -> None:
    refused = browser().post("/sign-in", login="prosecutor", password="wrong")
    assert refused.status == 403
    assert refused.all("#login")[0].get("value") == "prosecutor"
    assert "登录名或口令不正确" in refused.text
    assert "wrong" not in refused.text


def test_a_page_from_elsewhere_cannot_make_a_browser_act(case: Court, browser: Browsers) -> None:
    prosecutor = browser("prosecutor")
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        assert prosecutor.open("POST", "/sign-out", headers=headers).status == 403
        written = prosecutor.open("PUT", "/api/tasks/x/draft", headers=headers)
        assert written.status in (403, 404)
    assert prosecutor.get("/").status == 200


def test_the_cookie_opens_the_api_to_our_own_pages(case: Court, browser: Browsers) -> None:
    prosecutor = browser("prosecutor")
    assert prosecutor.open("GET", "/api/me", headers={"Accept": "application/json"}).status == 200
    prosecutor.post("/sign-out")
    assert prosecutor.open("GET", "/api/me", headers={"Accept": "application/json"}).status == 401


def test_an_identity_is_chosen_and_unchosen(case: Court, browser: Browsers) -> None:
    clerk = browser("congress_clerk")
    (first, *_rest) = clerk.get("/").all("button[name=position]")
    chosen = clerk.post("/identity", position=first.get("value"), back="/")
    assert chosen.all("button[aria-current=true]")[0].get("value") == first.get("value")
    freed = clerk.post("/identity", position="", back="/")
    assert not freed.all("button[name=position][aria-current=true][value!='']")


def test_the_menu_starts_what_the_content_offers(case: Court, browser: Browsers) -> None:
    assert any(
        "/start/" in each.get("href") for each in browser("congress_clerk").get("/").all("a")
    )
    assert not any("/start/" in each.get("href") for each in browser("outsider").get("/").all("a"))
