"""Upkeep: what waits, what failed and where, counted over the whole house; nothing of a case."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from workflow_server.store.db import session
from workflow_server.store.incidents import Incident
from workflow_server.store.jobs import Job, JobStatus
from workflow_server.store.process_definitions import ProcessDefinition
from workflow_server.store.process_instances import ProcessInstance

# Literals, so that the indexes of what is not done serve.
_PENDING = Job.status.in_([sa.literal_column("'ready'"), sa.literal_column("'running'")])
_UNDONE = Job.status != sa.literal_column("'done'")


@dataclass(frozen=True, slots=True)
class Queue:
    """The jobs that are not done, and since when the one that waits longest has been due."""

    waiting: int
    running: int
    failed: int
    late: int
    oldest_due: datetime | None


@dataclass(frozen=True, slots=True)
class Place:
    """Which process an instance runs; none of what it holds."""

    definition_id: UUID
    deployment_id: UUID
    key: str
    title: str
    version: int


def count_queue(now: datetime, real: datetime) -> Queue:
    """Count the jobs that are not done; late: due for some time, and no worker has them."""
    is_due = sa.and_(
        Job.status == JobStatus.READY,
        Job.due_at <= now,
        sa.or_(Job.held_until.is_(None), Job.held_until <= real),
    )

    def number(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
        return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)

    row = session().execute(
        sa.select(
            number(Job.status == JobStatus.READY),
            number(Job.status == JobStatus.RUNNING),
            number(Job.status == JobStatus.FAILED),
            number(is_due),
            sa.func.min(sa.case((is_due, Job.due_at))),
        ).where(_UNDONE)
    )
    waiting, running, failed, late, oldest = row.one()
    return Queue(waiting, running, failed, late, oldest)


def find_last_done() -> datetime | None:
    """Return when the newest job that is done was done."""
    query = sa.select(Job.finished_at).where(Job.status == JobStatus.DONE)
    return session().scalar(query.order_by(Job.id.desc()).limit(1))


def list_kinds() -> Sequence[str]:
    """Return the kinds of the jobs that are not done."""
    return session().scalars(sa.select(Job.kind).where(_UNDONE).distinct().order_by(Job.kind)).all()


def count_open_incidents() -> int:
    """Return how many incidents wait for a person."""
    query = sa.select(sa.func.count()).select_from(Incident).where(Incident.resolved_at.is_(None))
    return session().scalar(query) or 0


def list_places(instance_ids: Collection[UUID]) -> dict[UUID, Place]:
    """Return which process each of these instances runs."""
    definition = ProcessDefinition
    query = (
        sa.select(
            ProcessInstance.id,
            definition.id,
            definition.deployment_id,
            definition.key,
            definition.title,
            definition.version,
        )
        .join(definition, definition.id == ProcessInstance.process_definition_id)
        .where(ProcessInstance.id.in_(instance_ids))
    )
    return {row[0]: Place(*row[1:]) for row in session().execute(query)}


def list_definitions(deployment_ids: Collection[UUID]) -> Sequence[ProcessDefinition]:
    """Return the process definitions that came with these deployments, by key."""
    query = (
        sa.select(ProcessDefinition)
        .where(ProcessDefinition.deployment_id.in_(deployment_ids))
        .order_by(ProcessDefinition.key)
    )
    return session().scalars(query).all()
