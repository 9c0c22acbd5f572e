"""A process as drawn: nodes and flows, and the bytes they are stored as."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from functools import cached_property
from typing import Any

import orjson

#: Raised when the stored form changes; older forms must stay readable.
FORMAT = 2

#: Where a node's loop stands in its stored form.
_LOOP = 16


@dataclass(frozen=True, slots=True)
class Flow:
    """A sequence flow; `condition` is FEEL without its leading "="."""

    id: str
    source: str
    target: str
    condition: str | None
    line: int


@dataclass(frozen=True, slots=True)
class Loop:
    """How often an activity is done: "parallel" and "sequential" for each, or "standard".

    All texts but `item` and `into` are FEEL without their leading "=". `condition` ends a
    multi-instance activity early, and keeps a standard loop going.
    """

    kind: str
    items: str | None = None
    cardinality: str | None = None
    item: str | None = None
    result: str | None = None
    into: str | None = None
    condition: str | None = None
    before: bool = False
    maximum: int | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """A flow node; `scope` is the subprocess around it, `event` what an event is about.

    `reference` is the name of a signal or link or the code of an error or escalation (None:
    any), `triggered` marks an event subprocess, `called` is the process a call activity calls.
    `data` are the data objects written when the element is done, each with FEEL or None for
    what ended the waiting.
    """

    id: str
    type: str
    name: str
    line: int
    lane: str | None = None
    scope: str | None = None
    event: str | None = None
    message: str | None = None
    timer: tuple[str, str] | None = None
    attached_to: str | None = None
    interrupting: bool = True
    default: str | None = None
    reference: str | None = None
    condition: str | None = None
    triggered: bool = False
    called: str | None = None
    loop: Loop | None = None
    data: tuple[tuple[str, str | None], ...] = ()


@dataclass(frozen=True)
class Graph:
    """One executable process; `nodes` and `flows` in the order of the file."""

    key: str
    name: str
    line: int
    nodes: dict[str, Node]
    flows: tuple[Flow, ...]

    @cached_property
    def outgoing(self) -> dict[str, list[Flow]]:
        """Flows that leave each node, in the order of the file."""
        found: dict[str, list[Flow]] = {node: [] for node in self.nodes}
        for flow in self.flows:
            found[flow.source].append(flow)
        return found

    @cached_property
    def incoming(self) -> dict[str, list[Flow]]:
        """Flows that reach each node, in the order of the file."""
        found: dict[str, list[Flow]] = {node: [] for node in self.nodes}
        for flow in self.flows:
            found[flow.target].append(flow)
        return found

    @cached_property
    def attached(self) -> dict[str, list[Node]]:
        """Boundary events by the activity they sit on."""
        found: dict[str, list[Node]] = {}
        for node in self.nodes.values():
            if node.attached_to is not None:
                found.setdefault(node.attached_to, []).append(node)
        return found

    @cached_property
    def successors(self) -> dict[str, list[str]]:
        """Where a token at a node may be next: flows, boundary events, into and out of scopes."""
        found = {node: [flow.target for flow in flows] for node, flows in self.outgoing.items()}
        for node in self.nodes.values():
            if node.attached_to is not None:
                found[node.attached_to].append(node.id)
            if node.scope is not None and node.type == "startEvent":
                found[node.scope].append(node.id)
            if node.triggered and node.scope is not None:
                found[node.scope].append(node.id)
        return found

    @cached_property
    def predecessors(self) -> dict[str, list[str]]:
        """`successors` the other way round."""
        found: dict[str, list[str]] = {node: [] for node in self.nodes}
        for node, targets in self.successors.items():
            for target in targets:
                found[target].append(node)
        return found

    def reaching(self, target: str, *, without: str | None = None) -> frozenset[str]:
        """Return the nodes a token can come from to `target`, itself included."""
        found, todo = {target}, [target]
        while todo:
            for node in self.predecessors[todo.pop()]:
                if node not in found and node != without:
                    found.add(node)
                    todo.append(node)
        return frozenset(found)

    def reached(self, sources: list[str], *, without: str | None = None) -> frozenset[str]:
        """Return the nodes a token can go to from `sources`, these included."""
        found, todo = set(sources), list(sources)
        while todo:
            for node in self.successors[todo.pop()]:
                if node not in found and node != without:
                    found.add(node)
                    todo.append(node)
        return frozenset(found)


def encode(graph: Graph) -> bytes:
    """Return the form a definition is stored in, the same bytes for the same process."""
    nodes = [
        [
            node.id,
            node.type,
            node.name,
            node.line,
            node.lane,
            node.scope,
            node.event,
            node.message,
            node.timer,
            node.attached_to,
            node.interrupting,
            node.default,
            node.reference,
            node.condition,
            node.triggered,
            node.called,
            node.loop and astuple(node.loop),
            node.data,
        ]
        for node in graph.nodes.values()
    ]
    flows = [[flow.id, flow.source, flow.target, flow.condition, flow.line] for flow in graph.flows]
    return orjson.dumps([FORMAT, graph.key, graph.name, graph.line, nodes, flows])


def decode(compiled: bytes) -> Graph:
    """Read what `encode` wrote; ValueError if it is anything else."""
    content: list[Any] = orjson.loads(compiled)
    if not isinstance(content, list) or content[:1] not in ([1], [FORMAT]):
        raise ValueError("not a compiled definition of this engine")
    _, key, name, line, rows, flows = content
    nodes = {}
    for row in rows:
        row[8] = tuple(row[8]) if row[8] is not None else None
        if len(row) > _LOOP:
            row[_LOOP] = row[_LOOP] and Loop(*row[_LOOP])
            row[_LOOP + 1] = tuple((name, text) for name, text in row[_LOOP + 1])
        nodes[row[0]] = Node(*row)
    return Graph(key, name, line, nodes, tuple(Flow(*row) for row in flows))
