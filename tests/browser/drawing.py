"""A draft's diagram in the modeler, and how a test draws in it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.site import Site
from tests.court import COURT

PATH = "bpmn/deputy_to_procuratorate/deputy_to_procuratorate.bpmn"
DRAWN = COURT / PATH
HAN = re.compile(r"[\u4e00-\u9fff]")
ISLAND = "[data-island=modeler]"
PEOPLE = Callable[..., Page]


class Draft:
    """A draft of the designer's, and its diagram in a page."""

    def __init__(self, site: Site) -> None:
        self.site, self.api = site, site.api("designer")
        made = self.api.post("/api/drafts", {"name": "试画", "note": ""})
        self.id = made["id"]

    @property
    def address(self) -> str:
        return f"/designs/drafts/{self.id}/files/{PATH}"

    @property
    def file_address(self) -> str:
        return f"/api/drafts/{self.id}/files?path={quote(PATH, safe='')}"

    def open(self, page: Page) -> Page:
        page.goto(self.address)
        page.wait_for_selector(f"{ISLAND}[data-ready]")
        return page

    def saved(self, page: Page) -> bytes:
        """Wait until everything is saved, and return what the server has."""
        expect(page.locator(".modeler-status[data-state=saved]")).to_be_visible(timeout=20_000)
        answer = page.request.get(self.file_address)
        assert answer.ok
        return answer.body()


@pytest.fixture
def draft(site: Site) -> Draft:
    return Draft(site)


def modeler(page: Page, script: str, argument: Any = None) -> Any:
    """Ask the modeler itself; `m` is bpmn-js."""
    body = f"(a) => {{ const m = document.querySelector('{ISLAND}').modeler; return {script}; }}"
    return page.evaluate(body, argument)


def select(page: Page, identity: str) -> None:
    modeler(
        page,
        "(e => { m.get('canvas').zoom(1); m.get('canvas').scrollToElement(e, "
        "{left: 200, top: 90, right: 90, bottom: 90}); m.get('selection').select(e); })"
        "(m.get('elementRegistry').get(a))",
        identity,
    )
    expect(page.locator("#bio-properties-panel-id")).to_have_value(identity)


def entry(page: Page, name: str) -> Locator:
    return page.locator(f"[id='bio-properties-panel-{name}']")


def first(page: Page, condition: str) -> str:
    """Return the id of the first element of which a condition holds."""
    found = modeler(page, f"m.get('elementRegistry').filter(e => {condition}).map(e => e.id)")
    assert found, condition
    return str(found[0])
