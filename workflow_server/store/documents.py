"""Papers that were drafted or issued: their frozen data, their number and their rendering."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from workflow_server.errors import NotFound
from workflow_server.store import deliveries
from workflow_server.store.access import TeamMember
from workflow_server.store.db import Model, session, table, total_of
from workflow_server.store.organisations import Organisation
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


#: Behind a role among the readers: only those of the role who handle the case.
HANDLING = "@team"


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who reads papers: their roles here, and those that see organisations below."""

    person_id: UUID
    #: Organisation and role.
    posts: frozenset[tuple[UUID, str]]
    #: Path and party of the organisations below, and the role that sees them.
    above: frozenset[tuple[str, str, str]]


class DocumentClass(Model):
    """A class of data in a paper that is hidden only while the case has a flag."""

    __tablename__ = "document_classes"

    document_id: Mapped[UUID] = mapped_column(
        UuidColumn, sa.ForeignKey("documents.id"), primary_key=True
    )
    data_class: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    flag: Mapped[str] = mapped_column(sa.Text)
    #: As in a document.
    readers: Mapped[str] = mapped_column(sa.Text)


Condition = sa.ColumnElement[bool]
#: Among the readers: everybody of the organisation.
_ANYBODY = " * "


_HOST, _TEAM = table(Organisation), table(TeamMember)
# Cases and tasks ask for sight themselves: only the names are known here.
_TASK = sa.table(
    "tasks",
    *(sa.column(each, UuidColumn()) for each in ("instance_id", "assignee_id", "completed_by")),
)
_CASE = sa.table("process_instances", sa.column("id", UuidColumn()), sa.column("flags", sa.JSON()))


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
    #: Its text was taken off this server; kind, number and day are left.
    ERASED = "erased"


def add(document: Document, classes: Collection[DocumentClass] = ()) -> None:
    """Put a document down, with the classes in it that flags of its case hide."""
    session().add(document)
    if classes:
        session().flush()
        session().add_all(classes)


def find(document_id: UUID) -> Document | None:
    """Return a document, if there is one."""
    return session().get(Document, document_id)


def get(document_id: UUID) -> Document:
    """Return a document."""
    document = find(document_id)
    if document is None:
        raise NotFound(f"未找到文书。 Expected document {document_id}, but there is none.")
    return document


def lock(document_id: UUID) -> Document:
    """Return a document as it is now, held against other writers."""
    return session().get_one(
        Document, document_id, with_for_update={"of": Document}, populate_existing=True
    )


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
    offset = (page - 1) * page_size
    rows = session().scalars(
        sa.select(Document)
        .where(*wanted)
        .order_by(Document.made_at.desc(), Document.id.desc())
        .limit(page_size)
        .offset(offset)
    )
    found = list(rows)
    counted = sa.select(sa.func.count()).select_from(Document).where(*wanted)
    return found, total_of(len(found), page_size, offset, counted)


def legible_to(reader: Reader) -> Condition:
    """Return the condition that somebody may read what is classed in a document."""
    of_flags = sa.and_(_is_hidden_by_flag(), ~_read_by(DocumentClass.readers, reader))
    hidden = sa.exists().where(of_flags).correlate(Document)
    is_read = sa.or_(Document.readers.is_(None), _read_by(Document.readers, reader))
    return sa.and_(is_read, ~hidden)


def list_legible(ids: Collection[UUID], sight: Sight, legible: Condition) -> set[UUID]:
    """Return which of these documents are read in their case, or came in a letter in sight."""
    return set(session().scalars(sa.select(Document.id).where(*_readable(ids, sight, legible))))


def list_readable(ids: Collection[UUID], sight: Sight, legible: Condition) -> list[Document]:
    """Return those documents themselves."""
    return list(session().scalars(sa.select(Document).where(*_readable(ids, sight, legible))))


def _readable(ids: Collection[UUID], sight: Sight, legible: Condition) -> tuple[Condition, ...]:
    is_one = Document.id.in_(ids)
    in_case = sa.and_(is_one, sight.of(Document.instance_id), legible)
    in_letter = sa.and_(is_one, Document.id.in_(deliveries.received(sight)))
    return is_one, any_of(Document.id, in_case, in_letter)


def list_hiding(ids: Collection[UUID]) -> list[DocumentClass]:
    """Return the classes in documents that flags of their cases hide now."""
    query = sa.select(DocumentClass).join(Document, Document.id == DocumentClass.document_id)
    hidden = sa.and_(Document.id.in_(ids), _is_hidden_by_flag())
    return list(session().scalars(query.where(hidden)))


def is_legible(document_id: UUID, legible: Condition) -> bool:
    """Tell whether a document fulfils a condition of legibility."""
    query = sa.select(Document.id).where(Document.id == document_id, legible)
    return session().scalar(query) is not None


def _is_hidden_by_flag() -> Condition:
    flags = sa.cast(_CASE.c.flags, sa.Text)
    is_set = flags.contains(sa.literal('"') + DocumentClass.flag + '"')
    case = sa.exists().where(_CASE.c.id == Document.instance_id, is_set)
    return sa.and_(
        DocumentClass.document_id == Document.id, case.correlate(Document, DocumentClass)
    )


def _read_by(readers: Any, reader: Reader) -> Condition:
    ways: list[Condition] = [sa.false()]
    for organisation_id, role in sorted(reader.posts):
        is_here = Document.organisation_id == organisation_id
        ways.append(sa.and_(is_here, _names(readers, role, reader)))
    for path, party, role in sorted(reader.above):
        below = sa.select(_HOST.c.id).where(
            _HOST.c.path.startswith(path, autoescape=True), _HOST.c.party == party
        )
        ways.append(sa.and_(Document.organisation_id.in_(below), _names(readers, role, reader)))
    places = sorted({organisation_id for organisation_id, _ in reader.posts})
    ways.append(sa.and_(Document.organisation_id.in_(places), readers == _ANYBODY))
    return sa.or_(*ways)


def _names(readers: Any, role: str, reader: Reader) -> Condition:
    handled = readers.contains(f" {role}{HANDLING} ", autoescape=True)
    return sa.or_(
        readers.contains(f" {role} ", autoescape=True),
        sa.and_(handled, _handles(reader.person_id)),
    )


def _handles(person_id: UUID) -> Condition:
    theirs = sa.or_(_TASK.c.assignee_id == person_id, _TASK.c.completed_by == person_id)
    in_team = sa.exists().where(
        _TEAM.c.instance_id == Document.instance_id, _TEAM.c.person_id == person_id
    )
    has_task = sa.exists().where(_TASK.c.instance_id == Document.instance_id, theirs)
    return sa.or_(in_team.correlate(Document), has_task.correlate(Document))
