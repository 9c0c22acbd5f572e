"""No is an answer: what is asked with yes and no is chosen and sent in a real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.site import Site
from tests.conftest import Databases
from tests.court import ROOT
from tests.court import settled_databases as settled_databases
from tests.processes.leads import LEAD

Pages = Callable[..., Page]


@pytest.fixture(scope="module")
def site(settled_databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server of the shipped content."""
    url = settled_databases.fresh()
    made = Site(url, tmp_path_factory.mktemp("site"), {"CONTENT_DIR": str(ROOT)})
    made.start()
    yield made
    made.stop()
    settled_databases.give_back(url)


def asked(page: Page, label: str) -> Locator:
    return page.get_by_role("group", name=label)


def test_a_lead_is_reported_with_no_among_its_answers(page_of: Pages, site: Site) -> None:
    page = page_of("prosecutor")
    page.goto("/start/lead_to_reply")
    page.locator('[data-island="form"][data-ready]').wait_for()
    page.get_by_label("线索来源").select_option(label="办案发现")
    page.get_by_label("标题").fill(LEAD["title"])
    page.get_by_label("线索内容").fill(LEAD["content"])
    page.get_by_label("领域").select_option(label="安全生产")
    page.get_by_label("一般", exact=True).check()
    page.get_by_label("内部", exact=True).check()
    page.locator(".form-bar .btn-primary").click()
    expect(page.get_by_text("请选择来源是否保密").first).to_be_visible()
    asked(page, "来源是否保密").get_by_label("否", exact=True).check()
    asked(page, "是否涉及未成年人").get_by_label("否", exact=True).check()
    page.locator(".form-bar .btn-primary").click()
    page.wait_for_url("**/started/**")
    begun = site.api("prosecutor").all("/api/process-instances", process_key="lead_to_reply")
    assert [each["status"] for each in begun] == ["running"]
