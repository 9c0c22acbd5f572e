"""Calls: the process that a call activity starts, and how its caller hears what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from workflow_server.engine.runtime import WaitNotOpen, overlaid
from workflow_server.errors import InvalidState
from workflow_server.events import Event
from workflow_server.services import effects, handovers, history, jobs
from workflow_server.services.advance import standings, waits
from workflow_server.services.advance.case import Case
from workflow_server.services.handovers import Handover
from workflow_server.services.situation import RESERVED
from workflow_server.store import access, process_definitions, process_instances
from workflow_server.store.db import savepoint
from workflow_server.store.history import Act
from workflow_server.store.process_instances import InstanceStatus, Locked
from workflow_server.store.subscriptions import SubscriptionKind

if TYPE_CHECKING:
    from workflow_server.engine.runtime import Step, Wait
    from workflow_server.services.advance.moved import NextTask
    from workflow_server.store.process_instances import InstanceInHand

#: The error that a caller gets whose called process was cancelled.
CANCELLED = "call-cancelled"
#: Tells the caller that a called process has ended, or that it escalated.
CALL_ENDED, CALL_ESCALATED = "call_ended", "call_escalated"
_OVER = (InstanceStatus.COMPLETED, InstanceStatus.CANCELLED)


class CallImpossible(InvalidState):
    """无法调用流程"""


def write(case: Case, step: Step, marked: Mapping[str, Any]) -> tuple[NextTask, ...]:
    """Start what a step calls, end what it calls no longer, and let its caller hear of it.

    Returns the tasks that wait in what was called. The caller is told by jobs in line of the
    called one: in their order, once, and without holding both.
    """
    opened: list[NextTask] = []
    if case.calls:
        if marked:
            hand_down(case, marked)
        if step.waits_closed:
            _cancel(case, step.waits_closed)
        for wait in step.waits_opened:
            if wait.kind == "call":
                opened += _try(case, wait, step.variables, marked)
    if case.instance.parent_id is not None:
        for code in step.escalations:
            _tell(case, CALL_ESCALATED, {"code": code})
        if step.ended:
            _tell(case, CALL_ENDED, {"error": _error(step)})
    return tuple(opened)


def _error(step: Step) -> list[str] | None:
    """Return what a called process ended with; one that was cancelled did not do its work."""
    if step.error is not None:
        return list(step.error)
    return None if step.end_events else [CANCELLED, "所调用的流程已被终止"]


def open_(case: Case, wait: Wait, marked: Mapping[str, Any] = {}) -> tuple[NextTask, ...]:
    """Start a called process for a wait whose parameters failed before."""
    return _open(case, wait, case.variables_at(wait.id), marked)


def _try(
    case: Case, wait: Wait, variables: dict[str, Any], marked: Mapping[str, Any]
) -> tuple[NextTask, ...]:
    with waits.or_later(case.house, wait), savepoint():
        return _open(case, wait, overlaid(variables, wait.frame), marked)
    return ()


def _open(
    case: Case, wait: Wait, variables: dict[str, Any], marked: Mapping[str, Any]
) -> tuple[NextTask, ...]:
    called = process_definitions.find_of_deployment(case.definition.deployment_id, wait.name or "")
    if called is None:
        raise CallImpossible(
            f"没有流程“{wait.name}”可以调用。"
            f" Expected process '{wait.name}' in the deployment, but there is none."
        )
    parameters = case.process.elements[wait.element_id].call
    values = case.house.situation_at(case.process.elements[wait.element_id], variables).feel(
        [each.value for each in parameters]
    )
    given = {each.name: value for each, value in zip(parameters, values, strict=True)}
    child = case.beside(_begin(case, wait, called.id, variables, marked))
    # Who and what it is told of keeps the name that it was picked by.
    known = variables.get("names") or {}
    child.picked = {text: known[text] for text in _texts(given) if text in known}
    waits.subscribe(case.house, wait, SubscriptionKind.CALL, called.key)
    act = Act(
        at=case.now,
        act=Event.INSTANCE_STARTED,
        by=case.actor.stamp(case.instance.organisation_id) if case.actor is not None else None,
        data={"parent_id": str(case.instance.id), "called_at": wait.element_id},
    )
    return child.start(None, None, act, given=given).next_tasks


def _texts(value: Any) -> Iterator[str]:
    """Yield every text in a value, at any depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list):
        for each in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(each)


def _begin(
    case: Case,
    wait: Wait,
    definition_id: UUID,
    variables: Mapping[str, Any],
    marked: Mapping[str, Any],
) -> Locked:
    instance = case.instance
    inherited = heritage(case, marked)
    standing = {"inherited": inherited}
    locked = process_instances.begin(
        definition_id,
        instance.organisation_id,
        instance.started_by,
        case.now,
        marked.get("department_id", instance.department_id),
        parent_id=instance.id,
        parent_visit_id=wait.id,
        business_key=_business_key(instance, variables),
        **{"standing": standing, **standings.in_force(standing)},
    )
    access.recuse_alike(instance.id, locked.instance.id)
    if inherited["team"]:
        standings.write_team(locked.instance, inherited["team"], had_none=True)
    return locked


