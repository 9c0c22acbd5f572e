"""Ties between records, documents and instances, walkable in both directions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from workflow_server.store.db import Model, session
from workflow_server.store.documents import Document
from workflow_server.store.process_definitions import ProcessDefinition
from workflow_server.store.process_instances import ProcessInstance
from workflow_server.store.records import Record
from workflow_server.store.types import UtcDateTime, UuidColumn, new_id

#: So many things of one case are looked at for links.
_MOST = 500


class Link(Model):
    """(from, relation, to); both ends are a record, a document or an instance."""

    __tablename__ = "links"
    __table_args__ = (sa.UniqueConstraint("from_id", "relation", "to_id"),)

    id: Mapped[UUID] = mapped_column(UuidColumn, primary_key=True, default_factory=new_id)
    from_type: Mapped[str] = mapped_column(sa.Text)
    from_id: Mapped[UUID] = mapped_column(UuidColumn)
    relation: Mapped[str] = mapped_column(sa.Text)
    to_type: Mapped[str] = mapped_column(sa.Text)
    to_id: Mapped[UUID] = mapped_column(UuidColumn, index=True)
    instance_id: Mapped[UUID | None] = mapped_column(UuidColumn, default=None)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


@dataclass(frozen=True, slots=True)
class End:
    """What stands at one end of a link; its case decides who may see it."""

    type: str
    id: UUID
    organisation_id: UUID
    instance_id: UUID | None
    number: str | None
    title: str
    kind: str
    state: str


def add(link: Link) -> None:
    """Put a link down."""
    session().add(link)


def find(from_id: UUID, relation: str, to_id: UUID) -> Link | None:
    """Return the link of these ends, if there is one."""
    return session().scalar(
        sa.select(Link).where(
            Link.from_id == from_id, Link.relation == relation, Link.to_id == to_id
        )
    )


def list_touching(ids: Collection[UUID]) -> list[Link]:
    """Return the links that begin or end at any of these, oldest first."""
    return list(
        session().scalars(
            sa.select(Link)
            .where(sa.or_(Link.from_id.in_(ids), Link.to_id.in_(ids)))
            .order_by(Link.made_at, Link.id)
        )
    )


def list_of_case(instance_id: UUID) -> list[UUID]:
    """Return the ids of the records and documents of a case, the oldest first of each."""
    records = sa.select(Record.id, Record.opened_at).where(Record.instance_id == instance_id)
    papers = sa.select(Document.id, Document.made_at).where(Document.instance_id == instance_id)
    both = sa.union_all(records, papers).subquery()
    return list(session().scalars(sa.select(both.c[0]).order_by(both.c[1]).limit(_MOST)))


def find_ends(ids: Collection[UUID]) -> dict[UUID, End]:
    """Return what these ids stand for, in one query; unknown ones are left out."""
    parts = (
        sa.select(
            sa.literal("record").label("type"),
            Record.id,
            Record.organisation_id,
            Record.instance_id,
            Record.number,
            Record.title,
            Record.kind,
            Record.state,
        ).where(Record.id.in_(ids)),
        sa.select(
            sa.literal("document"),
            Document.id,
            Document.organisation_id,
            Document.instance_id,
            Document.number,
            Document.title,
            Document.kind,
            Document.status,
        ).where(Document.id.in_(ids)),
        sa.select(
            sa.literal("instance"),
            ProcessInstance.id,
            ProcessInstance.organisation_id,
            ProcessInstance.id,
            ProcessInstance.business_key,
            ProcessDefinition.title,
            ProcessDefinition.key,
            ProcessInstance.status,
        )
        .join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.process_definition_id)
        .where(ProcessInstance.id.in_(ids)),
    )
    rows: Sequence[Any] = session().execute(sa.union_all(*parts)).all()
    return {end.id: end for end in (End(*row) for row in rows)}
