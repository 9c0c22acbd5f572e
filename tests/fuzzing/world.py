"""What both sides are told alike: values of expressions, and which work fails when."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

from tests.fuzzing.model import WORK


class Fault(Exception):
    """Work fails for no reason that a diagram knows."""


class CodedFault(Exception):
    """Work fails with an error code that a diagram may catch."""

    def __init__(self, code: str) -> None:
        super().__init__(f"failed with {code}")
        self.code = code


#: Codes of errors and escalations; diagrams catch the first two, or any.
CODES = ("e0", "e1", "e2")
#: Variables that tasks and edits turn on and off.
SWITCHES = ("v0", "v1", "v2")


FAILING = (*WORK, "userTask", "intermediateThrowEvent")


class World:
    """Answers by seed and turn only, so that the order of asking makes no difference."""

    def __init__(self, seed: object, failing: float = 0.0, odd: float = 0.0) -> None:
        self.seed = seed
        self.turn = 0
        self.failing = failing
        self.odd = odd

    def chance(self, *about: object) -> Random:
        return Random(f"{self.seed}:{self.turn}:{about}")

    def value(self, expression: str, read: Mapping[str, Any]) -> Any:
        """Return what an expression gives: d_ is a decision, n_ a list, k_ a number."""
        random = self.chance(expression)
        if expression.startswith("d_"):
            draw = random.random()
            if draw < self.odd:
                return random.choice([None, None, 7])
            return draw < 0.5 + self.odd
        if expression.startswith("b_"):
            return random.random() < 0.5
        if expression.startswith("n_"):
            return list(range(10, 10 + random.choice([0, 1, 2, 2, 3])))
        if expression.startswith("k_"):
            return random.choice([0, 1, 2, 3])
        return eval(expression.replace(" = ", " == "), {"__builtins__": {}}, _Nulls(read))

    def work(self, call: str, element: str, kind: str, looped: bool) -> None:
        """Fail, if this call is to fail at this element at this turn.

        Joins, gateways and loops as such are left in peace: who enters how often isn't said.
        """
        if kind not in FAILING or (looped and call != "perform"):
            return
        random = self.chance(call, element)
        if random.random() >= self.failing:
            return
        if call == "perform" and random.random() < 0.7:
            raise CodedFault(random.choice(CODES))
        if call == "perform" or random.random() < 0.3:
            raise Fault(f"{call} of {element} fails")

    def note(self, this: dict[str, Any] | None, variables: Any) -> None:
        """Write down what ended a waiting: a number, a code, and which switch it turns."""
        if this is None:
            return
        if "n" in this:
            variables["got"] = variables["common"] = this["n"]
        if "code" in this:
            variables["common"] = this["code"]
        switch = this.get("switch")
        if switch is not None:
            variables[switch] = not variables.get(switch)


class _Nulls(dict[str, Any]):
    """Names that nobody gave a value are null, as in FEEL."""

    def __init__(self, read: Mapping[str, Any]) -> None:
        super().__init__()
        self.read = read

    def __getitem__(self, name: str) -> Any:
        return self.read.get(name)
