"""A designer's working copy over HTTP: files, check, differences, bringing it up to date."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from tests.api.conftest import Caller, Office
from tests.api.proposing import Desk, content
from tests.services.drawing import line
from workflow_server.content import bundle as bundles

ROOT = Path(__file__).resolve().parents[2]

DIAGRAM = "bpmn/a.bpmn"
FORM = "forms/a/note.json"


@pytest.fixture
def desk(office: Office) -> Desk:
    return Desk(office)


@pytest.fixture
def draft(desk: Desk) -> str:
    """A draft of dan's."""
    answer = desk.dan.post("/drafts", json={"name": "增加复核"})
    assert answer.status_code == 201, answer.text
    return str(answer.json["id"])


def files_of(caller: Caller, draft: str) -> dict[str, Any]:
    return {each["path"]: each for each in caller.get(f"/drafts/{draft}").json["files"]}


def put(caller: Caller, draft: str, path: str, data: bytes, match: str | None = None) -> Any:
    headers = {} if match is None else {"If-Match": f'"{match}"'}
    more = {"data": data, "headers": headers, "content_type": "application/octet-stream"}
    return caller.put(f"/drafts/{draft}/files", query_string={"path": path}, **more)


def read(caller: Caller, draft: str, path: str) -> Any:
    return caller.get(f"/drafts/{draft}/files", query_string={"path": path})


def upload(caller: Caller, path: str, file_name: str, data: bytes, /, **form: Any) -> Any:
    return caller.post(path, data={"file": (io.BytesIO(data), file_name), **form})


def test_a_draft_begins_as_what_is_deployed(desk: Desk, draft: str) -> None:
    whole = desk.dan.get(f"/drafts/{draft}").json
    assert (whole["base_id"], whole["is_mine"], whole["base_is_old"]) == (
        desk.newest()["id"],
        True,
        False,
    )
    assert {each["change"] for each in whole["files"]} == {"same"}
    kinds = {each["path"]: each["kind"] for each in whole["files"]}
    assert (kinds[DIAGRAM], kinds[FORM], kinds["bpmn/_shared/roles.json"]) == (
        "diagram",
        "form",
        "shared",
    )


def test_the_same_key_begins_one_draft(desk: Desk) -> None:
    asked = {"json": {"name": "一"}, "headers": {"Idempotency-Key": "k-1"}}
    first, again = (desk.dan.post("/drafts", **asked).json["id"] for _ in range(2))
    assert first == again
    assert desk.dan.get("/drafts").json["total"] == 1


def test_a_file_is_written_over_the_version_that_was_opened(desk: Desk, draft: str) -> None:
    opened = read(desk.dan, draft, DIAGRAM)
    checksum = opened.headers["ETag"].strip('"')
    assert checksum == files_of(desk.dan, draft)[DIAGRAM]["checksum"]
    assert opened.headers["Content-Disposition"].startswith("attachment")
    changed = opened.data.replace(b'name="draft"', 'name="拟稿"'.encode())
    saved = put(desk.dan, draft, DIAGRAM, changed, checksum)
    assert (saved.status_code, saved.json["change"]) == (200, "changed")
    assert read(desk.dan, draft, DIAGRAM).data == changed
    late = put(desk.dan, draft, DIAGRAM, b"<lost/>", checksum)
    assert (late.status_code, late.json["code"]) == (409, "draft-file-changed")
    assert read(desk.dan, draft, DIAGRAM).data == changed
    assert put(desk.dan, draft, DIAGRAM, opened.data, "*").json["change"] == "same"


def test_a_new_file_needs_a_path_of_content_and_must_not_be_there(desk: Desk, draft: str) -> None:
    assert put(desk.dan, draft, "forms/a/more.json", b"{}").json["change"] == "added"
    assert put(desk.dan, draft, "forms/a/more.json", b"[]").status_code == 409
    for path in ("../x.json", "/etc/passwd", "forms/a/x.py", "other/a.json", "forms/A/../b.json"):
        refused = put(desk.dan, draft, path, b"{}")
        assert (refused.status_code, refused.json["code"]) == (422, "content-refused"), path
    assert put(desk.dan, draft, "forms/a/NOTE.json", b"{}").status_code == 422


