"""Joins the two ends of a link: a thrown link goes on at the caught one of the same name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workflow_server.engine.graph import Flow, Node
from workflow_server.engine.sources import Faults


def link_flows(nodes: Iterable[Node], faults: Faults) -> Iterator[Flow]:
    """Yield a flow for every thrown link, and fault those that lead nowhere or two ways."""
    links = [node for node in nodes if node.event == "link"]
    for thrown in links:
        if thrown.type != "intermediateThrowEvent":
            continue
        caught = [
            node
            for node in links
            if node.type == "intermediateCatchEvent"
            and (node.reference, node.scope) == (thrown.reference, thrown.scope)
        ]
        if len(caught) == 1:
            yield Flow(f"{thrown.id} link", thrown.id, caught[0].id, None, thrown.line)
        else:
            count = "没有" if not caught else f"有 {len(caught)} 个"
            sentence = f"链接“{thrown.reference}”在同一范围内{count}捕获事件，应恰好有一个"
            faults.add(thrown.line, thrown.id, sentence)
