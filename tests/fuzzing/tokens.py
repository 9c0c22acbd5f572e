"""The tokens of the reference: where they are, whose they are, and what they see."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.fuzzing.model import Element

#: What belongs to the instance wherever it is written.
SHARED = ("names", "common")
#: What an iteration leaves to the frame outside.
LISTS = ("answers", "messages", "errors", "results")


class Stop(Exception):
    """A token can't go on: an incident."""


@dataclass(eq=False)
class Token:
    """A token at an element; `state` says what it waits for.

    ready: in the queue · task, wait, call: for the outside · join: for other flows ·
    around: what goes on inside · listening: an event that hangs on its anchor, or on the
    scope · incident.
    """

    element: Element
    scope: Token | None
    state: str = "ready"
    since: int = 0  # when it began to wait, in order
    turn: int = 0  # in which act that was
    flow: str | None = None
    anchor: Token | None = None  # the activity that a boundary event hangs on
    rivals: list[Token] = field(default_factory=list)  # behind the same event gateway
    frame: dict[str, Any] | None = None  # of an iteration
    entered: bool = False
    done: bool = False  # what it waited for has happened
    left: bool = False  # the host has heard so
    skipped: bool = False
    arrived: bool = False  # as history tells it: it has come, it has gone
    gone: bool = False
    this: dict[str, Any] | None = None
    rounds: int | None = None  # how often a cycle still rings, None for ever
    armed: bool = True  # a condition that has been false since it fired
    # of a controller
    items: list[Any] | None = None
    results: list[Any] = field(default_factory=list)
    turns: int = 0
    over: int = 0
    index: int = 0  # of an iteration

    @property
    def iteration(self) -> bool:
        return self.frame is not None

    @property
    def controller(self) -> bool:
        return self.element.loop is not None and self.frame is None


def frames(token: Token | None, variables: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The frames that a token sees, the innermost first, the instance last."""
    while token is not None:
        if token.frame is not None:
            yield token.frame
        token = token.scope
    yield variables


def home(token: Token | None, variables: dict[str, Any]) -> dict[str, Any]:
    """The frame that a token writes to; the turns of a standard loop have none to write to."""
    while token is not None:
        loop = token.element.loop
        if token.frame is not None and loop is not None and loop.kind != "standard":
            return token.frame
        token = token.scope
    return variables


class View(Mapping[str, Any]):
    """Reads fall through to outer frames; writes go to the innermost."""

    def __init__(self, token: Token | None, variables: dict[str, Any], **extra: Any) -> None:
        self.frames = [extra, *frames(token, variables)]
        self.home = home(token, variables)

    def __getitem__(self, name: str) -> Any:
        for frame in self.frames:
            if name in frame:
                return frame[name]
        raise KeyError(name)

    def __setitem__(self, name: str, value: Any) -> None:
        frame = self.frames[-1] if name in SHARED else self.home
        frame[name] = value

    def __iter__(self) -> Iterator[str]:
        return iter({name for frame in self.frames for name in frame})

    def __len__(self) -> int:
        return len(list(iter(self)))


def keep(frame: dict[str, Any], kind: str, key: str, entry: dict[str, Any]) -> None:
    frame.setdefault(kind, {}).setdefault(key, []).append(entry)


def hand_out(inner: dict[str, Any], outer: dict[str, Any]) -> None:
    """Append an iteration's lists to those of the frame outside."""
    for kind in LISTS:
        for key, entries in inner.get(kind, {}).items():
            for entry in entries:
                keep(outer, kind, key, entry)
