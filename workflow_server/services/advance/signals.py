"""Signals: what one instance throws, all others of its organisation hear that wait for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any
from uuid import UUID

from workflow_server.engine.runtime import WaitNotOpen
from workflow_server.errors import InvalidState
from workflow_server.events import Event
from workflow_server.services import definition_cache, jobs
from workflow_server.services.advance import starts
from workflow_server.services.advance.case import Case
from workflow_server.store import process_definitions, process_instances, subscriptions
from workflow_server.store.history import Act
from workflow_server.store.process_instances import InstanceStatus

if TYPE_CHECKING:
    from workflow_server.engine.runtime import Step
    from workflow_server.services.advance.moved import NextTask
    from workflow_server.store.process_definitions import ProcessDefinition

HEAR = "hear_signal"
#: What a `wf:process` says whose signals only those cases hear that it has called.
CALLED = "called"
#: Signals that lead to one another more often than this go in a circle.
MOST_RELAYS = 100
_OVER = (InstanceStatus.COMPLETED, InstanceStatus.CANCELLED)


class SignalsInCircle(InvalidState):
    """信号循环触发"""


def write(case: Case, step: Step, _marked: Mapping[str, Any]) -> tuple[NextTask, ...]:
    """Let the signals of a step be heard by those who wait for them now, each by a job.

    What threw it has heard it already; processes that it starts are those deployed last.
    """
    if step.signals and case.relays > MOST_RELAYS:
        raise SignalsInCircle(
            f"信号“{step.signals[0]}”一个引起一个，已经{MOST_RELAYS}次，流程可能在互相触发。"
            f" Expected signals to come to rest, but '{step.signals[0]}' is thrown"
            f" after {MOST_RELAYS} others that led to it."
        )
    called = None
    if step.signals and _is_kept(case):
        called = set(process_instances.list_descendants(case.instance.id))
    for signal in step.signals:
        listeners = [
            each
            for each in subscriptions.list_hearing(signal, case.instance.organisation_id)
            if each[0] != case.instance.id and (called is None or each[0] in called)
        ]
        for instance_id, waits in groupby(sorted(listeners), key=itemgetter(0)):
            _tell(case, signal, instance_id, [wait for _, wait in waits])
        for definition, element_id in _starting(signal) if called is None else ():
            data = {"signal": signal, "thrown_by": str(case.instance.id)}
            host_id = case.instance.organisation_id
            starts.plan(definition, element_id, host_id, data, case.now, case.relays + 1)
    return ()


def _is_kept(case: Case) -> bool:
    """Tell whether the signals of a case are for what it has called alone."""
    return case.process.signals == CALLED


def _tell(case: Case, signal: str, instance_id: UUID, waits: list[UUID]) -> None:
    jobs.enqueue(
        HEAR,
        {
            "signal": signal,
            "instance_id": str(instance_id),
            "waits": [str(each) for each in waits],
            "thrown_by": str(case.instance.id),
            "relays": case.relays + 1,
        },
        now=case.now,
        instance_id=instance_id,
        in_line=False,
    )


@jobs.handles(HEAR)
def hear(payload: Mapping[str, Any], now: datetime) -> jobs.WriteDown:
    """Let an instance hear a signal; one that waits no longer for it has nothing to say."""
    return lambda: _hear(payload, now)


def _hear(payload: Mapping[str, Any], now: datetime) -> None:
    locked = process_instances.lock(UUID(payload["instance_id"]))
    case = Case(locked, None, now, payload.get("relays", 0))
    if case.instance.status in _OVER:
        return
    if not subscriptions.list_open([UUID(each) for each in payload["waits"]]):
        return
    data = {"signal": payload["signal"], "thrown_by": payload["thrown_by"]}
    try:
        case.signal(payload["signal"], Act(at=now, act=Event.SIGNAL_HEARD, data=data))
    except WaitNotOpen:
        return


def _starting(signal: str) -> Iterator[tuple[ProcessDefinition, str]]:
    for definition in process_definitions.list_newest():
        content = definition_cache.content_of(definition.deployment_id)
        elements = content.processes[definition.key].elements.values()
        if any(each.type == "startEvent" and each.event == "signal" for each in elements):
            for start in definition_cache.engine_of(definition.id).signal_starts:
                if start.signal == signal:
                    yield definition, start.element_id
