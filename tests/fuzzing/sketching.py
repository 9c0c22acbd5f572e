"""Draws a small diagram by hand from a line of flows, for tests."""

from __future__ import annotations

import itertools
from typing import Any

from tests.fuzzing.model import Diagram, Element, Flow

_KINDS = {
    "start": "startEvent",
    "end": "endEvent",
    "x": "exclusiveGateway",
    "p": "parallelGateway",
    "o": "inclusiveGateway",
    "ev": "eventBasedGateway",
    "work": "serviceTask",
    "call": "callActivity",
    "sub": "subProcess",
    "catch": "intermediateCatchEvent",
    "throw": "intermediateThrowEvent",
}


class Sketch:
    """A diagram whose elements say by their names what they are; the rest are user tasks."""

    def __init__(self, flows: str, scope: str | None = None, diagram: Diagram | None = None):
        self.diagram = diagram or Diagram()
        self.scope = scope
        for text in flows.split():
            path, _, condition = text.partition("?")
            names = path.split(">")
            for name in names:
                self.element(name)
            for source, target in itertools.pairwise(names):
                self.flow(source, target, condition or None)

    def element(self, name: str) -> None:
        if name not in self.diagram.elements:
            kind = _KINDS.get(name.split("_")[0].rstrip("0123456789"), "userTask")
            kind = "boundaryEvent" if name.startswith("b_") else kind
            self.diagram.elements[name] = Element(name, kind, self.scope)

    def flow(self, source: str, target: str, condition: str | None) -> None:
        flow = Flow(f"{source}_{target}_{len(self.diagram.flows)}", source, target)
        self.diagram.flows.append(flow)
        if condition == "default":
            self.diagram.elements[source].default = flow.id
        else:
            flow.condition = condition

    def having(self, element: str, **more: Any) -> Sketch:
        """Say more about an element, drawing it if it isn't there."""
        self.element(element)
        for key, value in more.items():
            setattr(self.diagram.elements[element], key, value)
        return self

    def within(self, sub: str, flows: str, **more: Any) -> Sketch:
        """Fill a subprocess."""
        if sub not in self.diagram.elements:
            self.diagram.elements[sub] = Element(sub, "subProcess", self.scope)
        self.having(sub, **more)
        Sketch(flows, sub, self.diagram)
        return self
