"""Papers of drafts as a designer looks at them: every kind, and nobody else waits for one."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pypdfium2
import pytest

from tests.court import ROOT, Court
from tests.web.conftest import Browser
from workflow_server.services import draft_papers, process_definitions

Open = Callable[..., Browser]
KINDS = sorted(path.parent.name for path in (ROOT / "documents").glob("*/document.json"))
LETTER = "case_transfer_letter"
TEMPLATE = f"documents/{LETTER}/template.html"
ENDLESS = (
    b"{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
    b"<p>" * 90_000,
)


@pytest.fixture
def designer(case: Court, browser: Open) -> Browser:
    return browser("designer")


@pytest.fixture
def draft(designer: Browser) -> str:
    page = designer.post("/designs/drafts", name="改文书")
    return f"/api{str(page.response.request.path).removeprefix('/designs')}"


def call(browser: Browser, path: str, method: str = "POST", **more: Any) -> Any:
    headers = {"Accept": "application/json", "Sec-Fetch-Site": "same-origin"}
    headers |= more.pop("headers", {})
    return browser.open(method, path, headers=headers, **more).response


def seen(browser: Browser, draft: str, kind: str = LETTER) -> Any:
    return call(browser, f"{draft}/document-preview", json={"kind": kind})


def seen_by_clerk(clerk: Browser) -> Any:
    start = process_definitions.get_newest("congress_lead_transfer").id
    body = {"kind": LETTER, "answers": {}}
    return call(clerk, f"/api/process-definitions/{start}/document-preview", json=body)


@pytest.mark.parametrize("databases", ["settled"], indirect=True)
def test_every_kind_is_shown_with_made_up_data(designer: Browser, draft: str) -> None:
    # What a paper is given is made up from the processes that make it: here all that are shipped.
    assert len(KINDS) > 5
    for kind in KINDS:
        answer = seen(designer, draft, kind)
        assert (answer.status_code, answer.data[:5]) == (200, b"%PDF-"), (kind, answer.text)


@pytest.mark.parametrize("databases", ["settled"], indirect=True)
def test_what_a_template_prints_as_it_is_is_made_up_as_a_text(
    designer: Browser, draft: str
) -> None:
    made = seen(designer, draft, "lead_registration").data
    written = pypdfium2.PdfDocument(made)[0].get_textpage().get_text_range()
    assert "示例" in written
    assert "['" not in written


@pytest.mark.parametrize("text", ENDLESS, ids=["loop", "nesting"])
def test_a_template_without_end_is_ended_soon(designer: Browser, draft: str, text: bytes) -> None:
    assert seen(designer, draft).status_code == 200
    kept = call(designer, f"{draft}/files?path={TEMPLATE}", "GET").data
    endless = kept.replace(b"{% block body %}", b"{% block body %}" + text)
    put = {"data": endless, "headers": {"If-Match": "*"}}
    assert call(designer, f"{draft}/files?path={TEMPLATE}", "PUT", **put).status_code == 200
    began = time.monotonic()
    answer = seen(designer, draft)
    assert answer.status_code in (422, 503), answer.text
    assert time.monotonic() - began < draft_papers.SECONDS + 5
    put["data"] = kept
    assert call(designer, f"{draft}/files?path={TEMPLATE}", "PUT", **put).status_code == 200
    assert seen(designer, draft).status_code == 200


def test_while_one_is_made_others_drafts_are_told_and_cases_do_not_wait(
    designer: Browser, draft: str, browser: Open
) -> None:
    with draft_papers.TURN:
        answer = seen(designer, draft)
        assert (answer.status_code, answer.json["code"]) == (503, "draft-preview-busy")
        assert answer.headers["Retry-After"]
        assert seen_by_clerk(browser("congress_clerk")).status_code == 200
    assert seen(designer, draft).status_code == 200