def _business_key(instance: InstanceInHand, variables: Mapping[str, Any]) -> str | None:
    drawn = variables.get(effects.BUSINESS_KEY)
    return drawn if isinstance(drawn, str) else instance.business_key


def heritage(case: Case, marked: Mapping[str, Any] = {}) -> dict[str, Any]:
    """Return what a called case has from its caller: what keeps people away, and who belongs."""
    instance = case.instance
    team = [[str(person), role] for person, role in access.list_team(instance.id)]
    marks = {name: marked.get(name, getattr(instance, name)) for name in _MARKS}
    return {**marks, "team": team}


_MARKS = ("secrecy", "minor", "flags")


def hand_down(case: Case, marked: Mapping[str, Any] = {}) -> None:
    """Let what keeps people from a case, and who belongs to it, hold for all that it called."""
    called = process_instances.list_called(case.instance.id) if case.calls else ()
    for called_id in called:
        child, inherited = case.beside(process_instances.lock(called_id)), heritage(case, marked)
        if child.instance.standing.get("inherited") != inherited:
            _inherit(child, inherited)
            hand_down(child)


def _inherit(child: Case, inherited: dict[str, Any]) -> None:
    instance = child.instance
    before, team = (instance.secrecy, instance.minor), standings.team_of(instance.standing)
    standing = {**instance.standing, "inherited": inherited}
    values = {"standing": standing, **standings.in_force(standing)}
    told: dict[str, Any] = {"inherited": {name: inherited[name] for name in _MARKS}}
    if standings.team_of(standing) != team:
        told |= standings.write_team(instance, standings.team_of(standing), had_none=not team)[0]
    by = child.actor.stamp(instance.organisation_id) if child.actor is not None else None
    act = Act(at=child.now, act=Event.CASE_RESTRICTED, by=by, data=told)
    process_instances.save(instance, {**values, **history.append(instance, act)})
    if standings.is_stricter(values, before):
        handover = Handover(child.actor, "restricted", child.now)
        handovers.give_back_kept_from(instance, handover)


def _cancel(case: Case, visit_ids: tuple[UUID, ...]) -> None:
    """End what was called for waits that are over, with all that it has called itself.

    The caller is held before the called, always: nobody waits for the other way round.
    """
    for called_id in process_instances.list_called(case.instance.id, visit_ids):
        child = case.beside(process_instances.lock(called_id))
        if child.instance.status not in _OVER:
            data = {"parent_id": str(case.instance.id)}
            child.cancel(Act(at=case.now, act=Event.INSTANCE_CANCELLED, data=data))


def _tell(case: Case, kind: str, payload: dict[str, Any]) -> None:
    jobs.enqueue(
        kind,
        {"instance_id": str(case.instance.id), "relays": case.relays + 1, **payload},
        now=case.now,
        instance_id=case.instance.id,
    )


@jobs.handles(CALL_ENDED)
def ended(payload: Mapping[str, Any], now: datetime) -> jobs.WriteDown:
    """Let a caller go on from what it called; one that waits no longer has nothing to do."""
    called, relays = UUID(payload["instance_id"]), payload.get("relays", 0)
    return lambda: _ended(called, payload["error"], now, relays)


@jobs.handles(CALL_ESCALATED)
def escalated(payload: Mapping[str, Any], now: datetime) -> jobs.WriteDown:
    """Let a caller hear an escalation of what it called."""
    called, relays = UUID(payload["instance_id"]), payload.get("relays", 0)
    return lambda: _escalated(called, payload["code"], now, relays)


def _ended(called_id: UUID, error: list[str] | None, now: datetime, relays: int) -> None:
    called = process_instances.get_whole(called_id).instance
    case, wait_id = _caller(called.parent_id, now, relays), called.parent_visit_id
    if case is None or wait_id is None:
        return
    data = {"called_id": str(called_id)}
    try:
        if error is not None:
            code, message = error
            act = Act(at=now, act=Event.CALL_ENDED, data={**data, "error": code})
            case.raise_in_call(wait_id, code, message, act)
        else:
            result = {
                name: value for name, value in called.variables.items() if name not in RESERVED
            }
            case.end_call(wait_id, result, Act(at=now, act=Event.CALL_ENDED, data=data))
    except WaitNotOpen:
        return


def _escalated(called_id: UUID, code: str, now: datetime, relays: int) -> None:
    called = process_instances.get_whole(called_id).instance
    case, wait_id = _caller(called.parent_id, now, relays), called.parent_visit_id
    if case is None or wait_id is None:
        return
    data = {"called_id": str(called_id), "escalation": code}
    try:
        case.escalate_in_call(wait_id, code, Act(at=now, act=Event.CALL_ESCALATED, data=data))
    except WaitNotOpen:
        return


def _caller(parent_id: UUID | None, now: datetime, relays: int) -> Case | None:
    if parent_id is None:
        return None
    case = Case(process_instances.lock(parent_id), None, now, relays)
    return None if case.instance.status in _OVER else case
