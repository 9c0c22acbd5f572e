"""A NUL character, which no database takes as text, is refused at both doors."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.api.conftest import Office
from workflow_server.arrivals import SESSION_COOKIE

PAGE = {"Accept": "text/html"}


@pytest.fixture
def client(permits: Office) -> FlaskClient:
    """The browser of somebody who has signed in."""
    found: FlaskClient = permits.root.client
    found.set_cookie(SESSION_COOKIE, permits.root.token)
    return found


@pytest.mark.parametrize(
    "path",
    [
        "/cases?text=%00",
        "/cases?te%00xt=a",
        "/letters?text=a%00b",
        "/operations?text=%00",
        "/started/%00",
        "/nothing/%00",
        "/sign-in?next=%00",
    ],
)
def test_no_page_has_an_address_with_a_nul(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers=PAGE)
    assert answer.status_code in (400, 404)
    assert answer.mimetype == "text/html"
    if not path.startswith(("/started", "/nothing")):
        assert "地址含有不允许的字符" in answer.text


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/sign-in", {"login": "root\x00", "password": "x"}),
        ("/account/tokens", {"name": "a\x00b"}),
        ("/account/tokens", {"na\x00me": "a"}),
        ("/designs/drafts", {"name": "a\x00b"}),
        ("/designs/drafts", {"name": "a", "file": "a\x00.zip"}),
    ],
)
def test_a_form_with_a_nul_is_refused(client: FlaskClient, path: str, form: Any) -> None:
    if "file" in form:
        form = {**form, "file": (BytesIO(b"a"), form["file"])}
    answer = client.post(path, data=form, headers=PAGE)
    assert answer.status_code == 400, answer.status
    assert "不允许的字符" in answer.text


def test_the_api_refuses_an_address_with_a_nul(permits: Office) -> None:
    answer = permits.ann.get("/tasks?text=%00")
    assert answer.status_code == 400
    assert "NUL" in answer.json["detail"]
