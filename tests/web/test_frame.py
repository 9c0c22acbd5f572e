"""Coming in by browser, and the frame around every page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.court import Court
from tests.web.conftest import Browser
from workflow_server import web

Browsers = Callable[..., Browser]
TEMPLATES = Path(web.__file__).parent / "templates"


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


def test_a_form_of_somebody_who_has_left_does_nothing_in_the_name_of_the_next(
    case: Court, browser: Browsers
) -> None:
    case.play(until="RegisterLead")
    shared = browser("case_mgmt")
    task = shared.get("/").link("登记线索")
    claim = next(each for each in shared.get(task).all("form") if "claim" in each.get("action"))
    former = claim.xpath(".//input[@name='signed_in_as']/@value")[0]
    shared.post("/sign-out")
    shared.sign_in("dept_head")
    refused = shared.post(claim.get("action"), signed_in_as=former)
    assert refused.status == 409
    assert "现在登录的是" in refused.text


def test_every_form_that_writes_tells_whose_page_it_stands_in() -> None:
    open_ones = ("web.sign_ins.sign_in'", "web.sign_ins.complete'", "web.home.set_language'")
    for template in TEMPLATES.rglob("*.html"):
        for form in template.read_text().split("<form")[1:]:
            begin = form.split("</form>")[0]
            if 'method="post"' in begin and not any(each in begin for each in open_ones):
                assert "person_field()" in begin, template


def test_a_title_is_text(case: Court, browser: Browsers) -> None:
    designer = browser("designer")
    name = "</title><i id=evil>"
    made = designer.post("/designs/drafts", name=name, note="x")
    assert made.status == 200
    assert not made.all("#evil")
    assert name in made.all("title")[0].text


def test_addresses_that_cannot_be_read_lead_home(case: Court, browser: Browsers) -> None:
    prosecutor = browser("prosecutor")
    assert prosecutor.get("/sign-in?next=//[::1").status == 200
    assert prosecutor.post("/language", language="zh", back="//[::1").status == 200
    headers = {"HX-Request": "true", "HX-Current-URL": "//[::1"}
    asked = browser().open("GET", "/cases", headers=headers)
    assert asked.status == 204
    assert asked.response.headers["HX-Redirect"].startswith("/sign-in")


def test_signing_in_again_ends_the_sign_in_before(case: Court, browser: Browsers) -> None:
    prosecutor = browser("prosecutor")
    cookie = prosecutor.client.get_cookie("workflow_server_session")
    assert cookie is not None
    prosecutor.sign_in("chief")
    again = browser()
    again.client.set_cookie("workflow_server_session", cookie.value)
    assert again.get("/cases").response.request.path == "/sign-in"
