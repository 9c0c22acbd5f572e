"""Business objects of declared kinds."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from workflow_server.errors import NotFound
from workflow_server.store.db import Model, session, total_of
from workflow_server.store.people import INTERNAL
from workflow_server.store.process_instances import ProcessInstance
from workflow_server.store.sight import Sight, any_of
from workflow_server.store.types import JsonColumn, UtcDateTime, UuidColumn, new_id


class Record(Model):
    """A business object with number, organisation, state and fields."""

    __tablename__ = "records"
    __table_args__ = (
        sa.Index(
            "ix_records_organisation_id_kind_opened_at", "organisation_id", "kind", "opened_at"
        ),
    )

    id: Mapped[UUID] = mapped_column(UuidColumn, primary_key=True, default_factory=new_id)
    kind: Mapped[str] = mapped_column(sa.Text)
    organisation_id: Mapped[UUID] = mapped_column(UuidColumn, sa.ForeignKey("organisations.id"))
    instance_id: Mapped[UUID | None] = mapped_column(
        UuidColumn,
        sa.ForeignKey("process_instances.id"),
        index=True,
        default=None,
    )
    number: Mapped[str | None] = mapped_column(sa.Text, default=None)
    title: Mapped[str] = mapped_column(sa.Text)
    state: Mapped[str] = mapped_column(sa.Text, default="")
    fields: Mapped[dict[str, Any]] = mapped_column(JsonColumn, default_factory=dict)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)


def add(record: Record) -> None:
    """Put a record down."""
    session().add(record)


def find(record_id: UUID) -> Record | None:
    """Return a record, if there is one."""
    return session().get(Record, record_id)


def get(record_id: UUID) -> Record:
    """Return a record."""
    record = find(record_id)
    if record is None:
        raise NotFound(f"未找到业务记录。 Expected record {record_id}, but there is none.")
    return record


def lock(record_id: UUID) -> Record | None:
    """Return a record as it is now, if there is one; nobody else changes it until the end."""
    return session().get(Record, record_id, with_for_update=True)


def in_sight(sight: Sight) -> sa.ColumnElement[bool]:
    """Return the condition that a record may be seen: with its case, or as its organisation's."""
    if sight.barred:
        return sa.false()
    return any_of(Record.id, sight.of(Record.instance_id), _alone(sight))


def _alone(sight: Sight) -> sa.ColumnElement[bool]:
    return sa.and_(
        Record.instance_id.is_(None), Record.organisation_id.in_(sorted(sight.organisations))
    )


def find_seen(sight: Sight, record_id: UUID) -> Record | None:
    """Return a record, if it is there and in sight."""
    if sight.barred:
        return None
    seen = sa.or_(sight.of_one(Record.instance_id), _alone(sight))
    return session().scalar(sa.select(Record).where(Record.id == record_id, seen))


def list_(
    sight: Sight | None,
    *,
    organisation_id: UUID | None = None,
    kind: str | None = None,
    state: str | None = None,
    instance_ids: Collection[UUID] | None = None,
    text: str | None = None,
    closed: bool | None = None,
    page: int = 1,
    page_size: int = 50,
) -> tuple[list[Record], int]:
    """Return records in sight (None: all) newest first, and how many fit."""
    wanted: list[sa.ColumnElement[bool]] = []
    if sight is not None:
        wanted.append(in_sight(sight))
    if organisation_id is not None:
        wanted.append(Record.organisation_id == organisation_id)
    if kind is not None:
        wanted.append(Record.kind == kind)
    if state is not None:
        wanted.append(Record.state == state)
    if instance_ids is not None:
        wanted.append(Record.instance_id.in_(instance_ids))
    if text:
        wanted.append(
            sa.or_(
                Record.title.contains(text, autoescape=True),
                Record.number.contains(text, autoescape=True),
            )
        )
    if closed is not None:
        wanted.append(Record.closed_at.is_not(None) if closed else Record.closed_at.is_(None))
    offset = (page - 1) * page_size
    rows = session().scalars(
        sa.select(Record)
        .where(*wanted)
        .order_by(Record.opened_at.desc(), Record.id.desc())
        .limit(page_size)
        .offset(offset)
    )
    found = list(rows)
    counted = sa.select(sa.func.count()).select_from(Record).where(*wanted)
    return found, total_of(len(found), page_size, offset, counted)


