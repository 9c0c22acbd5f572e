"""What one step has brought about so far, as the host will hear it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, cast
from uuid import UUID

from SpiffWorkflow.util.task import TaskState

from workflow_server.engine.steps import (
    ClosedTask,
    Failure,
    Move,
    MoveKind,
    OpenTask,
    Step,
    Wait,
)
from workflow_server.engine.tokens import ARRIVED, ENTERED, GONE, Instance, Token, save

if TYPE_CHECKING:
    from workflow_server.engine.frames import Frames

WaitKind = Literal["message", "timer", "signal", "call"]


class Notes:
    """Opens and closes things; what opens and closes in one step is only seen as moves."""

    def __init__(self, instance: Instance, frames: Frames) -> None:
        self._instance = instance
        self._frames = frames
        self._opened: dict[UUID, OpenTask] = {}
        self._closed: list[ClosedTask] = []
        self._waits_opened: dict[UUID, Wait] = {}
        self._waits_closed: list[UUID] = []
        self._failures: dict[UUID, Failure] = {}
        self._resolved: list[UUID] = []
        self._moves: list[Move] = []
        self._end_events: list[str] = []
        self.signals: list[str] = []
        self.escalations: list[str] = []
        self.error: tuple[str, str] | None = None

    def step(self, variables: dict[str, Any]) -> Step:
        """Return all of it."""
        live = self._instance.live
        return Step(
            state=save(self._instance),
            variables=variables,
            ended=not live,
            opened=tuple(self._opened.values()),
            closed=tuple(self._closed),
            waits_opened=tuple(self._waits_opened.values()),
            waits_closed=tuple(self._waits_closed),
            incidents=tuple(self._failures.values()),
            incidents_resolved=tuple(i for i in self._resolved if i not in self._failures),
            moves=tuple(self._moves),
            end_events=tuple(self._end_events),
            signals=tuple(self.signals),
            escalations=tuple(self.escalations),
            error=self.error,
            still_at=frozenset(
                token.task_spec.node.id for token in live.values() if token.id not in self._opened
            ),
        )

    def move(self, token: Token, kind: MoveKind) -> None:
        """Note that a token comes, leaves or is taken off."""
        self._moves.append(Move(token.task_spec.node.id, kind))

    def open_task(self, token: Token) -> None:
        """Note that a person is waited for."""
        node = token.task_spec.node
        self._opened[token.id] = OpenTask(token.id, node.id, node.name, node.lane)

    def open_wait(self, token: Token) -> None:
        """Note that the host is waited for."""
        node = token.task_spec.node
        kind = "call" if node.called is not None else node.event or "message"
        timer = ("cycle", token.cycle) if token.cycle is not None else node.timer
        self._waits_opened[token.id] = Wait(
            token.id,
            node.id,
            cast(WaitKind, kind),
            node.called or node.message or node.reference,
            timer,
            token.since,
            self._frames.overlay(token),
        )

    def completed(self, token: Token) -> None:
        """Note that a person is done with a task."""
        self._closed.append(ClosedTask(token.id, token.task_spec.node.id, "completed"))

    def ended_wait(self, token: Token) -> None:
        """Note that an event came, or can't come any more."""
        if self._waits_opened.pop(token.id, None) is None and not _is_condition(token):
            self._waits_closed.append(token.id)

    def failed(self, token: Token, message: str) -> None:
        """Note an incident."""
        self._failures[token.id] = Failure(token.id, token.task_spec.node.id, message)

    def resolved(self, token: Token) -> None:
        """Note that an incident is over, unless the token fails again in this step."""
        if self._failures.pop(token.id, None) is None:
            self._resolved.append(token.id)

    def reached_end(self, token: Token) -> None:
        """Note an end event."""
        self._end_events.append(token.task_spec.node.id)

    def cancelled(self, token: Token) -> None:
        """Note that a token is being taken off, and close whatever is open for it."""
        spec = token.task_spec
        if token.state == TaskState.ERROR:
            self.resolved(token)
        elif token.state == TaskState.WAITING and spec.holds and not spec.joins:
            self.ended_wait(token)
        elif token.state == TaskState.READY and spec.manual and not spec.silent:
            self._withdraw_task(token)
        if ARRIVED <= token.phase < GONE and not spec.silent:
            self.move(token, "cancelled")

    def _withdraw_task(self, token: Token) -> None:
        if self._opened.pop(token.id, None) is None and token.phase >= ENTERED:
            self._closed.append(ClosedTask(token.id, token.task_spec.node.id, "cancelled"))


def _is_condition(token: Token) -> bool:
    return bool(token.task_spec.node.event == "conditional")
