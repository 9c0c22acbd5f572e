"""Inquiries about cases from outside (过问记录): written once, never changed."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from workflow_server.store.db import Model, run, session, table
from workflow_server.store.history import INQUIRIES, HistoryRow
from workflow_server.store.history import area as chain_of
from workflow_server.store.types import UtcDateTime, UuidColumn, canonical

#: Where the acts of recording stand.
AREA = INQUIRIES
_CHUNK = 500


class Inquiry(Model):
    """Who asked about or spoke for a case, when and how; the database refuses to change it."""

    __tablename__ = "inquiries"
    __table_args__ = (
        sa.Index("ix_inquiries_organisation_id_recorded_at", "organisation_id", "recorded_at"),
    )

    id: Mapped[UUID] = mapped_column(UuidColumn, primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(UuidColumn, sa.ForeignKey("organisations.id"))
    instance_id: Mapped[UUID | None] = mapped_column(
        UuidColumn, sa.ForeignKey("process_instances.id"), index=True, default=None
    )
    #: Who asked, as the person recording it knows them.
    inquirer: Mapped[str] = mapped_column(sa.Text)
    inquirer_unit: Mapped[str] = mapped_column(sa.Text)
    inquirer_post: Mapped[str | None] = mapped_column(sa.Text, default=None)
    #: How: in person, by telephone, in writing …
    manner: Mapped[str] = mapped_column(sa.Text)
    content: Mapped[str] = mapped_column(sa.Text)
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by: Mapped[UUID] = mapped_column(UuidColumn, sa.ForeignKey("people.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: The record that this one sets right; both stand.
    corrects_id: Mapped[UUID | None] = mapped_column(
        UuidColumn, sa.ForeignKey("inquiries.id"), default=None
    )


_TABLE = table(Inquiry)
_HISTORY = table(HistoryRow)


def digest_of(inquiry: Any) -> str:
    """Return the hash of all that a record says."""
    return hashlib.sha256(canonical([getattr(inquiry, name) for name in _KEPT])).hexdigest()


_KEPT = tuple(column.name for column in _TABLE.c)


def find(inquiry_id: UUID) -> Inquiry | None:
    """Return a record, if there is one."""
    return session().get(Inquiry, inquiry_id)


def add(inquiry: Inquiry) -> None:
    """Write a record down."""
    session().add(inquiry)
    session().flush()


def readable(
    person_id: UUID, organisation_ids: Collection[UUID], *, everywhere: bool
) -> sa.ColumnElement[bool]:
    """Return the condition for records that somebody made, or that their offices hold."""
    if everywhere:
        return sa.true()
    return sa.or_(Inquiry.recorded_by == person_id, Inquiry.organisation_id.in_(organisation_ids))


def list_(
    condition: sa.ColumnElement[bool],
    organisation_id: UUID | None,
    instance_id: UUID | None,
    limit: int,
    offset: int,
) -> tuple[Sequence[Inquiry], int]:
    """Return records, newest first, and how many there are."""
    query = sa.select(Inquiry).where(condition)
    if organisation_id is not None:
        query = query.where(Inquiry.organisation_id == organisation_id)
    if instance_id is not None:
        query = query.where(Inquiry.instance_id == instance_id)
    total = session().scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0
    ordered = query.order_by(Inquiry.recorded_at.desc(), Inquiry.id.desc())
    return session().scalars(ordered.limit(limit).offset(offset)).all(), total


def find_breaks() -> Iterator[tuple[int, str]]:
    """Yield what does not fit between the records and their chain: row number and kind."""
    known: set[UUID] = set()
    chain_id, after = chain_of(AREA), 0
    while True:
        query = sa.select(_HISTORY.c.seq, _HISTORY.c.data).where(
            _HISTORY.c.chain_id == chain_id, _HISTORY.c.seq > after
        )
        acts = run(query.order_by(_HISTORY.c.seq).limit(_CHUNK)).all()
        if not acts:
            break
        after = acts[-1].seq
        wanted = {UUID(act.data["inquiry_id"]): act for act in acts if "inquiry_id" in act.data}
        known |= wanted.keys()
        rows = {row.id: row for row in run(sa.select(_TABLE).where(_TABLE.c.id.in_(wanted)))}
        for inquiry_id, act in wanted.items():
            if inquiry_id not in rows:
                yield act.seq, "inquiry_missing"
            elif digest_of(rows[inquiry_id]) != act.data["sha256"]:
                yield act.seq, "inquiry_altered"
    for (inquiry_id,) in run(sa.select(_TABLE.c.id).order_by(_TABLE.c.recorded_at)):
        if inquiry_id not in known:
            after += 1
            yield after, "inquiry_inserted"
