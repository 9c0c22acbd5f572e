"""Decides by expressions: which flows a token takes, and what an activity is repeated for."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from workflow_server.engine.graph import Flow, Loop, Node
from workflow_server.engine.loop_reading import MAXIMUM_TURNS
from workflow_server.engine.stopping import Stopped

#: Gives the values of FEEL expressions as the element at hand sees them.
Evaluate = Callable[[list[str]], list[Any]]

#: More at once than this would be more tokens than an instance may have.
MAXIMUM_AT_ONCE = 500


def choose(node: Node, flows: tuple[Flow, ...], evaluate: Evaluate) -> tuple[Flow, ...]:
    """Return the flows that a token goes on by, in the order of the file.

    An exclusive gateway takes the first whose condition is true, all others every such flow
    and those without condition. The default flow is for when there is no other. No way
    out stops the token.
    """
    conditional = [flow for flow in flows if flow.condition is not None]
    if not conditional:
        return flows
    results = evaluate([flow.condition or "" for flow in conditional])
    met = {
        flow.id
        for flow, result in zip(conditional, results, strict=True)
        if truth(f"流向 {flow.id} ", result)
    }
    if node.type == "exclusiveGateway":
        taken = tuple(flow for flow in flows if flow.id in met)[:1]
    else:
        free = (flow.id for flow in flows if flow.condition is None and flow.id != node.default)
        met_or_free = met.union(free)
        taken = tuple(flow for flow in flows if flow.id in met_or_free)
    if not taken:
        taken = tuple(flow for flow in flows if flow.id == node.default)
    if not taken:
        raise Stopped(f"{node.id} 没有满足条件的流向，也没有默认流向")
    return taken


def truth(place: str, value: Any) -> bool:
    """Return whether a condition is met; null is not, and anything but a truth value stops."""
    if value is not None and not isinstance(value, bool):
        raise Stopped(f"{place} 的条件得出 {value!r:.80}，应为真或假")
    return value is True


def items(node: Node, loop: Loop, evaluate: Evaluate) -> list[Any]:
    """Return the items of a multi-instance activity, null for each if only their number counts."""
    if loop.items is not None:
        (found,) = evaluate([loop.items])
        if not isinstance(found, list):
            raise Stopped(f"{node.id} 的多实例列表得出 {found!r:.80}，应为列表")
    else:
        (count,) = evaluate([loop.cardinality or ""])
        found = [None] * _count(node.id, count)
    most = MAXIMUM_AT_ONCE if loop.kind == "parallel" else MAXIMUM_TURNS
    if len(found) > most:
        raise Stopped(f"{node.id} 的多实例有 {len(found)} 次，最多 {most} 次")
    return found


def _count(place: str, value: Any) -> int:
    whole = isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)
    if not whole or value != value or not 0 <= value <= MAXIMUM_TURNS or int(value) != value:
        raise Stopped(f"{place} 的多实例次数得出 {value!r:.80}，应为 0 到 {MAXIMUM_TURNS} 的整数")
    return int(value)
