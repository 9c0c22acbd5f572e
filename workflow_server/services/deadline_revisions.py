"""Clocks counted again: by a new calendar, or after their case was held."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog

from workflow_server.errors import WorkflowServerError
from workflow_server.rules.calendars import Calendar
from workflow_server.rules.deadline_terms import Term
from workflow_server.services import advance, deadline_alerts, working_days
from workflow_server.services.deadline_counts import recount, revise, terms_of
from workflow_server.services.deadlines import facts_of
from workflow_server.services.due_days import today
from workflow_server.store import deadlines as store
from workflow_server.store import process_instances
from workflow_server.store.db import savepoint
from workflow_server.store.deadlines import Deadline
from workflow_server.store.process_instances import InstanceInHand

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Revised:
    """What a new calendar came to: how many clocks changed, and which can't be counted and why."""

    changed: int
    failed: Mapping[str, str]


def revise_all(now: datetime) -> Revised:
    """Count every running clock again by the calendar in force.

    A changed clock keeps what it was in its revisions. A rule that ran is not looked up
    again: the period is governed by the text in force when it began. A clock that can't be
    counted keeps its end and holds up no other.
    """
    calendar = working_days.current(now)
    changed = 0
    failed: dict[str, str] = {}
    for instance_id, deadline_id in store.list_running():
        # The instance first, like everybody who moves it; what it stopped meanwhile stays.
        instance = process_instances.lock(instance_id).instance
        deadline = store.find_running(deadline_id)
        if deadline is None:
            continue
        try:
            with savepoint():
                changed += _recount(deadline, instance, calendar, now)
        except (WorkflowServerError, ArithmeticError, LookupError, TypeError, ValueError) as error:
            log.warning("deadline_not_revised", deadline=str(deadline_id), exc_info=error)
            failed[str(deadline_id)] = str(error)
    return Revised(changed, failed)


def go_on(instance: InstanceInHand, stopped_at: datetime, now: datetime) -> int:
    """Put off the clocks that the law lets stop, by as long as their instance was held.

    Whether a clock stops is a column of its rule (`pausable`); all others have run on. The
    instance is locked. Returns how many were put off.
    """
    began, ended = today(stopped_at), today(now)
    if began == ended:
        return 0
    hold = Term("hold", ended, began=began, ended=ended)
    calendar = working_days.current(now)
    running = [each for each in store.list_running_of(instance.id) if each.rule_row["pausable"]]
    return sum(_recount(each, instance, calendar, now, hold) for each in running)


def _recount(
    deadline: Deadline,
    instance: InstanceInHand,
    calendar: Calendar,
    now: datetime,
    hold: Term | None = None,
) -> bool:
    """Count a clock again, whose instance is locked; say whether it changed."""
    terms = (*terms_of(deadline), *([hold] if hold is not None else []))
    counted = recount(deadline, calendar, terms)
    due = counted.due
    moved = due.due_at != deadline.due_at
    if hold is None and not moved and due.provisional == deadline.provisional:
        return False
    reason = f"工作日历更新至第{due.calendar_version}版"
    if hold is not None:
        reason = f"{hold.began}至{hold.ended}暂停"
    revise(deadline, counted, terms, reason, now)
    if moved:
        deadline_alerts.drop(deadline, now)
        ladder = deadline_alerts.ladder_of(instance.id)
        deadline_alerts.enqueue_next(deadline, ladder, calendar, now)
    deadline_alerts.tell(deadline, reason, now)
    shown = instance.variables.get("deadlines", {})
    if shown.get(deadline.name, {}).get("id") == str(deadline.id):
        revised = {**shown, deadline.name: facts_of(deadline)}
        process_instances.save(
            instance, {"variables": {**instance.variables, "deadlines": revised}}
        )
        advance.retime(instance.id, deadline.name, now)
    return True
