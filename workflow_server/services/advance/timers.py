"""Timers that ring: the jobs behind them, and their new times when a deadline is revised."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from workflow_server.engine.runtime import Wait, WaitNotOpen
from workflow_server.events import Event
from workflow_server.services import jobs
from workflow_server.services.advance import assignments, calls, waits
from workflow_server.services.advance.case import Case
from workflow_server.store import jobs as job_rows
from workflow_server.store import process_instances, tasks
from workflow_server.store.history import Act
from workflow_server.store.process_instances import InstanceStatus


@jobs.handles(waits.FIRE_TIMER)
def fire(payload: Mapping[str, Any], now: datetime) -> jobs.WriteDown:
    """Let a due timer ring; one that is no longer waited for has nothing to say."""
    due = _moment(payload.get("due"))
    return lambda: _fire(_read(payload["wait"]), UUID(payload["instance_id"]), due, now)


@jobs.handles(waits.ARM_WAIT)
def arm(payload: Mapping[str, Any], now: datetime) -> jobs.WriteDown:
    """Open a wait whose expression failed when the token arrived."""
    since = _moment(payload.get("opened_at")) or now
    return lambda: _arm(_read(payload["wait"]), UUID(payload["instance_id"]), since, now)


def retime(instance_id: UUID, deadline: str, now: datetime) -> None:
    """Give timers and tasks that follow a deadline their new time, inside the open transaction.

    Call it after the deadline's new day stands in the instance's variables.
    """
    case = Case(process_instances.lock(instance_id), None, now)
    variables = case.instance.variables
    for element_id in variables["deadlines"][deadline]["stop_on"]:
        tasks.set_due_on(instance_id, element_id, assignments.due_on(variables, element_id))
    for job in job_rows.list_pending_of(instance_id, waits.FIRE_TIMER):
        if job.payload.get("deadline") == deadline:
            wait = _read(job.payload["wait"])
            job_rows.set_due(job.id, waits.due_at(case.house, wait, variables, now))


def _fire(wait: Wait, instance_id: UUID, due: datetime | None, now: datetime) -> None:
    case = Case(process_instances.lock(instance_id), None, now)
    if case.instance.status in (InstanceStatus.COMPLETED, InstanceStatus.CANCELLED):
        return
    act = Act(at=now, act=Event.TIMER_FIRED, element_id=wait.element_id)
    try:
        case.fire_timer(wait.id, act, due)
    except WaitNotOpen:
        return


def _arm(wait: Wait, instance_id: UUID, since: datetime, now: datetime) -> None:
    case = Case(process_instances.lock(instance_id), None, now)
    if case.instance.status in (InstanceStatus.COMPLETED, InstanceStatus.CANCELLED):
        return
    case.check_running()
    if wait.kind == "call":
        calls.open_(case, wait)
    else:
        case.take(waits.open_(case.house, wait, case.variables_at(wait.id), since))


def _read(wait: Mapping[str, Any]) -> Wait:
    timer = wait["timer"]
    return Wait(
        id=UUID(wait["id"]),
        element_id=wait["element_id"],
        kind=wait["kind"],
        name=wait["name"],
        timer=(timer[0], timer[1]) if timer is not None else None,
        since=_moment(wait.get("since")),
    )


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