def test_a_file_that_is_too_large_is_refused_with_the_limit(desk: Desk, draft: str) -> None:
    refused = put(desk.dan, draft, FORM, b"x" * 4_000_001, "*")
    assert refused.status_code == 413
    assert "4 MB" in refused.text or "4000000" in refused.text or "上限" in refused.text


def test_only_its_owner_writes_and_who_prepares_reads(desk: Desk, draft: str) -> None:
    refused = put(desk.dot, draft, FORM, b"{}", "*")
    assert (refused.status_code, refused.json["code"]) == (403, "not-your-draft")
    assert read(desk.reg, draft, FORM).status_code == 200
    assert desk.reg.get("/drafts").json["total"] == 1
    assert desk.reg.post("/drafts", json={"name": "x"}).status_code == 403
    for path in ("", "/vocabulary", "/differences", "/rebase", "/bundle"):
        assert desk.office.ann.get(f"/drafts/{draft}{path}").status_code == 404, path
    assert desk.office.ann.get("/drafts").status_code == 403


def test_who_would_get_a_task_is_tried_out_before_it_is_in_force(desk: Desk, draft: str) -> None:
    asked = {"element_id": "draft", "organisation_id": desk.office.organisation("office")}

    def tried(**more: Any) -> Any:
        path = "/process-definitions/p/assignment-trials"
        return desk.dan.post(path, json={**asked, **more})

    assert tried(draft_id=draft).json["role"] == "drafter"
    opened = read(desk.dan, draft, DIAGRAM).data
    put(desk.dan, draft, DIAGRAM, opened.replace(b'role="drafter"', b'role="town_clerk"'), "*")
    told = tried(draft_id=draft)
    assert (told.json["outcome"], told.json["process_version"]) == ("nobody", None), told.text
    assert "镇文员" in told.json["problem"]
    assert (tried().json["role"], tried().json["process_version"]) == ("drafter", 1)
    put(desk.dan, draft, DIAGRAM, b"<broken", "*")
    refused = tried(draft_id=draft)
    assert (refused.status_code, refused.json["code"]) == (422, "content-refused")
    assert any(DIAGRAM in each["pointer"] for each in refused.json["errors"])
    assert tried(draft_id="00000000-0000-0000-0000-000000000000").status_code == 404


@pytest.mark.parametrize("act", ["moves", "restorations"])
def test_a_changed_file_is_renamed_and_restored_only_as_it_was_seen(
    desk: Desk, draft: str, act: str
) -> None:
    seen = put(desk.dan, draft, FORM, b"seen", "*").json["checksum"]
    put(desk.dan, draft, FORM, b"written since", "*")
    asked = {"path": FORM} | ({"to": "forms/b/note.json"} if act == "moves" else {})

    def send(**headers: str) -> Any:
        return desk.dan.post(f"/drafts/{draft}/{act}", json=asked, headers=headers)

    for blind in ({}, {"If-Match": f'"{seen}"'}):
        refused = send(**blind)
        assert (refused.status_code, refused.json["code"]) == (409, "draft-file-changed"), blind
    assert read(desk.dan, draft, FORM).data == b"written since"
    assert send(**{"If-Match": read(desk.dan, draft, FORM).headers["ETag"]}).status_code == 200
    assert files_of(desk.dan, draft)[FORM]["change"] in ("removed", "same")


