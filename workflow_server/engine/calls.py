"""Judges which process calls which: every called one is there, and none calls itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from workflow_server.engine.graph import Graph, Node
from workflow_server.engine.sources import Faults


def judge_calls(drawn: Sequence[tuple[Graph, Faults]]) -> None:
    """Note calls that would find no process, or never come to an end, in the caller's faults."""
    graphs = {graph.key: graph for graph, _ in drawn}
    for graph, faults in drawn:
        for node in _calls(graph):
            if sentence := _wrong_call(graphs, graph, node.called or ""):
                faults.add(node.line, node.id, sentence)


def _calls(graph: Graph) -> list[Node]:
    return [node for node in graph.nodes.values() if node.called is not None]


def _wrong_call(graphs: Mapping[str, Graph], caller: Graph, called: str) -> str | None:
    target = graphs.get(called)
    if target is None:
        return f"调用的流程 {called} 不在本次部署的内容里"
    starts = [node for node in target.nodes.values() if node.type == "startEvent"]
    if not any(node.scope is None and node.event == "none" for node in starts):
        return f"调用的流程 {called} 没有空开始事件，不能被调用"
    if caller.key in _called_from(graphs, called):
        return f"流程 {caller.key} 经由 {called} 调用了自己，永远不会结束"
    return None


def _called_from(graphs: Mapping[str, Graph], first: str) -> set[str]:
    found, todo = {first}, [first]
    while todo:
        graph = graphs.get(todo.pop())
        for node in _calls(graph) if graph is not None else []:
            if node.called is not None and node.called not in found:
                found.add(node.called)
                todo.append(node.called)
    return found
