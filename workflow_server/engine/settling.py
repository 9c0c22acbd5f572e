"""What can only be decided once nothing moves: inclusive joins, conditions, joins in vain."""

from __future__ import annotations

from typing import Any, Protocol
from uuid import UUID

from SpiffWorkflow.util.task import TaskState

from workflow_server.engine.choosing import truth
from workflow_server.engine.stopping import Stopped
from workflow_server.engine.tokens import Instance, Token


class Moving(Protocol):
    """The walk under way, as far as it matters here."""

    instance: Instance

    def drain(self) -> None:
        """Move the tokens that can move."""

    def fire(self, token: Token) -> None:
        """Let what a token waits for have come."""

    def fail(self, token: Token, message: str) -> None:
        """Leave a token where it is, with an incident."""

    def evaluate(self, token: Token, text: str) -> Any:
        """Return the value of an expression as a token sees it."""


def settle(walk: Moving) -> None:
    """Move tokens until none can move, whatever the others' standing allows included."""
    walk.drain()
    while _open_inclusive(walk) or _fire_condition(walk):
        walk.drain()
    _stop_stranded(walk)


def _open_inclusive(walk: Moving) -> bool:
    """Open the first inclusive join that no token can reach any more."""
    joins = walk.instance.spec.inclusive
    by_scope = _by_scope(walk.instance) if joins else {}
    for spec in joins:
        scopes = dict.fromkeys(t.scope for t in walk.instance.live.values() if t.task_spec is spec)
        for scope in scopes:
            token = spec.open(by_scope[scope], scope)
            if token is not None:
                token._ready()
                return True
    return False


def _by_scope(instance: Instance) -> dict[UUID | None, list[Token]]:
    """Return the live tokens by scope: joins in many iterations look at their own alone."""
    found: dict[UUID | None, list[Token]] = {}
    for token in instance.live.values():
        found.setdefault(token.scope, []).append(token)
    return found


def _fire_condition(walk: Moving) -> bool:
    """Fire the first event, in the order of the file, whose condition is true."""
    specs = walk.instance.spec.conditional
    if not specs:
        return False
    waiting = [
        token
        for spec in specs
        for token in walk.instance.live.values()
        if token.task_spec is spec and token.state == TaskState.WAITING
    ]
    ready = [token for token in waiting if _is_met(walk, token)]
    for token in ready[:1]:
        walk.fire(token)
    return bool(ready)


def _is_met(walk: Moving, token: Token) -> bool:
    node = token.task_spec.node
    try:
        met = truth(node.id, walk.evaluate(token, node.condition or ""))
    except Stopped as stopped:
        walk.fail(token, str(stopped))
        return False
    if met and not token.muted:
        return True
    token.muted = token.muted and met
    return False


def _stop_stranded(walk: Moving) -> None:
    """Stop joins that wait for a token which can't come any more: better than for ever.

    A join can open if what it lacks can be reached by a token that waits for the outside,
    or that stands at another join that can open.
    """
    for beside in _by_scope(walk.instance).values():
        _stop_stranded_among(walk, beside)


def _stop_stranded_among(walk: Moving, beside: list[Token]) -> None:
    held: dict[Any, Token] = {}
    stopped = set()
    for token in beside:
        if token.task_spec.joins and token.state == TaskState.WAITING:
            held.setdefault(token.task_spec, token)
        elif token.task_spec.joins and token.state == TaskState.ERROR:
            stopped.add(token.task_spec)
    if not held:
        return
    able = [token for token in beside if token.fired or not token.task_spec.joins]
    while opening := [t for t in held.values() if t.task_spec.lacking(t, beside, able) is None]:
        able += opening
        for token in opening:
            del held[token.task_spec]
    for token in [token for join, token in held.items() if join not in stopped]:
        flow = token.task_spec.lacking(token, beside, able)
        walk.fail(token, f"汇合网关等待流向 {flow}，但已没有分支能走到那里")
