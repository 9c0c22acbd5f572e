"""Drafts of content: designers' working copies, file by file."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, request

from workflow_server.api import door
from workflow_server.api.proposals import whole_proposal
from workflow_server.api.shapes.base import page
from workflow_server.api.shapes.drafts import (
    CheckedShape,
    ContentDraftShape,
    DifferencesShape,
    DraftFileShape,
    DraftPage,
    DraftPaperShape,
    DraftQuery,
    DraftVocabularyShape,
    FileMoveShape,
    KindQuery,
    NewDraftForm,
    NewDraftShape,
    PathQuery,
    PathShape,
    PathsShape,
    ProposeDraftShape,
    RebaseChoicesShape,
    RebaseShape,
    SampleShape,
    StarterShape,
    TakeInForm,
    WholeDraftShape,
)
from workflow_server.api.shapes.proposals import WholeProposalShape
from workflow_server.content import bundle as bundles
from workflow_server.services import (
    draft_changes,
    draft_edits,
    draft_previews,
    draft_starters,
    draft_vocabulary,
    drafts,
)
from workflow_server.services.drafts import Whole

noun = door.Noun("drafts", "草稿")

_MEDIA = {".bpmn": "application/xml", ".dmn": "application/xml", ".json": "application/json"}


def _check_may_look() -> None:
    """Refuse an outsider whatever they send: what is wrong with it is nothing to them."""
    drafts.check_may_look(door.actor(), (request.view_args or {}).get("draft_id"))


noun.blueprint.before_request(_check_may_look)


@noun.get("", DraftPage, query=DraftQuery())
def list_drafts(query: dict[str, Any]) -> dict[str, Any]:
    """草稿列表 · List open drafts, newest first (who proposes or approves content)."""
    found, total = drafts.list_(door.actor(), **query)
    return page(found, total, query)


@noun.post("", ContentDraftShape(), takes=NewDraftShape(), status=201, keyed=True)
def begin_draft(body: dict[str, Any]) -> Any:
    """新建草稿 · Begin a working copy of what is deployed now (designers)."""
    return drafts.create(
        door.actor(),
        body["name"],
        body["note"],
        door.now(),
        idempotency_key=door.idempotency_key(),
    )


@noun.post("/imports", ContentDraftShape(), form=NewDraftForm(), status=201, keyed=True)
def begin_draft_from_file(form: dict[str, Any]) -> Any:
    """由文件新建草稿 · Begin a draft from a bundle's zip or from one BPMN file (designers)."""
    name, data = _uploaded()
    return drafts.create(
        door.actor(),
        form["name"],
        form["note"],
        door.now(),
        files=draft_changes.uploaded(name, data),
        idempotency_key=door.idempotency_key(),
    )


@noun.get("/<uuid:draft_id>", WholeDraftShape())
def read_draft(draft_id: UUID) -> Any:
    """草稿 · One draft with all its files and how each differs from what it is based on."""
    return _whole(drafts.get(door.actor(), draft_id))


@noun.put("/<uuid:draft_id>", ContentDraftShape(), takes=NewDraftShape())
def rename_draft(body: dict[str, Any], draft_id: UUID) -> Any:
    """修改草稿名称 · Give one's draft another name and note."""
    return drafts.rename(door.actor(), draft_id, body["name"], body["note"], door.now())


@noun.post("/<uuid:draft_id>/closure", ContentDraftShape(), keyed=True)
def close_draft(draft_id: UUID) -> Any:
    """关闭草稿 · Put one's draft away."""
    return drafts.close(door.actor(), draft_id, door.now(), door.idempotency_key())


@noun.get("/<uuid:draft_id>/files", query=PathQuery(), media="application/octet-stream")
def read_draft_file(query: dict[str, Any], draft_id: UUID) -> Response:
    """草稿文件 · The bytes of one file; its ETag is the checksum that a write asks for."""
    path = query["path"]
    data, checksum = drafts.read_file(door.actor(), draft_id, path)
    ending = path[path.rfind(".") :]
    media = _MEDIA.get(ending, "application/octet-stream")
    response = door.download(data, path.rsplit("/", 1)[-1], media, len(data))
    response.set_etag(checksum)
    return response


@noun.put(
    "/<uuid:draft_id>/files",
    DraftFileShape(),
    query=PathQuery(),
    raw=bundles.MAXIMUM_FILE_BYTES,
)
def write_draft_file(query: dict[str, Any], draft_id: UUID) -> Any:
    """保存草稿文件 · Write one file; the body is the file.

    If-Match names the checksum of the version that was opened: 409 if it is another by now.
    Without it there must be no such file yet; `*` overwrites whatever there is.
    """
    path, expected = query["path"], door.expected_version()
    return draft_edits.write_file(
        door.actor(), draft_id, path, door.raw_body(), expected, door.now()
    )


@noun.delete("/<uuid:draft_id>/files", DraftFileShape(), query=PathQuery())
def delete_draft_file(query: dict[str, Any], draft_id: UUID) -> Any:
    """删除草稿文件 · Leave a file out of the draft.

    A file that the draft changed needs If-Match: 409 without it, and if it is another by now.
    """
    expected = door.expected_version()
    return draft_edits.delete_file(door.actor(), draft_id, query["path"], expected, door.now())