def test_deleting_renaming_and_restoring(desk: Desk, draft: str) -> None:
    moved = desk.dan.post(f"/drafts/{draft}/moves", json={"path": FORM, "to": "forms/b/note.json"})
    assert (moved.status_code, moved.json["change"]) == (200, "added")
    assert files_of(desk.dan, draft)[FORM]["change"] == "removed"
    assert read(desk.dan, draft, FORM).status_code == 404
    back = desk.dan.post(f"/drafts/{draft}/restorations", json={"path": FORM})
    assert back.json["change"] == "same"
    asked = {"path": f"/drafts/{draft}/files", "query_string": {"path": "forms/b/note.json"}}
    for blind in ({}, {"If-Match": '"another"'}):
        refused = desk.dan.delete(**asked, headers=blind)
        assert (refused.status_code, refused.json["code"]) == (409, "draft-file-changed"), blind
    match = {"If-Match": read(desk.dan, draft, "forms/b/note.json").headers["ETag"]}
    assert desk.dan.delete(**asked, headers=match).status_code == 200
    assert "forms/b/note.json" not in files_of(desk.dan, draft)
    never = desk.dan.delete(f"/drafts/{draft}/files", query_string={"path": "forms/no.json"})
    assert never.status_code == 404


@pytest.mark.parametrize(
    ("kind", "key"),
    [("process", "second"), ("form", "second/look"), ("document", "opinion"), ("decision", "rate")],
)
def test_a_starter_passes_the_check_alone(desk: Desk, draft: str, kind: str, key: str) -> None:
    body = {"kind": kind, "key": key, "title": '复核"<b>{{ 7*7 }}'}
    made = desk.dan.post(f"/drafts/{draft}/files", json=body)
    assert made.status_code == 201, made.text
    faults = desk.dan.post(f"/drafts/{draft}/check").json["faults"]
    assert [each for each in faults if "base/" not in each["pointer"] + each["detail"]] == []
    again = desk.dan.post(f"/drafts/{draft}/files", json=body)
    assert again.status_code == 409
    bad = desk.dan.post(f"/drafts/{draft}/files", json={**body, "key": "../X"})
    assert bad.json["errors"][0]["pointer"] == "#/key"


def test_the_check_names_file_line_and_element(desk: Desk, draft: str) -> None:
    assert desk.dan.post(f"/drafts/{draft}/check").json == {"faults": []}
    put(desk.dan, draft, DIAGRAM, b"<broken\n<", "*")
    (fault,) = [
        each
        for each in desk.dan.post(f"/drafts/{draft}/check").json["faults"]
        if "XML" in each["detail"]
    ][:1]
    assert fault["pointer"].startswith(f"{DIAGRAM}:")


def test_the_vocabulary_offers_what_can_be_chosen(desk: Desk, draft: str) -> None:
    found = desk.dan.get(f"/drafts/{draft}/vocabulary").json
    assert "drafter" in {each["key"] for each in found["roles"]}
    (form,) = found["forms"]
    assert (form["key"], form["fields"][0]["path"]) == ("a/note", "title")
    assert found["records"][0]["states"] == ["新", "办结"]
    assert {each["name"] for each in found["operations"]} >= {"draw_number", "count"}
    (process,) = found["processes"]
    assert (process["is_callable"], process["calls"]) == (True, [])
    put(desk.dan, draft, FORM, b"{", "*")
    assert desk.dan.get(f"/drafts/{draft}/vocabulary").json["forms"][0]["faulty"] is True


def test_differences_tell_elements_and_lines(desk: Desk, draft: str) -> None:
    put(desk.dan, draft, DIAGRAM, line("draft", "check").encode(), "*")
    form = json.loads(read(desk.dan, draft, FORM).data)
    form["components"][0]["label"] = "标题"
    put(desk.dan, draft, FORM, json.dumps(form, ensure_ascii=False).encode(), "*")
    diagram, text = desk.dan.get(f"/drafts/{draft}/differences").json["files"]
    changed = {each["element_id"]: each["change"] for each in diagram["elements"]}
    assert (changed["check"], changed["draft-end"]) == ("added", "removed")
    assert "draft" not in changed
    assert (text["path"], "标题" in text["text"]) == (FORM, True)


