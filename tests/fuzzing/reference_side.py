"""The reference as one side of a game: acts name an element, and the k-th that is open there."""

from __future__ import annotations

from typing import Any

from tests.fuzzing.model import WORK, Diagram
from tests.fuzzing.places import Place, Places
from tests.fuzzing.reference import Reference
from tests.fuzzing.tokens import Token
from tests.fuzzing.world import SWITCHES, World

#: Names that iterations give values of their own.
SEEN = ("item", "loopCounter", "got", *SWITCHES)
_WAITED_FOR = ("message", "timer", "signal")


class ReferenceSide:
    """One instance, played by the reference."""

    def __init__(
        self, diagram: Diagram, world: World, variables: dict[str, Any], called: bool = False
    ) -> None:
        self.game = Reference(diagram, world, variables, called)

    def tasks(self) -> list[str]:
        return [token.element.id for token in self.game.seen("task")]

    def incidents(self) -> list[str]:
        return [token.element.id for token in self.game.seen("incident")]

    def stuck(self) -> list[str]:
        """Joins at which tokens wait: the engine says so when they wait in vain."""
        return [token.element.id for token in self.game.seen("join")]

    def waits(self, kind: str) -> list[str]:
        return [token.element.id for token in self._waiting(kind)]

    def waited(self) -> list[tuple[str, str, str | None, int | None]]:
        """Tell of all that is waited for: where, for what, named how, how often if a cycle."""
        return [
            (token.element.id, kind, _named(token), _rounds(token))
            for kind in (*_WAITED_FOR, "call")
            for token in self._waiting(kind)
        ]

    def frames(self, most: int) -> list[dict[str, Any]]:
        """Tell what the first open tasks see of the iterations around them."""
        tasks = self.game.seen("task")[:most]
        return [{name: self.game.view(task).get(name) for name in SEEN} for task in tasks]

    def _waiting(self, kind: str) -> list[Token]:
        if kind == "call":
            return self.game.seen("call")
        found = self.game.seen("wait") + self.game.seen("listening")
        found.sort(key=lambda token: token.since)
        return [token for token in found if _kind(token) == kind]

    def places(self) -> Places:
        return Places(self._place(token) for token in self.game.live)

    def _place(self, token: Token) -> Place:
        around = token.anchor or token.scope
        offer = frozenset(map(id, [token, *token.rivals])) if token.state == "wait" else None
        return Place(id(token), around and id(around), _about(token), offer)

    def candidates(self, act: str, first: str) -> list[Token]:
        """Return the tokens that an act may be about; of a move, those of what it moves."""
        if act == "move":
            return self.movable(first)
        if act in ("retry", "skip"):
            return self.game.seen("incident")
        if act == "complete":
            return self.game.seen("task")
        return self._waiting({"deliver": "message", "ring": "timer"}.get(act, "call"))

    def _nth(self, tokens: list[Token], element: str, k: int) -> Token:
        return [token for token in tokens if token.element.id == element][k]

    def start(self, element: str, payload: dict[str, Any] | None) -> None:
        self.game.start(self.game.diagram.elements[element], payload)

    def complete(self, element: str, k: int, answers: dict[str, Any]) -> None:
        self.game.complete(self._nth(self.game.seen("task"), element, k), answers)

    def deliver(self, element: str, k: int, payload: dict[str, Any]) -> None:
        self.game.deliver(self._nth(self._waiting("message"), element, k), payload)

    def ring(self, element: str, k: int) -> None:
        self.game.ring(self._nth(self._waiting("timer"), element, k))

    def signal(self, name: str) -> None:
        self.game.signal(name)

    def retry(self, element: str, k: int) -> None:
        self.game.retry(self._nth(self.game.seen("incident"), element, k))

    def skip(self, element: str, k: int) -> None:
        self.game.skip(self._nth(self.game.seen("incident"), element, k))

    def move(self, where: str, element: str, k: int, target: str) -> None:
        self.game.move(self._nth(self.movable(where), element, k), target)

    def movable(self, where: str) -> list[Token]:
        """Tokens that a person may move: those of tasks, waits or incidents."""
        if where != "wait":
            return self.game.seen(where)
        found = self.game.seen("wait") + self.game.seen("call")
        return [token for token in found if token.element.event != "conditional"]

    def edit(self, values: dict[str, Any]) -> None:
        self.game.edit(values)

    def answer_call(self, element: str, k: int, variables: dict[str, Any]) -> None:
        self.game.answer_call(self._nth(self.game.seen("call"), element, k), variables)

    def fail_call(self, element: str, k: int, code: str) -> None:
        self.game.fail_call(self._nth(self.game.seen("call"), element, k), code)

    def escalate_call(self, element: str, k: int, code: str) -> None:
        self.game.escalate_call(self._nth(self.game.seen("call"), element, k), code)


def _about(token: Token) -> tuple[object, ...]:
    """Say what a token is doing, since which act, and what an iteration sees of its own."""
    frame = token.frame or {}
    about = (token.element.id, *(frame.get(name) for name in SEEN))
    if token.state == "incident":
        done = token.element.kind in WORK and token.done
        return (*about, "incident", token.turn, token.entered, done, token.left)
    if token.state == "join":
        return (*about, "join", token.flow)
    if token.element.event == "conditional" or token.state == "around":
        return about
    return (*about, "open", token.turn)


def _named(token: Token) -> str | None:
    return None if token.element.event == "timer" else token.element.name


def _rounds(token: Token) -> int | None:
    cycle = (token.element.timer or "").startswith("R")
    return token.rounds if cycle else None


def _kind(token: Token) -> str:
    return "message" if token.element.kind == "receiveTask" else token.element.event
