"""What people and attackers do wrong in a browser: nothing breaks, and nothing typed is lost.

What forms do about it (a sign-in that ran out, two windows, files) is in test_form_island.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.filling import FORM, Filler
from tests.browser.site import Site
from tests.browser.test_the_case import Stage, begin
from tests.browser.walking import settle, walk
from tests.court import scenario

Pages = Callable[..., Page]
SCRIPT = '<img src=x onerror="document.title=1"><script>document.title=2</script>'
HEAVY = 200 * 1024 * 1024


@pytest.fixture(scope="module", autouse=True)
def stage_set(site: Site, tmp_path_factory: pytest.TempPathFactory) -> None:
    begin(site, 1, tmp_path_factory.mktemp("papers"))


def _task(site: Site, login: str) -> dict[str, Any]:
    found: dict[str, Any] = site.api(login).all("/api/tasks", mine="true")[0]
    return found


def test_script_in_what_people_write_is_text_wherever_it_stands(
    page_of: Pages, site: Site, tmp_path: Path
) -> None:
    stage, (start, approve) = Stage(page_of, site), scenario()["acts"][:2]
    stage.play(start | {"answers": start["answers"] | {"suggestion_title": SCRIPT}})
    stage.play(approve | {"answers": approve["answers"] | {"comment": SCRIPT}})
    page, seen = page_of(start["person"]), []
    for kind in walk(page):
        title = page.title()
        assert title not in ("1", "2"), kind
        assert page.locator('main img[src="x"]').count() == 0, kind
        if "<script>" in page.locator("body").inner_text():
            seen.append(kind)
    assert "/cases" in seen or "/letters/own" in seen, seen


def test_going_back_after_a_task_is_done_shows_it_done(page_of: Pages, site: Site) -> None:
    act = scenario()["acts"][1]
    page = page_of(act["person"], "/")
    page.goto(f"/tasks/{_task(site, act['person'])['id']}")
    filler = Filler(page)
    filler.fill(act["answers"])
    filler.complete()
    page.go_back()
    settle(page)
    expect(page.locator("main")).to_contain_text("已办结")
    assert page.locator(".form-bar .btn-primary").count() == 0
    assert page.locator(f"{FORM} input:not([readonly], [type=hidden])").count() == 0


def test_a_case_that_one_may_not_see_is_as_one_that_there_is_not(
    page_of: Pages, site: Site
) -> None:
    clerk = site.api(scenario()["acts"][0]["person"])
    seen = clerk.all("/api/process-instances")[0]["id"]
    page, texts = page_of("outsider", expects=(404,)), []
    for case in (seen, "00000000-0000-7000-8000-000000000000"):
        answer = page.goto(f"/cases/{case}")
        assert answer is not None
        assert answer.status == 404
        texts.append(page.locator("main").inner_text())
        for path in ("/history", "/print", "/thread", "/diagram"):
            answer = page.goto(f"/cases/{case}{path}")
            assert answer is not None
            assert answer.status == 404, path
    assert texts[0] == texts[1]


def test_nothing_is_shown_by_going_back_after_signing_out(page_of: Pages, site: Site) -> None:
    page = page_of("congress_clerk", "/cases")
    page.locator("header .me, header .dropdown-toggle").last.click()
    page.get_by_role("button", name="退出登录").click()
    page.wait_for_url(re.compile("/sign-in"))
    page.go_back()
    page.wait_for_url(re.compile("/sign-in"))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("broken.bpmn", b'<?xml version="1.0"?><definitions><process id="p">'),
        ("text.bpmn", "不是流程图".encode()),
        ("broken.zip", b"PK\x03\x04 and no more"),
    ],
)
def test_a_broken_upload_is_refused_with_a_reason_and_nothing_is_lost(
    page_of: Pages, name: str, data: bytes
) -> None:
    page = page_of("designer", "/designs/drafts/new", expects=(422, 400))
    page.locator("main [name=name]").fill("改一改")
    file: Any = {"name": name, "mimeType": "application/octet-stream", "buffer": data}
    page.locator("main input[type=file]").set_input_files(file)
    page.locator("main form .btn-primary").click()
    expect(page.locator("main [role=alert], main .alert-danger").first).to_be_visible()
    expect(page.locator("main [name=name]")).to_have_value("改一改")


def test_what_is_far_too_large_is_not_sent(page_of: Pages, tmp_path: Path) -> None:
    heavy = tmp_path / "heavy.zip"
    with heavy.open("wb") as file:
        file.truncate(HEAVY)
    page = page_of("designer", "/designs/drafts/new")
    page.locator("main [name=name]").fill("太大")
    page.locator("main input[type=file]").set_input_files(heavy)
    page.locator("main form .btn-primary").click()
    expect(page.locator("main [role=alert]")).to_contain_text("64 MB")
    assert page.url.endswith("/designs/drafts/new")
    expect(page.locator("main [name=name]")).to_have_value("太大")
