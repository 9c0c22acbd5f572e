"""Every page that people reach: fit for everybody (axe), for a phone, for a keyboard; and quick."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.filling import FORM, Filler
from tests.browser.site import Site
from tests.browser.test_the_case import Stage, begin
from tests.browser.walking import walk
from tests.court import scenario
from workflow_server.services.organisations import DEMO_PASSWORD

Pages = Callable[..., Page]
#: The acts of the scenario that are over: the unit has its letter and is to answer.
PLAYED = 15
LOGINS = ("congress_clerk", "prosecutor", "unit_clerk", "deputy", "designer", "admin")
PHONES = ("deputy", "unit_clerk", "congress_clerk", "designer")
#: A page may take so many milliseconds of the server's time; more if others keep it from work.
SLOW = 1000 * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1) - 1)
_TABLES_FIT = """() => [...document.querySelectorAll("main .table-responsive")]
  .every((each) => each.scrollWidth <= each.clientWidth + 1)"""
_TIME = re.compile(r"page;dur=([\d.]+)")


@pytest.fixture(scope="module", autouse=True)
def played(site: Site, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The case in its middle, where most people have something to do."""
    begin(site, PLAYED, tmp_path_factory.mktemp("papers"))


@pytest.mark.parametrize("login", LOGINS)
def test_nothing_keeps_anybody_out_of_a_page(page_of: Pages, login: str) -> None:
    page, axe, found = page_of(login), Axe(), {}
    times: dict[str, float] = {}
    page.on("response", lambda answer: _note(answer, times))
    for kind in walk(page, ("/", "/account")):
        violations = axe.run(page).response["violations"]
        bad = [
            (each["id"], [node["html"][:160] for node in each["nodes"][:3]])
            for each in violations
            if each["impact"] in ("serious", "critical")
        ]
        if bad:
            found[kind] = bad
    assert found == {}
    slow = {kind for kind, time in times.items() if time > SLOW and _again(page, kind) > SLOW}
    assert slow == set()


@pytest.mark.parametrize("login", PHONES)
def test_a_phone_shows_each_page_without_scrolling_sideways(page_of: Pages, login: str) -> None:
    page, wide = page_of(login, phone=True), {}
    for kind in walk(page):
        over = page.evaluate(
            """() => [...document.querySelectorAll("main *, header *")].filter((each) => {
                 const box = each.getBoundingClientRect();
                 return box.width && box.right > innerWidth + 1 && !each.closest(
                   ".table-responsive, .paper-pages, [data-island=diagram], .visually-hidden");
               }).slice(0, 3).map((each) => each.outerHTML.slice(0, 160))"""
        )
        scrolls = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        if scrolls:
            wide[kind] = over
    assert wide == {}


def test_a_phone_shows_designs_as_lists(page_of: Pages) -> None:
    page = page_of("designer", "/designs", phone=True)
    assert page.evaluate(_TABLES_FIT)
    page.locator('main a[href*="/definitions/"]').first.click()
    page.wait_for_url("**/definitions/*")
    assert page.evaluate(_TABLES_FIT)
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_a_newcomers_phone_fits_the_sign_in(page_of: Pages) -> None:
    page = page_of(None, "/sign-in", phone=True)
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_a_task_is_done_without_a_mouse(page_of: Pages, site: Site, tmp_path: Path) -> None:
    stage, act = Stage(page_of, site), scenario()["acts"][1]
    begin(site, 1, tmp_path)
    page = page_of(None, "/sign-in")
    for name, text in (("#login", act["person"]), ("#password", DEMO_PASSWORD)):
        _tab_to(page, name)
        page.keyboard.press("Control+A")
        page.keyboard.type(text)
    page.keyboard.press("Enter")
    page.wait_for_url("**/")
    task = stage.task(act)
    _tab_to(page, f'#worklist a[href$="/tasks/{task}"]')
    page.keyboard.press("Enter")
    page.locator(FORM).wait_for()
    # What is missing is named, and a link leads to it.
    _tab_to(page, ".form-bar .btn-primary")
    page.keyboard.press("Enter")
    expect(page.locator(".form-faults")).to_be_focused()
    _tab_to(page, ".form-faults a")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.matches('input, select, textarea, button')")
    _Keys(page, stage.name_of).fill(act["answers"])
    _tab_to(page, ".form-bar .btn-primary")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: task not in url)
    left = site.api(act["person"]).all("/api/tasks", mine="true")
    assert task not in [each["id"] for each in left]


class _Keys(Filler):
    """Fills in lines and chooses by keys alone."""

    def _enter_textfield(self, spot: Any) -> None:
        _tab_to(self.page, f'[id="{self._id(spot)}"]')
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(str(spot.value))

    _enter_textarea = _enter_textfield

    def _enter_radio(self, spot: Any) -> None:
        _tab_to(self.page, f'[id="{self._id(spot)}"] input')
        self.page.keyboard.press("Space")
        for _ in range(9):
            if self._box(spot, spot.value).is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"no way to {spot.value} by keys")


def _tab_to(page: Page, selector: str, most: int = 120) -> None:
    """Press Tab until something has the focus; it must be seen that it has."""
    for _ in range(most):
        if page.evaluate("what => document.activeElement?.matches(what) ?? false", selector):
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            shadow = page.evaluate("getComputedStyle(document.activeElement).boxShadow")
            assert outline != "none" or shadow != "none", f"{selector} does not show its focus"
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no way to {selector} by Tab")


def _note(answer: Any, times: dict[str, float]) -> None:
    found = _TIME.search(answer.headers.get("server-timing", ""))
    if found is not None and answer.request.is_navigation_request():
        times[answer.url] = float(found[1])


def _again(page: Page, address: str) -> float:
    """Return how long the server takes at best: others may have kept it from its work."""
    headers = [page.request.get(address).headers["server-timing"] for _ in range(3)]
    return min(float(found[1]) for found in map(_TIME.search, headers) if found is not None)