def told(instance_id: Any, text: str) -> sa.ColumnElement[bool]:
    """Return the condition that a record of a case has a text in its number or its title.

    It is asked of one visible case after the other, by the index of its records.
    """
    searched = (Record.number, Record.title)
    contains = (column.icontains(text, autoescape=True) for column in searched)
    return sa.exists().where(Record.instance_id == instance_id, sa.or_(*contains))


@dataclass(frozen=True, slots=True)
class Titled:
    """What a record is compared by; `fields` and the moment only where they were asked for."""

    id: UUID
    number: str | None
    title: str
    opened_at: datetime
    fields: Mapping[str, Any]


def list_titles(
    organisation_id: UUID,
    kind: str,
    *,
    sight: Sight | None,
    but: UUID | None,
    limit: int,
    but_states: Collection[str] = (),
    with_fields: bool = False,
) -> list[Titled]:
    """Return what an organisation's newest records of a kind, but one, are compared by.

    Only those in sight (None: all), and never of a case of a minor or above internal: what is
    found stays in a case that others read.
    """
    kept = sa.exists().where(
        ProcessInstance.id == Record.instance_id,
        sa.or_(ProcessInstance.secrecy > INTERNAL, ProcessInstance.minor),
    )
    mine = [Record.organisation_id == organisation_id, Record.kind == kind, ~kept]
    if sight is not None:
        mine.append(in_sight(sight))
    if but is not None:
        mine.append(Record.id != but)
    if but_states:
        mine.append(Record.state.not_in(but_states))
    rows = session().execute(
        sa.select(
            Record.id,
            Record.number,
            Record.title,
            Record.opened_at,
            *([Record.fields] if with_fields else []),
        )
        .where(*mine)
        .order_by(Record.opened_at.desc(), Record.id.desc())
        .limit(limit)
    )
    return [
        Titled(row.id, row.number, row.title, row.opened_at, row.fields if with_fields else {})
        for row in rows
    ]


def count(
    organisation_id: UUID,
    kind: str,
    *,
    state: str | None = None,
    since: datetime | None = None,
    closed: bool | None = None,
) -> int:
    """Count an organisation's records of a kind."""
    wanted = [Record.organisation_id == organisation_id, Record.kind == kind]
    if state is not None:
        wanted.append(Record.state == state)
    if since is not None:
        wanted.append(Record.opened_at >= since)
    if closed is not None:
        wanted.append(Record.closed_at.is_not(None) if closed else Record.closed_at.is_(None))
    return session().scalar(sa.select(sa.func.count()).select_from(Record).where(*wanted)) or 0


def list_values(
    organisation_id: UUID,
    kind: str,
    *,
    sight: Sight | None,
    since: datetime,
    closed: bool | None,
    limit: int,
    but_states: Collection[str] = (),
) -> list[tuple[UUID, Mapping[str, Any]]]:
    """Return the fields of an organisation's newest records of a kind since a day, oldest first.

    Only those in sight (None: all), and never of a case of a minor or above internal.
    """
    kept = sa.exists().where(
        ProcessInstance.id == Record.instance_id,
        sa.or_(ProcessInstance.secrecy > INTERNAL, ProcessInstance.minor),
    )
    wanted = [
        Record.organisation_id == organisation_id,
        Record.kind == kind,
        Record.opened_at >= since,
        ~kept,
    ]
    if sight is not None:
        wanted.append(in_sight(sight))
    if closed is not None:
        wanted.append(Record.closed_at.is_not(None) if closed else Record.closed_at.is_(None))
    if but_states:
        wanted.append(Record.state.not_in(but_states))
    rows = session().execute(
        sa.select(Record.id, Record.fields)
        .where(*wanted)
        .order_by(Record.opened_at.desc(), Record.id.desc())
        .limit(limit)
    )
    return [(row.id, row.fields) for row in reversed(rows.all())]
