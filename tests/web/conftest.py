"""The demo office behind its pages: people with browsers, and a case played as far as needed."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextvars import Context
from typing import Any

import pytest
from flask import Flask
from lxml import html
from werkzeug.test import TestResponse

from tests.court import case as case
from tests.court import court_databases as court_databases
from tests.court import databases_of_court as databases_of_court
from tests.court import pages as pages
from tests.court import settled_databases as settled_databases
from workflow_server.services.organisations import DEMO_PASSWORD

_SPACES = re.compile(r"\s+")


class Page:
    """An answer as somebody reads it."""

    def __init__(self, response: TestResponse) -> None:
        self.response = response
        self.status = response.status_code
        is_page = response.mimetype == "text/html"
        self.tree = html.fromstring((response.text if is_page else "") or "<html/>")

    @property
    def text(self) -> str:
        return _SPACES.sub(" ", self.tree.text_content()).strip()

    def all(self, selector: str) -> list[Any]:
        return list(self.tree.cssselect(selector))

    def link(self, text: str) -> str:
        """Return where the link with this text leads."""
        found = [each for each in self.all("a[href]") if text in each.text_content()]
        assert found, f"no link '{text}' on: {self.text}"
        return str(found[0].get("href"))


class Browser:
    """One person's browser: keeps cookies, follows redirects, each request in its own context."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()

    def sign_in(self, login: str) -> Page:
        return self.post("/sign-in", login=login, password=DEMO_PASSWORD)

    def get(self, path: str, **more: Any) -> Page:
        return self.open("GET", path, follow_redirects=True, **more)

    def post(self, path: str, **form: Any) -> Page:
        return self.open("POST", path, data=form, follow_redirects=True)

    def open(self, method: str, path: str, **more: Any) -> Page:
        # Flask would share `g` with a context that the test holds open.
        headers = {"Accept": "text/html", **more.pop("headers", {})}
        return Page(Context().run(self.client.open, path, method=method, headers=headers, **more))


@pytest.fixture
def browser(app: Flask) -> Callable[..., Browser]:
    """A browser, in which somebody has signed in if a login is given."""

    def opened(login: str | None = None) -> Browser:
        made = Browser(app)
        if login is not None:
            assert made.sign_in(login).status == 200
        return made

    return opened
