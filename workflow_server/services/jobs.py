"""Deferred acts: taken one at a time, retried with growing pauses, left to a person at last."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import structlog

from workflow_server.errors import InvalidState, NotFound, WorkflowServerError
from workflow_server.events import Event
from workflow_server.services import access, case_content, history
from workflow_server.services.actors import Actor
from workflow_server.store import incidents, jobs
from workflow_server.store.db import transaction
from workflow_server.store.history import JOBS, Act
from workflow_server.store.jobs import Job, JobStatus
from workflow_server.store.types import new_id

log = structlog.get_logger(__name__)

#: What a handler leaves to be written in the transaction that marks its job done.
WriteDown = Callable[[], None]
#: Does one job: payload and business time in. It runs with no transaction open, so that
#: slow work holds nobody up, and may return what is to be written down: that happens in
#: the transaction that marks the job done, and only if the lease is still ours. A handler
#: that opens transactions of its own must bear being run twice.
Handler = Callable[[Mapping[str, Any], datetime], WriteDown | None]


class OnHold(InvalidState):
    """流程已暂停"""


HANDLERS: dict[str, Handler] = {}

#: After so many failures a job becomes an incident.
ATTEMPTS = 5
#: How long a worker may take; then another one takes over.
LEASE = timedelta(seconds=120)
#: After how long a job of an instance that is held is looked at again.
HOLD = timedelta(seconds=60)
#: The pause after the first failure; it doubles each time.
FIRST_PAUSE = timedelta(seconds=2)


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Register the handler of a kind of job."""

    def register(handler: Handler) -> Handler:
        HANDLERS[kind] = handler
        return handler

    return register


def enqueue(
    kind: str,
    payload: Mapping[str, Any],
    *,
    now: datetime,
    instance_id: UUID | None = None,
    due_at: datetime | None = None,
    subject_id: UUID | None = None,
    in_line: bool = True,
) -> UUID:
    """Put a job into the outbox, inside the open transaction; due at once by default.

    A job in line waits until the earlier ones of its instance are done. `subject_id` is
    what it is about, for taking it back.
    """
    job_id = new_id()
    jobs.add(
        {
            "id": job_id,
            "kind": kind,
            "payload": dict(payload),
            "instance_id": instance_id,
            "subject_id": subject_id,
            "in_line": in_line,
            "due_at": due_at or now,
            "created_at": now,
        }
    )
    return job_id


def run_due(
    now: datetime | Callable[[], datetime], limit: int, real: datetime | None = None
) -> int:
    """Run due jobs one by one, at most `limit`; returns how many were tried.

    `now` is business time, which decides what is due; a clock is asked for each job anew, for
    one may take long. Leases and pauses go by `real`.
    """
    moment = now() if callable(now) else now
    if not jobs.is_any_due(moment, real or datetime.now(UTC)):
        return 0
    tried = 0
    lease: _Lease | None = _take(moment, real)
    while lease is not None:
        tried += 1
        moment = now() if callable(now) else now
        lease = _run(lease, moment, real, take_next=tried < limit)
    return tried


@dataclass(frozen=True, slots=True)
class _Lease:
    """A job in hand."""

    job: Any
    token: UUID


def _take(now: datetime, real: datetime | None) -> _Lease | None:
    with transaction():
        return _lease_next(now, real)


def _lease_next(now: datetime, real: datetime | None) -> _Lease | None:
    """Take the next due job, inside the open transaction."""
    moment, token = real or datetime.now(UTC), new_id()
    job = jobs.lease_next(now, moment, moment + LEASE, token)
    return None if job is None else _Lease(job, token)


def _run(lease: _Lease, now: datetime, real: datetime | None, *, take_next: bool) -> _Lease | None:
    """Do a job; the transaction that ends it takes the next one, which saves a commit."""
    job = lease.job
    if job.attempts > ATTEMPTS:
        _give_up(lease, "WorkerDied", "任务多次中断，未能完成。 The worker died in it again.", now)
        return _take(now, real) if take_next else None
    try:
        write_down = HANDLERS[job.kind](job.payload, now)
        with transaction():
            if jobs.finish(job.id, lease.token, now) and write_down is not None:
                write_down()
            return _lease_next(now, real) if take_next else None
    except OnHold:
        with transaction():
            jobs.hold(job.id, lease.token, (real or datetime.now(UTC)) + HOLD)
    except Exception as error:
        _fail(lease, error, now, real or datetime.now(UTC))
    return _take(now, real) if take_next else None


def _fail(lease: _Lease, error: Exception, now: datetime, real: datetime) -> None:
    job = lease.job
    reason = error.message if isinstance(error, WorkflowServerError) else repr(error)
    log.warning("job_failed", job=str(job.id), kind=job.kind, attempt=job.attempts, exc_info=error)
    if job.attempts >= ATTEMPTS:
        _give_up(lease, type(error).__name__, reason, now)
        return
    pause = FIRST_PAUSE * 2 ** (job.attempts - 1)
    with transaction():
        kept = case_content.described(type(error).__name__, reason)
        jobs.put_back(job.id, lease.token, real + pause, kept)


def _give_up(lease: _Lease, name: str, reason: str, now: datetime) -> None:
    job = lease.job
    with transaction():
        if jobs.give_up(job.id, lease.token, case_content.described(name, reason)):
            incident = {
                "id": new_id(),
                "instance_id": job.instance_id,
                "job_id": job.id,
                "message": reason,
                "raised_at": now,
            }
            incidents.add_all([incident])


def list_(
    actor: Actor,
    *,
    status: str | None = None,
    kind: str | None = None,
    instance_id: UUID | None = None,
    page: int = 1,
    page_size: int = 50,
) -> tuple[Sequence[Job], int]:
    """Return jobs, newest first, and how many there are; for administrators, without content."""
    access.check_administers(actor, "system")
    rows, total = jobs.list_(status, kind, instance_id, page_size, (page - 1) * page_size)
    return [_without_content(job) for job in rows], total


def get(actor: Actor, job_id: UUID) -> Job:
    """Return a job; for administrators, without what it holds of a case."""
    access.check_administers(actor, "system")
    return _without_content(_get(job_id))


def _get(job_id: UUID) -> Job:
    job = jobs.find(job_id)
    if job is None:
        raise NotFound(f"Expected job {job_id}, but there is none")
    return job


def _without_content(job: Job) -> Job:
    error, payload = case_content.name_of(job.error), case_content.ids_of(job.payload)
    return replace(job, error=error, payload=payload)


def retry(actor: Actor, job_id: UUID, now: datetime, idempotency_key: str | None = None) -> Job:
    """Let a failed job be tried again; its incident is resolved by that."""
    access.check_administers(actor, "system")
    asked = history.asked(actor, idempotency_key, "jobs.retry", job_id)
    with transaction():
        if history.first_answer(asked) is None:
            job = _get(job_id)
            if job.status != JobStatus.FAILED:
                raise InvalidState(
                    f"只有失败的后台作业才能重试。 Expected a failed job, but it is {job.status}."
                )
            revive(job_id, actor, now, asked)
        return get(actor, job_id)


def revive(job_id: UUID, actor: Actor, now: datetime, asked: history.Asked | None) -> None:
    """Put a failed job back, inside the open transaction."""
    jobs.revive(job_id)
    incidents.resolve_job(job_id, actor.person_id, now)
    data = {"job_id": str(job_id)}
    act = Act(at=now, act=Event.JOB_RETRIED, by=actor.stamp(), data=data)
    history.append_to_area(JOBS, act, asked)
