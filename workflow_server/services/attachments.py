"""Takes in the files that persons bring, and hands them out to who may read them."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from workflow_server.errors import InvalidInput, NotFound
from workflow_server.events import Event
from workflow_server.services import access, duties, file_types, history, masking, views
from workflow_server.services.veils import Veil, leaves
from workflow_server.store import attachments as store
from workflow_server.store import deliveries
from workflow_server.store.attachments import Attachment
from workflow_server.store.blobs import Blob, Incoming, blobs
from workflow_server.store.db import settings, transaction
from workflow_server.store.history import ATTACHMENTS, Act

if TYPE_CHECKING:
    from workflow_server.services.actors import Actor
    from workflow_server.services.situation import Situation

#: A temporary file this old (seconds) belongs to nobody any more.
_ABANDONED = 24 * 3600


_PICKED = frozenset({"file"})


class EmptyFile(InvalidInput):
    """文件为空"""


class OwnerUnclear(InvalidInput):
    """附件归属不明"""


def add(
    actor: Actor,
    chunks: Iterable[bytes],
    name: str,
    now: datetime,
    *,
    organisation_id: UUID | None = None,
    task_id: UUID | None = None,
    idempotency_key: str | None = None,
) -> Attachment:
    """Take a file in for a task, or, for the form that starts an instance, for an organisation.

    The bytes go to disk as they come; they are refused as soon as they are too many, and
    nothing is left of what was refused. Without task and organisation the file belongs to
    the one organisation the actor works in. The same bytes under the same key are the first
    attachment again.
    """
    clean = file_types.check_name(name)
    owner, instance_id = _owner(actor, organisation_id, task_id)
    limit = settings().attachment_mb * (1 << 20)
    incoming = blobs().receive(chunks, limit)
    place = [organisation_id, task_id]
    sha256 = incoming.blob.sha256
    asked = history.asked(actor, idempotency_key, "attachments.add", clean, place, sha256)
    blob, media_type = _accept(incoming, clean, asked, lambda: _check_task(actor, task_id))
    attachment = Attachment(
        organisation_id=owner,
        person_id=actor.person_id,
        instance_id=instance_id,
        task_id=task_id,
        name=clean,
        media_type=media_type,
        size=blob.size,
        sha256=blob.sha256,
        added_at=now,
    )
    with transaction():
        first = history.first_answer(asked)
        if first is not None:
            return store.get(UUID(first["attachment_id"]))
        _check_task(actor, task_id)
        store.add(attachment)
        answer = {"attachment_id": str(attachment.id)}
        act = Act(at=now, act=Event.ATTACHMENT_ADDED, by=actor.stamp(owner), data=answer)
        history.append_to_area(ATTACHMENTS, act, asked, answer)
    return attachment


def get(actor: Actor, attachment_id: UUID) -> Attachment:
    """Return a file of the actor's own, of a case that they see, or of a letter that they see."""
    attachment = store.find(attachment_id)
    if attachment is not None and _may_read(actor, attachment):
        return attachment
    raise NotFound(f"未找到附件。 Expected attachment {attachment_id}, but there is none.")


def download(actor: Actor, attachment_id: UUID) -> tuple[Attachment, Iterator[bytes]]:
    """Return a file and its bytes, chunk by chunk."""
    attachment = get(actor, attachment_id)
    if attachment.instance_id is not None:
        classes = masking.sensitive_file(actor, attachment.instance_id, attachment.id)
        views.note(actor, attachment.instance_id, "attachment", attachment.id, classes)
    return attachment, blobs().read(attachment.sha256)


def list_(actor: Actor, instance_id: UUID) -> list[Attachment]:
    """Return the files of an instance that the actor may see, oldest first."""
    access.see_instance(actor, instance_id)
    veil = masking.of(actor, instance_id, whole=True)
    return [row for row in store.list_(instance_id) if not _is_hidden(actor, row, veil)]


def list_readable(actor: Actor, ids: Collection[UUID]) -> list[Attachment]:
    """Return which of these files, of cases and letters, somebody may read."""
    found = store.list_in_sight(ids, access.sight(actor)) if ids else []
    rest = [row for row, is_seen, has_arrived in found if is_seen and not has_arrived]
    veils = masking.over(actor, (row.instance_id for row in rest), whole=True)
    readable = {
        row.id
        for row in rest
        if row.instance_id is not None and not _is_hidden(actor, row, veils[row.instance_id])
    }
    return [row for row, _, has_arrived in found if has_arrived or row.id in readable]


