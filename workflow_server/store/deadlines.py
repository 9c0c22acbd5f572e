"""Clocks by dated rules, with the sentence that explains each, and the alerts they gave."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from workflow_server.errors import NotFound
from workflow_server.store.db import Model, session, total_of
from workflow_server.store.sight import Sight
from workflow_server.store.types import JsonColumn, UtcDateTime, UuidColumn, new_id


class DeadlineStatus(StrEnum):
    """Where a clock is in its life."""

    #: It counts; whether its end has passed is a question of the moment.
    RUNNING = "running"
    #: It stands still.
    PAUSED = "paused"
    #: What it waited for came in time.
    MET = "met"
    #: What it waited for came after the end.
    MET_LATE = "met_late"
    #: Another clock took its place, nothing is awaited any more, or the instance has ended.
    CANCELLED = "cancelled"


class Deadline(Model):
    """A clock. Whether it is overdue follows from `due_at` and is never stored."""

    __tablename__ = "deadlines"
    __table_args__ = (
        sa.Index(
            "ix_deadlines_organisation_id_status_due_at", "organisation_id", "status", "due_at"
        ),
        sa.Index("ix_deadlines_instance_id_name", "instance_id", "name"),
    )

    id: Mapped[UUID] = mapped_column(UuidColumn, primary_key=True, default_factory=new_id)
    organisation_id: Mapped[UUID] = mapped_column(UuidColumn, sa.ForeignKey("organisations.id"))
    instance_id: Mapped[UUID] = mapped_column(UuidColumn, sa.ForeignKey("process_instances.id"))
    element_id: Mapped[str] = mapped_column(sa.Text)
    record_id: Mapped[UUID | None] = mapped_column(UuidColumn, default=None, index=True)
    name: Mapped[str] = mapped_column(sa.Text)
    label: Mapped[str] = mapped_column(sa.Text)
    rule: Mapped[str] = mapped_column(sa.Text)
    rule_version: Mapped[str] = mapped_column(sa.Text)
    rule_row: Mapped[dict[str, Any]] = mapped_column(JsonColumn)
    started_at: Mapped[str] = mapped_column(sa.Text)
    raw_due: Mapped[date]
    due: Mapped[date]
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    provisional: Mapped[bool]
    calendar_version: Mapped[int]
    explanation: Mapped[str] = mapped_column(sa.Text)
    stop_on: Mapped[list[str]] = mapped_column(JsonColumn, default_factory=list)
    status: Mapped[str] = mapped_column(sa.Text, default=DeadlineStatus.RUNNING)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    stopped_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    revisions: Mapped[list[dict[str, Any]]] = mapped_column(JsonColumn, default_factory=list)
    #: Rules that apply too and end later.
    other_rules: Mapped[list[dict[str, Any]]] = mapped_column(JsonColumn, default_factory=list)
    #: What happened to it, as rules/deadline_terms writes it.
    terms: Mapped[list[dict[str, Any]]] = mapped_column(JsonColumn, default_factory=list)
    #: Why it was cancelled, where that was said.
    stopped_for: Mapped[str | None] = mapped_column(sa.Text, default=None)
    #: The organisation whose people are warned too.
    copy_to_id: Mapped[UUID | None] = mapped_column(UuidColumn, default=None)


class DeadlineAlert(Model):
    """One warning that was given: so many days before the end, or 0 when it was missed."""

    __tablename__ = "deadline_alerts"
    __table_args__ = (sa.UniqueConstraint("deadline_id", "due", "days_before"),)

    id: Mapped[UUID] = mapped_column(UuidColumn, primary_key=True, default_factory=new_id)
    deadline_id: Mapped[UUID] = mapped_column(UuidColumn, sa.ForeignKey("deadlines.id"))
    organisation_id: Mapped[UUID] = mapped_column(UuidColumn, index=True)
    due: Mapped[date]
    days_before: Mapped[int]
    text: Mapped[str] = mapped_column(sa.Text)
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)


def add(row: Deadline | DeadlineAlert) -> None:
    """Put a clock or an alert down."""
    session().add(row)


def find(deadline_id: UUID) -> Deadline | None:
    """Return a deadline, if there is one."""
    return session().get(Deadline, deadline_id)


def get(deadline_id: UUID) -> Deadline:
    """Return a deadline."""
    deadline = find(deadline_id)
    if deadline is None:
        raise unknown(deadline_id)
    return deadline


def unknown(deadline_id: UUID) -> NotFound:
    """Return the refusal of a deadline that there is not, for whoever asks."""
    return NotFound(f"未找到期限。 Expected deadline {deadline_id}, but there is none.")


def list_running() -> list[tuple[UUID, UUID]]:
    """Return every clock that runs as (instance, deadline): who changes one locks its instance."""
    rows = session().execute(
        sa.select(Deadline.instance_id, Deadline.id)
        .where(Deadline.status == DeadlineStatus.RUNNING)
        .order_by(Deadline.instance_id, Deadline.id)
    )
    return [(row.instance_id, row.id) for row in rows]


def list_running_of(instance_id: UUID) -> Sequence[Deadline]:
    """Return the clocks that run in an instance, the oldest first."""
    query = (
        sa.select(Deadline)
        .where(Deadline.instance_id == instance_id, Deadline.status == DeadlineStatus.RUNNING)
        .order_by(Deadline.id)
    )
    return session().scalars(query).all()


def find_running(deadline_id: UUID) -> Deadline | None:
    """Return a clock as it is now, if it still runs."""
    deadline = session().get(Deadline, deadline_id, populate_existing=True)
    return deadline if deadline and deadline.status == DeadlineStatus.RUNNING else None


def list_(
    sight: Sight | None,
    *,
    organisation_id: UUID | None = None,
    instance_ids: Collection[UUID] | None = None,
    record_id: UUID | None = None,
    status: str | None = None,
    due_before: datetime | None = None,
    due_from: datetime | None = None,
    page: int = 1,
    page_size: int = 50,
) -> tuple[list[Deadline], int]:
    """Return deadlines in sight (None: all), the next to end first, and how many fit."""
    wanted: list[sa.ColumnElement[bool]] = []
    if sight is not None:
        wanted.append(sight.of(Deadline.instance_id))
    if organisation_id is not None:
        wanted.append(Deadline.organisation_id == organisation_id)
    if instance_ids is not None:
        wanted.append(Deadline.instance_id.in_(instance_ids))
    if record_id is not None:
        wanted.append(Deadline.record_id == record_id)
    if status is not None:
        wanted.append(Deadline.status == status)
    if due_before is not None:
        wanted.append(Deadline.due_at <= due_before)
    if due_from is not None:
        wanted.append(Deadline.due_at > due_from)
    offset = (page - 1) * page_size
    rows = session().scalars(
        sa.select(Deadline)
        .where(*wanted)
        .order_by(Deadline.due_at, Deadline.id)
        .limit(page_size)
        .offset(offset)
    )
    found = list(rows)
    counted = sa.select(sa.func.count()).select_from(Deadline).where(*wanted)
    return found, total_of(len(found), page_size, offset, counted)


def find_alert(deadline_id: UUID, due: date, days_before: int) -> DeadlineAlert | None:
    """Return the alert of this step, if it was given."""
    return session().scalar(
        sa.select(DeadlineAlert).where(
            DeadlineAlert.deadline_id == deadline_id,
            DeadlineAlert.due == due,
            DeadlineAlert.days_before == days_before,
        )
    )


def list_alerts(deadline_id: UUID) -> list[DeadlineAlert]:
    """Return the alerts that a deadline gave, oldest first."""
    return list(
        session().scalars(
            sa.select(DeadlineAlert)
            .where(DeadlineAlert.deadline_id == deadline_id)
            .order_by(DeadlineAlert.given_at, DeadlineAlert.id)
        )
    )
