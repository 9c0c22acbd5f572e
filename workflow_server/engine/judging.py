"""Judges a graph: whether every token that can come to be also can go on and end."""

from __future__ import annotations

from collections.abc import Iterator

from workflow_server.engine import words
from workflow_server.engine.graph import Flow, Graph, Node
from workflow_server.engine.sources import Faults


def judge(graph: Graph, faults: Faults) -> None:
    """Note everything about a process that would go wrong when it runs."""
    for scope in [None, *(node.id for node in _of(graph, "subProcess"))]:
        _judge_ends(graph, scope, faults)
    for node in graph.nodes.values():
        _judge_ways(graph, node, faults)
        _judge_conditions(graph, node, faults)
    for event in _of(graph, "boundaryEvent"):
        _judge_boundary(graph, event, faults)
    for gateway in _of(graph, "eventBasedGateway"):
        _judge_offers(graph, gateway, faults)
    if not faults.found:
        _judge_reach(graph, faults)
        _judge_joins(graph, faults)
        _judge_cycles(graph, faults)


def _of(graph: Graph, kind: str) -> Iterator[Node]:
    return (node for node in graph.nodes.values() if node.type == kind)


def _at(faults: Faults, node: Node, sentence: str) -> None:
    faults.add(node.line, node.id, sentence)


def _judge_ends(graph: Graph, scope: str | None, faults: Faults) -> None:
    inside = [node for node in graph.nodes.values() if node.scope == scope]
    starts = [node for node in inside if node.type == "startEvent"]
    around = graph.nodes[scope] if scope else None
    line = around.line if around else graph.line
    where = "子流程" if around else "流程"
    if not starts:
        faults.add(line, scope or graph.key, f"{where}没有开始事件")
    if around is not None and around.triggered:
        for node in starts[1:]:
            _at(faults, node, "事件子流程只能有一个开始事件")
    for node in [n for n in starts if n.event == "none"][1:]:
        _at(faults, node, f"{where}只能有一个空开始事件，否则不知从哪里开始")
    for kind, called in (("message", "消息"), ("signal", "信号")):
        names = [n.message or n.reference for n in starts if n.event == kind]
        for node in (n for n in starts if n.event == kind):
            name = node.message or node.reference
            if name is not None and names.count(name) > 1:
                _at(faults, node, f"{called} {name} 有几个开始事件，不知从哪里开始")
    if not any(node.type == "endEvent" for node in inside):
        faults.add(line, scope or graph.key, f"{where}没有结束事件")


def _judge_ways(graph: Graph, node: Node, faults: Faults) -> None:
    out, into = graph.outgoing[node.id], graph.incoming[node.id]
    if node.triggered:
        if out or into or node.loop is not None:
            _at(faults, node, "事件子流程由事件触发，不能连接流向，也不能带循环或多实例标记")
        return
    if node.type == "endEvent":
        if out:
            _at(faults, node, "结束事件不能有流出的流向")
    elif not out:
        _at(faults, node, "走到这里就断了：没有流出的流向，也不是结束事件")
    elif node.event == "link" and node.type == "intermediateThrowEvent" and len(out) > 1:
        _at(faults, node, "链接抛出事件不能再有流出的流向，它接到同名的捕获事件")
    elif node.event == "link" and node.type == "intermediateCatchEvent" and _drawn(graph, into):
        _at(faults, node, "链接捕获事件不能有流入的流向，它接在同名的抛出事件之后")
    if node.type in ("startEvent", "boundaryEvent"):
        if into:
            _at(faults, node, "开始事件和边界事件不能有流入的流向")
    elif not into:
        _at(faults, node, "没有流向到达这里，永远走不到")


def _drawn(graph: Graph, into: list[Flow]) -> bool:
    """Tell whether any of the flows into a link was drawn."""
    return any(graph.nodes[flow.source].event != "link" for flow in into)


def _judge_conditions(graph: Graph, node: Node, faults: Faults) -> None:
    out = graph.outgoing[node.id]
    if node.default is not None and node.default not in [flow.id for flow in out]:
        _at(faults, node, f"默认流向 {node.default} 不是从这里流出的")
    elif (
        node.default is not None
        and node.type not in ("exclusiveGateway", "inclusiveGateway")
        and all(flow.condition is None for flow in out)
    ):
        _at(faults, node, f"默认流向 {node.default} 没有意义：这里流出的流向都没有条件")
    for flow in out:
        sentence = _wrong_condition(node, flow, len(out))
        if sentence:
            faults.add(flow.line, flow.id, sentence)


def _wrong_condition(node: Node, flow: Flow, ways: int) -> str | None:
    conditional = flow.condition is not None
    if conditional and flow.id == node.default:
        return "默认流向不能再带条件，条件不会被判断"
    if node.type in ("exclusiveGateway", "inclusiveGateway") and ways > 1:
        if conditional or flow.id == node.default:
            return None
        return f"从网关 {node.id} 流出的流向须有条件，或设为默认流向"
    if conditional and node.type not in words.ACTIVITIES:
        return f"从 {node.id} 流出的流向带有条件，但这里不判断条件；请改用排他网关"
    return None


def _judge_boundary(graph: Graph, event: Node, faults: Faults) -> None:
    host = graph.nodes.get(event.attached_to or "")
    thrown = event.event in ("error", "escalation")
    if host is None or host.scope != event.scope:
        _at(faults, event, f"边界事件所附的环节 {event.attached_to or '（未写）'} 不在同一流程中")
    elif host.type not in words.ACTIVITIES or host.triggered:
        _at(faults, event, f"边界事件不能附在 {host.id} 上，只能附在任务、子流程和调用活动上")
    elif host.type in words.WORKING and event.event != "error":
        _at(faults, event, f"边界事件不能附在 {host.id} 上：那里不停留，事件永远不会发生")
    elif thrown and host.type in ("userTask", "manualTask", "receiveTask"):
        known = words.EVENT_NAMES[event.event or ""]
        _at(faults, event, f"{host.id} 不会抛出{known}，这个边界事件永远不会发生")


