"""Papers and files in the browser: shown, waited for, kept from who may not read them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pypdfium2
import pytest
import sqlalchemy as sa

from tests.court import Court
from tests.web.conftest import Browser
from workflow_server.rendering.sources import RenderTimeout
from workflow_server.services import attachments, papers, process_definitions
from workflow_server.store.attachments import Attachment
from workflow_server.store.db import db, session
from workflow_server.store.documents import Document

Opening = Callable[..., Browser]
LETTER = "case_transfer_letter"
JSON = {"Accept": "application/json"}


def paper(kind: str = LETTER) -> Document:
    found = session().scalars(sa.select(Document).where(Document.kind == kind)).all()
    return found[-1]


def start_id() -> Any:
    return process_definitions.get_newest("congress_lead_transfer").id


def preview(clerk: Browser, answers: Any, **more: Any) -> Any:
    path = f"/api/process-definitions/{start_id()}/document-preview"
    body = {"kind": LETTER, "answers": answers, **more}
    return clerk.open("POST", path, json=body, headers=JSON).response


@pytest.fixture
def sent(case: Court) -> Court:
    """The congress's letter has gone out."""
    case.play(until="RegisterLead")
    return case


def test_a_paper_has_a_page_with_number_download_and_print(browser: Opening, sent: Court) -> None:
    document = paper()
    page = browser("congress_clerk").get(f"/documents/{document.id}")
    assert str(document.number) in page.text
    assert page.all(f"[data-island=paper][data-source='/api/documents/{document.id}/file']")
    assert page.link("下载") == f"/api/documents/{document.id}/file"
    assert page.link("打印") == f"/documents/{document.id}/file"


def test_a_paper_opens_in_the_browser_under_its_own_name(browser: Opening, sent: Court) -> None:
    response = browser("case_mgmt").get(f"/documents/{paper().id}/file").response
    assert response.data.startswith(b"%PDF-")
    assert response.headers["Content-Disposition"].startswith("inline; ")
    assert "script" not in response.headers["Content-Security-Policy"]
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_a_paper_that_is_being_produced_is_waited_for(browser: Opening, sent: Court) -> None:
    with db.engine.begin() as connection:
        connection.execute(
            sa.update(Document)
            .where(Document.id == paper().id)
            .values(sha256=None, rendered_at=None, size=None, pages=None)
        )
    session().expire_all()
    clerk = browser("congress_clerk")
    page = clerk.get(f"/documents/{paper().id}")
    assert "正在生成" in page.text
    assert page.all("#paper[hx-trigger='every 2s']")
    assert not page.all("[data-island=paper]")
    refused = clerk.open("GET", f"/api/documents/{paper().id}/file", headers=JSON).response
    assert (refused.status_code, "Retry-After" in refused.headers) == (503, True)


def test_papers_and_files_of_others_are_not_there(browser: Opening, sent: Court) -> None:
    file_id = session().scalars(sa.select(Attachment.id)).first()
    stranger = browser("outsider")
    for path in (
        f"/documents/{paper().id}",
        f"/documents/{paper().id}/file",
        f"/attachments/{file_id}",
        f"/attachments/{file_id}/file",
        f"/documents/{uuid4()}",
        f"/attachments/{uuid4()}",
    ):
        assert stranger.get(path).status == 404


def test_a_brought_pdf_is_drawn_by_ourselves(browser: Opening, sent: Court) -> None:
    file_id = session().scalars(sa.select(Attachment.id)).first()
    clerk = browser("congress_clerk")
    page = clerk.get(f"/attachments/{file_id}")
    assert page.all(f"[data-island=paper][data-source='/attachments/{file_id}/file']")
    assert page.link("下载") == f"/api/attachments/{file_id}/file"
    shown = clerk.get(f"/attachments/{file_id}/file").response
    assert shown.headers["Content-Disposition"].startswith("inline")


@pytest.mark.parametrize(
    ("name", "data", "way"),
    [
        ("现场.png", b"\x89PNG\r\n\x1a\n" + b"\x00" * 30, "inline"),
        ("录音.mp3", b"ID3\x03\x00\x00\x00\x00\x00\x21" + b"\x00" * 60, "attachment"),
    ],
)
def test_only_pictures_and_pdf_are_shown_and_in_a_sandbox(
    browser: Opening, case: Court, name: str, data: bytes, way: str
) -> None:
    put = attachments.add(case.people["congress_clerk"], [data], name, case.now)
    clerk = browser("congress_clerk")
    page = clerk.get(f"/attachments/{put.id}")
    assert bool(page.all(f"img[src='/attachments/{put.id}/file']")) is (way == "inline")
    response = clerk.get(f"/attachments/{put.id}/file").response
    assert response.headers["Content-Disposition"].startswith(way)
    assert response.headers["Content-Security-Policy"].startswith("sandbox")


def test_a_letter_is_seen_before_its_case_exists(browser: Opening, case: Court) -> None:
    clerk = browser("congress_clerk")
    made = preview(clerk, {"summary": "道", "suggestion_no": "第37号"})
    text = "".join(
        each.get_textpage().get_text_range() for each in pypdfium2.PdfDocument(made.data)
    )
    assert "第37号" in text
    assert "预览" in text
    assert "%E7%BC%BA%E5%B0%91" in made.headers["Missing-Parts"]
    assert session().scalar(sa.select(sa.func.count()).select_from(Document)) == 0


def test_who_is_picked_is_called_by_name_in_a_preview(browser: Opening, case: Court) -> None:
    receiver = case.people["case_mgmt"].positions[0]
    made = preview(browser("congress_clerk"), {"receiver": str(receiver.organisation_id)})
    text = "".join(
        each.get_textpage().get_text_range() for each in pypdfium2.PdfDocument(made.data)
    )
    assert f"{receiver.organisation_name}：" in text.replace("\r\n", "")


def test_only_who_may_start_it_sees_its_paper(browser: Opening, case: Court) -> None:
    assert preview(browser("prosecutor"), {}).status_code == 404
    clerk = browser("congress_clerk")
    elsewhere = case.people["case_mgmt"].positions[0].organisation_id
    assert preview(clerk, {}, organisation_id=str(elsewhere)).status_code == 404
    assert preview(clerk, {}, element_id="nowhere").status_code == 404
    assert preview(clerk, {}).status_code == 200


def test_odd_answers_make_a_paper_all_the_same(browser: Opening, case: Court) -> None:
    clerk = browser("congress_clerk")
    for answers in ({"evidence": "x"}, {"evidence": [1, {"name": 3}]}, {"summary": {"a": 1}}):
        assert preview(clerk, answers).status_code == 200


def test_a_busy_server_says_so_and_when_to_come_back(
    browser: Opening, case: Court, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: Any, **__: Any) -> Any:
        raise RenderTimeout("正在生成的文书太多，请稍后再试")

    monkeypatch.setattr(papers.RenderPool, "render", busy)
    refused = preview(browser("congress_clerk"), {})
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "1")


def test_a_form_says_which_papers_it_leads_to(browser: Opening, case: Court) -> None:
    clerk = browser("congress_clerk")
    path = f"/api/process-definitions/{start_id()}"
    offered = clerk.open("GET", path, headers=JSON).response.json["starts"][0]["previews"]
    assert offered == [{"kind": LETTER, "title": "案件线索移送函"}]
    form = clerk.open("GET", f"{path}/start-form", headers=JSON).response.json
    assert form["previews"] == offered
