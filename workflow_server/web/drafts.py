"""Drafts in pages: their files, faults and differences, and what is done with a whole draft."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.utils import redirect

from workflow_server.content import bundle as bundles
from workflow_server.content.refusals import ContentRefused
from workflow_server.errors import Fault, InvalidInput, WorkflowServerError
from workflow_server.services import (
    draft_changes,
    draft_edits,
    draft_files,
    draft_starters,
    draft_vocabulary,
    drafts,
)
from workflow_server.services.draft_changes import FileChange
from workflow_server.web import door
from workflow_server.web.designs import pages

#: Kinds of files in the order in which a draft's page shows them.
_KINDS = ("diagram", "form", "document", "decision", "shared")
#: What is edited with an editor of its own; the rest is text.
_PICTURES = (".png", ".jpg", ".pdf")


@pages.before_request
def _check_may_look() -> None:
    """Refuse an outsider whatever they send, and before they are asked for anything."""
    if request.path.startswith("/designs/drafts"):
        drafts.check_may_look(door.actor(), (request.view_args or {}).get("draft_id"))


@pages.get("/designs/drafts")
def show_drafts() -> ResponseReturnValue:
    """Drafts stand on the page of designs."""
    return door.to("web.designs.show")


@pages.get("/designs/drafts/new")
def show_new() -> Response:
    """Ask what a new draft is called, and what it begins from."""
    return _new(None)


@pages.post("/designs/drafts")
def begin() -> ResponseReturnValue:
    """Begin a draft of what is deployed, or from a file."""
    given, actor, now = request.form, door.actor(), door.now()
    file = request.files.get("file")
    try:
        if given.get("path"):
            draft_files.check_path(given["path"])
        files = None
        if file is not None and file.filename:
            data = file.stream.read(bundles.MAXIMUM_BYTES + 1)
            files = draft_changes.uploaded(file.filename, data)
        draft = drafts.create(actor, given.get("name", ""), given.get("note", ""), now, files=files)
    except WorkflowServerError as error:
        return _new(error)
    if given.get("path"):
        address = url_for("web.designs.edit_file", draft_id=draft.id, path=given["path"])
        return redirect(address, 303)
    return door.to("web.designs.show_draft", notice="draft_begun", draft_id=draft.id)


@pages.get("/designs/drafts/<uuid:draft_id>")
def show_draft(draft_id: UUID) -> Response:
    """Show a draft: its files by kind, and what can be done with it."""
    return _draft(draft_id)


@pages.get("/designs/drafts/<uuid:draft_id>/check")
def show_check(draft_id: UUID) -> Response:
    """Show the faults that would keep a draft from being deployed; fetched by the draft's page."""
    actor = door.actor()
    faults = drafts.check(actor, draft_id)
    return door.render(
        "designs/check.html",
        draft_id=draft_id,
        faults=faults,
        paths={each.path for each in drafts.get(actor, draft_id).files},
    )


@pages.get("/designs/drafts/<uuid:draft_id>/differences")
def show_differences(draft_id: UUID) -> Response:
    """Show how each changed file differs from what is deployed."""
    actor = door.actor()
    return door.render(
        "designs/differences.html",
        draft=drafts.see(actor, draft_id),
        changes=draft_changes.of_draft(actor, draft_id),
    )


@pages.post("/designs/drafts/<uuid:draft_id>/name")
def rename_draft(draft_id: UUID) -> ResponseReturnValue:
    """Give a draft another name and note."""
    given = request.form
    try:
        drafts.rename(
            door.actor(), draft_id, given.get("name", ""), given.get("note", ""), door.now()
        )
    except InvalidInput as error:
        return _draft(draft_id, "name", error)
    return _back(draft_id, "saved")


@pages.post("/designs/drafts/<uuid:draft_id>/closure")
def close_draft(draft_id: UUID) -> ResponseReturnValue:
    """Put a draft away."""
    drafts.close(door.actor(), draft_id, door.now())
    return door.to("web.designs.show", notice="draft_closed")


@pages.post("/designs/drafts/<uuid:draft_id>/files")
def add_file(draft_id: UUID) -> ResponseReturnValue:
    """Add a starter and open it."""
    given = request.form
    more = {name: given.get(name) or None for name in ("role", "layout")}
    try:
        paths = draft_starters.add(
            door.actor(),
            draft_id,
            _kind(given.get("kind", "")),
            given.get("key", "").strip(),
            given.get("title", ""),
            door.now(),
            **more,
        )
    except WorkflowServerError as error:
        return _draft(draft_id, "new", error)
    return redirect(url_for("web.designs.edit_file", draft_id=draft_id, path=paths[0]), 303)


@pages.post("/designs/drafts/<uuid:draft_id>/file-acts")
def act_on_file(draft_id: UUID) -> ResponseReturnValue:
    """Leave a file out, take back what was done to it, or give it another path."""
    given, actor, now = request.form, door.actor(), door.now()
    path, expected = given.get("path", ""), given.get("expected") or None
    try:
        match given.get("act"):
            case "delete":
                draft_edits.delete_file(actor, draft_id, path, expected, now)
            case "restore":
                draft_edits.restore_file(actor, draft_id, path, expected, now)
            case "move":
                to = given.get("to", "").strip()
                draft_edits.move_file(actor, draft_id, path, to, expected, now)
            case _:
                raise InvalidInput(
                    "请选择要做什么。 Expected an act on a file: delete, restore or move.",
                    [Fault("#/act", "请选择要做什么")],
                )
    except WorkflowServerError as error:
        return _draft(draft_id, "files", error)
    return _back(draft_id, "saved")


