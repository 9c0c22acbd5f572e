"""The tokens of one instance as SpiffWorkflow tasks, and the bytes they are kept as."""

from __future__ import annotations

import os
from datetime import datetime
from typing import Any, NoReturn, Protocol
from uuid import UUID

import orjson
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from workflow_server.engine.refusals import StateUnreadable
from workflow_server.engine.steps import Visit

#: Raised when the stored form changes; older forms must stay readable.
FORMAT = 2

#: How far a token has come at its element; a retry goes on from here.
FRESH, ARRIVED, ENTERED, PERFORMED, LEFT, GONE = range(6)

#: How many values a token's stored row has.
_WIDTH = 14

_OVER = TaskState.COMPLETED | TaskState.CANCELLED


class NoScripts(PythonScriptEngine):  # type: ignore[misc]
    """A script engine that runs nothing: expressions are FEEL and go through the host."""

    def __init__(self) -> None:
        super().__init__(environment=self)

    def evaluate(self, *_: Any, **__: Any) -> NoReturn:
        raise PermissionError("no expression is ever evaluated by SpiffWorkflow")

    execute = evaluate
    call_service = evaluate


_NO_SCRIPTS = NoScripts()


class Ids:
    """Time-ordered ids (RFC 9562, version 7) from the time given, never from a clock."""

    def __init__(self, now: datetime) -> None:
        self._count = int(now.timestamp() * 1000) << 12

    def __call__(self) -> UUID:
        self._count += 1
        milliseconds, sequence = self._count >> 12, self._count & 0xFFF
        chance = int.from_bytes(os.urandom(8)) >> 2
        return UUID(int=milliseconds << 80 | 7 << 76 | sequence << 64 | 2 << 62 | chance)


class Token(Task):  # type: ignore[misc]
    """A SpiffWorkflow task that knows its scope and how far it has come.

    `scope` is the token of the subprocess around it, `anchor` what an event token hangs on
    (its activity, or the event gateway that offered it), `flow` the flow a join counts it
    by, `said` where the answers or payload stand that ended its waiting. `local` holds what
    belongs to one iteration, `turns` how far a repeated activity has come, `cycle` what is
    left of a repeating timer; `muted` is a condition that must be false before it counts;
    `told` is whether the host knows that this is leaving, though data are still to be written.
    """

    scope: UUID | None = None
    anchor: UUID | None = None
    flow: str | None = None
    phase: int = FRESH
    fired: bool = False
    said: tuple[str, str, int] | None = None
    local: dict[str, Any] | None = None
    turns: dict[str, Any] | None = None
    cycle: str | None = None
    muted: bool = False
    told: bool = False
    since: datetime | None = None
    chosen: tuple[Any, ...] | None = None

    def _add_child(self, task_spec: Any, state: int = TaskState.FUTURE) -> Token:
        child = Token(self.workflow, task_spec, self, state, self.workflow.new_id())
        child.scope = self.scope
        self.workflow.live[child.id] = child
        return child

    def _set_state(self, value: int) -> None:
        self._state = value
        if value & _OVER:
            self.workflow.live.pop(self.id, None)

    def complete(self) -> None:
        """Go on, unless what this token threw has taken it off meanwhile."""
        if not self._state & TaskState.CANCELLED:
            super().complete()

    def cancel(self) -> None:
        """Take this token away, and what hangs on it, but nothing that went on from it."""
        if self.id in self.workflow.live:
            self.task_spec._on_cancel(self)
            self._set_state(TaskState.CANCELLED)

    def visit(self) -> Visit:
        """Name this token to the host."""
        node = self.task_spec.node
        return Visit(self.id, node.id, node.type, node.name)


class Mover(Protocol):
    """Who moves the tokens of an instance: the walk under way."""

    def through(self, token: Token) -> None:
        """Hear that a token is done in its scope."""


class Instance(BpmnWorkflow):  # type: ignore[misc]
    """A running process: its live tokens under one finished root, and no history.

    The tree is never deeper than one step makes it, so SpiffWorkflow's depth limit of 1000
    and its look-ahead are never met; nothing here reads a clock or a script.
    """

    walk: Mover

    def __init__(self, spec: Any, now: datetime) -> None:
        super().__init__(spec, script_engine=_NO_SCRIPTS, deserializing=True)
        self.live: dict[UUID, Token] = {}
        self.new_id = Ids(now)
        self.task_tree = Token(self, spec.start, None, TaskState.COMPLETED, self.new_id())

    def _task_completed_notify(self, task: Token) -> None:
        self.walk.through(task)

    def refresh_timers(self) -> None:
        """Do nothing: timers are the host's."""


def save(instance: Instance) -> bytes:
    """Return the live tokens as bytes; what is past or to come is not kept."""
    rows = []
    for token in instance.live.values():
        row: list[Any] = [
            token.id,
            token.task_spec.name,
            token.state,
            token.phase,
            token.scope,
            token.anchor,
            token.flow,
            token.fired or None,
            token.said,
            token.local,
            token.turns,
            token.cycle,
            token.muted or None,
            (token.told and token.phase < LEFT) or None,
        ]
        while row[-1] is None:
            row.pop()
        rows.append(row)
    return orjson.dumps([FORMAT, rows])


def load(spec: Any, state: bytes, now: datetime) -> Instance:
    """Put the tokens that `save` wrote back onto their elements."""
    instance = Instance(spec, now)
    try:
        version, rows = orjson.loads(state)
        if version not in (1, FORMAT):
            raise ValueError(f"unknown format {version}")
        for row in rows:
            token = _read(row + [None] * (_WIDTH - len(row)), instance)
            instance.live[token.id] = token
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StateUnreadable(
            f"Expected the state of an instance of '{spec.name}', but it is unreadable: {error}"
        ) from error
    return instance


def _read(row: list[Any], instance: Instance) -> Token:
    identity, element, status, phase, scope, anchor, flow, fired, said, *more = row
    spec = instance.spec.task_specs[element]
    token = Token(instance, spec, instance.task_tree, status, UUID(identity))
    token.phase = phase
    token.scope = scope and UUID(scope)
    token.anchor = anchor and UUID(anchor)
    token.flow = flow
    token.fired = bool(fired)
    token.said = said
    token.local, token.turns, token.cycle, token.muted = *more[:3], bool(more[3])
    token.told = bool(more[4])
    return token
