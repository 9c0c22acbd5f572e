"""A small HTTP client of the API: signs in, reads all pages of a list, says why it was refused."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import requests


class Refused(Exception):
    """The server said no; the message is its own sentence, with its faults."""


class Client:
    """One person's connection."""

    def __init__(self, base_url: str, login: str, password: str) -> None:
        self._base_url = base_url
        self._http = requests.Session()
        # A proxy of the machine is no business of a call to our own server.
        self._http.trust_env = False
        session = self.post("/api/sessions", {"login": login, "password": password})
        self._http.headers["Authorization"] = f"Bearer {session['token']}"
        #: Who this is: person_id, name, positions.
        self.me: dict[str, Any] = session["person"]

    def get(self, path: str, **query: Any) -> Any:
        return self._send("GET", path, params=query).json()

    def all(self, path: str, **query: Any) -> list[dict[str, Any]]:
        """Read every page of a list."""
        items: list[dict[str, Any]] = []
        page = 1
        while True:
            body = self.get(path, page=page, page_size=200, **query)
            items += body["items"]
            if len(items) >= body["total"] or not body["items"]:
                return items
            page += 1

    def download(self, path: str) -> bytes:
        return self._send("GET", path).content

    def post(self, path: str, body: dict[str, Any]) -> Any:
        return self._send("POST", path, json=body, key=True).json()

    def put(self, path: str, body: dict[str, Any] | None) -> Any:
        response = self._send("PUT", path, json=body, key=True)
        return response.json() if response.content else None

    def upload(self, name: str, data: bytes, place: dict[str, str]) -> Any:
        """Attach a PDF to a task or an organisation (`task_id` or `organisation_id`)."""
        return self.send_file("/api/attachments", name, data, "application/pdf", place)

    def send_file(
        self, path: str, name: str, data: bytes, media: str, fields: dict[str, str]
    ) -> Any:
        """Post a file with some fields beside it."""
        files = {"file": (name, data, media)}
        return self._send("POST", path, files=files, data=fields, key=True).json()

    def _send(self, method: str, path: str, key: bool = False, **options: Any) -> requests.Response:
        headers = {"Idempotency-Key": uuid4().hex} if key else {}
        response = self._http.request(
            method, self._base_url + path, headers=headers, timeout=60, **options
        )
        if response.status_code >= 400:
            raise Refused(f"{method} {path}: {_reason(response)}")
        return response


def _reason(response: requests.Response) -> str:
    try:
        problem = response.json()
    except ValueError:
        return f"{response.status_code} {response.text[:200]}"
    faults = "; ".join(f"{e['pointer']} {e['detail']}" for e in problem.get("errors", []))
    return f"{response.status_code} {problem.get('detail', '')} {faults}".strip()
