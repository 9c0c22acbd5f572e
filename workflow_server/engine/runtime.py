"""Runs instances: definition, state and an act go in, a Step comes out; nothing is kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from SpiffWorkflow.util.task import TaskState

from workflow_server.engine.definitions import Definition, process_of
from workflow_server.engine.refusals import (
    IncidentNotOpen,
    StateUnreadable,
    TaskNotOpen,
    WaitNotOpen,
)
from workflow_server.engine.steps import (
    ClosedTask,
    Failure,
    Host,
    Move,
    OpenTask,
    Step,
    Visit,
    Wait,
)
from workflow_server.engine.tokens import Instance, Token, load
from workflow_server.engine.walk import Walk

__all__ = [
    "ClosedTask",
    "Failure",
    "Host",
    "IncidentNotOpen",
    "Move",
    "OpenTask",
    "StateUnreadable",
    "Step",
    "TaskNotOpen",
    "Visit",
    "Wait",
    "WaitNotOpen",
    "complete_task",
    "correlate",
    "fire_timer",
    "retry",
    "start",
]

Variables = dict[str, Any]


def start(
    definition: Definition,
    variables: Variables,
    now: datetime,
    host: Host,
    *,
    element_id: str | None = None,
    payload: Variables | None = None,
    message: str | None = None,
) -> Step:
    """Begin an instance at its plain start event, or at the message start named.

    `payload` is kept like a message's payload at a message start, and like answers
    (`answers.<start event>`) at a plain one. `variables` is not changed; see Step.
    """
    begin = _start_event(definition, element_id, message)
    instance = Instance(process_of(definition), now)
    token = instance.task_tree._add_child(instance.spec.task_specs[begin])
    walk = Walk(instance, dict(variables), host)
    if payload is not None:
        node = token.task_spec.node
        kind, key = ("messages", node.message) if node.message else ("answers", node.id)
        token.said = _keep(walk.variables, kind, key, payload)
    token.task_spec._update(token)
    return walk.run()


def complete_task(
    definition: Definition,
    state: bytes,
    variables: Variables,
    task_id: UUID,
    answers: Variables,
    now: datetime,
    host: Host,
) -> Step:
    """Complete an open task with a person's answers, and go on; TaskNotOpen if it isn't open.

    The answers are appended to `answers.<element>` and the task is closed whatever the
    host raises afterwards.
    """
    instance = load(process_of(definition), state, now)
    token = instance.live.get(task_id)
    if token is None or token.state != TaskState.READY:
        raise TaskNotOpen(f"Expected to complete task {task_id}, but it is not open")
    walk = Walk(instance, dict(variables), host)
    token.said = _keep(walk.variables, "answers", token.task_spec.node.id, answers)
    walk.completed(token)
    return _go_on(walk, token)


def correlate(
    definition: Definition,
    state: bytes,
    variables: Variables,
    wait_id: UUID,
    payload: Variables,
    now: datetime,
    host: Host,
) -> Step:
    """Give a waiting event its message, and go on; WaitNotOpen if nothing waits for it.

    The payload is appended to `messages.<message name>`.
    """
    instance = load(process_of(definition), state, now)
    token = _waiting(instance, wait_id, "message")
    walk = Walk(instance, dict(variables), host)
    token.said = _keep(walk.variables, "messages", token.task_spec.node.message, payload)
    return _fire(walk, token)


def fire_timer(
    definition: Definition,
    state: bytes,
    variables: Variables,
    wait_id: UUID,
    now: datetime,
    host: Host,
) -> Step:
    """Let a timer ring, and go on; when it is due is the host's business alone."""
    instance = load(process_of(definition), state, now)
    token = _waiting(instance, wait_id, "timer")
    return _fire(Walk(instance, dict(variables), host), token)


def retry(
    definition: Definition,
    state: bytes,
    variables: Variables,
    visit_id: UUID,
    now: datetime,
    host: Host,
) -> Step:
    """Run again what failed at an element, and go on; IncidentNotOpen if nothing failed there.

    What had succeeded before is not run again: after a failed `leave` only `leave`.
    A gateway's conditions are evaluated anew.
    """
    instance = load(process_of(definition), state, now)
    token = instance.live.get(visit_id)
    if token is None or token.state != TaskState.ERROR:
        raise IncidentNotOpen(f"Expected an incident at visit {visit_id}, but there is none")
    walk = Walk(instance, dict(variables), host)
    walk.resolved(token)
    if token.task_spec.stranded(token):
        token._set_state(TaskState.WAITING)
    else:
        token._set_state(TaskState.READY)
        walk.queue.append(token)
    return walk.run()


def _start_event(definition: Definition, element_id: str | None, message: str | None) -> str:
    if element_id is None and message is None and definition.none_start is not None:
        return definition.none_start
    for event in definition.message_starts:
        if event.element_id == element_id or (element_id is None and event.message == message):
            return event.element_id
    if element_id is not None and element_id == definition.none_start:
        return element_id
    wanted = element_id or message or "a plain start event"
    raise WaitNotOpen(f"Expected to start '{definition.key}' at {wanted}, but it has no such start")


def _keep(variables: Variables, kind: str, key: str, entry: Variables) -> tuple[str, str, int]:
    """Append an entry to `variables[kind][key]` without touching the caller's own lists."""
    group = dict(variables.get(kind) or {})
    entries = [*(group.get(key) or ()), entry]
    group[key] = entries
    variables[kind] = group
    return kind, key, len(entries) - 1


def _waiting(instance: Instance, wait_id: UUID, kind: str) -> Token:
    token = instance.live.get(wait_id)
    if token is None or token.state != TaskState.WAITING or not token.task_spec.holds:
        raise WaitNotOpen(f"Expected wait {wait_id} to be open, but it is not")
    if (token.task_spec.node.event or "message") != kind:
        raise WaitNotOpen(f"Expected wait {wait_id} to be for a {kind}, but it is not")
    return token


def _fire(walk: Walk, token: Token) -> Step:
    walk.ended_wait(token)
    token.task_spec.fire(token)
    return _go_on(walk, token)


def _go_on(walk: Walk, token: Token) -> Step:
    token.fired = True
    token._set_state(TaskState.READY)
    walk.queue.append(token)
    return walk.run()
