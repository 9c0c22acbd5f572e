"""How gateways behave."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin
from SpiffWorkflow.util.task import TaskState

from workflow_server.engine.graph import Graph
from workflow_server.engine.walked import Walked

if TYPE_CHECKING:
    from workflow_server.engine.tokens import Token


class ExclusiveGateway(Walked, defaults.ExclusiveGateway):  # type: ignore[misc]
    pass


class Joining(Walked):
    """Lets tokens wait by the flow they came on, each subprocess for itself.

    SpiffWorkflow counts tasks that ever stood here, so its joins open early from the second
    turn of a loop on; here only tokens that wait count. A surplus token waits for the next
    round.
    """

    incoming: tuple[str, ...]
    #: The nodes from which each flow can be reached, worked out when first asked for.
    reaching: dict[str, frozenset[str]]

    def _update_hook(self, token: Token) -> bool:
        if token.state != TaskState.FUTURE:
            return False
        if not self.joins:
            return True
        token._set_state(TaskState.WAITING)
        return self.arrived(token)

    def arrived(self, token: Token) -> bool:
        """Tell whether a token that has just come opens the join."""
        raise NotImplementedError

    def again(self, token: Token) -> None:
        if self.joins and not token.fired:
            token._set_state(TaskState.WAITING)
            if self.arrived(token):
                token._ready()
        else:
            super().again(token)

    def waiting(self, live: Iterable[Token], scope: UUID | None) -> dict[str, Token]:
        """Return the first token that waits here on each flow, in one subprocess."""
        found: dict[str, Token] = {}
        for other in live:
            if (
                other.task_spec is self
                and other.scope == scope
                and other.state == TaskState.WAITING
            ):
                found.setdefault(other.flow or "", other)
        return found

    def take(self, token: Token, found: dict[str, Token]) -> None:
        """Let one token go on for all that were waited for."""
        for other in found.values():
            if other is not token:
                other._set_state(TaskState.CANCELLED)
        token.fired = True

    def lacking(self, token: Token, beside: list[Token], able: list[Token]) -> str | None:
        """Return a flow that this waits for in vain, if of all in its scope only some can move."""
        raise NotImplementedError

    def reached_from(self, flow: str) -> frozenset[str]:
        """Return the nodes from which a token can come to a flow without passing this join."""
        found = self.reaching.get(flow)
        if found is None:
            graph: Graph = self._wf_spec.graph
            source = next(f.source for f in graph.incoming[self.node.id] if f.id == flow)
            found = self.reaching[flow] = graph.reaching(source, without=self.node.id)
        return found

    _wf_spec: Any


class ParallelGateway(Joining, defaults.ParallelGateway):  # type: ignore[misc]
    """Waits for one token on each incoming flow, and takes exactly those."""

    def arrived(self, token: Token) -> bool:
        found = self.waiting(token.workflow.live.values(), token.scope)
        if len(found) < len(self.incoming):
            return False
        self.take(token, found)
        return True

    def lacking(self, token: Token, beside: list[Token], able: list[Token]) -> str | None:
        there = self.waiting(beside, token.scope)
        if any(other.task_spec is self for other in able):
            return None
        for flow in self.incoming:
            if flow not in there:
                reaching = self.reached_from(flow)
                if not any(other.task_spec.node.id in reaching for other in able):
                    return flow
        return None


class InclusiveGateway(Joining, defaults.InclusiveGateway):  # type: ignore[misc]
    """Waits until no token can come any more on a flow that it has none of (BPMN 2.0, 13.4.3).

    Whether it opens depends on all other tokens, so the walk asks once nothing else moves.
    """

    def arrived(self, token: Token) -> bool:
        return False

    def open(self, live: Iterable[Token], scope: UUID | None) -> Token | None:
        """Return the token to go on if the join opens now, having taken the others."""
        tokens = list(live)
        found = self.waiting(tokens, scope)
        if not found or next(self._blockers(tokens, scope, found), None) is not None:
            return None
        token = next(iter(found.values()))
        self.take(token, found)
        return token

    def lacking(self, token: Token, beside: list[Token], able: list[Token]) -> str | None:
        found = self.waiting(beside, token.scope)
        flow = None
        for other, missing in self._blockers(beside, token.scope, found):
            if other in able:
                return None
            flow = missing
        return flow

    def _blockers(
        self, live: Iterable[Token], scope: UUID | None, found: dict[str, Token]
    ) -> Iterator[tuple[Token, str]]:
        """Yield the tokens worth waiting for, each with the empty flow that it can come on."""
        for other in live:
            hangs = other.anchor in other.workflow.live  # it may come only if its activity may
            if other.scope != scope or other.task_spec is self or hangs:
                continue
            node = other.task_spec.node.id
            ways = [flow for flow in self.incoming if node in self.reached_from(flow)]
            missing = [flow for flow in ways if flow not in found]
            if missing and len(missing) == len(ways):
                yield other, missing[0]


class EventGateway(Walked, defaults.EventBasedGateway):  # type: ignore[misc]
    """Offers the events behind it; the first to come takes the token."""

    def connect(self, taskspec: Any) -> None:
        """Leave the events where they are; SpiffWorkflow would move them into the gateway."""
        BpmnSpecMixin.connect(self, taskspec)

    def _on_complete_hook(self, token: Token) -> None:
        for flow in self.flows:
            self.task_specs[flow.target].wait_for(token, anchor=token.id, scope=token.scope)
