"""Builds a process that can run from what was drawn, of SpiffWorkflow's specs put right.

Nothing here is changed while instances run, so one built process serves all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition

from workflow_server.engine.activities import (
    CallActivity,
    EventSubProcess,
    ManualTask,
    SendTask,
    ServiceTask,
    SubProcess,
    UserTask,
)
from workflow_server.engine.gateways import (
    EventGateway,
    ExclusiveGateway,
    InclusiveGateway,
    ParallelGateway,
)
from workflow_server.engine.graph import Graph, Node
from workflow_server.engine.happenings import (
    BoundaryEvent,
    CatchEvent,
    EndEvent,
    HandlerStart,
    ReceiveTask,
    StartEvent,
    ThrowEvent,
)
from workflow_server.engine.loops import TURN, MultiInstance, StandardLoop


class ProcessSpec(BpmnProcessSpec):  # type: ignore[misc]
    """A process that can run; `graph` is what was drawn."""

    def __init__(self, graph: Graph) -> None:
        super().__init__(name=graph.key, description=graph.name)
        # The library's own start and end would take their names away from drawn elements.
        self.task_specs.clear()
        self.graph = graph
        #: The start events of its event subprocesses.
        self.handlers: tuple[Any, ...] = ()
        #: Inclusive joins and conditional events, in the order of the file.
        self.inclusive: tuple[Any, ...] = ()
        self.conditional: tuple[Any, ...] = ()
        #: Whether any iteration has variables of its own.
        self.framed = any(node.loop is not None for node in graph.nodes.values())


_CLASSES: dict[str, Callable[..., Any]] = {
    "userTask": UserTask,
    "manualTask": ManualTask,
    "serviceTask": ServiceTask,
    "businessRuleTask": ServiceTask,
    "sendTask": SendTask,
    "receiveTask": ReceiveTask,
    "callActivity": CallActivity,
    "startEvent": StartEvent,
    "endEvent": EndEvent,
    "intermediateCatchEvent": CatchEvent,
    "intermediateThrowEvent": ThrowEvent,
    "boundaryEvent": BoundaryEvent,
    "exclusiveGateway": ExclusiveGateway,
    "inclusiveGateway": InclusiveGateway,
    "parallelGateway": ParallelGateway,
    "eventBasedGateway": EventGateway,
    "subProcess": SubProcess,
}
_JOINS = frozenset(["parallelGateway", "inclusiveGateway"])


def build(graph: Graph) -> ProcessSpec:
    """Make the SpiffWorkflow process of a judged graph; never recursive, however long it is."""
    process = ProcessSpec(graph)
    for node in graph.nodes.values():
        _add(process, node.id, _class(graph, node), node)
        if node.loop is not None:
            _add(process, node.id + TURN, _CLASSES[node.type], node)
    for node in graph.nodes.values():
        _connect(process, graph, node)
    specs = process.task_specs.values()
    process.inclusive = tuple(s for s in specs if s.node.type == "inclusiveGateway" and s.joins)
    process.conditional = tuple(s for s in specs if s.node.event == "conditional")
    return process


def _class(graph: Graph, node: Node) -> Callable[..., Any]:
    if node.loop is not None:
        return StandardLoop if node.loop.kind == "standard" else MultiInstance
    if node.triggered:
        return EventSubProcess
    if node.type == "startEvent" and node.scope is not None and graph.nodes[node.scope].triggered:
        return HandlerStart
    if node.type == "intermediateCatchEvent" and node.event == "link":
        return ThrowEvent
    return _CLASSES[node.type]


def _add(process: ProcessSpec, name: str, kind: Callable[..., Any], node: Node) -> None:
    arguments: dict[str, Any] = {"lane": node.lane, "bpmn_name": node.name}
    if node.type.endswith("Event") or node.type in ("sendTask", "receiveTask", "eventBasedGateway"):
        # What an event is about stands in the node; SpiffWorkflow's own events never fire.
        arguments["event_definition"] = NoneEventDefinition()
    if node.type == "boundaryEvent":
        arguments["cancel_activity"] = node.interrupting
    spec = kind(process, name, **arguments)
    spec.node = node
    spec.task_specs = process.task_specs


def _connect(process: ProcessSpec, graph: Graph, node: Node) -> None:
    specs = process.task_specs
    spec = specs[node.id]
    spec.flows = tuple(graph.outgoing[node.id])
    spec.deciding = any(flow.condition is not None for flow in spec.flows)
    if node.type in _JOINS:
        spec.incoming = tuple(flow.id for flow in graph.incoming[node.id])
        spec.joins = len(spec.incoming) > 1
        spec.reaching = {}
    for flow in spec.flows:
        spec.connect(specs[flow.target])
    if node.id in graph.attached:
        spec.events = tuple(specs[event.id] for event in graph.attached[node.id])
    if node.loop is not None:
        spec.loop, spec.each = node.loop, specs[node.id + TURN]
        spec.each.within = spec
    if node.type == "startEvent":
        _connect_start(process, graph, node)


def _connect_start(process: ProcessSpec, graph: Graph, node: Node) -> None:
    if node.scope is None:
        return
    specs = process.task_specs
    around = _body(process, graph.nodes[node.scope])
    around.start = specs[node.id]
    if graph.nodes[node.scope].triggered:
        outer = graph.nodes[node.scope].scope
        place = process if outer is None else _body(process, graph.nodes[outer])
        place.handlers += (specs[node.id],)
        specs[node.id].around = around


def _body(process: ProcessSpec, node: Node) -> Any:
    """Return the spec whose tokens are the scope of what is drawn in a subprocess."""
    return process.task_specs[node.id if node.loop is None else node.id + TURN]
