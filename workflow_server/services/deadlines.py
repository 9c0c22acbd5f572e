"""Starts and stops clocks by dated rules, warns before they end, and revises them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

import structlog

from workflow_server.config import CHINA
from workflow_server.errors import InvalidState
from workflow_server.rules.calendars import Calendar
from workflow_server.services import access, deadline_alerts, open_words, working_days
from workflow_server.services.deadline_counts import count
from workflow_server.services.deadline_rules import DeadlineRefused, find_all, parse_start
from workflow_server.services.situation import Situation
from workflow_server.store import deadlines as store
from workflow_server.store.deadlines import Deadline, DeadlineAlert, DeadlineStatus

if TYPE_CHECKING:
    from workflow_server.content.elements import DeadlineEffect
    from workflow_server.services.actors import Actor

log = structlog.get_logger(__name__)

#: Still running, blue to red; the days are those before the due day.
Light = Literal[
    "blue", "yellow", "orange", "red", "overdue", "paused", "met", "met_late", "cancelled"
]
_LIGHTS: tuple[tuple[int, Light], ...] = ((3, "red"), (7, "orange"), (15, "yellow"))
#: Of one case no more clocks than this are read at once.
_MOST_OF_ONE = 100
#: What a clock is until it has been stopped.
OPEN = frozenset({DeadlineStatus.RUNNING, DeadlineStatus.PAUSED})


class DeadlineNotRunning(InvalidState):
    """期限未在计算中"""


@dataclass(frozen=True, slots=True)
class DeadlineView:
    """A deadline with its light of the moment."""

    deadline: Deadline
    light: Light
    days_left: int

    @property
    def rules(self) -> list[str]:
        """Return the rules that apply, the one that ends first before the others."""
        return [self.deadline.rule, *(each["code"] for each in self.deadline.other_rules)]


def stop_on(situation: Situation) -> None:
    """Stop the clocks that are met as the token leaves this element; costs nothing otherwise."""
    for name, shown in situation.variables.get("deadlines", {}).items():
        if shown["status"] in OPEN and situation.visit.element_id in shown["stop_on"]:
            stop(name, situation, met=True)


def cancel_all(situation: Situation) -> None:
    """Cancel the clocks that still run when an instance has ended; nothing waits for them."""
    for name, shown in situation.variables.get("deadlines", {}).items():
        if shown["status"] in OPEN:
            stop(name, situation, met=False)


def list_(
    actor: Actor,
    now: datetime,
    *,
    organisation_id: UUID | None = None,
    instance_id: UUID | None = None,
    record_id: UUID | None = None,
    status: str | None = None,
    page: int = 1,
    page_size: int = 50,
) -> tuple[list[DeadlineView], int]:
    """Return the deadlines that the actor may see, the next to end first, and how many.

    `status` is running, overdue (a running one whose end has passed), paused, met, met_late
    or cancelled.
    """
    if instance_id is not None:
        access.see_instance(actor, instance_id)
    overdue = status == "overdue"
    rows, total = store.list_(
        access.sight(actor),
        organisation_id=organisation_id,
        instance_ids=None if instance_id is None else [instance_id],
        record_id=record_id,
        status="running" if overdue else status,
        due_before=now if overdue else None,
        page=page,
        page_size=page_size,
    )
    return [view(row, now) for row in rows], total


def list_of(instance_id: UUID, now: datetime) -> list[DeadlineView]:
    """Return the deadlines of a case that somebody has been shown, the next to end first."""
    rows, _ = store.list_(None, instance_ids=[instance_id], page_size=_MOST_OF_ONE)
    return [view(row, now) for row in rows]


def list_alerts(actor: Actor, deadline_id: UUID) -> list[DeadlineAlert]:
    """Return the warnings that a deadline gave, oldest first."""
    deadline = store.find(deadline_id)
    if deadline is None or not access.sees_instance(actor, deadline.instance_id):
        raise store.unknown(deadline_id)
    return store.list_alerts(deadline_id)


def view(deadline: Deadline, now: datetime) -> DeadlineView:
    """Return a deadline with its light; what has been stopped keeps the light of its end."""
    days_left = (deadline.due - now.astimezone(CHINA).date()).days
    return DeadlineView(deadline, _light(deadline, now, days_left), days_left)


def start(effect: DeadlineEffect, situation: Situation) -> None:
    """Start a named clock by the rules in force on its first day; the earliest end counts.

    A clock of the same name that still runs is cancelled: the new one takes its place.
    """
    code, begins, label, amount, copy_to = situation.feel(
        [effect.rule, effect.start, effect.label, effect.amount, effect.copy_to]
    )
    began = parse_start(begins, effect.name)
    rules = find_all(code, began, situation, amount)
    calendar = working_days.current(situation.now)
    counted = count(rules, began, calendar)
    if shown_of(situation, effect.name).get("status") in OPEN:
        stop(effect.name, situation, met=False)
    first = counted.rules[0]
    put(
        Deadline(
            organisation_id=situation.instance.organisation_id,
            instance_id=situation.instance.id,
            element_id=situation.visit.element_id,
            record_id=_record_id(effect.subject, situation),
            name=effect.name,
            label=open_words.masked(str(label), situation) if label else first.label or first.code,
            started_at=begins,
            stop_on=list(effect.stop_on),
            opened_at=situation.now,
            copy_to_id=read_id(copy_to, effect.name),
            **counted.columns(),
        ),
        calendar,
        situation,
    )


def put(deadline: Deadline, calendar: Calendar, situation: Situation) -> None:
    """Put a new clock down, with its first warning and what expressions see of it."""
    store.add(deadline)
    ladder = situation.content.shared.alerts
    deadline_alerts.enqueue_first(deadline, ladder, calendar, situation.now)
    situation.variables.setdefault("deadlines", {})[deadline.name] = facts_of(deadline)


def stop(name: str, situation: Situation, *, met: bool, reason: str | None = None) -> None:
    """Stop a named clock: what it waited for has come, or is awaited no more."""
    shown = situation.variables["deadlines"][name]
    deadline = store.get(UUID(shown["id"]))
    # One that was stopped before its element failed stays as it was when that is tried again.
    if deadline.status in OPEN:
        paused = deadline.status == DeadlineStatus.PAUSED
        in_time = paused or situation.now < deadline.due_at
        deadline.status = ("met" if in_time else "met_late") if met else "cancelled"
        deadline.stopped_at = situation.now
        deadline.stopped_for = reason
        deadline_alerts.drop(deadline, situation.now)
    situation.variables["deadlines"][name] = facts_of(deadline)


def read_id(value: Any, name: str) -> UUID | None:
    """Return the organisation that a diagram names, None where it names none."""
    try:
        return None if value is None else UUID(str(value))
    except ValueError as error:
        raise DeadlineRefused(
            f"期限“{name}”的抄送单位无法识别。"
            f" Expected an organisation's id for copies of '{name}', but got {value!r:.60}."
        ) from error


def _record_id(subject: str | None, situation: Situation) -> UUID | None:
    shown = situation.variables.get("records", {}).get(subject) if subject else None
    return UUID(shown["id"]) if shown else None


def shown_of(situation: Situation, name: str) -> Mapping[str, Any]:
    """Return what expressions see of a named clock, empty where it was never started."""
    shown: Mapping[str, Any] = situation.variables.get("deadlines", {}).get(name, {})
    return shown


def facts_of(deadline: Deadline) -> dict[str, Any]:
    """Return what expressions and timers may read of a clock."""
    return {
        "id": str(deadline.id),
        "rule": deadline.rule,
        "rules": [deadline.rule, *(each["code"] for each in deadline.other_rules)],
        "label": deadline.label,
        "start": deadline.started_at,
        "due": deadline.due.isoformat(),
        "raw_due": deadline.raw_due.isoformat(),
        "due_at": deadline.due_at.isoformat(),
        "provisional": deadline.provisional,
        "explanation": deadline.explanation,
        "status": deadline.status,
        "stop_on": deadline.stop_on,
    }


def _light(deadline: Deadline, now: datetime, days_left: int) -> Light:
    if deadline.status != "running":
        stopped: Mapping[str, Light] = {"met": "met", "met_late": "met_late", "paused": "paused"}
        return stopped.get(deadline.status, "cancelled")
    if now >= deadline.due_at:
        return "overdue"
    return next((light for days, light in _LIGHTS if days_left <= days), "blue")
