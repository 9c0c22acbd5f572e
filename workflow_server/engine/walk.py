"""One step of an instance: moves tokens until all wait, and notes all that happens."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, Literal
from uuid import UUID

from SpiffWorkflow.util.task import TaskState

from workflow_server.engine.graph import Flow
from workflow_server.engine.steps import (
    ClosedTask,
    Failure,
    Host,
    Move,
    MoveKind,
    OpenTask,
    Step,
    Visit,
    Wait,
)
from workflow_server.engine.tokens import ARRIVED, ENTERED, PERFORMED, Instance, Token, save
from workflow_server.errors import Unavailable

#: More tokens than this at once are a diagram that multiplies them; the next one stops.
MAXIMUM_TOKENS = 1_000
#: More visits than this in one step are a diagram that runs away; the next one stops.
MAXIMUM_VISITS = 20_000
#: What an incident keeps of an error's text.
MAXIMUM_MESSAGE = 2_000


class Stopped(Exception):
    """A token can't go on; its message is what the incident says."""


def _describe(error: Exception) -> str:
    return (str(error) or type(error).__name__)[:MAXIMUM_MESSAGE]


class Walk:
    """The act under way: `queue` holds the tokens that can move, first come, first served."""

    def __init__(self, instance: Instance, variables: dict[str, Any], host: Host) -> None:
        self.instance = instance
        self.variables = variables
        self.host = host
        self.queue: deque[Token] = deque()
        self._visits = 0
        self._opened: dict[UUID, OpenTask] = {}
        self._closed: list[ClosedTask] = []
        self._waits_opened: dict[UUID, Wait] = {}
        self._waits_closed: list[UUID] = []
        self._failures: dict[UUID, Failure] = {}
        self._resolved: list[UUID] = []
        self._moves: list[Move] = []
        self._end_events: list[str] = []
        instance.walk = self

    def run(self) -> Step:
        """Move every token as far as it goes, and return what came of it."""
        while self.queue:
            token = self.queue.popleft()
            if token.state == TaskState.READY:
                self._advance(token)
        self._stop_stranded()
        live = self.instance.live
        return Step(
            state=save(self.instance),
            variables=self.variables,
            ended=not live,
            opened=tuple(self._opened.values()),
            closed=tuple(self._closed),
            waits_opened=tuple(self._waits_opened.values()),
            waits_closed=tuple(self._waits_closed),
            incidents=tuple(self._failures.values()),
            incidents_resolved=tuple(i for i in self._resolved if i not in self._failures),
            moves=tuple(self._moves),
            end_events=tuple(self._end_events),
            still_at=frozenset(
                token.task_spec.node.id for token in live.values() if token.id not in self._opened
            ),
        )

    def _advance(self, token: Token) -> None:
        spec = token.task_spec
        try:
            self._count()
            if token.phase < ENTERED:
                self._enter(token)
            if spec.holds and not token.fired:
                spec.hold(token)
            else:
                token.run()
        except Stopped as stopped:
            self._fail(token, str(stopped))

    def _count(self) -> None:
        self._visits += 1
        if self._visits > MAXIMUM_VISITS:
            raise Stopped(f"一步之内经过的环节超过 {MAXIMUM_VISITS} 个，流程可能在空转")
        if len(self.instance.live) > MAXIMUM_TOKENS:
            raise Stopped(f"同时进行的分支超过 {MAXIMUM_TOKENS} 个，流程可能在成倍分叉")

    def _fail(self, token: Token, message: str) -> None:
        if token.state != TaskState.ERROR:
            token.error()
        self._failures[token.id] = Failure(token.id, token.task_spec.node.id, message)

    # What the host is asked

    def _enter(self, token: Token) -> None:
        if token.phase < ARRIVED:
            token.phase = ARRIVED
            self._move(token, "entered")
        self._ask(self.host.enter, token)
        token.phase = ENTERED
        token.task_spec.arm(token)

    def perform(self, token: Token) -> None:
        """Let the host do the work of a task."""
        self._ask(self.host.perform, token)
        token.phase = PERFORMED

    def leave(self, token: Token) -> None:
        """Tell the host that the element is done, showing it what ended the waiting."""
        if token.said is not None:
            kind, key, index = token.said
            self.variables["this"] = self.variables[kind][key][index]
        try:
            self._ask(self.host.leave, token)
        finally:
            self.variables.pop("this", None)
        self._move(token, "left")

    def _ask(self, call: Callable[[Visit, dict[str, Any]], None], token: Token) -> None:
        before = dict(self.variables)
        try:
            call(token.visit(), self.variables)
        except Unavailable:
            raise  # nobody's diagram is at fault: the whole act is to be tried again
        except Exception as error:
            self.variables.clear()
            self.variables.update(before)
            raise Stopped(_describe(error)) from error

    def choose(
        self, token: Token, flows: tuple[Flow, ...], default: str | None
    ) -> tuple[Flow, ...]:
        """Return the first flow, in the order of the file, whose condition is true.

        A condition that gives null is not met, as everywhere in FEEL; one that gives
        anything but true, false or null stops the token, as does no way out.
        """
        conditional = [flow for flow in flows if flow.condition is not None]
        if not conditional:
            return flows
        results = self._evaluate([flow.condition or "" for flow in conditional])
        for flow, result in zip(conditional, results, strict=True):
            if result is not None and not isinstance(result, bool):
                raise Stopped(f"流向 {flow.id} 的条件得出 {result!r:.80}，应为真或假")
        for flow, result in zip(conditional, results, strict=True):
            if result is True:
                return (flow,)
        otherwise = tuple(flow for flow in flows if flow.id == default)
        if not otherwise:
            raise Stopped(f"网关 {token.task_spec.node.id} 没有满足条件的流向，也没有默认流向")
        return otherwise

    def _evaluate(self, expressions: list[str]) -> list[Any]:
        before = dict(self.variables)
        try:
            results = list(self.host.evaluate(expressions, self.variables))
        except Unavailable:
            raise
        except Exception as error:
            raise Stopped(_describe(error)) from error
        finally:
            self.variables.clear()
            self.variables.update(before)
        if len(results) != len(expressions):
            raise Stopped(f"{len(expressions)} 个条件得到 {len(results)} 个结果")
        return results

    # What is noted

    def _move(self, token: Token, kind: MoveKind) -> None:
        self._moves.append(Move(token.task_spec.node.id, kind))

    def open_task(self, token: Token) -> None:
        """Note that a person is waited for."""
        node = token.task_spec.node
        self._opened[token.id] = OpenTask(token.id, node.id, node.name, node.lane)

    def open_wait(self, token: Token) -> None:
        """Note that an event is waited for."""
        node = token.task_spec.node
        kind: Literal["timer", "message"] = "timer" if node.event == "timer" else "message"
        self._waits_opened[token.id] = Wait(token.id, node.id, kind, node.message, node.timer)

    def completed(self, token: Token) -> None:
        """Note that a person is done with a task."""
        self._closed.append(ClosedTask(token.id, token.task_spec.node.id, "completed"))

    def ended_wait(self, token: Token) -> None:
        """Note that an event came, or can't come any more."""
        if self._waits_opened.pop(token.id, None) is None:
            self._waits_closed.append(token.id)

    def resolved(self, token: Token) -> None:
        """Note that an incident is over, unless the token fails again in this step."""
        self._resolved.append(token.id)

    def cancelled(self, token: Token) -> None:
        """Note that a token is being taken off, and close whatever is open for it."""
        if token.state == TaskState.ERROR:
            if self._failures.pop(token.id, None) is None:
                self._resolved.append(token.id)
        elif token.state == TaskState.WAITING and token.task_spec.holds:
            self.ended_wait(token)
        elif token.state == TaskState.READY and token.task_spec.manual:
            self._withdraw_task(token)
        if token.phase >= ARRIVED:
            self._move(token, "cancelled")

    def _withdraw_task(self, token: Token) -> None:
        if self._opened.pop(token.id, None) is None and token.phase >= ENTERED:
            self._closed.append(ClosedTask(token.id, token.task_spec.node.id, "cancelled"))

    # What one token does to others

    def withdraw(self, anchor: UUID, besides: Token | None = None) -> None:
        """Close the events that hang on a token."""
        for token in list(self.instance.live.values()):
            if token.anchor == anchor and token is not besides:
                token.cancel()

    def cancel_scope(self, scope: UUID | None) -> None:
        """Take off every token in a subprocess, or in the whole process."""
        for token in list(self.instance.live.values()):
            if token.scope == scope:
                token.cancel()

    def reached_end(self, token: Token) -> None:
        """Note an end event; a terminating one takes everything else in its scope along."""
        node = token.task_spec.node
        self._end_events.append(node.id)
        if node.event == "terminate":
            self.cancel_scope(token.scope)

    def close_scope(self, scope: UUID | None) -> None:
        """Let a subprocess go on once nothing moves in it any more."""
        live = self.instance.live
        if scope is None or any(token.scope == scope for token in live.values()):
            return
        owner = live[scope]
        owner.fired = True
        owner._ready()

    def _stop_stranded(self) -> None:
        """Stop joins that wait for a token which can't come any more: better than for ever.

        A join can open if each flow it lacks can be reached by a token that waits for the
        outside, or that stands at another join that can open.
        """
        live = self.instance.live.values()
        held: dict[tuple[str, UUID | None], Token] = {}
        for token in live:
            if token.task_spec.joins and token.state == TaskState.WAITING:
                held.setdefault((token.task_spec.node.id, token.scope), token)
        if not held:
            return
        stopped = [token for token in live if token.task_spec.stranded(token)]
        able = [token for token in live if token.fired or not token.task_spec.joins]
        while opening := [t for t in held.values() if t.task_spec.lacking(t, able) is None]:
            able += opening
            for token in opening:
                del held[token.task_spec.node.id, token.scope]
        for token in stopped:
            held.pop((token.task_spec.node.id, token.scope), None)
        for token in held.values():
            flow = token.task_spec.lacking(token, able)
            self._fail(token, f"汇合网关等待流向 {flow}，但已没有分支能走到那里")
