"""Puts single elements and flows into a diagram that is being drawn."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any, TypeVar

from tests.fuzzing.model import Diagram, Element, Flow, Loop
from tests.fuzzing.world import CODES, SWITCHES

T = TypeVar("T")


class Placing:
    """Names elements, and draws what they are about."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.diagram = Diagram()
        self.count = 0

    def pick(self, choices: Sequence[T]) -> T:
        return self.random.choice(choices)

    def chance(self, likely: float) -> bool:
        return self.random.random() < likely

    def name(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}{self.count}"

    def add(self, kind: str, prefix: str, within: str | None, **more: Any) -> Element:
        element = Element(self.name(prefix), kind, within, **more)
        self.diagram.elements[element.id] = element
        return element

    def flow(self, source: str, target: str, condition: str | None = None) -> Flow:
        flow = Flow(self.name("f"), source, target, condition)
        self.diagram.flows.append(flow)
        return flow

    def depth(self, within: str) -> int:
        around = self.diagram.elements[within].scope
        return 1 if around is None else 1 + self.depth(around)

    def condition(self, element: str, way: int) -> str:
        if self.chance(0.15):
            return self.switches()
        return f"d_{element}_{way}"

    def switches(self) -> str:
        one, other = self.pick(SWITCHES), self.pick(SWITCHES)
        return self.pick([one, one, f"not({one})", f"{one} and {other}"])

    def about(self, each: Element, event: str, cycles: bool = False) -> None:
        """Say what an event is about."""
        each.event = event
        if event == "message":
            each.name = self.name("m")
        elif event == "signal":
            each.name = self.pick(["sig0", "sig1"])
        elif event in ("error", "escalation"):
            each.name = self.pick(CODES)
            catches = each.kind in ("boundaryEvent", "startEvent")
            if catches and (self.chance(0.4) or each.name == CODES[-1]):
                each.name = None
        elif event == "conditional":
            # Whatever is true from the start would interrupt most games before they begin.
            caught = each.kind == "intermediateCatchEvent" or self.chance(0.15)
            each.condition = self.switches() if caught else self.pick(SWITCHES)
        elif event == "timer":
            texts = ["P1D", "PT2H", "2026-12-01T09:00:00+08:00"]
            each.timer = self.pick(["R/P1D", "R3/PT1H", "R1/P1D", "P1D"] if cycles else texts)

    def loop(self, element: str) -> Loop:
        kind = self.pick(["parallel", "parallel", "sequential", "standard"])
        if kind == "standard":
            condition = self.pick(["loopCounter < 3", f"b_{element}", self.pick(SWITCHES)])
            maximum = self.pick([1, 2, 3])
            return Loop(kind, condition=condition, before=self.chance(0.5), maximum=maximum)
        done = [
            "nrOfCompletedInstances >= 2",
            "nrOfActiveInstances < 2",
            "nrOfCompletedInstances * 2 >= nrOfInstances",
            f"b_{element}",
            "loopCounter = 2",
            "v0",
        ]
        loop = Loop(kind, counted=self.chance(0.3))
        loop.items = self.pick([f"k_{element}", "3", "2"]) if loop.counted else f"n_{element}"
        loop.condition = self.pick(done) if self.chance(0.5) else None
        if not loop.counted and self.chance(0.8):
            loop.name = "item"
            loop.into = f"into_{element}" if self.chance(0.8) else "into"
            loop.result = self.pick(["item", "got", "loopCounter", "common"])
        return loop

    def reachable(self, each: Element) -> bool:
        """Tell whether another flow may lead to an element."""
        if each.kind in ("startEvent", "boundaryEvent") or each.triggered or each.event == "link":
            return False
        sources = [self.diagram.elements[flow.source] for flow in self.diagram.into(each.id)]
        return all(source.kind != "eventBasedGateway" for source in sources)
