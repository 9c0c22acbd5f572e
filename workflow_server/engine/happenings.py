"""How events behave: what is waited for, and what is thrown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.util.task import TaskState

from workflow_server.engine.activities import Activity
from workflow_server.engine.texts import next_cycle
from workflow_server.engine.tokens import ENTERED, GONE
from workflow_server.engine.walked import Walked

if TYPE_CHECKING:
    from workflow_server.engine.tokens import Token

_THROWN = frozenset(["error", "escalation"])


class Catching(Walked):
    """Something that waits for a message, a timer, a signal or a condition."""

    holds = True

    @property
    def waits(self) -> bool:
        """Tell whether a token waits here: errors and escalations are looked up when thrown."""
        return self.node.event not in _THROWN

    def hold(self, token: Token) -> None:
        token._set_state(TaskState.WAITING)
        if self.node.event == "signal":
            live = token.workflow.live  # a signal is heard in the order in which waiting began
            live[token.id] = live.pop(token.id)
        token.workflow.walk.begin_wait(token)

    def again(self, token: Token) -> None:
        offered = self.listens or token.anchor is not None
        if not token.fired and (offered or token.phase >= ENTERED):
            self.hold(token)
        else:
            super().again(token)

    def wait_for(self, parent: Token, *, anchor: UUID | None, scope: UUID | None) -> None:
        """Wait on behalf of another token (the anchor), or of a scope."""
        child = parent._add_child(self, TaskState.WAITING)
        child.anchor, child.scope = anchor, scope
        parent.workflow.walk.begin_wait(child)

    def wait_again(self, token: Token, *, anchor: UUID | None, scope: UUID | None) -> None:
        """Wait for the same once more, if it can come more than once."""
        cycle = next_cycle(token.cycle) if token.cycle is not None else None
        if self.node.event == "timer" and cycle is None:
            return
        child = token._add_child(self, TaskState.WAITING)
        child.anchor, child.scope = anchor, scope
        child.cycle, child.since = cycle, token.since
        child.muted = self.node.event == "conditional"
        token.workflow.walk.begin_wait(child)

    def fire(self, token: Token) -> None:
        """Close what the same event gateway offered besides."""
        if token.anchor is not None:
            token.workflow.walk.withdraw(token.anchor, besides=token)
            token.anchor = None


class ReceiveTask(Catching, Activity, defaults.ReceiveTask):  # type: ignore[misc]
    pass


class CatchEvent(Catching, defaults.IntermediateCatchEvent):  # type: ignore[misc]
    pass


class BoundaryEvent(Catching, defaults.BoundaryEvent):  # type: ignore[misc]
    """SpiffWorkflow lets a non-interrupting event come once; here it may come again."""

    def fire(self, token: Token) -> None:
        activity = token.workflow.live[token.anchor]
        token.anchor = None
        if self.node.interrupting:
            activity.cancel()
        else:
            self.wait_again(token, anchor=activity.id, scope=activity.scope)

    def strike(self, activity: Token, raised: dict[str, Any]) -> None:
        """Catch what was thrown inside an activity."""
        child = activity._add_child(self)
        activity.workflow.walk.caught(child, raised)
        if self.node.interrupting:
            activity.cancel()
        child._ready()


class HandlerStart(Catching, defaults.StartEvent):  # type: ignore[misc]
    """The start event of an event subprocess: waits beside its scope without keeping it alive."""

    listens = True
    #: The event subprocess that it begins.
    around: Any

    def fire(self, token: Token) -> None:
        scope = token.scope
        if self.node.interrupting:
            token.workflow.walk.cancel_scope(scope, besides=token)
        else:
            self.wait_again(token, anchor=None, scope=scope)
        self.around.begin(token)

    def strike(self, near: Token, scope: UUID | None, raised: dict[str, Any]) -> None:
        """Catch what was thrown in a scope."""
        child = near._add_child(self)
        child.scope = scope
        walk = near.workflow.walk
        walk.caught(child, raised)
        if self.node.interrupting:
            walk.cancel_scope(scope, besides=child)
        self.around.begin(child)
        child._ready()


class StartEvent(Walked, defaults.StartEvent):  # type: ignore[misc]
    pass


class Throwing(Walked):
    """Throws once the host is done, before any token goes on."""

    def _run_hook(self, token: Token) -> bool:
        walk = token.workflow.walk
        walk.leave(token)
        throws = self.node.event in _THROWN or self.node.event == "signal"
        if throws and token.phase < GONE:
            walk.throw(token)
        return token.state == TaskState.CANCELLED or super()._run_hook(token)


class ThrowEvent(Throwing, defaults.IntermediateThrowEvent):  # type: ignore[misc]
    pass


class EndEvent(Throwing, defaults.EndEvent):  # type: ignore[misc]
    def _run_hook(self, token: Token) -> bool:
        done = super()._run_hook(token)
        token.workflow.walk.notes.reached_end(token)
        return done

    def _on_complete_hook(self, token: Token) -> None:
        if self.node.event == "terminate":
            token.workflow.walk.cancel_scope(token.scope)
