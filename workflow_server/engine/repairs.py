"""What a person may do to an instance that the diagram didn't foresee: skip, move, edit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from SpiffWorkflow.util.task import TaskState

from workflow_server.engine.activities import EventSubProcess
from workflow_server.engine.definitions import Definition, process_of
from workflow_server.engine.graph import Graph, Node
from workflow_server.engine.loops import Repeated
from workflow_server.engine.refusals import IncidentNotOpen, MoveRefused, SkipRefused, VisitNotOpen
from workflow_server.engine.steps import Host, Position, Step
from workflow_server.engine.tokens import GONE, Instance, Token, load
from workflow_server.engine.walk import Walk

Variables = dict[str, Any]

_PEOPLE = frozenset(["userTask", "manualTask"])
_JOINS = frozenset(["parallelGateway", "inclusiveGateway"])


def skip(
    definition: Definition,
    state: bytes,
    variables: Variables,
    visit_id: UUID,
    now: datetime,
    host: Host,
) -> Step:
    """Go on from a failed element as if it were done; nothing more of it is performed.

    An event that waits beside an activity or a scope is given up. SkipRefused at a gateway,
    which would not know where to go, and at a person's task, which only that person does.
    """
    instance = load(process_of(definition), state, now)
    token = instance.live.get(visit_id)
    if token is None or token.state != TaskState.ERROR:
        raise IncidentNotOpen(f"Expected an incident at visit {visit_id}, but there is none")
    node = token.task_spec.node
    if node.type.endswith("Gateway") or node.type in _PEOPLE:
        raise SkipRefused(
            f"“{node.name or node.id}”不能跳过：网关要有去向，人工环节只能由人办理；请改用移动。"
            f" Expected a failed automatic element, but '{node.id}' is a {node.type}."
        )
    _refuse_last_offered(instance, token)
    walk = Walk(instance, dict(variables), host)
    walk.notes.resolved(token)
    if not token.fired and (token.task_spec.listens or token.anchor is not None):
        token._set_state(TaskState.CANCELLED)
        return walk.run()
    walk.cancel_scope(token.id)
    if token.phase < GONE and not token.task_spec.silent:
        walk.notes.move(token, "left")
    token.phase = GONE
    walk.go_on(token)
    return walk.run()


def _refuse_last_offered(instance: Instance, token: Token) -> None:
    """Refuse to give up the only event left behind an event gateway: nothing would go on."""
    if token.anchor is None or token.anchor in instance.live:
        return
    if not any(
        each.anchor == token.anchor and each is not token for each in instance.live.values()
    ):
        node = token.task_spec.node
        raise SkipRefused(
            f"“{node.name or node.id}”是事件网关剩下的唯一事件，跳过后流程无法继续；请改用移动。"
            f" Expected another event behind the gateway, but '{node.id}' is the only one left."
        )


def cancel(
    definition: Definition, state: bytes, variables: Variables, now: datetime, host: Host
) -> Step:
    """End an instance before its time: everything in it is taken off."""
    walk = Walk(load(process_of(definition), state, now), dict(variables), host)
    walk.cancel_scope(None)
    return walk.run()


def edit(
    definition: Definition, state: bytes, variables: Variables, now: datetime, host: Host
) -> Step:
    """Go on with variables that were set from outside: conditions may have become true."""
    return Walk(load(process_of(definition), state, now), dict(variables), host).run()


def move(
    definition: Definition,
    state: bytes,
    variables: Variables,
    visit_id: UUID,
    target: str,
    now: datetime,
    host: Host,
    *,
    besides: Sequence[UUID] = (),
) -> Step:
    """Take a token off its element and put it on another one, where it begins anew.

    The target is in the same subprocess or in one around it, which is then left with all in
    it; iterations and what they hold leave together. Tokens `besides` are taken off too.
    MoveRefused names what has no meaning: a target that tokens don't reach by a flow alone,
    a branch still under way that would be done twice, a join that would wait for ever.
    """
    instance = load(process_of(definition), state, now)
    graph = instance.spec.graph
    node = _target(graph, target)
    leaving = _leaving(_position(instance, visit_id), node)
    others = [_leaving(_position(instance, each), node) for each in besides]
    for each in others:
        if each.scope != leaving.scope:
            raise MoveRefused(
                "同时撤回的分支在另一次办理里，不能一并移走。"
                f" Expected branches of one scope, but '{each.task_spec.node.id}'"
                " is in another iteration."
            )
    walk = Walk(instance, dict(variables), host)
    token = leaving._add_child(instance.spec.task_specs[node.id])
    for each in dict.fromkeys((leaving, *others)):
        if each.anchor is not None:
            walk.withdraw(each.anchor)
        each.cancel()
        _listen_again(walk, each)
    _refuse_twice(graph, instance, leaving, token)
    token.task_spec._update(token)
    step = walk.run()
    for failure in step.incidents:
        if graph.nodes[failure.element_id].type in _JOINS:
            raise MoveRefused(
                f"不能移动到“{node.name or node.id}”：汇合网关 {failure.element_id} 会永远等待；"
                "请把等待中的分支一并移走。"
                f" Expected a move that no join waits for, but '{failure.element_id}' would."
            )
    return step


def _listen_again(walk: Walk, left: Token) -> None:
    """Let a scope hear its events again once the event subprocess is left that took it over."""
    if isinstance(left.task_spec, EventSubProcess) and left.task_spec.start.node.interrupting:
        owner = walk.instance.live.get(left.scope) if left.scope is not None else None
        around = walk.instance.spec if owner is None else owner.task_spec
        walk.listen(around.handlers, left, left.scope)


def positions(definition: Definition, state: bytes, now: datetime) -> tuple[Position, ...]:
    """Return where an instance stands; what merely waits beside others is left out."""
    instance = load(process_of(definition), state, now)
    found = []
    for token in instance.live.values():
        try:
            place = _position(instance, token.id)
        except VisitNotOpen:
            continue
        if not token.task_spec.joins and token.task_spec.within is None:
            found.append(Position(token.id, place.task_spec.node.id, _targets(place)))
    return tuple(found)


def _targets(token: Token) -> tuple[str, ...]:
    graph: Graph = token.workflow.spec.graph
    found = []
    for node in graph.nodes.values():
        try:
            _leaving(token, _target(graph, node.id))
        except MoveRefused:
            continue
        found.append(node.id)
    return tuple(found)


def _target(graph: Graph, target: str) -> Node:
    node = graph.nodes.get(target)
    if node is None:
        raise MoveRefused(
            f"流程图中没有“{target}”。 Expected an element of the diagram, but '{target}' is none."
        )
    into = graph.incoming[target]
    offered = any(graph.nodes[flow.source].type == "eventBasedGateway" for flow in into)
    if not into or offered or (node.type in _JOINS and len(into) > 1):
        raise MoveRefused(
            f"不能移动到“{node.name or node.id}”：开始事件、边界事件、事件子流程、"
            "汇合网关和事件网关之后的事件不能直接到达。"
            f" Expected an element that one flow leads to, but '{target}' is none."
        )
    return node


def _position(instance: Instance, visit_id: UUID) -> Token:
    """Return the token of a visit; what merely waits beside others can't be moved."""
    token = instance.live.get(visit_id)
    offered = token is not None and token.anchor is not None and token.anchor not in instance.live
    if token is None or token.task_spec.listens or (token.anchor is not None and not offered):
        raise VisitNotOpen(f"Expected a token at visit {visit_id}, but there is none to be moved")
    return token


