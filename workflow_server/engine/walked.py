"""What all elements share when a token moves through them."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.util.task import TaskState

from workflow_server.engine.graph import Flow, Node
from workflow_server.engine.tokens import GONE, Token


class Walked:
    """One look ahead, no data, the host asked at every turn.

    SpiffWorkflow predicts the whole future of a token and copies all data along; both are
    left out. A token's next tokens are made when it leaves.
    """

    node: Node
    flows: tuple[Flow, ...] = ()
    task_specs: dict[str, Any]
    #: The repeated activity that this is one turn of.
    within: Any = None
    #: Whether the conditions of the flows behind are looked at.
    deciding = False
    #: Whether a token stays here until something from outside lets it go.
    holds = False
    #: Whether a token may wait here for tokens of other flows.
    joins = False
    #: Whether waiting tokens don't keep their scope from ending.
    listens = False
    #: Whether the host hears nothing of it.
    silent = False
    #: What may interrupt it: its boundary events.
    events: tuple[Any, ...] = ()
    #: The start events of the event subprocesses drawn in it.
    handlers: tuple[Any, ...] = ()

    def test(self) -> None:
        """Diagrams are judged once, when they are parsed."""

    def _predict(self, *_: Any, **__: Any) -> None:
        pass

    def _update_hook(self, token: Token) -> bool:
        return bool(token.state == TaskState.FUTURE)

    def _on_ready_hook(self, token: Token) -> None:
        token.workflow.walk.queue.append(token)

    def _run_hook(self, token: Token) -> bool:
        walk = token.workflow.walk
        walk.leave(token)
        if self.within is not None and token.phase < GONE:
            self.within.collect(token)
        if self.deciding:
            token.chosen = walk.choose(token)
        walk.left(token)
        return True

    def _on_complete_hook(self, token: Token) -> None:
        self.send(token, self.flows if token.chosen is None else token.chosen)

    def _on_cancel(self, token: Token) -> None:
        token.workflow.walk.cancelled(token)

    def arm(self, token: Token) -> None:
        """Set up what may interrupt a token that has just entered."""

    def hold(self, token: Token) -> None:
        """Begin to wait."""

    def again(self, token: Token) -> None:
        """Go on after an incident."""
        token._set_state(TaskState.READY)
        token.workflow.walk.queue.append(token)

    def hears(self, owner: Token, token: Token) -> None:
        """Hear that a token inside is done."""

    def send(self, token: Token, flows: tuple[Flow, ...]) -> None:
        """Put a token on each of the flows."""
        for flow in flows:
            child = token._add_child(self.task_specs[flow.target])
            if child.task_spec.joins:
                child.flow = flow.id
