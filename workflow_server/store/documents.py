"""Papers that were drafted or issued: their frozen data, their number and their rendering."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from workflow_server.errors import NotFound
from workflow_server.store import deliveries
from workflow_server.store.db import Model, session
from workflow_server.store.sight import Sight, any_of
from workflow_server.store.types import ExactJsonColumn, UtcDateTime, UuidColumn, new_id


class Document(Model):
    """A paper: `data` and `deployment_id` make its pages, so it can be rendered again."""

    __tablename__ = "documents"
    __table_args__ = (
        sa.Index("ix_documents_organisation_id_made_at", "organisation_id", "made_at"),
    )

    id: Mapped[UUID] = mapped_column(UuidColumn, primary_key=True, default_factory=new_id)
    kind: Mapped[str] = mapped_column(sa.Text)
    title: Mapped[str] = mapped_column(sa.Text)
    number: Mapped[str | None] = mapped_column(sa.Text, default=None)
    organisation_id: Mapped[UUID] = mapped_column(UuidColumn, sa.ForeignKey("organisations.id"))
    recipient_id: Mapped[UUID | None] = mapped_column(UuidColumn, default=None)
    instance_id: Mapped[UUID] = mapped_column(
        UuidColumn,
        sa.ForeignKey("process_instances.id"),
        index=True,
    )
    deployment_id: Mapped[UUID] = mapped_column(UuidColumn)
    element_id: Mapped[str] = mapped_column(sa.Text)
    person_id: Mapped[UUID | None] = mapped_column(UuidColumn, default=None)
    status: Mapped[str] = mapped_column(sa.Text)
    data: Mapped[dict[str, Any]] = mapped_column(ExactJsonColumn)
    filename: Mapped[str] = mapped_column(sa.Text)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    issued_on: Mapped[date | None] = mapped_column(default=None)
    served_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    rendered_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    sha256: Mapped[str | None] = mapped_column(sa.Text, default=None)
    size: Mapped[int | None] = mapped_column(default=None)
    pages: Mapped[int | None] = mapped_column(default=None)
    #: Roles that read all classes of data in it, each between spaces; None: nothing is classed.
    readers: Mapped[str | None] = mapped_column(sa.Text, default=None)


Condition = sa.ColumnElement[bool]
#: Among the readers: everybody of the organisation.
_ANYBODY = " * "


class DocumentStatus(StrEnum):
    """Where a document is in its life; whether it is rendered says `rendered_at`."""

    #: Written, without number, for those who work on the case.
    DRAFT = "draft"
    #: A later draft or the issued document took its place.
    SUPERSEDED = "superseded"
    #: Numbered and dated; its data never change again.
    ISSUED = "issued"
    #: Handed over to its recipient.
    SERVED = "served"


def add(document: Document) -> None:
    """Put a document down."""
    session().add(document)


def find(document_id: UUID) -> Document | None:
    """Return a document, if there is one."""
    return session().get(Document, document_id)


def get(document_id: UUID) -> Document:
    """Return a document."""
    document = find(document_id)
    if document is None:
        raise NotFound(f"未找到文书。 Expected document {document_id}, but there is none.")
    return document


def list_by_id(ids: Collection[UUID]) -> list[Document]:
    """Return the documents of these ids that exist."""
    return list(session().scalars(sa.select(Document).where(Document.id.in_(ids))))


def list_(
    sight: Sight,
    *,
    legible: Condition,
    instance_id: UUID | None = None,
    kind: str | None = None,
    page: int = 1,
    page_size: int = 50,
) -> tuple[list[Document], int]:
    """Return documents of cases and of delivered letters in sight, newest first; how many."""
    wanted: list[sa.ColumnElement[bool]] = [
        any_of(
            Document.id,
            sa.and_(sight.of(Document.instance_id), legible),
            Document.id.in_(deliveries.received(sight)),
        )
    ]
    if instance_id is not None:
        wanted.append(Document.instance_id == instance_id)
    if kind is not None:
        wanted.append(Document.kind == kind)
    total = session().scalar(sa.select(sa.func.count()).select_from(Document).where(*wanted)) or 0
    rows = session().scalars(
        sa.select(Document)
        .where(*wanted)
        .order_by(Document.made_at.desc(), Document.id.desc())
        .limit(page_size)
        .offset((page - 1) * page_size)
    )
    return list(rows), total


def legible_to(posts: Collection[tuple[UUID, str]], above: Collection[str]) -> Condition:
    """Return the condition that somebody may read what is classed in a document.

    `posts` are their roles by organisation, `above` those that see the organisations below.
    """
    ways: list[Condition] = [Document.readers.is_(None)]
    ways += [
        sa.and_(Document.organisation_id == organisation_id, _names(role))
        for organisation_id, role in sorted(posts)
    ]
    ways += [_names(role) for role in sorted(above)]
    places = sorted({organisation_id for organisation_id, _ in posts})
    ways.append(sa.and_(Document.organisation_id.in_(places), Document.readers == _ANYBODY))
    return sa.or_(*ways)


def is_legible(document_id: UUID, legible: Condition) -> bool:
    """Tell whether a document fulfils a condition of legibility."""
    query = sa.select(Document.id).where(Document.id == document_id, legible)
    return session().scalar(query) is not None


def _names(role: str) -> Condition:
    return Document.readers.contains(f" {role} ", autoescape=True)
