"""What persons were told of their cases, until they have read it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from workflow_server.store.access import TeamMember
from workflow_server.store.db import Model, session, total_of
from workflow_server.store.records import Record
from workflow_server.store.sight import Sight
from workflow_server.store.tasks import Task, TaskStatus
from workflow_server.store.types import UtcDateTime, UuidColumn, new_id

_UNREAD = sa.text("read_at IS NULL")


class Notice(Model):
    """A sentence to one person: the number of a case and what there is to know, nothing more."""

    __tablename__ = "notices"
    __table_args__ = (
        sa.Index("ix_notices_person_id_id", "person_id", "id"),
        sa.Index("ix_notices_unread", "person_id", sqlite_where=_UNREAD, postgresql_where=_UNREAD),
    )

    id: Mapped[UUID] = mapped_column(UuidColumn, primary_key=True, default_factory=new_id)
    person_id: Mapped[UUID] = mapped_column(UuidColumn, sa.ForeignKey("people.id"))
    organisation_id: Mapped[UUID] = mapped_column(UuidColumn, sa.ForeignKey("organisations.id"))
    instance_id: Mapped[UUID] = mapped_column(UuidColumn, sa.ForeignKey("process_instances.id"))
    deadline_id: Mapped[UUID | None] = mapped_column(UuidColumn, default=None)
    kind: Mapped[str] = mapped_column(sa.Text)
    text: Mapped[str] = mapped_column(sa.Text)
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)


def add_all(rows: Sequence[Notice]) -> None:
    """Put notices down."""
    session().add_all(rows)


def count_unread(person_id: UUID) -> int:
    """Return how many notices a person has not read."""
    query = (
        sa.select(sa.func.count())
        .select_from(Notice)
        .where(Notice.person_id == person_id, _unread())
    )
    return session().scalar(query) or 0


def list_(
    person_id: UUID,
    sight: Sight,
    *,
    unread: bool = False,
    page: int = 1,
    page_size: int = 20,
) -> tuple[list[tuple[Notice, bool]], int]:
    """Return a person's notices, the newest first, each with whether its case is in sight.

    The second is how many there are.
    """
    wanted = [Notice.person_id == person_id, *([_unread()] if unread else [])]
    offset = (page - 1) * page_size
    query = sa.select(Notice, sight.of(Notice.instance_id)).where(*wanted)
    ordered = query.order_by(Notice.id.desc()).limit(page_size).offset(offset)
    rows = [(row[0], bool(row[1])) for row in session().execute(ordered)]
    counted = sa.select(sa.func.count()).select_from(Notice).where(*wanted)
    return rows, total_of(len(rows), page_size, offset, counted)


def find(person_id: UUID, notice_id: UUID) -> Notice | None:
    """Return a notice of a person, if it is theirs."""
    notice = session().get(Notice, notice_id)
    return notice if notice is not None and notice.person_id == person_id else None


def read(person_id: UUID, now: datetime, notice_ids: Sequence[UUID] | None) -> None:
    """Mark a person's notices as read: those named, or all."""
    wanted = [Notice.person_id == person_id, _unread()]
    if notice_ids is not None:
        wanted.append(Notice.id.in_(notice_ids))
    _read(wanted, now)


def read_up_to(notice: Notice, now: datetime) -> None:
    """Mark a notice as read, and what the person was told of the same clock before it."""
    same = Notice.id == notice.id
    if notice.deadline_id is not None:
        same = sa.and_(Notice.deadline_id == notice.deadline_id, Notice.id <= notice.id)
    _read([Notice.person_id == notice.person_id, _unread(), same], now)


def _read(wanted: Sequence[sa.ColumnElement[bool]], now: datetime) -> None:
    session().execute(
        sa.update(Notice)
        .where(*wanted)
        .values(read_at=now)
        .execution_options(synchronize_session=False)
    )


def number_of(record_id: UUID | None) -> str | None:
    """Return the number of the record that a clock stands with."""
    if record_id is None:
        return None
    return session().scalar(sa.select(Record.number).where(Record.id == record_id))


def list_handlers(instance_id: UUID) -> Sequence[UUID]:
    """Return who works on a case: its team, and who has one of its open tasks."""
    team = sa.select(TeamMember.person_id).where(TeamMember.instance_id == instance_id)
    doing = sa.select(Task.assignee_id).where(
        Task.instance_id == instance_id,
        Task.status == TaskStatus.OPEN,
        Task.assignee_id.is_not(None),
    )
    return [row[0] for row in session().execute(team.union(doing))]


def _unread() -> sa.ColumnElement[bool]:
    return Notice.read_at.is_(None)
