"""Plays one diagram at random on two sides, and says where they first differ."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.fuzzing.engine_side import EngineSide
from tests.fuzzing.model import GATEWAYS, Diagram
from tests.fuzzing.places import paired
from tests.fuzzing.reference import TooLong
from tests.fuzzing.reference_side import ReferenceSide
from tests.fuzzing.world import CODES, SWITCHES, World
from workflow_server.engine.refusals import MoveRefused

Act = tuple[str, tuple[Any, ...]]

ACTS = 40
#: Of so many open tasks it is compared what they see of the iterations around them.
FRAMES = 2
#: More open tasks than this teach nothing new.
MANY = 40


@dataclass
class Played:
    """What came of a game: the acts, and how the sides differ after the last, if they do."""

    acts: list[Act] = field(default_factory=list)
    difference: str | None = None
    ended: bool = False
    too_long: bool = False


class Game:
    """One diagram, one seed, both sides."""

    def __init__(self, diagram: Diagram, seed: object) -> None:
        self.random = Random(f"play {seed}")
        failing = self.random.choice([0.0, 0.0, 0.1, 0.4])
        self.world = World(seed, failing, odd=self.random.choice([0.0, 0.0, 0.04]))
        called = self.random.random() < 0.2
        values = {name: self.random.random() < 0.15 for name in SWITCHES}
        self.diagram = diagram
        self.reference = ReferenceSide(diagram, self.world, dict(values), called)
        self.engine = EngineSide(diagram, self.world, dict(values), called)

    def play(self, acts: int = ACTS) -> Played:
        """Play until the end, the first difference or the last act."""
        played = Played()
        act: Act | None = self.first()
        while act is not None and len(played.acts) < acts:
            played.acts.append(act)
            self.world.turn += 1
            if not self.both(act, played):
                break
            if played.difference is not None or self.reference.game.ended:
                break
            last = {name for name, _ in played.acts[-4:]}
            act = None if last <= {"retry", "edit"} else self.choose()
        played.ended = self.reference.game.ended
        return played

    def both(self, act: Act, played: Played) -> bool:
        """Act on both sides and compare them; False if there is no going on."""
        try:
            same = self.same(act)
            if act[0] == "move" and not self.moves(same):
                return True
            self.do(self.reference, act)
            if act[0] != "move":
                self.do(self.engine, same)
        except TooLong:
            played.too_long = True
            return False
        except Exception as error:
            played.difference = f"raised {error!r}"
            return False
        played.difference = self.compare()
        return True

    def same(self, act: Act) -> Act:
        """Return the act on the engine's side: where several are open, the one that is alike."""
        name, arguments = act
        if name in ("start", "signal", "edit"):
            return act
        before = arguments[:1] if name == "move" else ()
        element, k, *after = arguments[len(before) :]
        mine = [
            id(token)
            for token in self.reference.candidates(name, arguments[0])
            if token.element.id == element
        ]
        found = self.engine.candidates(name, arguments[0])
        other = [each for each, where in found if where == element]
        if len(mine) == len(other) == 1:
            return act
        k = paired(self.reference.places(), mine, k, self.engine.places(), other)
        return name, (*before, element, k, *after)

    def moves(self, act: Act) -> bool:
        """Move on the engine's side: what it refuses, it may."""
        try:
            self.do(self.engine, act)
        except MoveRefused:
            return False
        return True

    def do(self, side: ReferenceSide | EngineSide, act: Act) -> None:
        name, arguments = act
        getattr(side, name)(*copy.deepcopy(arguments))

    # what to do next

    def first(self) -> Act:
        starts = [each for each in self.diagram.inside(None) if each.kind == "startEvent"]
        start = self.random.choice(starts)
        given = start.event == "message" or (start.event == "none" and self.random.random() < 0.3)
        return "start", (start.id, self.answers() if given else None)

    def choose(self) -> Act | None:
        """Draw one of the acts that are possible now."""
        reference = self.reference
        possible: list[tuple[float, Callable[[], Act]]] = []
        if len(reference.tasks()) > MANY:
            return None
        for name, elements, last, weight in (
            ("complete", reference.tasks(), self.answers, 6.0),
            ("deliver", reference.waits("message"), self.answers, 3.0),
            ("ring", reference.waits("timer"), None, 2.0),
            ("retry", reference.incidents(), None, 0.8),
            ("skip", self.skippable(), None, 0.8),
            ("answer_call", reference.waits("call"), self.answers, 4.0),
            ("fail_call", reference.waits("call"), self.code, 2.0),
            ("escalate_call", reference.waits("call"), self.code, 2.0),
        ):
            if elements:
                possible.append((weight, lambda n=name, e=elements, f=last: self.at(n, e, f)))
        if reference.waits("signal"):
            possible.append((2.0, self.heard))
        if possible or self._conditions():
            possible.append((1.0 if self._conditions() else 0.2, self.edit))
        if not possible:
            return None
        if self.movable():
            possible.append((0.6, self.moved))
        weights = [weight for weight, _ in possible]
        return self.random.choices([make for _, make in possible], weights)[0]()

    def _conditions(self) -> list[Any]:
        return [each for each in self.diagram.elements.values() if each.event == "conditional"]

    def at(self, name: str, elements: list[str], last: Callable[[], Any] | None) -> Act:
        element = self.random.choice(sorted(set(elements)))
        k = self.random.randrange(elements.count(element))
        return name, (element, k) if last is None else (element, k, last())

    def answers(self) -> dict[str, Any]:
        answers: dict[str, Any] = {"n": self.world.turn}
        if self.random.random() < 0.25:
            answers["switch"] = self.random.choice(SWITCHES)
        return answers

    def code(self) -> str:
        return self.random.choice(CODES)

    def skippable(self) -> list[str]:
        kept = ("userTask", "manualTask", *GATEWAYS)
        elements = self.diagram.elements
        return [name for name in self.reference.incidents() if elements[name].kind not in kept]

    def movable(self) -> list[str]:
        """Where there is something to be moved: nothing if a token at a join may go along."""
        if self.reference.stuck():
            return []
        return [each for each in ("task", "wait", "incident") if self.reference.movable(each)]

    def moved(self) -> Act:
        where = self.random.choice(self.movable())
        tokens = self.reference.movable(where)
        elements = [token.element.id for token in tokens]
        element = self.random.choice(sorted(set(elements)))
        k = self.random.randrange(elements.count(element))
        target = self.random.choice(list(self.diagram.elements))
        return "move", (where, element, k, target)

    def heard(self) -> Act:
        names = {self.diagram.elements[each].name for each in self.reference.waits("signal")}
        return "signal", (self.random.choice(sorted(map(str, names))),)

    def edit(self) -> Act:
        return "edit", ({self.random.choice(SWITCHES): self.random.random() < 0.5},)

    # what both sides show

    def compare(self) -> str | None:
        """Say in which respect the sides differ, if they do."""
        for name, ours, theirs in self.shown():
            if ours != theirs:
                if isinstance(ours, Counter) and isinstance(theirs, Counter):
                    ours, theirs = ours - theirs, theirs - ours
                return f"{name}: reference {_short(ours)}, engine {_short(theirs)}"
        return None

    def shown(self) -> list[tuple[str, Any, Any]]:
        game, engine = self.reference.game, self.engine
        stuck = Counter(self.reference.stuck())
        failing = Counter(engine.incidents.values())
        expected = Counter(self.reference.incidents())
        moves = Counter((move.element_id, str(move.kind)) for move in engine.step.moves)
        return [
            ("ended", game.ended, engine.step.ended),
            ("error", game.error, engine.step.error and engine.step.error[0]),
            ("open tasks", Counter(self.reference.tasks()), Counter(engine.tasks.values())),
            ("incidents", expected, failing - (stuck & (failing - expected))),
            ("waits", Counter(self.reference.waited()), Counter(engine.waited())),
            ("frames", self.reference.frames(FRAMES), engine.frames(FRAMES)),
            ("end events", Counter(game.end_events), Counter(engine.step.end_events)),
            ("signals", game.signals, list(engine.step.signals)),
            ("escalations", game.escalations, list(engine.step.escalations)),
            ("history", Counter(game.history), moves),
            ("places", self.reference.places().shown(), engine.places().shown()),
            ("variables", game.variables, _plain(engine.variables)),
        ]


def _plain(variables: dict[str, Any]) -> dict[str, Any]:
    """Leave out what errors say in words."""
    errors = variables.get("errors")
    if errors is None:
        return variables
    plain = {key: [{"code": each["code"]} for each in each_of] for key, each_of in errors.items()}
    return variables | {"errors": plain}


def _short(value: Any) -> str:
    return str(dict(value) if isinstance(value, Counter) else value)
