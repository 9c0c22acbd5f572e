"""Incidents: elements and jobs that need a person."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from workflow_server.errors import NotFound
from workflow_server.store.db import Model, session, total_of
from workflow_server.store.sight import Sight
from workflow_server.store.types import UtcDateTime, UuidColumn

Condition = sa.ColumnElement[bool]

_OPEN = sa.text("resolved_at IS NULL")


class Incident(Model):
    """Something that could not be done: at an element (`visit_id`), as a job (`job_id`), or
    with a letter that no case has taken (`delivery_id`).
    """

    __tablename__ = "incidents"
    __table_args__ = (
        sa.Index("ix_incidents_instance_id", "instance_id"),
        sa.Index("ix_incidents_open", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: Mapped[UUID] = mapped_column(UuidColumn, primary_key=True)
    instance_id: Mapped[UUID | None] = mapped_column(UuidColumn, default=None)
    element_id: Mapped[str | None] = mapped_column(sa.Text, default=None)
    visit_id: Mapped[UUID | None] = mapped_column(UuidColumn, default=None)
    job_id: Mapped[UUID | None] = mapped_column(UuidColumn, default=None)
    delivery_id: Mapped[UUID | None] = mapped_column(UuidColumn, default=None)
    message: Mapped[str] = mapped_column(sa.Text)
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime)
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    resolved_by: Mapped[UUID | None] = mapped_column(UuidColumn, default=None)


def get(incident_id: UUID) -> Incident:
    """Return an incident as it is now."""
    row = session().get(Incident, incident_id, populate_existing=True)
    if row is None:
        raise NotFound(f"Expected incident {incident_id}, but there is none")
    return row


def add_all(rows: Sequence[dict[str, Any]]) -> None:
    """Write incidents down."""
    if rows:
        session().execute(sa.insert(Incident), rows)


def resolve_visits(
    instance_id: UUID, visit_ids: Collection[UUID], person_id: UUID | None, now: datetime
) -> None:
    """Write down that elements of an instance went on after all."""
    session().execute(
        sa.update(Incident)
        .where(
            Incident.instance_id == instance_id,
            Incident.visit_id.in_(visit_ids),
            Incident.resolved_at.is_(None),
        )
        .values(resolved_at=now, resolved_by=person_id)
        .execution_options(synchronize_session=False)
    )


def resolve_job(job_id: UUID, person_id: UUID | None, now: datetime) -> None:
    """Write down that a job's incident is dealt with."""
    session().execute(
        sa.update(Incident)
        .where(Incident.job_id == job_id, Incident.resolved_at.is_(None))
        .values(resolved_at=now, resolved_by=person_id)
        .execution_options(synchronize_session=False)
    )


def resolve_delivery(delivery_id: UUID, person_id: UUID | None, now: datetime) -> None:
    """Write down that a letter's incident is dealt with."""
    session().execute(
        sa.update(Incident)
        .where(Incident.delivery_id == delivery_id, Incident.resolved_at.is_(None))
        .values(resolved_at=now, resolved_by=person_id)
        .execution_options(synchronize_session=False)
    )


def resolve(incident_id: UUID, person_id: UUID | None, now: datetime) -> None:
    """Write down that people have seen to an incident that nothing tries again."""
    session().execute(
        sa.update(Incident)
        .where(Incident.id == incident_id, Incident.resolved_at.is_(None))
        .values(resolved_at=now, resolved_by=person_id)
        .execution_options(synchronize_session=False)
    )


def asks_for_somebody(instance_id: UUID, element_id: str) -> bool:
    """Tell whether an incident is open that says nobody is left to do what is at an element."""
    query = sa.select(Incident.id).where(
        Incident.instance_id == instance_id,
        Incident.element_id == element_id,
        Incident.visit_id.is_(None),
        Incident.job_id.is_(None),
        Incident.delivery_id.is_(None),
        Incident.resolved_at.is_(None),
    )
    return session().scalar(query.limit(1)) is not None


def is_open_for(delivery_id: UUID) -> bool:
    """Tell whether a letter's incident is still open."""
    query = sa.select(Incident.id).where(
        Incident.delivery_id == delivery_id, Incident.resolved_at.is_(None)
    )
    return session().scalar(query.limit(1)) is not None


def list_(
    visible: Condition,
    is_open: bool | None,
    instance_id: UUID | None,
    limit: int,
    offset: int,
) -> tuple[Sequence[Incident], int]:
    """Return visible incidents, newest first, and how many there are."""
    query = sa.select(Incident).where(visible)
    if is_open is not None:
        missing = Incident.resolved_at.is_(None)
        query = query.where(missing if is_open else ~missing)
    if instance_id is not None:
        query = query.where(Incident.instance_id == instance_id)
    rows = session().scalars(query.order_by(Incident.id.desc()).limit(limit).offset(offset))
    found = rows.all()
    counted = sa.select(sa.func.count()).select_from(query.subquery())
    return found, total_of(len(found), limit, offset, counted)


def list_open_of(instance_id: UUID) -> Sequence[Incident]:
    """Return an instance's open incidents."""
    return (
        session()
        .scalars(
            sa.select(Incident)
            .where(Incident.instance_id == instance_id, Incident.resolved_at.is_(None))
            .order_by(Incident.id)
        )
        .all()
    )


def everywhere() -> Condition:
    """Return the condition that holds for every incident."""
    return sa.true()


def in_sight(sight: Sight) -> Condition:
    """Return the condition that an incident's case is in sight."""
    return sight.of(Incident.instance_id)


def is_visible(visible: Condition, incident_id: UUID) -> bool:
    """Tell whether an incident fulfils a condition of visibility."""
    query = sa.select(Incident.id).where(Incident.id == incident_id, visible)
    return session().scalar(query) is not None
