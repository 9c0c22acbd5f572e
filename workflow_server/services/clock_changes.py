"""A single clock changed by hand: what the diagram did not foresee, within what its rule allows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson

from workflow_server.content.deadline_effects import DeadlineEffect, DeadlineOperation
from workflow_server.errors import Fault, InvalidInput, InvalidState
from workflow_server.events import Event
from workflow_server.rules.access import Right
from workflow_server.services import access, advance, deadline_changes, deadlines, history
from workflow_server.services.actors import Actor
from workflow_server.services.advance import Case
from workflow_server.services.deadline_counts import rules_of
from workflow_server.services.deadlines import DeadlineView
from workflow_server.services.restrictions import check_reason
from workflow_server.store import deadlines as store
from workflow_server.store import process_instances
from workflow_server.store.db import transaction
from workflow_server.store.deadlines import Deadline, DeadlineStatus
from workflow_server.store.history import Act

#: What may be done to a clock by hand, and which of day and days it needs.
NEEDS: dict[str, str | None] = {
    "extend": "day",
    "pause": None,
    "resume": None,
    "exclude": "days",
    "revise": "day",
}
LONGEST_BASIS = 200


class ClockReplaced(InvalidState):
    """该期限已被新的期限取代"""


class ChangeIncomplete(InvalidInput):
    """期限调整的内容不完整"""


@dataclass(frozen=True, slots=True)
class Change:
    """What is done to a clock, why, and on which legal ground.

    `day` is the new last day or the right first one; `days` are those that do not count.
    """

    operation: str
    reason: str
    basis: str
    day: date | None = None
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a clock is, or would be."""

    due: date
    provisional: bool
    explanation: str
    status: str


class _Looked(Exception):
    """Carries what would be out of a transaction that must not be committed."""

    def __init__(self, outlook: Outlook) -> None:
        self.outlook = outlook


def open_to(actor: Actor, deadline_id: UUID, now: datetime) -> tuple[DeadlineView, list[str]]:
    """Return a clock that somebody may change, and what its rule lets be done to it now."""
    deadline = _seen(actor, deadline_id)
    return deadlines.view(deadline, now), _allowed(deadline)


def may_change(actor: Actor, instance_id: UUID, organisation_id: UUID) -> bool:
    """Tell whether somebody may change the clocks of a case."""
    holds = actor.may(Right.CHANGE_CLOCKS, organisation_id)
    return holds and access.sees_to_act(actor, instance_id)


def preview(actor: Actor, deadline_id: UUID, change: Change, now: datetime) -> Outlook:
    """Return what a change would come to; nothing is kept of it."""
    _check(change)
    try:
        with transaction():
            deadline, case = _lock(actor, deadline_id, now)
            _apply(deadline, change, case)
            raise _Looked(_outlook(deadline))
    except _Looked as looked:
        return looked.outlook


def make(
    actor: Actor,
    deadline_id: UUID,
    change: Change,
    now: datetime,
    idempotency_key: str | None = None,
) -> DeadlineView:
    """Change a clock: its revision says what it was, and who follows it is told."""
    _check(change)
    asked = history.asked(actor, idempotency_key, "deadlines.change", deadline_id, _told(change))
    with transaction():
        deadline, case = _lock(actor, deadline_id, now)
        if history.first_answer(asked) is None:
            before = _outlook(deadline)
            variables = _apply(deadline, change, case)
            told = {
                **_told(change),
                "deadline_id": str(deadline.id),
                "name": deadline.name,
                "before": before.due.isoformat(),
                "after": deadline.due.isoformat(),
            }
            by = actor.stamp(case.instance.organisation_id)
            act = Act(at=now, act=Event.DEADLINE_CHANGED, by=by, data=told)
            case.edit(variables, act, asked)
            advance.retime(case.instance.id, deadline.name, now)
    return deadlines.view(store.get(deadline_id), now)


