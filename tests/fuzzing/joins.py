"""When joins open, inclusive ones by table 13.4 of BPMN 2.0: the joining part of the reference."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fuzzing.model import Diagram
from tests.fuzzing.tokens import Token

if TYPE_CHECKING:
    from tests.fuzzing.reference import Reference


class Joining:
    """Tokens wait at a join, each by the flow that it came on."""

    def gather(self: Reference, token: Token) -> None:
        """Open a parallel join if a token waits on each of its flows."""
        here = [
            t for t in self.seen("join") if (t.element, t.scope) == (token.element, token.scope)
        ]
        first = {t.flow: t for t in reversed(here)}
        if len(first) == len(self.diagram.into(token.element.id)):
            self.merge(list(first.values()), token)

    def merge(self: Reference, taken: list[Token], on: Token) -> None:
        for token in taken:
            if token is not on:
                self.live.remove(token)
        self.ready(on)

    def open_inclusive(self: Reference) -> bool:
        for element in sorted(
            {t.element.id for t in self.seen("join")}, key=lambda id: self.order[id]
        ):
            if self.diagram.elements[element].kind != "inclusiveGateway":
                continue
            for token in self.seen("join"):
                taken = may_open(self.diagram, self.live, token)
                if token.element.id == element and taken:
                    self.merge(taken, taken[0])
                    return True
        return False


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