def test_what_was_deployed_since_must_be_taken_in_first(desk: Desk, draft: str) -> None:
    put(desk.dan, draft, FORM, read(desk.dan, draft, FORM).data + b"\n", "*")
    put(desk.dan, draft, DIAGRAM, line("draft", "mine").encode(), "*")
    desk.deploy_by_hand(content(line("draft", "theirs"), line("x", key="q")))
    late = desk.dan.post(f"/drafts/{draft}/proposal", json={"note": "改"})
    assert (late.status_code, late.json["code"]) == (409, "draft-base-old")
    found = desk.dan.get(f"/drafts/{draft}/rebase").json
    assert (found["is_needed"], found["both"], found["theirs"]) == (
        True,
        [DIAGRAM],
        ["bpmn/b.bpmn"],
    )
    undecided = desk.dan.post(f"/drafts/{draft}/rebase", json={})
    assert undecided.json["errors"][0]["pointer"] == DIAGRAM
    keep = {"keep": [{"path": DIAGRAM, "keep": "mine"}]}
    assert desk.dan.post(f"/drafts/{draft}/rebase", json=keep).status_code == 200
    assert b'"mine"' in read(desk.dan, draft, DIAGRAM).data
    changes = {path: each["change"] for path, each in files_of(desk.dan, draft).items()}
    assert (changes[DIAGRAM], changes[FORM], changes["bpmn/b.bpmn"]) == (
        "changed",
        "changed",
        "same",
    )
    assert desk.dan.post(f"/drafts/{draft}/proposal", json={"note": "改"}).status_code == 201


def test_a_draft_is_proposed_approved_and_then_it_is_deployed(desk: Desk, draft: str) -> None:
    nothing = desk.dan.post(f"/drafts/{draft}/proposal", json={"note": "改"})
    assert nothing.json["code"] == "nothing-changed"
    put(desk.dan, draft, DIAGRAM, line("draft", "check").encode(), "*")
    made = desk.dan.post(f"/drafts/{draft}/proposal", json={"note": "加一步"}).json
    assert desk.dan.get(f"/drafts/{draft}").json["proposal_id"] == made["id"]
    desk.decide(desk.reg, made["id"])
    assert desk.decide(desk.lea, made["id"]).json["status"] == "deployed"
    whole = desk.dan.get(f"/drafts/{draft}").json
    assert whole["base_is_old"] is True
    assert desk.dan.get(f"/drafts/{draft}/rebase").json["both"] == []
    desk.dan.post(f"/drafts/{draft}/rebase", json={})
    assert {each["change"] for each in files_of(desk.dan, draft).values()} == {"same"}


def test_a_draft_with_faults_is_not_proposed(desk: Desk, draft: str) -> None:
    put(desk.dan, draft, FORM, b"{}", "*")
    refused = desk.dan.post(f"/drafts/{draft}/proposal", json={"note": "改"})
    assert (refused.status_code, refused.json["code"]) == (422, "bundle-refused")


def test_export_and_import_with_a_dry_run(desk: Desk, draft: str) -> None:
    data = desk.dan.get(f"/drafts/{draft}/bundle").data
    files = dict(bundles.read_zip(data).files)
    files["forms/a/more.json"] = b"{}"
    del files[FORM]
    packed = bundles.write_zip(bundles.from_files(files))
    path = f"/drafts/{draft}/imports"
    told = upload(desk.dan, path, "b.zip", packed, dry_run="true", whole="true").json["files"]
    assert {each["path"]: each["change"] for each in told} == {
        "forms/a/more.json": "added",
        FORM: "removed",
    }
    assert "forms/a/more.json" not in files_of(desk.dan, draft)
    upload(desk.dan, path, "b.zip", packed)
    found = files_of(desk.dan, draft)
    assert (found["forms/a/more.json"]["change"], found[FORM]["change"]) == ("added", "same")
    upload(desk.dan, path, "b.zip", packed, whole="true")
    assert files_of(desk.dan, draft)[FORM]["change"] == "removed"
    assert upload(desk.dan, path, "b.zip", b"no zip").status_code == 422


