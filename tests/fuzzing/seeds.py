"""Plays the game of a seed, and makes the diagram of a difference as small as it can."""

from __future__ import annotations

import copy
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.fuzzing.drawing import draw
from tests.fuzzing.model import Diagram, Element, kinds
from tests.fuzzing.playing import Game, Played
from tests.fuzzing.showing import show
from workflow_server.engine.definitions import DefinitionRefused

#: About how many blocks the diagrams of a family have.
SIZES = (4, 8, 8, 12, 12, 16, 20, 30)
#: Games played with each diagram.
GAMES = 3
#: Seconds of work spent on making a diagram smaller.
PATIENCE = 40.0
#: Games tried with each smaller diagram.
TRIES = 6


@dataclass
class Told:
    """What came of one seed."""

    seed: int
    acts: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    difference: str | None = None
    shown: str = ""
    too_long: int = 0


def fitting(seed: int) -> tuple[Diagram, Game]:
    """Return the first diagram of a seed that is not refused, and its first game."""
    for attempt in range(100):
        diagram = draw(f"{seed} {attempt}", SIZES[seed % len(SIZES)])
        try:
            return diagram, Game(diagram, f"{seed} 0")
        except DefinitionRefused:
            continue
    raise AssertionError(f"all diagrams of seed {seed} are refused")


def tell(seed: int, shrink: bool = True) -> Told:
    """Play a seed's game; a difference is shown in a diagram as small as was found."""
    diagram, game = fitting(seed)
    told = Told(seed, kinds=Counter(kinds(diagram)))
    for number in range(1, GAMES + 1):
        played = game.play()
        told.acts += Counter(name for name, _ in played.acts)
        told.too_long += played.too_long
        if played.difference is not None:
            told.difference = played.difference
            if shrink:
                diagram, played = smallest(diagram, f"{seed} {number - 1}", played)
            told.shown = show(diagram, played)
            break
        game = Game(diagram, f"{seed} {number}")
    return told


def smallest(diagram: Diagram, seed: str, played: Played) -> tuple[Diagram, Played]:
    """Take away whatever the difference doesn't need, for a while."""
    smaller, until = True, time.process_time() + PATIENCE
    while smaller:
        smaller = False
        for candidate in _smaller(diagram):
            if time.process_time() > until:
                break
            found = _differs(candidate, seed, played)
            if found is not None:
                diagram, played, smaller = candidate, found, True
                break
    return diagram, played


def _differs(diagram: Diagram, seed: str, before: Played) -> Played | None:
    """Return a game in which both sides differ in the same respect."""
    respect = str(before.difference).split(":")[0]
    for attempt in range(TRIES):
        try:
            played = Game(diagram, seed if not attempt else f"{seed} {attempt}").play()
        except DefinitionRefused:
            return None
        if played.difference is not None and played.difference.startswith(respect):
            return played
    return None


def _smaller(diagram: Diagram) -> Iterator[Diagram]:
    """Yield the diagram without each element and each flow in turn, and without marks."""
    for each in reversed(list(diagram.elements.values())):
        if each.kind == "startEvent" and not _triggered(diagram, each):
            continue
        yield _without(diagram, each)
        if each.loop is not None:
            plain = _copied(diagram)
            plain.elements[each.id].loop = None
            yield plain
    for flow in diagram.flows:
        if len(diagram.out(flow.source)) > 1:
            without = _copied(diagram)
            without.flows = [other for other in without.flows if other.id != flow.id]
            yield _swept(without)


def _copied(diagram: Diagram) -> Diagram:
    copied = copy.deepcopy(diagram)
    copied.compiled = None
    return copied


def _triggered(diagram: Diagram, each: Element) -> bool:
    around = diagram.elements.get(each.scope or "")
    return around is not None and around.triggered


def _without(diagram: Diagram, gone: Element) -> Diagram:
    """Take an element out with all in it and on it; its first way out takes its place."""
    without = _copied(diagram)
    if _triggered(diagram, gone) and gone.kind == "startEvent":
        gone = diagram.elements[str(gone.scope)]
    names = {gone.id}
    for each in diagram.ordered(gone.id):
        names.add(each.id)
    for name in list(names):
        names |= {event.id for event in diagram.attached(name)}
    ahead = next((flow.target for flow in diagram.out(gone.id)), None)
    for flow in without.flows:
        if flow.target == gone.id and ahead is not None and ahead not in names:
            flow.target = ahead
    without.elements = {k: v for k, v in without.elements.items() if k not in names}
    without.flows = [f for f in without.flows if not {f.source, f.target} & names]
    return _swept(without)


def _swept(diagram: Diagram) -> Diagram:
    """Take out what can't be reached any more, and defaults that are gone."""
    while True:
        lost = [
            each.id
            for each in diagram.elements.values()
            if not diagram.into(each.id)
            and each.kind not in ("startEvent", "boundaryEvent")
            and not each.triggered
            and not (each.event == "link" and each.kind == "intermediateCatchEvent")
        ]
        if not lost:
            break
        inner = {e.id for name in lost for e in diagram.ordered(name)} | set(lost)
        inner |= {e.id for name in list(inner) for e in diagram.attached(name)}
        diagram.elements = {k: v for k, v in diagram.elements.items() if k not in inner}
        diagram.flows = [f for f in diagram.flows if not {f.source, f.target} & inner]
    flows = {flow.id: flow for flow in diagram.flows}
    for each in diagram.elements.values():
        out = diagram.out(each.id)
        if each.default not in flows:
            each.default = None
        if len(out) == 1 and each.kind.endswith("Gateway"):
            out[0].condition, each.default = None, None
        if each.default and all(flow.condition is None for flow in out):
            each.default = None
    if not any(each.kind == "callActivity" for each in diagram.elements.values()):
        diagram.called = []
    return diagram