@noun.post("/<uuid:draft_id>/files", PathsShape(), takes=StarterShape(), status=201)
def add_starter(body: dict[str, Any], draft_id: UUID) -> Any:
    """新建流程、表单、文书或决策表 · Add a starter: the smallest one that passes the check."""
    given = (body["kind"], body["key"], body["title"])
    more = {"role": body["role"], "layout": body["layout"]}
    return {"paths": draft_starters.add(door.actor(), draft_id, *given, door.now(), **more)}


@noun.post("/<uuid:draft_id>/moves", DraftFileShape(), takes=FileMoveShape())
def move_draft_file(body: dict[str, Any], draft_id: UUID) -> Any:
    """重命名草稿文件 · Give a file another path.

    A file that the draft changed needs If-Match: 409 without it, and if it is another by now.
    """
    path, to, expected = body["path"], body["to"], door.expected_version()
    return draft_edits.move_file(door.actor(), draft_id, path, to, expected, door.now())


@noun.post("/<uuid:draft_id>/restorations", DraftFileShape(), takes=PathShape())
def restore_draft_file(body: dict[str, Any], draft_id: UUID) -> Any:
    """还原草稿文件 · Take back what the draft does to a file.

    A text of the draft's own needs If-Match: 409 without it, and if it is another by now.
    """
    expected = door.expected_version()
    return draft_edits.restore_file(door.actor(), draft_id, body["path"], expected, door.now())


@noun.post("/<uuid:draft_id>/check", CheckedShape())
def check_draft(draft_id: UUID) -> Any:
    """检查草稿 · Name every fault that would keep the draft from being deployed."""
    return {"faults": drafts.check(door.actor(), draft_id)}


@noun.get("/<uuid:draft_id>/vocabulary", DraftVocabularyShape())
def read_vocabulary(draft_id: UUID) -> Any:
    """可选项 · Everything that the draft's diagrams and forms may name, with labels."""
    return draft_vocabulary.of_draft(door.actor(), draft_id, door.now())


@noun.get("/<uuid:draft_id>/differences", DifferencesShape())
def read_differences(draft_id: UUID) -> Any:
    """草稿的改动 · How each file differs from what the draft is based on."""
    return {"files": draft_changes.of_draft(door.actor(), draft_id)}


@noun.get("/<uuid:draft_id>/rebase", RebaseShape())
def read_rebase(draft_id: UUID) -> Any:
    """最新版本 · What was deployed since the draft was begun, and which files both changed."""
    return draft_changes.rebase_of(door.actor(), draft_id)


@noun.post("/<uuid:draft_id>/rebase", RebaseShape(), takes=RebaseChoicesShape())
def rebase_draft(body: dict[str, Any], draft_id: UUID) -> Any:
    """更新到最新版本 · Base the draft on what is deployed now; choose where both changed."""
    keep = {each["path"]: each["keep"] for each in body["keep"]}
    return draft_changes.rebase(door.actor(), draft_id, keep, door.now())


@noun.post("/<uuid:draft_id>/proposal", WholeProposalShape(), takes=ProposeDraftShape(),
           status=201, keyed=True)  # fmt: skip
def propose_draft(body: dict[str, Any], draft_id: UUID) -> Any:
    """提交草稿审批 · Propose what is drafted; others approve it before it is in force."""
    key = door.idempotency_key()
    made = drafts.propose(door.actor(), draft_id, body["note"], door.now(), key)
    return whole_proposal(made)


@noun.get("/<uuid:draft_id>/bundle", media="application/zip")
def export_draft(draft_id: UUID) -> Response:
    """导出草稿 · The draft as the zip that would be deployed."""
    _, bundle = drafts.bundle_of(door.actor(), draft_id)
    name = f"draft-{bundle.checksum[:12]}.zip"
    return door.download(bundles.write_zip(bundle), name, "application/zip")


@noun.post("/<uuid:draft_id>/imports", DifferencesShape(), form=TakeInForm())
def take_in(form: dict[str, Any], draft_id: UUID) -> Any:
    """导入草稿 · Take the files of a zip into one's draft; a dry run only tells what changes."""
    _, data = _uploaded()
    bundle = bundles.read_zip(data)
    return {"files": draft_changes.take_in(door.actor(), draft_id, bundle, door.now(), **form)}


@noun.get("/<uuid:draft_id>/document-sample", SampleShape(), query=KindQuery())
def read_sample(query: dict[str, Any], draft_id: UUID) -> Any:
    """文书样例数据 · Made-up data for a document kind, and the names that its template may use."""
    return draft_previews.sample_of(door.actor(), draft_id, query["kind"])


@noun.post("/<uuid:draft_id>/document-preview", takes=DraftPaperShape(), media="application/pdf")
def preview_paper(body: dict[str, Any], draft_id: UUID) -> Response:
    """预览草稿的文书 · The PDF that the draft's template makes; nothing is kept."""
    given = (body["kind"], body["data"], body["document_id"])
    pdf = draft_previews.render(door.actor(), draft_id, *given, door.now())
    return Response(pdf, mimetype="application/pdf")


def _uploaded() -> tuple[str, bytes]:
    file = door.uploaded_file()
    return file.filename or "", file.stream.read(bundles.MAXIMUM_BYTES + 1)


def _whole(whole: Whole) -> dict[str, Any]:
    kept = whole.draft
    return {
        **{name: getattr(kept, name) for name in ContentDraftShape._declared_fields},
        "base_is_old": whole.base_is_old,
        "is_mine": whole.is_mine,
        "files": whole.files,
    }
