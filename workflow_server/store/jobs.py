"""Jobs: the outbox, a table of what is to be done after the commit."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from workflow_server.store.db import Model, run, session, table
from workflow_server.store.types import JsonColumn, UtcDateTime, UuidColumn


class JobStatus(StrEnum):
    """Where a job is in its life."""

    #: To be done once it is due and not held back after a failure.
    READY = "ready"
    #: Leased by a worker until `held_until`; after that another may take it.
    RUNNING = "running"
    #: It has happened.
    DONE = "done"
    #: Tried too often: an incident tells why, and its instance's later jobs wait.
    FAILED = "failed"


_PENDING = sa.text("status IN ('ready', 'running')")
_UNDONE = sa.text("status <> 'done'")


class Job(Model):
    """One deferred act. `due_at` is business time; `held_until` is real time."""

    __tablename__ = "jobs"
    __table_args__ = (
        sa.Index("ix_jobs_due", "due_at", "id", sqlite_where=_PENDING, postgresql_where=_PENDING),
        sa.Index(
            "ix_jobs_instance_id", "instance_id", sqlite_where=_UNDONE, postgresql_where=_UNDONE
        ),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[UUID] = mapped_column(UuidColumn, primary_key=True)
    kind: Mapped[str] = mapped_column(sa.Text)
    payload: Mapped[dict[str, Any]] = mapped_column(JsonColumn)
    instance_id: Mapped[UUID | None] = mapped_column(UuidColumn, default=None)
    #: The wait, document or delivery that it is about.
    subject_id: Mapped[UUID | None] = mapped_column(UuidColumn, default=None)
    status: Mapped[str] = mapped_column(sa.Text, default=JobStatus.READY)
    #: Jobs in line wait for the earlier ones of their instance.
    in_line: Mapped[bool] = mapped_column(sa.Boolean, default=True)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(sa.Integer, default=0)
    lease: Mapped[UUID | None] = mapped_column(UuidColumn, default=None)
    held_until: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    error: Mapped[str | None] = mapped_column(sa.Text, default=None)


_TABLE = table(Job)
_INSERT = sa.insert(_TABLE)


def add(values: dict[str, Any]) -> None:
    """Write a job down."""
    run(_INSERT, values)


def find(job_id: UUID) -> Job | None:
    """Return a job as it is now, if there is one."""
    return session().get(Job, job_id, populate_existing=True)


def _is_due(job: Any) -> sa.ColumnElement[bool]:
    # Literals, so that the index of pending jobs serves.
    return sa.and_(
        job.c.status.in_([sa.literal_column("'ready'"), sa.literal_column("'running'")]),
        job.c.due_at <= sa.bindparam("now"),
        sa.or_(job.c.held_until.is_(None), job.c.held_until <= sa.bindparam("real")),
    )


def _next_due() -> sa.ScalarSelect[Any]:
    job, earlier = _TABLE.alias("job"), _TABLE.alias("earlier")
    is_waiting = (
        sa.select(earlier.c.id)
        .where(
            earlier.c.instance_id == job.c.instance_id,
            earlier.c.status != sa.literal_column("'done'"),
            earlier.c.in_line,
            earlier.c.id < job.c.id,
        )
        .exists()
    )
    return (
        sa.select(job.c.id)
        .where(_is_due(job), sa.or_(~job.c.in_line, ~is_waiting))
        .order_by(job.c.due_at, job.c.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=job)
        .scalar_subquery()
    )


_IS_ANY_DUE = sa.select(_TABLE.c.id).where(_is_due(_TABLE)).limit(1)
_LEASE = (
    sa.update(_TABLE)
    .where(_TABLE.c.id == _next_due())
    .values(
        status=sa.literal_column("'running'"),
        attempts=_TABLE.c.attempts + 1,
        lease=sa.bindparam("token"),
        held_until=sa.bindparam("until"),
    )
    .returning(
        _TABLE.c.id, _TABLE.c.kind, _TABLE.c.payload, _TABLE.c.instance_id, _TABLE.c.attempts
    )
)
_END = sa.update(_TABLE).where(
    _TABLE.c.id == sa.bindparam("job_id"),
    _TABLE.c.lease == sa.bindparam("token"),
    _TABLE.c.status == sa.literal_column("'running'"),
)


_HOLD = _END.values(
    status=sa.literal_column("'ready'"),
    attempts=_TABLE.c.attempts - 1,
    lease=None,
    held_until=sa.bindparam("until"),
)


def is_any_due(now: datetime, real: datetime) -> bool:
    """Tell, without holding anybody up, whether looking for a job is worth while."""
    return run(_IS_ANY_DUE, {"now": now, "real": real}).first() is not None


def lease_next(now: datetime, real: datetime, until: datetime, token: UUID) -> Any | None:
    """Take the next due job until a moment; other workers pass it by. None: nothing is due."""
    return run(_LEASE, {"now": now, "real": real, "until": until, "token": token}).one_or_none()


def finish(job_id: UUID, token: UUID, now: datetime) -> bool:
    """Mark a job done if the lease is still ours; False when another worker has it now."""
    return _end(job_id, token, JobStatus.DONE, finished_at=now)


def put_back(job_id: UUID, token: UUID, until: datetime, error: str) -> bool:
    """Hold a failed job back until a moment of real time."""
    return _end(job_id, token, JobStatus.READY, held_until=until, error=error)


def hold(job_id: UUID, token: UUID, until: datetime) -> bool:
    """Hold a job back whose instance is suspended; that was no attempt."""
    values = {"job_id": job_id, "token": token, "until": until}
    return run(_HOLD, values).rowcount == 1


def let_go(instance_ids: Collection[UUID]) -> None:
    """Let all jobs of some instances be tried that were held back."""
    session().execute(
        sa.update(Job)
        .where(Job.instance_id.in_(instance_ids), Job.status == JobStatus.READY)
        .values(held_until=None)
        .execution_options(synchronize_session=False)
    )


def give_up(job_id: UUID, token: UUID, error: str) -> bool:
    """Leave a job that failed too often to a person."""
    return _end(job_id, token, JobStatus.FAILED, error=error)


def _end(
    job_id: UUID,
    token: UUID,
    status: JobStatus,
    *,
    held_until: datetime | None = None,
    finished_at: datetime | None = None,
    error: str | None = None,
) -> bool:
    """Give a lease up, if it is still ours."""
    values = {
        "job_id": job_id,
        "token": token,
        "status": status,
        "lease": None,
        "held_until": held_until,
        "finished_at": finished_at,
        "error": error,
    }
    return run(_END, values).rowcount == 1


def revive(job_id: UUID) -> None:
    """Let a failed job be tried again, from the first attempt."""
    session().execute(
        sa.update(Job)
        .where(Job.id == job_id, Job.status == JobStatus.FAILED)
        .values(status=JobStatus.READY, attempts=0, held_until=None, lease=None)
        .execution_options(synchronize_session=False)
    )


def drop(instance_id: UUID, subject_ids: Collection[UUID]) -> list[UUID]:
    """Take back jobs about these subjects that nobody is at; return which had failed.

    Whoever is at one holds its row and may wait for the instance that is held here: it is
    left to them, and they find nothing to do.
    """
    dropped = session().execute(
        sa.delete(Job)
        .where(
            Job.instance_id == instance_id,
            Job.subject_id.in_(subject_ids),
            Job.status != sa.literal_column("'done'"),  # as the index has it
            Job.status != sa.literal_column("'running'"),
        )
        .returning(Job.id, Job.status)
        .execution_options(synchronize_session=False)
    )
    return [row.id for row in dropped if row.status == JobStatus.FAILED]


def list_undone(kind: str) -> Sequence[Job]:
    """Return all jobs of a kind that have not been done, oldest first."""
    query = sa.select(Job).where(Job.kind == kind, Job.status != sa.literal_column("'done'"))
    return session().scalars(query.order_by(Job.id)).all()


def remove(job_id: UUID) -> None:
    """Take back a job that has not been done."""
    session().execute(
        sa.delete(Job)
        .where(Job.id == job_id, Job.status != sa.literal_column("'done'"))
        .execution_options(synchronize_session=False)
    )


def list_pending_of(instance_id: UUID, kind: str) -> Sequence[Job]:
    """Return an instance's jobs of a kind that have not been done."""
    return (
        session()
        .scalars(
            sa.select(Job)
            .where(Job.instance_id == instance_id, Job.kind == kind, Job.status != JobStatus.DONE)
            .order_by(Job.id)
        )
        .all()
    )


def set_due(job_id: UUID, due_at: datetime) -> None:
    """Make a job due at another moment, unless somebody is at it."""
    session().execute(
        sa.update(Job)
        .where(Job.id == job_id, Job.status == sa.literal_column("'ready'"))
        .values(due_at=due_at)
        .execution_options(synchronize_session=False)
    )


def list_(
    status: str | None, kind: str | None, instance_id: UUID | None, limit: int, offset: int
) -> tuple[Sequence[Job], int]:
    """Return jobs, newest first, and how many there are."""
    query = sa.select(Job)
    for column, value in ((Job.status, status), (Job.kind, kind), (Job.instance_id, instance_id)):
        if value is not None:
            query = query.where(column == value)
    total = session().scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0
    rows = session().scalars(query.order_by(Job.id.desc()).limit(limit).offset(offset))
    return rows.all(), total
