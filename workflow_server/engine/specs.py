"""How each kind of element behaves: SpiffWorkflow's task specs, with what they get wrong put right.

Nothing here is changed while instances run, so one built process serves all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.simple import (
    NoneEventDefinition,
    TerminateEventDefinition,
)
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin
from SpiffWorkflow.util.task import TaskState

from workflow_server.engine.graph import Flow, Graph, Node
from workflow_server.engine.tokens import PERFORMED, Token


class ProcessSpec(BpmnProcessSpec):  # type: ignore[misc]
    """A process that can run; `graph` is what was drawn."""

    def __init__(self, graph: Graph) -> None:
        super().__init__(name=graph.key, description=graph.name)
        # The library's own start and end would take their names away from drawn elements.
        self.task_specs.clear()
        self.graph = graph


class Walked:
    """What all elements share: one look ahead, no data, the host asked at every turn.

    SpiffWorkflow predicts the whole future of a token and copies all data along; both are
    left out. A token's next tokens are made when it leaves.
    """

    node: Node
    flows: tuple[Flow, ...]
    task_specs: dict[str, Any]
    #: Whether a token stays here until something from outside lets it go.
    holds = False
    #: Whether a token may wait here for tokens of other flows.
    joins = False

    def test(self) -> None:
        """Diagrams are judged once, when they are parsed."""

    def _predict(self, *_: Any, **__: Any) -> None:
        pass

    def _update_hook(self, token: Token) -> bool:
        return bool(token.state == TaskState.FUTURE)

    def _on_ready_hook(self, token: Token) -> None:
        token.workflow.walk.queue.append(token)

    def _run_hook(self, token: Token) -> bool:
        token.workflow.walk.leave(token)
        return True

    def _on_complete_hook(self, token: Token) -> None:
        self.send(token, self.flows)

    def _on_cancel(self, token: Token) -> None:
        token.workflow.walk.cancelled(token)

    def arm(self, token: Token) -> None:
        """Set up what may interrupt a token that has just entered."""

    def hold(self, token: Token) -> None:
        """Begin to wait."""

    def stranded(self, token: Token) -> bool:
        """Tell whether a token stopped because what it waits for can't come."""
        return False

    def send(self, token: Token, flows: tuple[Flow, ...]) -> None:
        """Put a token on each of the flows."""
        for flow in flows:
            child = token._add_child(self.task_specs[flow.target])
            if child.task_spec.joins:
                child.flow = flow.id


class Activity(Walked):
    """Work that events may be attached to."""

    #: The specs of its boundary events.
    events: tuple[Any, ...] = ()

    def arm(self, token: Token) -> None:
        for event in self.events:
            event.wait_at(token)

    def _run_hook(self, token: Token) -> bool:
        if self.events:
            token.workflow.walk.withdraw(token.id)
        return super()._run_hook(token)

    def _on_cancel(self, token: Token) -> None:
        if self.events:
            token.workflow.walk.withdraw(token.id)
        super()._on_cancel(token)


class Person(Activity):
    """A task that a person completes."""

    holds = True

    def hold(self, token: Token) -> None:
        token.workflow.walk.open_task(token)


class UserTask(Person, defaults.UserTask):  # type: ignore[misc]
    pass


class ManualTask(Person, defaults.ManualTask):  # type: ignore[misc]
    pass


class Work(Activity):
    """A task that the host does at once."""

    def _run_hook(self, token: Token) -> bool:
        if token.phase < PERFORMED:
            token.workflow.walk.perform(token)
        return super()._run_hook(token)


class ServiceTask(Work, defaults.ServiceTask):  # type: ignore[misc]
    pass


class SendTask(Work, defaults.SendTask):  # type: ignore[misc]
    pass


class Catching(Walked):
    """Something that waits for a message or a timer."""

    holds = True

    def hold(self, token: Token) -> None:
        token._set_state(TaskState.WAITING)
        token.workflow.walk.open_wait(token)

    def offer(self, token: Token) -> None:
        """Wait on behalf of another token, which is the anchor."""
        child = token._add_child(self, TaskState.WAITING)
        child.anchor = token.id
        token.workflow.walk.open_wait(child)

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
    """SpiffWorkflow lets a non-interrupting message come once; here it may come again."""

    def wait_at(self, activity: Token) -> None:
        """Wait as long as the activity's token is there."""
        self.offer(activity)

    def fire(self, token: Token) -> None:
        activity = token.workflow.live[token.anchor]
        token.anchor = None
        if self.node.interrupting:
            activity.cancel()
        elif self.node.event == "message":
            self.offer(activity)


class StartEvent(Walked, defaults.StartEvent):  # type: ignore[misc]
    pass


class ThrowEvent(Walked, defaults.IntermediateThrowEvent):  # type: ignore[misc]
    pass


class EndEvent(Walked, defaults.EndEvent):  # type: ignore[misc]
    def _on_complete_hook(self, token: Token) -> None:
        token.workflow.walk.reached_end(token)


class ExclusiveGateway(Walked, defaults.ExclusiveGateway):  # type: ignore[misc]
    def _run_hook(self, token: Token) -> bool:
        token.chosen = token.workflow.walk.choose(token, self.flows, self.node.default)
        return super()._run_hook(token)

    def _on_complete_hook(self, token: Token) -> None:
        self.send(token, token.chosen or ())