@pages.post("/designs/drafts/<uuid:draft_id>/proposal")
def propose_draft(draft_id: UUID) -> ResponseReturnValue:
    """Propose what is drafted, and lead to the proposal."""
    note = request.form.get("note", "").strip()
    try:
        if not note:
            raise InvalidInput(
                "请写明改了什么、为什么改。 Say what changes, and why.",
                [Fault("#/note", "请写明改了什么、为什么改")],
            )
        made = drafts.propose(door.actor(), draft_id, note, door.now())
    except WorkflowServerError as error:
        return _draft(draft_id, "propose", error)
    return door.to("web.designs.show_proposal", notice="proposed", proposal_id=made.proposal.id)


@pages.post("/designs/drafts/<uuid:draft_id>/rebase")
def rebase_draft(draft_id: UUID) -> ResponseReturnValue:
    """Bring a draft up to date with what is deployed now."""
    keep = {
        name.removeprefix("keep:"): value
        for name, value in request.form.items()
        if name.startswith("keep:")
    }
    try:
        draft_changes.rebase(door.actor(), draft_id, keep, door.now())
    except WorkflowServerError as error:
        return _draft(draft_id, "rebase", error)
    return _back(draft_id, "draft_rebased")


@pages.post("/designs/drafts/<uuid:draft_id>/imports")
def take_in(draft_id: UUID) -> ResponseReturnValue:
    """Take the files of a zip into a draft, or only show what would change."""
    given, is_trial = request.form, "try" in request.form
    try:
        changes = _taken(draft_id, whole="whole" in given, dry_run=is_trial)
    except WorkflowServerError as error:
        if is_trial:
            # htmx puts only what went well into a page.
            return door.render("designs/imported.html", changes=(), error=error)
        return _draft(draft_id, "import", error)
    if is_trial:
        return door.render("designs/imported.html", changes=changes, error=None)
    return _back(draft_id, "draft_filled")


def _taken(draft_id: UUID, *, whole: bool, dry_run: bool) -> list[FileChange]:
    file = request.files.get("file")
    if file is None or not file.filename:
        raise ContentRefused(
            "请选择流程包（.zip）。 Choose a zip.", [Fault("file", "请选择流程包（.zip）")]
        )
    bundle = bundles.read_zip(file.stream.read(bundles.MAXIMUM_BYTES + 1))
    return draft_changes.take_in(
        door.actor(), draft_id, bundle, door.now(), whole=whole, dry_run=dry_run
    )


@pages.get("/designs/drafts/<uuid:draft_id>/files/<path:path>")
def edit_file(draft_id: UUID, path: str) -> Response:
    """Open a file in the editor of its kind."""
    actor = door.actor()
    whole = drafts.get(actor, draft_id)
    drafts.read_file(actor, draft_id, path)
    draft = {
        "id": whole.draft.id,
        "name": whole.draft.name,
        "may_write": whole.is_mine,
    }
    context: dict[str, Any] = {"draft": draft, "path": path, "folder": path.rsplit("/", 1)[0]}
    return door.render(f"designs/{_editor(path)}.html", **context)


def _editor(path: str) -> str:
    if request.args.get("as") == "text" and not path.endswith(_PICTURES):
        return "text"
    if path.endswith(".bpmn"):
        return "diagram"
    if path.startswith("forms/"):
        return "form"
    if path.endswith(_PICTURES):
        return "picture"
    parts = path.split("/")
    if parts[0] == "documents" and parts[1] != "base" and len(parts) > 2:
        return "template"
    return "text"


def _kind(given: str) -> str:
    if given not in draft_starters.KINDS:
        raise InvalidInput("请选择要新建什么。 Choose what to make.", [Fault("#/kind", "请选择")])
    return given


def _back(draft_id: UUID, notice: str) -> ResponseReturnValue:
    return door.to("web.designs.show_draft", notice=notice, draft_id=draft_id)


def _new(error: WorkflowServerError | None) -> Response:
    return door.render(
        "designs/new.html",
        422 if error else 200,
        error=error,
        given=request.form or request.args,
        most=bundles.MAXIMUM_BYTES // 1_000_000,
    )


def _draft(
    draft_id: UUID, faulty: str | None = None, error: WorkflowServerError | None = None
) -> Response:
    actor = door.actor()
    whole = drafts.get(actor, draft_id)
    by_kind = {kind: [each for each in whole.files if each.kind == kind] for kind in _KINDS}
    return door.render(
        "designs/draft.html",
        200 if error is None else 422,
        draft=whole.draft,
        is_mine=whole.is_mine,
        files=by_kind,
        changed=sum(each.change != "same" for each in whole.files),
        paths={each.path for each in whole.files},
        rebase=draft_changes.rebase_of(actor, draft_id) if whole.base_is_old else None,
        roles=draft_vocabulary.roles_of(actor, draft_id) if whole.is_mine else (),
        layouts=draft_starters.LAYOUTS,
        faulty=faulty,
        error=error,
        given=request.form,
        most=bundles.MAXIMUM_BYTES // 1_000_000,
    )