def _lock(actor: Actor, deadline_id: UUID, now: datetime) -> tuple[Deadline, Case]:
    """Hold a clock with its case, if somebody may change it and it still counts."""
    instance_id = _seen(actor, deadline_id).instance_id
    case = Case(process_instances.lock(instance_id), actor, now)
    case.check_running()
    deadline = _seen(actor, deadline_id)
    shown = case.instance.variables.get("deadlines", {}).get(deadline.name, {})
    if shown.get("id") != str(deadline.id):
        raise ClockReplaced(
            f"期限“{deadline.label}”已被新的期限取代，请调整新的期限。"
            f" Expected the newest deadline '{deadline.name}', but another took its place."
        )
    return deadline, case


def _seen(actor: Actor, deadline_id: UUID) -> Deadline:
    deadline = store.find(deadline_id)
    if deadline is None or not access.sees_to_act(actor, deadline.instance_id):
        raise store.unknown(deadline_id)
    access.check_right(actor, Right.CHANGE_CLOCKS, deadline.organisation_id)
    return deadline


def _allowed(deadline: Deadline) -> list[str]:
    rules = rules_of(deadline)
    paused = deadline.status == DeadlineStatus.PAUSED
    running = deadline.status == DeadlineStatus.RUNNING
    is_let = {
        "extend": running and rules[0].extendable,
        "pause": running and all(each.pausable for each in rules),
        "resume": paused,
        "exclude": running and any(each.excludable or each.pausable for each in rules),
        "revise": deadline.status != DeadlineStatus.CANCELLED,
    }
    return [operation for operation in NEEDS if is_let[operation]]


def _check(change: Change) -> None:
    check_reason(change.reason)
    if not change.basis.strip() or len(change.basis) > LONGEST_BASIS:
        raise _incomplete("basis", f"请填写依据，最多{LONGEST_BASIS}个字", "a legal basis")
    if change.operation not in NEEDS:
        raise _incomplete("operation", "请选择怎样调整", "a known change")
    needed = NEEDS[change.operation]
    if needed is not None and getattr(change, needed) is None:
        words = {"day": "请填写日期", "days": "请填写天数"}[needed]
        raise _incomplete(needed, words, f"'{needed}'")


def _incomplete(field: str, words: str, expected: str) -> ChangeIncomplete:
    return ChangeIncomplete(
        f"{words}。 Expected {expected} to change a deadline, but there is none.",
        [Fault(f"#/{field}", words)],
    )


def _apply(deadline: Deadline, change: Change, case: Case) -> dict[str, Any]:
    """Do to a clock what a diagram could; return what its case holds afterwards.

    What was typed comes in as answers and is never read as an expression.
    """
    held = case.instance.variables
    clocks = orjson.loads(orjson.dumps(held["deadlines"]))
    typed = {
        "day": change.day.isoformat() if change.day is not None else None,
        "days": change.days,
        "reason": f"{change.reason.strip()}（{change.basis.strip()}）",
    }
    element = case.process.elements[deadline.element_id]
    situation = case.house.situation_at(element, {**held, "deadlines": clocks, "this": typed})
    deadline_changes.apply(_effect(deadline, change.operation), situation)
    return {**held, "deadlines": clocks}


def _effect(deadline: Deadline, operation: Any) -> DeadlineEffect:
    named: DeadlineOperation = operation
    return DeadlineEffect(
        named,
        deadline.name,
        until="=this.day" if operation == "extend" else None,
        start="=this.day" if operation == "revise" else None,
        days="=this.days" if operation == "exclude" else None,
        reason="=this.reason",
    )


def _outlook(deadline: Deadline) -> Outlook:
    return Outlook(deadline.due, deadline.provisional, deadline.explanation, deadline.status)


def _told(change: Change) -> dict[str, Any]:
    return {
        "operation": change.operation,
        "reason": change.reason.strip(),
        "basis": change.basis.strip(),
        "day": change.day.isoformat() if change.day is not None else None,
        "days": change.days,
    }