def _leaving(token: Token, target: Node) -> Token:
    """Return the token that leaves: the one given, or what it is in beside the target."""
    live = token.workflow.live
    while True:
        owner = live.get(token.scope) if token.scope is not None else None
        if owner is None:
            if target.scope is None:
                return token
            raise MoveRefused(
                f"不能移动到“{target.name or target.id}”：它在另一个子流程里，"
                "只能移动到同一层或外层的环节。"
                f" Expected a target in the same scope or around it, but '{target.id}' is inside."
            )
        if owner.task_spec.node.id == target.scope and not isinstance(owner.task_spec, Repeated):
            return token
        token = owner


def _refuse_twice(graph: Graph, instance: Instance, leaving: Token, token: Token) -> None:
    """Refuse a move back before a split whose other branches are still under way.

    A branch that is through and waits at its join is taken back with the move: it will be
    done again.
    """
    joins = {node.id for node in graph.nodes.values() if node.type in _JOINS}
    joins = {join for join in joins if len(graph.incoming[join]) > 1}
    target = token.task_spec.node.id
    mine = _nearest(graph, leaving.task_spec.node.id, joins)
    for other in list(instance.live.values()):
        if other is token or other.scope != token.scope or other.task_spec.listens:
            continue
        theirs = _nearest(graph, other.task_spec.node.id, joins)
        place = _source(graph, other)
        if place not in _reached(graph, target, (mine & theirs) or (mine | theirs)):
            continue
        if other.task_spec.joins and not other.fired:
            other.cancel()
            continue
        raise MoveRefused(
            f"不能移动到“{token.task_spec.node.name or target}”：分支 {place} 仍在进行，"
            "从那里会再做一遍；请把它一并撤回。"
            f" Expected no branch to be done twice, but '{place}' would."
        )


def _source(graph: Graph, token: Token) -> str:
    """Return where a token is, for one that waits at a join where it came from."""
    node: Node = token.task_spec.node
    flows = graph.incoming[node.id] if token.flow is not None else []
    return next((flow.source for flow in flows if flow.id == token.flow), node.id)


def _nearest(graph: Graph, start: str, joins: set[str]) -> set[str]:
    """Return the joins that a token reaches first."""
    if start in joins:
        return {start}
    reached = _reached(graph, start, joins)
    return {target for node in reached for target in graph.successors[node] if target in joins}


def _reached(graph: Graph, start: str, barred: set[str]) -> set[str]:
    """Return where a token can come to without passing any of the nodes barred."""
    found, todo = {start}, [start]
    while todo:
        for target in graph.successors[todo.pop()]:
            if target not in found and target not in barred:
                found.add(target)
                todo.append(target)
    return found
