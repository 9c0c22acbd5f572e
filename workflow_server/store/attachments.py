"""Files that persons brought: what they are called, whose they are and which bytes they hold."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from workflow_server.errors import NotFound
from workflow_server.store import deliveries
from workflow_server.store.db import Model, session
from workflow_server.store.sight import Sight
from workflow_server.store.types import UtcDateTime, UuidColumn, new_id


class Attachment(Model):
    """A file that was brought; equal bytes lie in the blob store once."""

    __tablename__ = "attachments"

    id: Mapped[UUID] = mapped_column(UuidColumn, primary_key=True, default_factory=new_id)
    organisation_id: Mapped[UUID] = mapped_column(
        UuidColumn, sa.ForeignKey("organisations.id"), index=True
    )
    person_id: Mapped[UUID] = mapped_column(UuidColumn)
    instance_id: Mapped[UUID | None] = mapped_column(UuidColumn, index=True, default=None)
    task_id: Mapped[UUID | None] = mapped_column(UuidColumn, index=True, default=None)
    name: Mapped[str] = mapped_column(sa.Text)
    media_type: Mapped[str] = mapped_column(sa.Text)
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(sa.Text, index=True)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)


def add(attachment: Attachment) -> None:
    """Put a file down."""
    session().add(attachment)


def adopt(ids: Collection[UUID], instance_id: UUID) -> None:
    """Give files that belong to no instance yet to one."""
    session().execute(
        sa.update(Attachment)
        .where(Attachment.id.in_(ids), Attachment.instance_id.is_(None))
        .values(instance_id=instance_id)
    )


def find(attachment_id: UUID) -> Attachment | None:
    """Return a file, if there is one."""
    return session().get(Attachment, attachment_id)


def get(attachment_id: UUID) -> Attachment:
    """Return a file."""
    attachment = find(attachment_id)
    if attachment is None:
        raise NotFound(f"未找到附件。 Expected attachment {attachment_id}, but there is none.")
    return attachment


def list_by_id(ids: Collection[UUID]) -> list[Attachment]:
    """Return the files of these ids that exist."""
    return list(session().scalars(sa.select(Attachment).where(Attachment.id.in_(ids))))


def list_in_sight(ids: Collection[UUID], sight: Sight) -> list[tuple[Attachment, bool, bool]]:
    """Return these files; whether each is of a case in sight, and came in a letter in sight."""
    seen = sight.of(Attachment.instance_id).label("seen")
    arrived = Attachment.id.in_(deliveries.received(sight)).label("arrived")
    query = sa.select(Attachment, seen, arrived).where(Attachment.id.in_(ids))
    return [(row[0], bool(row[1]), bool(row[2])) for row in session().execute(query)]


def list_(instance_id: UUID) -> list[Attachment]:
    """Return an instance's files, oldest first."""
    return list(
        session().scalars(
            sa.select(Attachment)
            .where(Attachment.instance_id == instance_id)
            .order_by(Attachment.added_at, Attachment.id)
        )
    )
