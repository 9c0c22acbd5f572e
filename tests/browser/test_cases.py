"""Cases and ledgers in a real browser: parts that come later, the diagram, what is printed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pypdfium2
import pytest
from playwright.sync_api import Page

from tests.browser.site import Site
from tests.court import office, scenario
from workflow_server.cli.player import Player

Pages = Callable[..., Page]
#: As far as a draft that waits to be looked at.
ACTS = 7


class PartlyPlayer(Player):
    """Plays the first acts only, and holds nothing against the rest that does not come."""

    def _compare(self, *_: Any) -> None:
        pass

    def _compare_end(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def begun(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Site:
    told = scenario()
    told |= {"acts": told["acts"][:ACTS], "result": {}}
    folder = tmp_path_factory.mktemp("papers")
    PartlyPlayer(site.address, office(), told, folder, tell=lambda _step: None).play()
    return site


def open_case(page_of: Pages, login: str, **more: Any) -> Page:
    page = page_of(login, "/cases", **more)
    page.locator("#cases tbody a[href^='/cases/']").first.click()
    page.wait_for_selector("#thread .case-thread")
    return page


def in_diagram(page: Page) -> Page:
    page.locator("#diagram").scroll_into_view_if_needed()
    page.wait_for_selector("#diagram [data-ready]")
    return page


def test_the_parts_of_a_case_come_as_one_reaches_them(begun: Site, page_of: Pages) -> None:
    page = open_case(page_of, "prosecutor")
    in_diagram(page)
    page.locator("#history").scroll_into_view_if_needed()
    page.wait_for_selector("#history .case-acts")
    page.select_option("#history select[name=order]", "oldest")
    page.wait_for_selector("#history option[value=oldest][selected]", state="attached")
    days = page.locator("#history .case-day").all_text_contents()
    assert len(days) > 1
    assert days == sorted(days)


def test_a_diagram_shows_where_a_case_is_and_who_did_what(begun: Site, page_of: Pages) -> None:
    page = in_diagram(open_case(page_of, "prosecutor"))
    box = page.locator("#diagram [data-island]")
    assert box.locator(".bjs-powered-by").is_visible()
    assert box.locator(".diagram-sign.sign-done").count() > 3
    current = box.locator(".djs-element.is-open").first
    current.locator(".djs-hit").first.click()
    note = box.locator(".diagram-note")
    assert "正在办理" in note.inner_text()
    assert "审核检察建议书" in note.inner_text()
    scale = "document.querySelector('#diagram [data-island]').viewer.get('canvas').zoom()"
    before = page.evaluate(scale)
    page.get_by_label("缩小").click()
    assert page.evaluate(scale) < before
    page.get_by_label("看全图").click()
    whole = page.evaluate(scale)
    page.get_by_label("到当前环节").click()
    assert page.evaluate(scale) >= whole
    assert page.locator("#diagram .diagram-legend li").count() == 3


def test_a_case_fits_a_phone(begun: Site, page_of: Pages) -> None:
    page = in_diagram(open_case(page_of, "prosecutor", phone=True))
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.goto("/cases")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_lists_are_narrowed_without_a_new_page(begun: Site, page_of: Pages) -> None:
    page = page_of("case_mgmt", "/ledgers/leads")
    page.evaluate("window.kept = true")
    page.fill("#text", "没有这样的记录")
    page.keyboard.press("Enter")
    page.wait_for_selector("#ledger .empty")
    assert page.evaluate("window.kept") is True
    assert "text=" in page.url
    page.click("#ledger .empty a")
    page.wait_for_selector("#ledger tbody tr")


def printed(page: Page) -> list[tuple[str, tuple[float, float]]]:
    paper = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
    return [(each.get_textpage().get_text_range(), each.get_size()) for each in paper]


def test_a_ledger_is_printed_across_and_a_case_upright(begun: Site, page_of: Pages) -> None:
    page = page_of("case_mgmt", "/ledgers/leads/print")
    (text, (width, height)), *_ = printed(page)
    assert width > height
    assert "案件线索台账" in text
    assert "孟庆瑶" in text
    assert "1 / 2" in text
    assert "返回台账" not in text
    page.goto("/cases")
    page.goto(page.locator("#cases tbody a").first.get_attribute("href") + "/print")
    (text, (width, height)), *_ = printed(page)
    assert height > width
    assert "案情" in text
