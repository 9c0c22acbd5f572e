"""What a person may do to a case that its diagram didn't foresee; each with a reason."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from workflow_server import feel
from workflow_server.content import process_checks
from workflow_server.content.content import Content
from workflow_server.content.elements import ElementExtensions
from workflow_server.engine import runtime
from workflow_server.engine.frames import GROUPS
from workflow_server.engine.runtime import Position
from workflow_server.errors import InvalidInput, InvalidState
from workflow_server.events import Event
from workflow_server.rules.access import Right
from workflow_server.services import access, deadline_revisions, definition_cache, effects, history
from workflow_server.services import incidents as incident_acts
from workflow_server.services import process_instances as instances
from workflow_server.services.actors import Actor
from workflow_server.services.advance import Case
from workflow_server.services.restrictions import check_reason
from workflow_server.store import (
    incidents,
    jobs,
    process_definitions,
    process_instances,
    subscriptions,
)
from workflow_server.store.db import transaction
from workflow_server.store.history import Act
from workflow_server.store.incidents import Incident
from workflow_server.store.process_instances import InstanceStatus, ProcessInstance

#: Groups that the server keeps for itself; editing one would make the case lie.
_KEPT = frozenset([*GROUPS, *effects.GROUPS, "names"])


class NotHeld(InvalidState):
    """流程未暂停"""


class VariableKept(InvalidInput):
    """该变量由系统维护"""


class FactUnknown(InvalidInput):
    """流程里没有这个变量"""


class ValueUnreadable(InvalidInput):
    """变量的值不可用"""


class NoElementFailed(InvalidState):
    """该异常不在环节上"""


@dataclass(frozen=True, slots=True)
class Repair:
    """Who puts right which case, why and when; `key` is the Idempotency-Key."""

    actor: Actor
    instance_id: UUID
    reason: str
    now: datetime
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Bench:
    """What can be put right in a case: where it stands, what failed, its facts, and names."""

    instance: ProcessInstance
    positions: tuple[Position, ...]
    incidents: Sequence[Incident]
    facts: dict[str, Any]
    #: What elements are called, of those that have a name, and what each is.
    names: dict[str, str]
    types: dict[str, str]
    #: What people read where a fact is asked for or shown; some have no such words.
    labels: dict[str, str]


def look(actor: Actor, instance_id: UUID, now: datetime) -> Bench:
    """Return what a person with the right may put right in a case."""
    found = positions(actor, instance_id, now)
    instance = process_instances.get(instance_id)
    definition = process_definitions.get(instance.process_definition_id)
    content = definition_cache.content_of(definition.deployment_id)
    process = content.processes[definition.key]
    failed, _ = incident_acts.list_(actor, is_open=True, instance_id=instance_id)
    facts = instances.get_variables(actor, instance_id)
    return Bench(
        instance=instance,
        positions=found,
        incidents=[each for each in failed if each.visit_id is not None],
        facts={name: value for name, value in facts.items() if name not in _KEPT},
        names={each.id: each.name for each in process.elements.values() if each.name},
        types={each.id: each.type for each in process.elements.values()},
        labels=_labels(content, process.elements.values()),
    )


def _labels(content: Content, elements: Collection[ElementExtensions]) -> dict[str, str]:
    """Return what facts are called: by the field that asks for each, else by where it is read."""
    found: dict[str, str] = {}
    for each in elements:
        form = content.forms.get(each.form or "")
        for output in each.outputs if form is not None else ():
            asked = form.fields.get(str(output.value).removeprefix("=this.")) if form else None
            if asked is not None:
                found.setdefault(output.name, asked.label)
    for each in elements:
        for line in each.reads:
            found.setdefault(line.value.removeprefix("=").strip(), line.label)
    return found


def positions(actor: Actor, instance_id: UUID, now: datetime) -> tuple[Position, ...]:
    """Return where a case stands and where each branch can be moved to; none once it is over."""
    instance = access.see_instance(actor, instance_id)
    access.check_right(actor, Right.REPAIR, instance.organisation_id)
    if instance.state is None:
        return ()
    engine = definition_cache.engine_of(instance.process_definition_id)
    return runtime.positions(engine, instance.state, now)


def suspend(repair: Repair) -> ProcessInstance:
    """Hold a case: nobody can act on it, messages wait, timers ring once it goes on."""

    def act(case: Case, asked: history.Asked | None) -> None:
        case.check_running()
        standing = {**case.instance.standing, "suspended_at": repair.now.isoformat()}
        values = {"status": InstanceStatus.SUSPENDED, "standing": standing}
        process_instances.save(case.instance, values)
        case.note(_act(repair, case, Event.INSTANCE_SUSPENDED), asked)

    return _done(repair, "suspend", act)


def resume(repair: Repair) -> ProcessInstance:
    """Let a case go on that was held: what came meanwhile is taken up.

    Clocks whose rule lets them stop are put off by the days it was held.
    """

    def act(case: Case, asked: history.Asked | None) -> None:
        instance = case.instance
        if instance.status != InstanceStatus.SUSPENDED:
            raise NotHeld(
                f"流程未暂停，无需恢复。 Expected a suspended case, but it is {instance.status}."
            )
        standing = dict(instance.standing)
        since = datetime.fromisoformat(standing.pop("suspended_at"))
        process_instances.save(instance, {"status": InstanceStatus.RUNNING, "standing": standing})
        put_off = deadline_revisions.go_on(instance, since, repair.now)
        told = {"held_since": since.isoformat(), "deadlines_put_off": put_off}
        case.note(_act(repair, case, Event.INSTANCE_RESUMED, told), asked)
        jobs.let_go([instance.id, *process_instances.list_called(instance.id)])
        case.take(
            [
                (wait.id, early)
                for wait in subscriptions.list_of(instance.id)
                if (
                    early := subscriptions.find_early(
                        wait.message_type, wait.conversation, wait.organisation_id
                    )
                )
            ]
        )

    return _done(repair, "resume", act)


def cancel(repair: Repair) -> ProcessInstance:
    """End a case before its time, with all that is open in it; what was issued stays issued."""

    def act(case: Case, asked: history.Asked | None) -> None:
        case.cancel(_act(repair, case, Event.INSTANCE_CANCELLED), asked)

    return _done(repair, "cancel", act)


def move(
    repair: Repair, visit_id: UUID, target: str, besides: Sequence[UUID] = ()
) -> ProcessInstance:
    """Take a token from its element (an open task, wait or incident) to another element.

    MoveRefused says what has no meaning; `besides` are taken off with it.
    """

    def act(case: Case, asked: history.Asked | None) -> None:
        told = {"visit_id": str(visit_id), "to": target, "besides": [str(each) for each in besides]}
        case.move(visit_id, target, besides, _act(repair, case, Event.CASE_MOVED, told), asked)

    return _done(repair, "move", act, visit_id, target, list(besides))


def set_variable(repair: Repair, name: str, value: Any) -> ProcessInstance:
    """Set a shared fact of a case; conditions that have become true by it fire at once."""
    if name in _KEPT:
        raise VariableKept(
            f"变量“{name}”由系统维护，不能直接修改。"
            f" Expected a fact of the diagram, but '{name}' is kept by the server."
        )

    def act(case: Case, asked: history.Asked | None) -> None:
        case.check_running()
        before = case.instance.variables
        _check_fact(case, name, value)
        told = {"variable": name, "before": before.get(name), "after": value}
        done = _act(repair, case, Event.VARIABLE_SET, told)
        case.edit({**before, name: value}, done, asked)

    return _done(repair, "set_variable", act, name, value)


def _check_fact(case: Case, name: str, value: Any) -> None:
    """Refuse what the diagram would never read, or what no expression could."""
    held = case.instance.variables
    names = process_checks.declare(case.process).names
    known = names.by_frame.get(None, frozenset()) if names is not None else frozenset()
    if name not in {*known, *held, effects.BUSINESS_KEY}:
        raise FactUnknown(
            f"流程里没有变量“{name}”，请核对名称。"
            f" Expected a fact that the diagram sets for the whole case, but '{name}' is none."
        )
    if name == effects.BUSINESS_KEY and not isinstance(value, str):
        raise ValueUnreadable(
            f"案号（{name}）须是文字。 Expected '{name}' to be a text, but it is {value!r:.80}."
        )
    try:
        feel.evaluate("null", {**held, name: value}, now=case.now)
    except feel.FeelError as error:
        raise ValueUnreadable(
            f"变量“{name}”的值过大或含有不可用的名字。"
            f" Expected a value of '{name}' that expressions can read. {error}."
        ) from error


def skip(repair: Repair, incident_id: UUID) -> ProcessInstance:
    """Go on from a failed automatic element as if it were done."""

    def act(case: Case, asked: history.Asked | None) -> None:
        incident = incidents.get(incident_id)
        failed = incident.instance_id == case.instance.id and incident.resolved_at is None
        if not failed or incident.visit_id is None:
            raise NoElementFailed(
                "该异常已处理，或不是环节上的异常，不能跳过。"
                " Expected an open incident at an element of this case, but it is none."
            )
        told = {"incident_id": str(incident_id)}
        done = _act(repair, case, Event.ELEMENT_SKIPPED, told, incident.element_id)
        case.skip(incident.visit_id, done, asked)

    return _done(repair, "skip", act, incident_id)


def _done(
    repair: Repair, name: str, act: Callable[[Case, history.Asked | None], None], *more: Any
) -> ProcessInstance:
    """Do one act under the case's lock, once per Idempotency-Key."""
    check_reason(repair.reason)
    actor, instance_id = repair.actor, repair.instance_id
    asked = history.asked(actor, repair.key, f"repairs.{name}", instance_id, repair.reason, *more)
    with transaction():
        _check_may(repair)
        locked = process_instances.lock(instance_id)
        if history.first_answer(asked) is None:
            _check_may(repair)
            act(Case(locked, actor, repair.now), asked)
        return process_instances.get(instance_id)


def _check_may(repair: Repair) -> None:
    instance = access.see_instance(repair.actor, repair.instance_id, acting=True)
    access.check_right(repair.actor, Right.REPAIR, instance.organisation_id)


def _act(
    repair: Repair,
    case: Case,
    event: Event,
    told: dict[str, Any] | None = None,
    element_id: str | None = None,
) -> Act:
    return Act(
        at=repair.now,
        act=event,
        by=repair.actor.stamp(case.instance.organisation_id),
        element_id=element_id,
        data={"reason": repair.reason.strip(), **(told or {})},
    )