def find_mentioned(values: Iterable[Any], situation: Situation) -> list[Attachment]:
    """Return the files of a case whose ids stand anywhere in these values.

    Of the case are files that were brought in it, and those that somebody picked in its forms;
    an id that was merely typed opens no file of another case.
    """
    ids = dict.fromkeys(_ids_in(list(values)))
    if not ids:
        return []
    picked = set(_ids_in(list(_picked(situation))))
    case = situation.instance
    return [
        row
        for row in store.list_by_id(ids)
        if row.organisation_id == case.organisation_id
        and (row.instance_id == case.id or row.id in picked)
    ]


def adopt(picked: Collection[UUID], instance_id: UUID) -> None:
    """Let files picked in a form belong to its case, unless they belong to one already."""
    if picked:
        store.adopt(picked, instance_id)


def sweep() -> int:
    """Remove what interrupted uploads left behind; return how many files that were."""
    # Real time, not the business clock: it is compared with the file system's.
    return blobs().sweep(time.time() - _ABANDONED)


def _owner(
    actor: Actor, organisation_id: UUID | None, task_id: UUID | None
) -> tuple[UUID, UUID | None]:
    if task_id is not None:
        task = duties.get_task(actor, task_id)
        return task.organisation_id, task.instance_id
    if organisation_id is None and len(actor.organisation_ids) == 1:
        return next(iter(actor.organisation_ids)), None
    if organisation_id not in actor.organisation_ids:
        raise OwnerUnclear(
            "请指明附件所属的任务或本人所在单位。"
            " Expected a task or an organisation of the actor's for the file, but got neither."
        )
    return organisation_id, None


def _check_task(actor: Actor, task_id: UUID | None) -> None:
    """Refuse a new file for a task that is done, or that the actor must keep away from."""
    if task_id is not None:
        duties.check_may_work(actor, duties.get_task(actor, task_id))


def _accept(
    incoming: Incoming, name: str, asked: history.Asked | None, check: Callable[[], None]
) -> tuple[Blob, str]:
    try:
        # A key that was used for another file is refused here; the same file is no new one.
        if history.first_answer(asked) is None:
            check()
        if incoming.blob.size == 0:
            raise EmptyFile("文件是空的。 Expected a file with content, but it has zero bytes.")
        media_type = file_types.identify(name, incoming.path)
    except BaseException:
        blobs().drop(incoming)
        raise
    return blobs().keep(incoming), media_type


def _may_read(actor: Actor, attachment: Attachment) -> bool:
    sight = access.sight(actor)
    if attachment.instance_id is None:
        # Of no case yet, it is its bringer's alone.
        is_mine = attachment.person_id == actor.person_id
    else:
        is_mine = sight.sees(attachment.instance_id) and not _is_hidden(actor, attachment)
    return is_mine or deliveries.reached(attachment.id, sight)


def _is_hidden(actor: Actor, attachment: Attachment, veil: Veil | None = None) -> bool:
    """Tell whether a file of somebody else stands in a field that is hidden from the actor."""
    if attachment.instance_id is None or attachment.person_id == actor.person_id:
        return False
    veil = veil or masking.of(actor, attachment.instance_id, whole=True)
    return veil.hides_file(attachment.id)


def _picked(situation: Situation) -> Iterator[Any]:
    """Yield what was answered in the case's fields for files; it was checked as it was taken."""
    forms = {start.element_id: start.form for start in situation.process.starts}
    forms |= {each.id: each.form for each in situation.process.elements.values() if each.form}
    for element_id, given in situation.variables.get("answers", {}).items():
        form = situation.content.forms.get(forms.get(element_id) or "")
        fields = form.fields.items() if form is not None else ()
        files = {path: _PICKED for path, info in fields if info.type == "filepicker"}
        yield from (leaf for leaf, _ in leaves(files, given))


def _ids_in(value: Any) -> Iterator[UUID]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _ids_in(item)
    elif isinstance(value, str) and len(value) == 36:
        try:
            yield UUID(value)
        except ValueError:
            return
