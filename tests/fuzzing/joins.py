"""When an inclusive join opens (BPMN 2.0, table 13.4)."""

from __future__ import annotations

from tests.fuzzing.model import Diagram
from tests.fuzzing.tokens import Token


def may_open(diagram: Diagram, live: list[Token], token: Token) -> list[Token]:
    """Return the tokens that an inclusive join takes if it opens now, else nothing.

    It opens if nobody in the same scope can still come to a flow that has no token; who can
    come to one that has a token as well doesn't count.
    """
    join = token.element.id
    if token.element.kind != "inclusiveGateway" or token.state != "join":
        return []
    beside = [t for t in live if t.scope is token.scope and t.state != "listening"]
    taken: dict[str | None, Token] = {}
    for each in beside:
        if each.element.id == join and each.state == "join":
            taken.setdefault(each.flow, each)
    for each in beside:
        if each.element.id == join:
            continue
        flows = reachable(diagram, each.element.id, join)
        if flows - taken.keys() and not flows & taken.keys():
            return []
    return list(taken.values())


def reachable(diagram: Diagram, start: str, join: str) -> set[str | None]:
    """Return the flows into a join that a token at an element can come to, not through it."""
    found: set[str | None] = set()
    seen, todo = {start}, [start]
    while todo:
        here = diagram.elements[todo.pop()]
        targets = [event.id for event in diagram.attached(here.id)]
        if here.event == "link" and here.kind == "intermediateThrowEvent":
            targets.append(diagram.partner(here).id)
        for flow in diagram.out(here.id):
            if flow.target == join:
                found.add(flow.id)
            else:
                targets.append(flow.target)
        for target in targets:
            if target not in seen:
                seen.add(target)
                todo.append(target)
    return found
