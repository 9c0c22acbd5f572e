"""Warnings of clocks: when the next is due, whom it goes to, and what it may say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from workflow_server.content.alerts import Ladder
from workflow_server.rules.calendars import Calendar
from workflow_server.rules.deadline_sentences import date_zh
from workflow_server.rules.deadlines import day_end, shanghai_day
from workflow_server.services import definition_cache, jobs, notices, working_days
from workflow_server.services.deadline_rules import parse_start
from workflow_server.store import deadlines as store
from workflow_server.store import incidents, process_definitions, process_instances
from workflow_server.store import jobs as job_rows
from workflow_server.store.deadlines import Deadline, DeadlineAlert, DeadlineStatus

ALERT_JOB = "deadline_alert"
TOLD_JOB = "deadline_told"

#: When a step is due, and the days before the end; below zero: how long it is missed.
Step = tuple[datetime, int]


def enqueue_first(deadline: Deadline, ladder: Ladder, calendar: Calendar, now: datetime) -> None:
    """Put the first warning of a new clock down: that it has begun, or the next step."""
    if ladder.at_start and ladder.receivers and not deadline.rule_row.get("silent"):
        _enqueue(deadline, (now, (deadline.due - shanghai_day(now)).days), now, at_start=True)
    else:
        enqueue_next(deadline, ladder, calendar, now)


def enqueue_next(deadline: Deadline, ladder: Ladder, calendar: Calendar, now: datetime) -> None:
    """Put a job down for the next warning that is still to come.

    One at a time: a clock that is stopped in time has one job to drop, not four.
    """
    coming = (step for step in _steps(deadline, ladder, calendar) if step[0] > now)
    step = min(coming, default=None)
    if step is not None:
        _enqueue(deadline, step, now)


def drop(deadline: Deadline, now: datetime) -> None:
    """Take the next warning of a clock back."""
    for job_id in job_rows.drop(deadline.instance_id, [deadline.id]):
        incidents.resolve_job(job_id, None, now)


def tell(deadline: Deadline, reason: str, now: datetime) -> None:
    """Put a job down that tells those who work on a case how its clock was changed."""
    jobs.enqueue(
        TOLD_JOB,
        {"deadline_id": str(deadline.id), "reason": reason},
        instance_id=deadline.instance_id,
        now=now,
        in_line=False,
    )


def ladder_of(instance_id: UUID) -> Ladder:
    """Return the ladder of the content that a case runs by."""
    definition_id = process_instances.get(instance_id).process_definition_id
    deployment_id = process_definitions.get(definition_id).deployment_id
    return definition_cache.content_of(deployment_id).shared.alerts


@jobs.handles(ALERT_JOB)
def give_alert(payload: Mapping[str, Any], now: datetime) -> jobs.WriteDown:
    """Warn once of a clock that still runs; one that was stopped or moved gives no warning."""

    def write_down() -> None:
        deadline = store.find(UUID(payload["deadline_id"]))
        due, days = date.fromisoformat(payload["due"]), payload["days_before"]
        if deadline is None or deadline.status != DeadlineStatus.RUNNING or deadline.due != due:
            return
        ladder = ladder_of(deadline.instance_id)
        if store.find_alert(deadline.id, due, days) is None:
            at_start = payload.get("at_start", False)
            text = _begun(deadline) if at_start else _warning(deadline, now)
            _write(deadline, days, text, now)
            notices.warn(deadline, ladder, None if at_start else days, text, now)
        enqueue_next(deadline, ladder, working_days.current(now), now)

    return write_down


@jobs.handles(TOLD_JOB)
def give_news(payload: Mapping[str, Any], now: datetime) -> jobs.WriteDown:
    """Tell those who work on a case how its clock was changed."""

    def write_down() -> None:
        deadline = store.find(UUID(payload["deadline_id"]))
        if deadline is not None:
            ladder = ladder_of(deadline.instance_id)
            notices.tell(deadline, ladder, _news(deadline, payload["reason"]), now)

    return write_down


def _steps(deadline: Deadline, ladder: Ladder, calendar: Calendar) -> Iterator[Step]:
    began = shanghai_day(parse_start(deadline.started_at, deadline.name))
    length, rule = (deadline.due - began).days, deadline.rule_row
    if rule.get("silent"):
        return
    nominal = rule["amount"] if rule["unit"] in ("day", "workday") else length
    days = set(rule["warn"] or ladder.before)
    if 0 < nominal <= ladder.short_days:
        days = {*ladder.short_before, *(length * share // 100 for share in ladder.short_shares)}
    for each in sorted(days - {0}, reverse=True):
        yield day_end(deadline.due - timedelta(days=each + 1)), each
    yield deadline.due_at, 0
    day, passed = deadline.due, 0
    for _ in range(ladder.overdue_workdays):
        day, passed = calendar.add_workdays(day, 1), passed + 1
        yield day_end(day), -passed
    for _ in range(ladder.overdue_most if ladder.overdue_every else 0):
        day, passed = day + timedelta(days=ladder.overdue_every), passed + 1
        yield day_end(day), -passed


def _enqueue(deadline: Deadline, step: Step, now: datetime, *, at_start: bool = False) -> None:
    due_at, days = step
    jobs.enqueue(
        ALERT_JOB,
        {
            "deadline_id": str(deadline.id),
            "due": deadline.due.isoformat(),
            "days_before": days,
            **({"at_start": True} if at_start else {}),
        },
        instance_id=deadline.instance_id,
        subject_id=deadline.id,
        due_at=due_at,
        now=now,
        in_line=False,
    )


def _write(deadline: Deadline, days: int, text: str, now: datetime) -> None:
    store.add(
        DeadlineAlert(
            deadline_id=deadline.id,
            organisation_id=deadline.organisation_id,
            due=deadline.due,
            days_before=days,
            text=text,
            given_at=now,
        )
    )


def _begun(deadline: Deadline) -> str:
    return f"“{deadline.label}”开始计算，{_end(deadline)}届满。"


def _warning(deadline: Deadline, now: datetime) -> str:
    if now >= deadline.due_at:
        return f"“{deadline.label}”已于{_end(deadline)}届满，尚未办结。"
    left = (deadline.due - shanghai_day(now)).days
    return f"“{deadline.label}”将于{_end(deadline)}届满，还有{left}日。"


def _news(deadline: Deadline, reason: str) -> str:
    if deadline.status == DeadlineStatus.PAUSED:
        return f"“{deadline.label}”已中止计算：{reason}。"
    return f"“{deadline.label}”有变化：{reason}；{_moved(deadline)}。"


def _moved(deadline: Deadline) -> str:
    before = deadline.revisions[-1] if deadline.revisions else {}
    was = before.get("due")
    if was == deadline.due.isoformat():
        if before.get("provisional") and not deadline.provisional:
            return f"届满日已确定，仍为{date_zh(deadline.due)}，不再暂定"
        return f"仍于{_end(deadline)}届满"
    told = f"（原为{date_zh(date.fromisoformat(was))}）" if was else ""
    return f"现于{_end(deadline)}届满{told}"


def _end(deadline: Deadline) -> str:
    return f"{date_zh(deadline.due)}{'（暂定）' if deadline.provisional else ''}"
