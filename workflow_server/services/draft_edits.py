"""Single files of a draft: written, left out, restored, renamed; no text is lost unseen."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from workflow_server.errors import NotFound
from workflow_server.events import Event
from workflow_server.services import draft_files, drafts
from workflow_server.services.actors import Actor
from workflow_server.services.draft_files import FileInDraft
from workflow_server.store import drafts as store
from workflow_server.store.db import session, transaction
from workflow_server.store.drafts import Draft

#: Editors save as one goes: what the same person writes on in a file so soon is one act.
SITTING = timedelta(minutes=10)


def write_file(
    actor: Actor, draft_id: UUID, path: str, data: bytes, expected: str | None, now: datetime
) -> FileInDraft:
    """Write a file if it still is what was opened: `expected` is its checksum then.

    None is for a file that there is not yet, `draft_files.ANY` overwrites whatever there is.
    """
    draft_files.check_path(path)
    with transaction():
        draft = drafts.hold(actor, draft_id)
        before = _one(draft, path)
        # Who repeats a write whose answer was lost is told what they would have been.
        if before.checksum == draft_files.checksum_of(data):
            return before
        draft_files.check_expected(path, before.checksum, expected)
        drafts.put_all(actor, draft, {path: data}, now)
        after = _one(draft, path)
        if not _is_one_sitting(before, actor, now):
            _tell(actor, draft, after, "written", now)
        return after


def delete_file(
    actor: Actor, draft_id: UUID, path: str, expected: str | None, now: datetime
) -> FileInDraft:
    """Leave a file out; what the draft did to it is gone, so `expected` must name that then."""
    with transaction():
        draft = drafts.hold(actor, draft_id)
        draft_files.check_loss(_there(draft, path), expected)
        drafts.put_all(actor, draft, {path: None}, now)
        after = _one(draft, path)
        _tell(actor, draft, after, "deleted", now)
        return after


def restore_file(
    actor: Actor, draft_id: UUID, path: str, expected: str | None, now: datetime
) -> FileInDraft:
    """Take back what the draft does to a file: it is again as it was deployed.

    A text of the draft's own is gone then, so `expected` must name it.
    """
    with transaction():
        draft = drafts.hold(actor, draft_id)
        before = _one(draft, path)
        if before.checksum is not None:
            draft_files.check_loss(before, expected)
        store.drop_files(draft.id, [path])
        draft.changed_at = now
        session().flush()
        draft_files.check_room(draft, {})
        after = _one(draft, path)
        if before != after:
            _tell(actor, draft, after, "restored", now)
        return after


def move_file(
    actor: Actor, draft_id: UUID, path: str, to: str, expected: str | None, now: datetime
) -> FileInDraft:
    """Give a file another path, with the text that whoever asks has seen."""
    draft_files.check_path(to)
    with transaction():
        draft = drafts.hold(actor, draft_id)
        draft_files.check_loss(_there(draft, path), expected)
        draft_files.check_expected(to, _one(draft, to).checksum, None)
        data = draft_files.contents(draft)[path]
        drafts.put_all(actor, draft, {path: None, to: data}, now)
        after = _one(draft, to)
        _tell(actor, draft, after, "moved", now, moved_from=path)
        return after


def _one(draft: Draft, path: str) -> FileInDraft:
    found = next((each for each in draft_files.list_(draft) if each.path == path), None)
    return found or FileInDraft(path, draft_files.kind_of(path), "removed", 0, None)


def _there(draft: Draft, path: str) -> FileInDraft:
    found = _one(draft, path)
    if found.checksum is None:
        raise NotFound(f"草稿里没有文件 {path[:200]}。 Expected the file, but there is none.")
    return found


def _is_one_sitting(before: FileInDraft, actor: Actor, now: datetime) -> bool:
    return (
        before.changed_by == actor.person_id
        and before.changed_at is not None
        and now - before.changed_at < SITTING
    )


def _tell(
    actor: Actor, draft: Draft, file: FileInDraft, what: str, now: datetime, **more: str
) -> None:
    event = Event.CONTENT_DRAFT_FILE_CHANGED
    told = {"path": file.path, "change": what, "checksum": file.checksum, **more}
    drafts.tell(actor, event, draft, now, more=told)
