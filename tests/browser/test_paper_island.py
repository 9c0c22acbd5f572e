"""A paper beside the form that makes it: drawn as somebody types, kept when something fails."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

Opening = Callable[..., Page]
START = "/start/congress_lead_transfer"
PAPER = "[data-island=paper]"


@pytest.fixture
def drawn(page_of: Opening) -> Callable[..., Page]:
    """The form of the transfer letter, beside which its paper stands."""

    def opened(**more: Any) -> Page:
        page = page_of("congress_clerk", START, **more)
        page.locator(f"{PAPER} canvas").first.wait_for(timeout=60_000)
        return page

    return opened


def _type(page: Page, text: str) -> None:
    page.get_by_label("问题摘要").fill(text)


def test_what_is_typed_stands_in_the_paper(drawn: Callable[..., Page]) -> None:
    page = drawn()
    _type(page, "占用人行道经营")
    expect(page.locator(".paper-pages")).to_contain_text("占用人行道经营", timeout=30_000)
    expect(page.locator(".paper-pages")).to_contain_text(re.compile(r"预\s*览"))
    expect(page.locator(".paper-pages")).not_to_contain_text("None")
    note = page.locator(".paper-note")
    expect(note).to_contain_text("还不能制发")
    expect(note).to_contain_text("缺少移送理由")
    expect(note).not_to_contain_text("缺少问题摘要")


def test_the_old_page_stays_when_the_network_fails(drawn: Callable[..., Page]) -> None:
    page = drawn(expects=(0,))
    _type(page, "先写下的内容")
    expect(page.locator(".paper-pages")).to_contain_text("先写下的内容", timeout=30_000)

    def fail(route: Route) -> None:
        route.abort()

    page.route("**/document-preview", fail)
    _type(page, "后来写的内容")
    expect(page.locator(".paper-note")).to_contain_text("网络不通", timeout=30_000)
    expect(page.locator(".paper-note")).to_contain_text("上一次的样子")
    expect(page.locator(".paper-pages")).to_contain_text("先写下的内容")
    page.unroute("**/document-preview", fail)
    _type(page, "再写的内容")
    expect(page.locator(".paper-pages")).to_contain_text("再写的内容", timeout=30_000)


def test_it_grows_shrinks_and_fits_by_button_and_by_key(drawn: Callable[..., Page]) -> None:
    page = drawn()
    sheet = page.locator(".paper-page").first
    before = sheet.bounding_box()
    assert before is not None
    page.get_by_role("button", name="放大").click()
    assert _width_becomes(page, lambda width: width > before["width"] * 1.1)
    page.locator(".paper-pages").focus()
    page.keyboard.press("0")
    assert _width_becomes(page, lambda width: abs(width - before["width"]) < 3)


def _width_becomes(page: Page, fits: Callable[[float], bool]) -> bool:
    # Asked again from here: what waits inside the page is an eval, which its policy forbids.
    for _ in range(100):
        box = page.locator(".paper-page").first.bounding_box()
        if box is not None and fits(box["width"]):
            return True
        page.wait_for_timeout(50)
    return False


def test_on_a_phone_it_fills_the_screen_until_escape(drawn: Callable[..., Page]) -> None:
    page = drawn(phone=True)
    page.locator(".paper-page").first.click()
    expect(page.locator(f"{PAPER}.paper-full")).to_have_count(1)
    box = page.locator(PAPER).bounding_box()
    assert box is not None
    assert (box["x"], box["y"], box["width"]) == (0, 0, 360)
    page.keyboard.press("Escape")
    expect(page.locator(f"{PAPER}.paper-full")).to_have_count(0)
