"""Finds who catches what is thrown: from the inside out, exact codes before any code."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from workflow_server.engine.activities import EventSubProcess
from workflow_server.engine.tokens import Instance, Token

#: The spec that catches and, for a boundary event, the activity that it hangs on.
Catcher = tuple[Any, Token | None, UUID | None]


def find(
    instance: Instance, token: Token, kind: str, code: str, *, itself: bool = False
) -> Catcher | None:
    """Return who catches an "error" or "escalation" thrown at a token.

    `itself`: whether boundary events of the thrower's own activity count.
    """
    if itself and (event := _match(token.task_spec.events, kind, code)):
        return event, token, None
    inner = token
    while True:
        scope = inner.scope
        owner = instance.live.get(scope) if scope is not None else None
        spec = instance.spec if owner is None else owner.task_spec
        if not _is_interrupted(instance, scope):
            ways = [each for each in spec.handlers if each.around is not inner.task_spec]
            if handler := _match(ways, kind, code):
                return handler, None, scope
        if owner is None:
            return None
        if event := _match(owner.task_spec.events, kind, code):
            return event, owner, None
        inner = owner


def _match(specs: Iterable[Any], kind: str, code: str) -> Any | None:
    of_kind = [spec for spec in specs if spec.node.event == kind]
    exact = [spec for spec in of_kind if spec.node.reference == code]
    return next(iter(exact or [spec for spec in of_kind if spec.node.reference is None]), None)


def _is_interrupted(instance: Instance, scope: UUID | None) -> bool:
    return any(
        token.scope == scope
        and isinstance(token.task_spec, EventSubProcess)
        and token.task_spec.start.node.interrupting
        for token in instance.live.values()
    )
