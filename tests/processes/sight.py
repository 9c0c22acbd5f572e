"""All that somebody can read, over the API and the pages; and all words that stand in a paper."""

from __future__ import annotations

import io
import re
from contextvars import Context
from typing import Any

import pdfplumber
import pikepdf
from flask import Flask

from workflow_server.services.organisations import DEMO_PASSWORD
from workflow_server.store.blobs import blobs
from workflow_server.store.documents import Document

LISTS = ("process-instances", "documents", "records", "deliveries", "tasks")
PARTS = ("", "/variables", "/history", "/documents", "/records", "/deadlines", "/acts")
PAGES = ("", "/thread")
_STEPS = re.compile(r'href="(/(?:ledgers|tasks)/[^"?]+)"')


def words_of(paper: Document) -> str:
    """Return all text of a paper's pages, of what is attached to them, and of its metadata."""
    with blobs().open(str(paper.sha256)) as file:
        pdf = file.read()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        attached = [each.get_file().read_bytes() for each in document.attachments.values()]
        told = [*map(str, document.docinfo.values()), str(document.open_metadata())]
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        pages = [page.extract_text() for page in document.pages]
    return "\n".join([paper.title, *pages, *(each.decode() for each in attached), *told])


class Reader:
    """One person with a token and a browser, who opens whatever there is to open."""

    def __init__(self, app: Flask, login: str) -> None:
        self.client = app.test_client()
        form = {"login": login, "password": DEMO_PASSWORD}
        token = self._call("POST", "/api/sessions", json=form).json["token"]
        self.headers = {"Authorization": f"Bearer {token}"}
        self._call("POST", "/sign-in", data=form)

    def cases(self) -> list[str]:
        """Return the processes of the cases that are seen."""
        return sorted(each["process_key"] for each in self._list("process-instances"))

    def everything(self) -> str:
        """Return every word that this person can get to."""
        read = [str(self._list(name)) for name in LISTS]
        for each in self._list("process-instances"):
            at = f"process-instances/{each['id']}"
            read += [self._api(f"{at}{part}") for part in PARTS]
            read += [self._page(f"/cases/{each['id']}{part}") for part in PAGES]
        found = {step for start in ("/", "/ledgers") for step in self._steps(start)}
        return "\n".join([*read, *(self._page(each) for each in sorted(found))])

    def _steps(self, start: str) -> list[str]:
        return _STEPS.findall(self._page(start))

    def _list(self, name: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._json(f"{name}?page_size=100")["items"]
        return found

    def _json(self, path: str) -> Any:
        return self._call("GET", f"/api/{path}", headers=self.headers).json

    def _api(self, path: str) -> str:
        answer = self._call("GET", f"/api/{path}", headers=self.headers)
        return str(answer.json) if answer.status_code == 200 else ""

    def _page(self, path: str) -> str:
        answer = self._call("GET", path, headers={"Accept": "text/html"})
        return str(answer.text) if answer.status_code == 200 else ""

    def _call(self, method: str, path: str, **more: Any) -> Any:
        return Context().run(self.client.open, path, method=method, **more)
