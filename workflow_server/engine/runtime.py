"""Runs instances: definition, state and an act go in, a Step comes out; nothing is kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from SpiffWorkflow.util.task import TaskState

from workflow_server.engine.definitions import Definition, process_of
from workflow_server.engine.frames import Frames, overlaid
from workflow_server.engine.refusals import (
    IncidentNotOpen,
    StateUnreadable,
    TaskNotOpen,
    WaitNotOpen,
)
from workflow_server.engine.repairs import cancel, edit, move, positions, skip
from workflow_server.engine.steps import (
    BusinessError,
    ClosedTask,
    Failure,
    Host,
    Move,
    OpenTask,
    Position,
    Step,
    Visit,
    Wait,
)
from workflow_server.engine.tokens import Instance, Token, load
from workflow_server.engine.walk import Walk

__all__ = [
    "BusinessError",
    "ClosedTask",
    "Failure",
    "Host",
    "IncidentNotOpen",
    "Move",
    "OpenTask",
    "Position",
    "StateUnreadable",
    "Step",
    "TaskNotOpen",
    "Visit",
    "Wait",
    "WaitNotOpen",
    "cancel",
    "cause",
    "complete_task",
    "correlate",
    "edit",
    "end_call",
    "escalate_in_call",
    "fire_timer",
    "frame",
    "move",
    "overlaid",
    "positions",
    "raise_in_call",
    "retry",
    "signal",
    "skip",
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
    """Begin an instance at its plain start event, or at the start event or message named.

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
        token.said = walk.frames.keep(token, kind, key, payload)
    walk.listen(instance.spec.handlers, instance.task_tree, None)
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
    token.said = walk.frames.keep(token, "answers", token.task_spec.node.id, answers)
    walk.notes.completed(token)
    walk.go_on(token)
    return walk.run()


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
    walk = _walk(definition, state, variables, now, host)
    token = _waiting(walk.instance, wait_id, "message")
    token.said = walk.frames.keep(token, "messages", token.task_spec.node.message, payload)
    walk.fire(token)
    return walk.run()


def cause(
    definition: Definition,
    state: bytes,
    variables: Variables,
    wait_id: UUID,
    answers: Variables,
    now: datetime,
    host: Host,
) -> Step:
    """Let a person make happen what waits for a message; WaitNotOpen if nothing waits there.

    The answers are appended to `answers.<element>`: nothing came as a message.
    """
    walk = _walk(definition, state, variables, now, host)
    token = _waiting(walk.instance, wait_id, "message")
    token.said = walk.frames.keep(token, "answers", token.task_spec.node.id, answers)
    walk.fire(token)
    return walk.run()


def fire_timer(
    definition: Definition,
    state: bytes,
    variables: Variables,
    wait_id: UUID,
    now: datetime,
    host: Host,
    *,
    due: datetime | None = None,
) -> Step:
    """Let a timer ring, and go on; when it is due is the host's business alone.

    `due` is when it should have rung: a repeating timer counts on from there.
    """
    walk = _walk(definition, state, variables, now, host)
    token = _waiting(walk.instance, wait_id, "timer")
    token.since = due
    walk.fire(token)
    return walk.run()


def signal(
    definition: Definition,
    state: bytes,
    variables: Variables,
    name: str,
    now: datetime,
    host: Host,
) -> Step:
    """Let a signal be heard by all that waits for it; WaitNotOpen if nothing does."""
    walk = _walk(definition, state, variables, now, host)
    if not walk.signal(name):
        raise WaitNotOpen(f"Expected something to wait for signal '{name}', but nothing does")
    return walk.run()


def end_call(
    definition: Definition,
    state: bytes,
    variables: Variables,
    wait_id: UUID,
    result: Variables,
    now: datetime,
    host: Host,
) -> Step:
    """Go on from a call activity whose process has ended.

    The result is appended to `results.<element>`.
    """
    walk = _walk(definition, state, variables, now, host)
    token = _waiting(walk.instance, wait_id, "call")
    token.said = walk.frames.keep(token, "results", token.task_spec.node.id, result)
    walk.notes.ended_wait(token)
    walk.go_on(token)
    return walk.run()


def raise_in_call(
    definition: Definition,
    state: bytes,
    variables: Variables,
    wait_id: UUID,
    code: str,
    message: str,
    now: datetime,
    host: Host,
) -> Step:
    """Let the error that ended a called process be caught at its call activity, or further out.

    What nobody catches is an incident there; a retry calls the process anew.
    """
    walk = _walk(definition, state, variables, now, host)
    token = _waiting(walk.instance, wait_id, "call")
    walk.attempt(token, lambda each: walk.raise_error(each, code, message, itself=True))
    if token.state == TaskState.ERROR:
        walk.notes.ended_wait(token)
    return walk.run()


def escalate_in_call(
    definition: Definition,
    state: bytes,
    variables: Variables,
    wait_id: UUID,
    code: str,
    now: datetime,
    host: Host,
) -> Step:
    """Let an escalation of a called process, which may go on, be caught at its call activity."""
    walk = _walk(definition, state, variables, now, host)
    token = _waiting(walk.instance, wait_id, "call")
    walk.escalate(token, code, itself=True)
    return walk.run()


def frame(definition: Definition, state: bytes, visit_id: UUID, now: datetime) -> Variables:
    """Return what a token sees beside or instead of the instance's variables.

    Empty unless it is within an iteration. Groups (`answers`, …) hold the iteration's entries
    alone; `overlaid` puts them together with the instance's.
    """
    process = process_of(definition)
    if not process.framed:
        return {}
    instance = load(process, state, now)
    token = instance.live.get(visit_id)
    return {} if token is None else Frames(instance, {}, frozenset()).overlay(token)


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
    walk.notes.resolved(token)
    token.task_spec.again(token)
    return walk.run()


def _walk(
    definition: Definition, state: bytes, variables: Variables, now: datetime, host: Host
) -> Walk:
    return Walk(load(process_of(definition), state, now), dict(variables), host)


def _start_event(definition: Definition, element_id: str | None, message: str | None) -> str:
    if element_id is None and message is None and definition.none_start is not None:
        return definition.none_start
    for event in definition.message_starts:
        if event.element_id == element_id or (element_id is None and event.message == message):
            return event.element_id
    signals = [each.element_id for each in definition.signal_starts]
    timers = [each.element_id for each in definition.timer_starts]
    if element_id is not None and element_id in [definition.none_start, *signals, *timers]:
        return element_id
    wanted = element_id or message or "a plain start event"
    raise WaitNotOpen(f"Expected to start '{definition.key}' at {wanted}, but it has no such start")


def _waiting(instance: Instance, wait_id: UUID, kind: str) -> Token:
    token = instance.live.get(wait_id)
    if token is None or token.state != TaskState.WAITING or not token.task_spec.holds:
        raise WaitNotOpen(f"Expected wait {wait_id} to be open, but it is not")
    node = token.task_spec.node
    if ("call" if node.called is not None else node.event or "message") != kind:
        raise WaitNotOpen(f"Expected wait {wait_id} to be for a {kind}, but it is not")
    return token
