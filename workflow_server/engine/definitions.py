"""Turns BPMN files into definitions that can run, and stored definitions back into running form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from workflow_server.engine import reading
from workflow_server.engine.calls import judge_calls
from workflow_server.engine.graph import Graph, decode, encode
from workflow_server.engine.judging import judge
from workflow_server.engine.refusals import DefinitionRefused, StateUnreadable
from workflow_server.engine.sources import Faults, open_xml
from workflow_server.engine.specs import ProcessSpec, build
from workflow_server.errors import Fault

__all__ = ["Definition", "DefinitionRefused", "Element", "MessageStart", "parse", "restore"]

#: How many processes stay ready to run, the others are built anew (4 ms for 200 elements).
#: One of 200 elements holds 0.75 MB, so that these hold 48 MB at most as drawn usually.
CACHED = 64


@dataclass(frozen=True, slots=True)
class Element:
    """A flow node of a diagram; `type` is its name in BPMN, `lane` the name of its lane."""

    id: str
    type: str
    name: str
    process: str
    line: int
    lane: str | None


@dataclass(frozen=True, slots=True)
class MessageStart:
    """A start event that a message triggers."""

    element_id: str
    message: str


@dataclass(frozen=True, slots=True)
class SignalStart:
    """A start event that a signal triggers."""

    element_id: str
    signal: str


@dataclass(frozen=True, slots=True)
class TimerStart:
    """A start event that the clock triggers; `timer` is its text as drawn."""

    element_id: str
    timer: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Definition:
    """One executable process; `compiled` is what is stored, once per version."""

    key: str
    name: str
    elements: Mapping[str, Element]
    none_start: str | None
    message_starts: tuple[MessageStart, ...]
    compiled: bytes
    signal_starts: tuple[SignalStart, ...] = ()
    timer_starts: tuple[TimerStart, ...] = ()


def parse(files: Mapping[str, bytes]) -> tuple[Definition, ...]:
    """Read BPMN files (path -> bytes) into definitions, in the order given.

    DefinitionRefused carries every fault found in any of them: what the engine can't run
    exactly as drawn is refused, nothing is left out or rewritten.
    """
    found: list[Fault] = []
    graphs: list[Graph] = []
    drawn: list[tuple[Graph, Faults]] = []
    for path, data in files.items():
        faults = Faults(path)
        read = _read(data, faults)
        for graph in read:
            if graph.key in [other.key for other in graphs]:
                faults.add(graph.line, graph.key, f"流程标识 {graph.key} 已被另一个流程使用")
            graphs.append(graph)
            drawn.append((graph, Faults(path)))
        found += faults.found
    if not found:
        judge_calls(drawn)
        found += [fault for _, faults in drawn for fault in faults.found]
    if found:
        paths = ", ".join(sorted({fault.pointer.split(":")[0] for fault in found}))
        raise DefinitionRefused(
            f"Expected diagrams that run as drawn, but {paths} has {len(found)} faults", found
        )
    return tuple(restore(encode(graph)) for graph in graphs)


def _read(data: bytes, faults: Faults) -> list[Graph]:
    root = open_xml(data, faults)
    if root is None:
        return []
    graphs = reading.read(root, faults)
    if not faults.found:
        for graph in graphs:
            judge(graph, faults)
    return graphs


def restore(compiled: bytes) -> Definition:
    """Return the definition stored as `compiled`; StateUnreadable if it isn't one."""
    return _restored(compiled)[0]


def process_of(definition: Definition) -> ProcessSpec:
    """Return the process ready to run, built once and shared; it never changes."""
    return _restored(definition.compiled)[1]


@lru_cache(maxsize=CACHED)
def _restored(compiled: bytes) -> tuple[Definition, ProcessSpec]:
    try:
        graph = decode(compiled)
        return _definition(graph, compiled), build(graph)
    except (ValueError, KeyError, TypeError) as error:
        raise StateUnreadable(
            f"Expected a stored definition, but it is unreadable: {error}"
        ) from error


def _definition(graph: Graph, compiled: bytes) -> Definition:
    starts = [n for n in graph.nodes.values() if n.type == "startEvent" and n.scope is None]
    return Definition(
        key=graph.key,
        name=graph.name,
        elements=MappingProxyType(
            {
                node.id: Element(node.id, node.type, node.name, graph.key, node.line, node.lane)
                for node in graph.nodes.values()
            }
        ),
        none_start=next((n.id for n in starts if n.event == "none"), None),
        message_starts=tuple(MessageStart(n.id, n.message) for n in starts if n.message),
        compiled=compiled,
        signal_starts=tuple(SignalStart(n.id, n.reference) for n in starts if n.reference),
        timer_starts=tuple(TimerStart(n.id, n.timer) for n in starts if n.timer),
    )