def _judge_offers(graph: Graph, gateway: Node, faults: Faults) -> None:
    out = graph.outgoing[gateway.id]
    if len(out) < 2:
        _at(faults, gateway, "事件网关至少要有两条流出的流向")
    for flow in out:
        target = graph.nodes[flow.target]
        if target.type not in ("intermediateCatchEvent", "receiveTask") or target.event == "link":
            _at(faults, gateway, f"事件网关之后只能是捕获事件或接收任务，{target.id} 不是")
        elif len(graph.incoming[target.id]) > 1:
            _at(faults, target, "事件网关之后的事件只能从该网关到达")
        elif target.id in graph.attached or target.loop is not None:
            _at(faults, target, "事件网关之后的接收任务不能带边界事件、循环或多实例标记")


def _beginnings(graph: Graph) -> list[str]:
    """Return where tokens come to be in a process: its starts and its event subprocesses."""
    return [
        node.id
        for node in graph.nodes.values()
        if node.scope is None and (node.type == "startEvent" or node.triggered)
    ]


def _judge_reach(graph: Graph, faults: Faults) -> None:
    """Every element is on a way from a start event to an end event of its own scope."""
    reached = graph.reached(_beginnings(graph))
    ending: set[str] = set()
    for end in _of(graph, "endEvent"):
        ending |= {n for n in graph.reaching(end.id) if graph.nodes[n].scope == end.scope}
    for node in graph.nodes.values():
        if node.id not in reached:
            _at(faults, node, "从开始事件走不到这里")
        elif node.id not in ending and not node.triggered:
            _at(faults, node, "从这里走不到任何结束事件")


def _judge_joins(graph: Graph, faults: Faults) -> None:
    """No join waits for a token that can come only after that join, or another like it."""
    reached = _reached_with_joins(graph)
    for gateway in _of(graph, "parallelGateway"):
        if gateway.id in reached:
            continue
        incoming = graph.incoming[gateway.id]
        if any(flow.source in reached for flow in incoming):
            for flow in (flow for flow in incoming if flow.source not in reached):
                faults.add(
                    flow.line,
                    flow.id,
                    f"并行网关 {gateway.id} 要等这条流向，而它只能在该网关之后到达，会永远等待；"
                    "循环请回到排他网关",
                )


def _reached_with_joins(graph: Graph) -> set[str]:
    """Return what tokens can reach if a join opens only once all its flows can be reached."""
    todo = _beginnings(graph)
    reached: set[str] = set()
    while todo:
        node = todo.pop()
        joins = graph.nodes[node].type == "parallelGateway"
        if node in reached or (
            joins and any(flow.source not in reached for flow in graph.incoming[node])
        ):
            continue
        reached.add(node)
        todo += graph.successors[node]
    return reached


def _judge_cycles(graph: Graph, faults: Faults) -> None:
    """Every loop has something in it that waits, or one step would never end."""
    passing = {node for node in graph.nodes if not _stays(graph, graph.nodes[node])}
    for members in _loops(graph, passing):
        first = min(members, key=lambda node: graph.nodes[node].line)
        named = "、".join(sorted(members)[:6])
        _at(faults, graph.nodes[first], f"循环中没有任何需要等待的环节，会无休止地空转：{named}")


def _stays(graph: Graph, node: Node) -> bool:
    """Tell whether no token passes this node within one step."""
    if node.type != "subProcess":
        waits = node.type in words.WAITING or node.type == "boundaryEvent"
        return waits and node.event not in ("link", "error", "escalation")
    start = next(n.id for n in _of(graph, "startEvent") if n.scope == node.id)
    todo, seen = [start], {start}
    while todo:
        current = graph.nodes[todo.pop()]
        if current.type == "endEvent":
            return False
        if _stays(graph, current):
            continue
        for flow in graph.outgoing[current.id]:
            if flow.target not in seen:
                seen.add(flow.target)
                todo.append(flow.target)
    return True


def _loops(graph: Graph, nodes: set[str]) -> list[set[str]]:
    """Return the groups of nodes that flow back into themselves without leaving `nodes`."""
    ways = {n: [f.target for f in graph.outgoing[n] if f.target in nodes] for n in nodes}
    remaining = dict.fromkeys(nodes, 0)
    for targets in ways.values():
        for target in targets:
            remaining[target] += 1
    todo = [node for node, count in remaining.items() if not count]
    while todo:
        for target in ways[todo.pop()]:
            remaining[target] -= 1
            if not remaining[target]:
                todo.append(target)
    left = {node for node, count in remaining.items() if count}
    return _components(left, ways)


def _components(nodes: set[str], ways: dict[str, list[str]]) -> list[set[str]]:
    reach = {node: _closure(node, nodes, ways) for node in nodes}
    found: list[set[str]] = []
    for node in sorted(nodes):
        if node in reach[node] and not any(node in group for group in found):
            found.append({other for other in reach[node] if node in reach[other]})
    return found


def _closure(node: str, nodes: set[str], ways: dict[str, list[str]]) -> set[str]:
    seen: set[str] = set()
    todo = [node]
    while todo:
        for target in ways[todo.pop()]:
            if target in nodes and target not in seen:
                seen.add(target)
                todo.append(target)
    return seen
