"""Designers at work in pages: drafts, files, proposals, and what a restart leaves alone."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.court import BEGINNING, COURT, Court, court_content
from tests.web.conftest import Browser, Page
from workflow_server.services import deployments, process_instances
from workflow_server.store import deployments as rows
from workflow_server.store.db import session

FORM = "forms/congress_lead_transfer/ask_progress.json"
DIAGRAM = "bpmn/deputy_to_procuratorate/deputy_to_procuratorate.bpmn"
Open = Callable[..., Browser]


@pytest.fixture
def designer(case: Court, browser: Open) -> Browser:
    return browser("designer")


@pytest.fixture
def draft(designer: Browser) -> str:
    """Where the page of a new draft is."""
    page = designer.post("/designs/drafts", name="增加复核环节", note="试一试")
    assert page.status == 200, page.text
    return str(page.response.request.path)


def write(browser: Browser, draft: str, path: str, data: bytes) -> int:
    address = f"/api{draft.removeprefix('/designs')}/files?path={path}"
    more = {"data": data, "headers": {"If-Match": "*", "Sec-Fetch-Site": "same-origin"}}
    return browser.open("PUT", address, **more).status


def relabel(browser: Browser, draft: str) -> None:
    form = json.loads((COURT / FORM).read_text("utf-8"))
    form["components"][0]["text"] = "请如实记录。"
    assert write(browser, draft, FORM, json.dumps(form, ensure_ascii=False).encode()) == 200


def upload(browser: Browser, path: str, name: str, data: bytes, /, **form: Any) -> Page:
    parts = {"file": (io.BytesIO(data), name), **form}
    return browser.open("POST", path, data=parts, follow_redirects=True)


def test_the_designs_show_processes_with_versions_and_how_many_cases_run(
    case: Court, browser: Open
) -> None:
    case.play(until="ApproveTransfer")
    page = browser("designer").get("/designs")
    assert page.status == 200
    for text in ("第 1 版", "随系统安装", "新建草稿", "没有草稿"):
        assert text in page.text
    numbers = [each.text_content() for each in page.all("section.card td:last-child")]
    assert "1" in numbers


def test_a_version_is_shown_with_its_drawing_and_what_stands_in_it(designer: Browser) -> None:
    page = designer.get(designer.get("/designs").link("第 1 版"))
    assert page.status == 200
    (island,) = page.all("[data-island=diagram]")
    assert island.get("data-source").startswith("/api/process-definitions/")
    assert "人工任务" in page.text
    assert "另存草稿编辑" in page.text


def test_who_has_nothing_to_do_with_designs_sees_none(
    case: Court, browser: Open, draft: str
) -> None:
    for login in ("prosecutor", "unit_clerk", "deputy", "admin"):
        other = browser(login)
        assert other.get("/designs").status == 403
        assert other.get(draft).status == 404
        assert other.get("/designs/proposals").status == 200
        assert "没有部署申请" in other.get("/designs/proposals").text


def test_a_draft_shows_its_files_and_opens_each_in_its_editor(
    designer: Browser, draft: str
) -> None:
    page = designer.get(draft)
    assert "检查" in page.text
    for path, island in (
        (DIAGRAM, "modeler"),
        (FORM, "form-editor"),
        ("documents/lead_feedback/template.html", "text-editor"),
        ("documents/base/grid.css", "text-editor"),
        ("bpmn/_shared/deadlines.dmn", "text-editor"),
    ):
        edited = designer.get(f"{draft}/files/{path}")
        assert (edited.status, len(edited.all(f"[data-island={island}]"))) == (200, 1), path
    assert designer.get(f"{draft}/files/forms/no/such.json").status == 404
    assert designer.get(f"{draft}/files/..%2f..%2fetc/passwd").status == 404


def test_another_designer_or_approver_only_looks(browser: Open, draft: str) -> None:
    approver = browser("legal_policy")
    page = approver.get(draft)
    assert "只能查看" in page.text
    assert not page.all("form[action$=proposal]")
    assert approver.post(f"{draft}/name", name="x").status == 403
    assert write(approver, draft, FORM, b"{}") == 403


def test_the_check_leads_to_the_place(designer: Browser, draft: str) -> None:
    assert "检查通过" in designer.get(f"{draft}/check").text
    write(designer, draft, FORM, b'{"type": "default", "components": [{"type": "strange"}]}')
    page = designer.get(f"{draft}/check")
    (link,) = [each for each in page.all("a") if "components/0" in each.text_content()][:1]
    assert link.get("href").startswith(f"{draft}/files/{FORM}?at=")
    assert designer.get(link.get("href")).status == 200
    refused = designer.post(f"{draft}/proposal", note="改")
    assert (refused.status, "components/0" in refused.text) == (422, True)


def test_a_broken_diagram_is_refused_with_file_and_line(designer: Browser, draft: str) -> None:
    page = upload(designer, "/designs/drafts", "坏图.bpmn", b"<a>\n<b>", name="新图")
    assert page.status == 422
    assert ":2" in page.text
    assert page.all("input[name=name]")[0].get("value") == "新图"
    for data in (b"MZ\x90", b"", b"PK\x03\x04broken"):
        assert upload(designer, "/designs/drafts", "x.zip", data, name="新").status in (
            303,
            422,
            200,
        )
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../evil.bpmn", b"x")
    assert upload(designer, f"{draft}/imports", "x.zip", bomb.getvalue()).status == 422
    # A trial is put into the page by htmx, which takes no refusal.
    trial = upload(designer, f"{draft}/imports", "x.zip", bomb.getvalue(), **{"try": "1"})
    assert (trial.status, "evil.bpmn" in trial.text) == (200, True)


def test_200_megabytes_are_refused_with_the_limit(designer: Browser, draft: str) -> None:
    page = upload(designer, f"{draft}/imports", "x.zip", b"\0" * 200_000_000)
    assert page.status == 413
    assert "MB" in page.text


def test_script_in_names_is_text(designer: Browser) -> None:
    evil = "<script>alert(1)</script>"
    page = designer.post("/designs/drafts", name=evil, note=evil)
    assert evil in page.text
    assert not [each for each in page.all("script") if "alert" in each.text_content()]
    again = designer.get("/designs")
    assert not [each for each in again.all("script") if "alert" in each.text_content()]


def test_an_import_is_shown_first_and_then_done(designer: Browser, draft: str) -> None:
    files = {"forms/a/b.json": b"{}"}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path, data in files.items():
            archive.writestr(path, data)
    tried = upload(designer, f"{draft}/imports", "x.zip", packed.getvalue(), **{"try": "1"})
    assert ("forms/a/b.json" in tried.text, "新增" in tried.text) == (True, True)
    assert "forms/a/b.json" not in designer.get(draft).text
    done = upload(designer, f"{draft}/imports", "x.zip", packed.getvalue())
    assert "forms/a/b.json" in done.text


def test_a_new_file_is_made_and_opened(designer: Browser, draft: str) -> None:
    page = designer.post(f"{draft}/files", kind="form", key="review/look", title="复核意见")
    assert len(page.all("[data-island=form-editor]")) == 1
    again = designer.post(f"{draft}/files", kind="form", key="BAD", title="复核意见")
    assert again.status == 422
    assert again.all("#new-key")[0].get("value") == "BAD"
    form = {"act": "delete", "path": "forms/review/look.json"}
    blind = designer.open("POST", f"{draft}/file-acts", data=form, follow_redirects=True)
    assert (blind.status, "修改过" in blind.text) == (422, True)
    acts = "form[action$=file-acts]:has(input[value='forms/review/look.json'])"
    form["expected"] = blind.all(f"{acts} input[name=expected]")[0].get("value")
    gone = designer.open("POST", f"{draft}/file-acts", data=form, follow_redirects=True)
    assert "forms/review/look.json" not in gone.text


def test_a_draft_is_not_begun_for_a_path_that_no_file_may_have(designer: Browser) -> None:
    given = {"name": "改图", "path": f"bpmn/{'a' * 100_000}.bpmn"}
    page = designer.open("POST", "/designs/drafts", data=given, follow_redirects=True)
    assert (page.status, "路径超过" in page.text) == (422, True)
    assert "改图" not in designer.get("/designs").text


def approve(browser: Open, proposal: str) -> Page:
    """Let as many others approve as it needs."""
    browser("case_mgmt").post(f"{proposal}/decision", decision="approve")
    return browser("legal_policy").post(f"{proposal}/decision", decision="approve")


def propose(designer: Browser, draft: str) -> str:
    page = designer.post(f"{draft}/proposal", note="<b>写得更明白</b>")
    assert page.status == 200, page.text
    return str(page.response.request.path)


def test_what_one_proposes_another_approves_and_then_it_is_deployed(
    case: Court, browser: Open, designer: Browser, draft: str
) -> None:
    case.play(until="ApproveTransfer")
    before = rows.find_newest()
    relabel(designer, draft)
    assert "请如实记录。" in designer.get(f"{draft}/differences").text
    proposal = propose(designer, draft)
    own = designer.get(proposal)
    assert not own.all("button[value=approve]")
    assert designer.post(f"{proposal}/decision", decision="approve").status == 403
    approver = browser("legal_policy")
    page = approver.get(proposal)
    assert "<b>写得更明白</b>" in page.text
    assert (FORM in page.text, "第 1 版 → 第 2 版" in page.text) == (True, True)
    assert "请如实记录。" in approver.get(f"{proposal}/differences").text
    refused = approver.post(f"{proposal}/decision", decision="reject")
    assert (refused.status, "理由" in refused.text) == (422, True)
    first = approver.post(f"{proposal}/decision", decision="approve", note="好")
    assert "现有 1 人有效同意" in first.text
    done = browser("case_mgmt").post(f"{proposal}/decision", decision="approve")
    assert "已部署" in done.text
    session().rollback()
    newest = rows.find_newest()
    assert before is not None
    assert newest is not None
    assert newest.id != before.id
    assert "第 2 版" in designer.get("/designs").text
    found, _ = process_instances.list_(case.people["congress_clerk"])
    assert {definition.version for _, definition in found} == {1}


def test_a_restart_leaves_what_was_deployed_here(
    case: Court, browser: Open, designer: Browser, draft: str
) -> None:
    relabel(designer, draft)
    proposal = propose(designer, draft)
    approve(browser, proposal)
    newest = rows.find_newest()
    assert newest is not None
    deployments.deploy_folder(court_content(), BEGINNING + timedelta(days=1))
    after = rows.find_newest()
    assert after is not None
    assert after.id == newest.id
    page = designer.get("/designs")
    assert ("第 2 版" in page.text, "经审批部署" in page.text) == (True, True)


def test_a_proposal_is_taken_back_or_rejected(browser: Open, designer: Browser, draft: str) -> None:
    relabel(designer, draft)
    proposal = propose(designer, draft)
    assert browser("legal_policy").post(f"{proposal}/withdrawal").status == 403
    assert "已撤回" in designer.post(f"{proposal}/withdrawal").text
    second = propose(designer, draft)
    rejected = browser("case_mgmt").post(f"{second}/decision", decision="reject", note="不妥")
    assert ("已驳回" in rejected.text, "不妥" in rejected.text) == (True, True)


def test_a_draft_is_brought_up_to_date_and_conflicts_are_chosen(
    browser: Open, designer: Browser, draft: str
) -> None:
    other = str(designer.post("/designs/drafts", name="另一份").response.request.path)
    relabel(designer, draft)
    write(designer, other, FORM, (COURT / FORM).read_bytes() + b"\n")
    proposal = propose(designer, other)
    approve(browser, proposal)
    page = designer.get(draft)
    assert "现行版本已更新" in page.text
    late = designer.post(f"{draft}/proposal", note="改")
    assert (late.status, "更新到最新版本" in late.text) == (422, True)
    assert designer.post(f"{draft}/rebase").status == 422
    kept = designer.post(f"{draft}/rebase", **{f"keep:{FORM}": "mine"})
    assert "现行版本已更新" not in kept.text
    assert "请如实记录。" in designer.get(f"{draft}/differences").text
