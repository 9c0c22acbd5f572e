"""Drafts: a designer's working copy of the content, kept as what differs from a deployment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, column_property, mapped_column

from workflow_server.errors import NotFound
from workflow_server.store.db import Model, session, total_of
from workflow_server.store.people import Person
from workflow_server.store.types import UtcDateTime, UuidColumn


class Draft(Model):
    """A working copy; it touches nothing that runs until it is proposed and approved."""

    __tablename__ = "drafts"
    __table_args__ = (
        sa.Index("ix_drafts_status_id", "status", "id"),
        sa.Index("ix_drafts_owner_id_id", "owner_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(UuidColumn, primary_key=True)
    name: Mapped[str] = mapped_column(sa.Text)
    note: Mapped[str] = mapped_column(sa.Text, default="")
    #: "open", "proposed" or "closed".
    status: Mapped[str] = mapped_column(sa.Text, default="open")
    #: The deployment that it differs from.
    base_id: Mapped[UUID] = mapped_column(UuidColumn, sa.ForeignKey("deployments.id"))
    owner_id: Mapped[UUID] = mapped_column(UuidColumn, sa.ForeignKey("people.id"))
    owner_name: Mapped[str] = column_property(
        sa.select(Person.name).where(Person.id == owner_id).scalar_subquery()
    )
    #: In which organisation its owner designs.
    organisation_id: Mapped[UUID | None] = mapped_column(
        UuidColumn, sa.ForeignKey("organisations.id"), default=None
    )
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: The last proposal that was made of it.
    proposal_id: Mapped[UUID | None] = mapped_column(
        UuidColumn, sa.ForeignKey("proposals.id"), default=None
    )


class DraftFile(Model):
    """A file that a draft adds, changes or (without content) leaves out."""

    __tablename__ = "draft_files"

    draft_id: Mapped[UUID] = mapped_column(UuidColumn, sa.ForeignKey("drafts.id"), primary_key=True)
    path: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    content: Mapped[bytes | None] = mapped_column(sa.LargeBinary, deferred=True, default=None)
    #: SHA-256 in hexadecimal; None if the file is left out.
    checksum: Mapped[str | None] = mapped_column(sa.Text, default=None)
    size: Mapped[int] = mapped_column(sa.Integer, default=0)
    changed_by: Mapped[UUID] = mapped_column(UuidColumn, sa.ForeignKey("people.id"))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


def get(draft_id: UUID) -> Draft:
    """Return a draft."""
    return _there(draft_id, session().get(Draft, draft_id))


def lock(draft_id: UUID) -> Draft:
    """Return a draft as it is now; nobody else changes it until the transaction ends."""
    return _there(
        draft_id, session().get(Draft, draft_id, with_for_update=True, populate_existing=True)
    )


def _there(draft_id: UUID, row: Draft | None) -> Draft:
    if row is None:
        raise NotFound(f"Expected draft {draft_id}, but there is none")
    return row


def list_(
    owner_id: UUID | None, status: str | None, limit: int, offset: int
) -> tuple[Sequence[Draft], int]:
    """Return drafts (of one person only, if named), newest first, and how many there are."""
    query = sa.select(Draft)
    if owner_id is not None:
        query = query.where(Draft.owner_id == owner_id)
    if status is not None:
        query = query.where(Draft.status == status)
    rows = session().scalars(query.order_by(Draft.id.desc()).limit(limit).offset(offset))
    found = rows.all()
    counted = sa.select(sa.func.count()).select_from(query.subquery())
    return found, total_of(len(found), limit, offset, counted)


def count_open(owner_id: UUID) -> int:
    """Return how many drafts of a person are not closed."""
    query = sa.select(sa.func.count()).where(Draft.owner_id == owner_id, Draft.status != "closed")
    return session().scalar(query) or 0


def count_files(draft_ids: Sequence[UUID]) -> Mapping[UUID, int]:
    """Return how many files differ, by draft."""
    rows = session().execute(
        sa.select(DraftFile.draft_id, sa.func.count())
        .where(DraftFile.draft_id.in_(draft_ids))
        .group_by(DraftFile.draft_id)
    )
    return {row[0]: row[1] for row in rows}


def list_files(draft_id: UUID) -> Sequence[DraftFile]:
    """Return what differs, by path, without the bytes."""
    return (
        session()
        .scalars(
            sa.select(DraftFile)
            .where(DraftFile.draft_id == draft_id)
            .order_by(DraftFile.path)
            .execution_options(populate_existing=True)
        )
        .all()
    )


def list_contents(draft_id: UUID) -> Mapping[str, bytes | None]:
    """Return the bytes of what differs by path; None is a file that is left out."""
    rows = session().execute(
        sa.select(DraftFile.path, DraftFile.content).where(DraftFile.draft_id == draft_id)
    )
    return {row[0]: row[1] for row in rows}


def put_file(row: DraftFile) -> None:
    """Write what differs at a path, in the place of what stood there."""
    session().merge(row)
    session().flush()


def drop_files(draft_id: UUID, paths: Sequence[str] | None = None) -> None:
    """Forget what differs at some paths, or everywhere."""
    query = sa.delete(DraftFile).where(DraftFile.draft_id == draft_id)
    if paths is not None:
        query = query.where(DraftFile.path.in_(paths))
    session().execute(query, execution_options={"synchronize_session": "fetch"})