class ParallelGateway(Walked, defaults.ParallelGateway):  # type: ignore[misc]
    """Waits for one token on each incoming flow, and takes exactly those.

    SpiffWorkflow counts tasks that ever stood here, so its join opens early from the second
    turn of a loop on; here only tokens that wait count, by the flow they came on and within
    their own subprocess. A surplus token waits for the next round.
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
        return self.gather(token)

    def waiting(self, token: Token) -> dict[str, Token]:
        """Return the first token that waits here on each flow, in the same subprocess."""
        found: dict[str, Token] = {}
        for other in token.workflow.live.values():
            if (
                other.task_spec is self
                and other.scope == token.scope
                and other.state == TaskState.WAITING
            ):
                found.setdefault(other.flow, other)
        return found

    def lacking(self, token: Token, able: list[Token]) -> str | None:
        """Return a flow still waited for that none of the tokens `able` to move can reach."""
        there = self.waiting(token)
        beside = [other for other in able if other.scope == token.scope]
        if any(other.task_spec is self for other in beside):
            return None
        for flow in self.incoming:
            if flow not in there:
                reaching = self._reaching(flow)
                if not any(other.task_spec.node.id in reaching for other in beside):
                    return flow
        return None

    def stranded(self, token: Token) -> bool:
        return bool(self.joins and not token.fired and token.state == TaskState.ERROR)

    def _reaching(self, flow: str) -> frozenset[str]:
        found = self.reaching.get(flow)
        if found is None:
            graph: Graph = self._wf_spec.graph
            source = next(f.source for f in graph.incoming[self.node.id] if f.id == flow)
            found = self.reaching[flow] = graph.reaching(source, without=self.node.id)
        return found

    def gather(self, token: Token) -> bool:
        """Take the other flows' tokens if all are there; this token is the one to go on."""
        found = self.waiting(token)
        if len(found) < len(self.incoming):
            return False
        for other in found.values():
            if other is not token:
                other._set_state(TaskState.CANCELLED)
        token.fired = True
        return True


class EventGateway(Walked, defaults.EventBasedGateway):  # type: ignore[misc]
    """Offers the events behind it; the first to come takes the token."""

    def connect(self, taskspec: Any) -> None:
        """Leave the events where they are; SpiffWorkflow would move them into the gateway."""
        BpmnSpecMixin.connect(self, taskspec)

    def _on_complete_hook(self, token: Token) -> None:
        for flow in self.flows:
            self.task_specs[flow.target].offer(token)


class SubProcess(Activity, BpmnSpecMixin):  # type: ignore[misc]
    """An embedded subprocess: its tokens carry its own token as their scope."""

    holds = True
    start: Any

    def hold(self, token: Token) -> None:
        token._set_state(TaskState.STARTED)
        child = token._add_child(self.start)
        child.scope = token.id
        self.start._update(child)

    def _on_cancel(self, token: Token) -> None:
        token.workflow.walk.cancel_scope(token.id)
        super()._on_cancel(token)


_CLASSES: dict[str, Callable[..., Any]] = {
    "userTask": UserTask,
    "manualTask": ManualTask,
    "serviceTask": ServiceTask,
    "businessRuleTask": ServiceTask,
    "sendTask": SendTask,
    "receiveTask": ReceiveTask,
    "startEvent": StartEvent,
    "endEvent": EndEvent,
    "intermediateCatchEvent": CatchEvent,
    "intermediateThrowEvent": ThrowEvent,
    "boundaryEvent": BoundaryEvent,
    "exclusiveGateway": ExclusiveGateway,
    "parallelGateway": ParallelGateway,
    "eventBasedGateway": EventGateway,
    "subProcess": SubProcess,
}


def build(graph: Graph) -> ProcessSpec:
    """Make the SpiffWorkflow process of a judged graph; never recursive, however long it is."""
    process = ProcessSpec(graph)
    for node in graph.nodes.values():
        spec = _CLASSES[node.type](process, node.id, **_arguments(node))
        spec.node = node
        spec.task_specs = process.task_specs
    for node in graph.nodes.values():
        _connect(process, graph, node)
    return process


def _arguments(node: Node) -> dict[str, Any]:
    arguments: dict[str, Any] = {"lane": node.lane, "bpmn_name": node.name}
    if node.type.endswith("Event") or node.type in ("sendTask", "receiveTask"):
        arguments["event_definition"] = _event_definition(node)
    if node.type == "eventBasedGateway":
        arguments["event_definition"] = NoneEventDefinition()
    if node.type == "boundaryEvent":
        arguments["cancel_activity"] = node.interrupting
    return arguments


def _event_definition(node: Node) -> Any:
    if node.message is not None:
        return MessageEventDefinition(node.message)
    if node.event == "timer":
        return TimerEventDefinition(node.id, node.timer and node.timer[1])
    return TerminateEventDefinition() if node.event == "terminate" else NoneEventDefinition()


def _connect(process: ProcessSpec, graph: Graph, node: Node) -> None:
    spec = process.task_specs[node.id]
    spec.flows = tuple(graph.outgoing[node.id])
    if node.type == "parallelGateway":
        spec.incoming = tuple(flow.id for flow in graph.incoming[node.id])
        spec.joins = len(spec.incoming) > 1
        spec.reaching = {}
    for flow in spec.flows:
        spec.connect(process.task_specs[flow.target])
    if node.id in graph.attached:
        spec.events = tuple(process.task_specs[event.id] for event in graph.attached[node.id])
    if node.type == "startEvent" and node.scope is not None:
        process.task_specs[node.scope].start = spec