def test_a_draft_from_a_diagram_takes_the_place_of_the_process(desk: Desk) -> None:
    drawn = line("draft", "more").encode()
    made = upload(desk.dan, "/drafts/imports", "mine.bpmn", drawn, name="来自文件")
    assert made.status_code == 201, made.text
    found = files_of(desk.dan, made.json["id"])
    assert found[DIAGRAM]["change"] == "changed"
    other = upload(desk.dan, "/drafts/imports", "q.bpmn", line("x", key="q").encode(), name="新")
    assert files_of(desk.dan, other.json["id"])["bpmn/q/q.bpmn"]["change"] == "added"
    broken = upload(desk.dan, "/drafts/imports", "q.bpmn", b"<a>\n<b>", name="坏")
    assert (broken.status_code, broken.json["errors"][0]["pointer"]) == (422, "q.bpmn:2")
    evil = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
    assert upload(desk.dan, "/drafts/imports", "q.bpmn", evil, name="坏").status_code == 422
    assert upload(desk.dan, "/drafts/imports", "a.exe", b"MZ", name="坏").status_code == 422


def test_a_closed_draft_is_in_no_list_and_takes_nothing(desk: Desk, draft: str) -> None:
    assert desk.dot.post(f"/drafts/{draft}/closure").status_code == 403
    assert desk.dan.post(f"/drafts/{draft}/closure").json["status"] == "closed"
    assert desk.dan.get("/drafts").json["total"] == 0
    refused = put(desk.dan, draft, FORM, b"{}", "*")
    assert (refused.status_code, refused.json["code"]) == (409, "draft-closed")


def test_a_draft_is_renamed(desk: Desk, draft: str) -> None:
    body = {"name": " 新名 ", "note": "说明"}
    named = desk.dan.put(f"/drafts/{draft}", json=body).json
    assert (named["name"], named["note"]) == ("新名", "说明")
    assert desk.dan.put(f"/drafts/{draft}", json={"name": "  "}).status_code == 422


def test_a_papers_template_is_shown_with_made_up_data(desk: Desk, draft: str) -> None:
    base = {
        path: data
        for path, data in bundles.read_folder(ROOT).files.items()
        if path.startswith("documents/base/")
    }
    packed = bundles.write_zip(bundles.from_files(base))
    upload(desk.dan, f"/drafts/{draft}/imports", "base.zip", packed)
    made = desk.dan.post(
        f"/drafts/{draft}/files", json={"kind": "document", "key": "opinion", "title": "意见"}
    )
    assert made.json["paths"][0] == "documents/opinion/template.html"
    assert desk.dan.post(f"/drafts/{draft}/check").json["faults"] == []
    sample = desk.dan.get(f"/drafts/{draft}/document-sample?kind=opinion").json
    assert (list(sample["data"]), "chinese_date" in sample["filters"]) == (["content"], True)
    assert any(each.startswith("heading(") for each in sample["parts"])
    path = f"/drafts/{draft}/document-preview"
    seen = desk.dan.post(path, json={"kind": "opinion", "data": {"content": "试一试"}})
    assert (seen.status_code, seen.data[:5]) == (200, b"%PDF-")
    template = "documents/opinion/template.html"
    text = read(desk.dan, draft, template).data
    put(
        desk.dan,
        draft,
        template,
        text.replace(b"{{ parts.text(d.content) }}", b"{{ d.missing }}"),
        "*",
    )
    failed = desk.dan.post(path, json={"kind": "opinion"})
    assert (failed.status_code, failed.json["errors"][0]["pointer"]) == (422, f"{template}:5")
    put(desk.dan, draft, template, b"{% block", "*")
    assert desk.dan.post(path, json={"kind": "opinion"}).status_code == 422
    assert desk.dan.post(path, json={"kind": "nothing"}).status_code == 404
    assert desk.office.ann.post(path, json={"kind": "opinion"}).status_code == 404
