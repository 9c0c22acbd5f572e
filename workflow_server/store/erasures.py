"""Takes the content of a case off its rows; what stays says that something was there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from workflow_server.store.attachments import Attachment
from workflow_server.store.blobs import blobs
from workflow_server.store.db import session, table
from workflow_server.store.deadlines import Deadline, DeadlineAlert
from workflow_server.store.deliveries import Delivery, DeliveryEnclosure, DeliveryStatus
from workflow_server.store.documents import Document, DocumentStatus
from workflow_server.store.history import HistoryRow, digest_left
from workflow_server.store.incidents import Incident
from workflow_server.store.jobs import Job, JobStatus
from workflow_server.store.notices import Notice
from workflow_server.store.records import Record
from workflow_server.store.subscriptions import ReceivedMessage
from workflow_server.store.tasks import Task

#: What stands where a text was.
ERASED = "（内容已清除）"
#: Letters that nobody at the recipient's has taken yet.
_RECALLED = (DeliveryStatus.WAITING, DeliveryStatus.PAPER, DeliveryStatus.UNCLAIMED)


@dataclass(frozen=True, slots=True)
class Titles:
    """What the papers and records of a case are called once their own titles are gone."""

    documents: Mapping[str, str]
    records: Mapping[str, str]


def erase(instance_id: UUID, keep: Sequence[str], titles: Titles) -> dict[str, Any]:
    """Empty all rows of a case but its own and its history; returns what there was.

    Records of the kinds `keep` stay as they are.
    """
    told = {
        "documents": _erase_documents(instance_id, titles.documents),
        "files": _erase_files(instance_id),
        "records": _erase_records(instance_id, keep, titles.records),
        "letters": _erase_letters(instance_id),
    }
    _erase_clocks(instance_id)
    _write(Task, Task.instance_id == instance_id, draft=None, draft_by=None)
    _write(Notice, Notice.instance_id == instance_id, text=ERASED)
    _write(Incident, Incident.instance_id == instance_id, message=ERASED)
    done = sa.and_(Job.instance_id == instance_id, Job.status == JobStatus.DONE)
    _write(Job, done, payload={}, error=None)
    return told


def drop_jobs(instance_id: UUID, but: Sequence[str]) -> None:
    """Take back what was still to be done for a case, but jobs of some kinds."""
    _remove(
        Job,
        sa.and_(
            Job.instance_id == instance_id,
            Job.kind.not_in(but),
            Job.status.in_([JobStatus.READY, JobStatus.FAILED]),
        ),
    )


def erase_history(chain_id: UUID) -> list[list[Any]]:
    """Take data and answers off the acts of a chain; returns the number and digest of each.

    The digest covers what stays of the act, with its hash: that binds what it once said.
    """
    rows = table(HistoryRow)
    said = sa.or_(rows.c.data.is_not(None), rows.c.answer.is_not(None))
    held = session().execute(
        sa.select(rows).where(rows.c.chain_id == chain_id, said).order_by(rows.c.seq)
    )
    emptied = [[row.seq, digest_left(dict(row._mapping)).hex()] for row in held]
    session().execute(
        sa.update(rows)
        .where(rows.c.chain_id == chain_id, said)
        .values(data=sa.null(), answer=sa.null())
    )
    return emptied


def _erase_documents(instance_id: UUID, titles: Mapping[str, str]) -> int:
    # Held: a worker may be about to write down the pages of one.
    query = sa.select(Document).where(Document.instance_id == instance_id).order_by(Document.id)
    held = session().scalars(query.with_for_update(of=Document)).all()
    digests = {row.sha256 for row in held if row.sha256 is not None}
    for row in held:
        row.title = titles.get(row.kind, ERASED)
        row.filename, row.data, row.status = "", {}, DocumentStatus.ERASED
        row.sha256 = row.size = row.pages = row.rendered_at = None
    session().flush()
    unlink(digests)
    return len(held)


def _erase_files(instance_id: UUID) -> int:
    held = _rows(Attachment, Attachment.instance_id == instance_id)
    digests = {row.sha256 for row in held}
    ids = [row.id for row in held]
    _remove(DeliveryEnclosure, DeliveryEnclosure.enclosed_id.in_(ids))
    _remove(Attachment, Attachment.id.in_(ids))
    unlink(digests)
    return len(held)


def unlink(digests: set[str]) -> None:
    """Delete bytes that no paper and no file is made of any more.

    Before the commit: a crash may leave a row whose bytes are gone, and the next try empties it.
    """
    for model in (Document, Attachment):
        still = session().scalars(sa.select(model.sha256).where(model.sha256.in_(digests)))
        digests = digests - set(still)
    for digest in digests:
        with suppress(FileNotFoundError):
            blobs().remove(digest)


def _erase_records(instance_id: UUID, keep: Sequence[str], titles: Mapping[str, str]) -> int:
    held = _rows(Record, Record.instance_id == instance_id, Record.kind.not_in(keep))
    for row in held:
        row.title, row.fields = titles.get(row.kind, ERASED), {}
    return len(held)


def _erase_letters(instance_id: UUID) -> list[dict[str, Any]]:
    """Empty what the case wrote to others; say which letters others have, to be called back."""
    letters = []
    held = _rows(Delivery, Delivery.instance_id == instance_id)
    for row in held:
        if row.status in _RECALLED and row.acknowledged_at is None and not _on_paper(row):
            row.status = DeliveryStatus.RECALLED
        else:
            at = row.delivered_at.isoformat() if row.delivered_at is not None else None
            letters.append({"type": row.type, "to": str(row.recipient_id), "delivered_at": at})
        row.payload, row.note = {}, None
    recalled = [row.id for row in held if row.status == DeliveryStatus.RECALLED]
    _remove(ReceivedMessage, ReceivedMessage.id.in_(recalled))
    sent = ReceivedMessage.id.in_([row.id for row in held])
    taken = ReceivedMessage.instance_id == instance_id
    _write(ReceivedMessage, sa.or_(sent, taken), payload={})
    _write(Incident, Incident.delivery_id.in_([row.id for row in held]), message=ERASED)
    return letters


def _on_paper(row: Delivery) -> bool:
    return row.status == DeliveryStatus.PAPER and row.delivered_at is not None


def _erase_clocks(instance_id: UUID) -> None:
    held = _rows(Deadline, Deadline.instance_id == instance_id)
    for row in held:
        row.label = row.rule_row.get("label") or row.rule
        row.explanation, row.revisions, row.terms, row.stopped_for = ERASED, [], [], None
    alerts = DeadlineAlert.deadline_id.in_([row.id for row in held])
    _write(DeadlineAlert, alerts, text=ERASED)


def _rows(model: Any, *which: Any) -> Sequence[Any]:
    return session().scalars(sa.select(model).where(*which).order_by(model.id)).all()


def _write(model: Any, which: Any, **values: Any) -> None:
    session().execute(
        sa.update(model).where(which).values(**values).execution_options(synchronize_session=False)
    )


def _remove(model: Any, which: Any) -> None:
    session().execute(sa.delete(model).where(which).execution_options(synchronize_session=False))
