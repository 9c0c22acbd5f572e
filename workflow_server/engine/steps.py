"""What goes in and out of one step of an instance: visits, waits, tasks, failures, moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol
from uuid import UUID

MoveKind = Literal["entered", "left", "cancelled"]


class BusinessError(Exception):
    """What an operation raises for the diagram to catch, as an error event with this code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Visit:
    """One token at one element; the id stays the same until the token leaves it."""

    id: UUID
    element_id: str
    type: str
    name: str


class Host(Protocol):
    """What the engine asks of the house around it; whatever it raises becomes a Failure.

    A call that raises must leave nothing behind: the engine takes back what it did to the
    top level of `variables`, the host whatever else it did.
    """

    @property
    def shared(self) -> frozenset[str]:
        """Names that are the instance's even if written within an iteration."""

    @property
    def is_called(self) -> bool:
        """Whether a call activity of another instance waits for this one to end."""

    def enter(self, visit: Visit, variables: dict[str, Any]) -> None:
        """A token arrives; boundary events and events behind an event gateway: they fire."""

    def perform(self, visit: Visit, variables: dict[str, Any]) -> None:
        """A service, business rule or send task does its work, here and now.

        BusinessError becomes an error event; anything else an incident.
        """

    def leave(self, visit: Visit, variables: dict[str, Any]) -> None:
        """The element is done; `variables["this"]` holds the answers or payload that ended it."""

    def evaluate(self, expressions: Sequence[str], variables: dict[str, Any]) -> list[Any]:
        """Evaluate FEEL expressions of the diagram, without "=", in one call."""


@dataclass(frozen=True, slots=True)
class Position:
    """A token that can be moved, and the elements it can be moved to, in the file's order."""

    visit_id: UUID
    element_id: str
    targets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A user or manual task that now waits for a person."""

    id: UUID
    element_id: str
    name: str
    lane: str | None


@dataclass(frozen=True, slots=True)
class ClosedTask:
    """A task that waits no longer."""

    id: UUID
    element_id: str
    reason: Literal["completed", "cancelled"]


@dataclass(frozen=True, slots=True)
class Wait:
    """Something that only the host can say has come.

    `name` is the message, the signal or the process called; `timer` its text as drawn, None
    if an extension names it. A cycle says how often it still rings, and `since` when it rang
    last (its due time, not the clock's). `frame` holds the variables of the iteration around.
    """

    id: UUID
    element_id: str
    kind: Literal["message", "timer", "signal", "call"]
    name: str | None
    timer: tuple[str, str] | None = None
    since: datetime | None = None
    frame: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Failure:
    """The host raised; the token stays at the element until `runtime.retry`."""

    visit_id: UUID
    element_id: str
    message: str


@dataclass(frozen=True, slots=True)
class Move:
    """A token came to an element, left it, or was taken off it."""

    element_id: str
    kind: MoveKind


@dataclass(frozen=True, slots=True)
class Step:
    """All that one act changed, and the state to store.

    What was opened and closed within the same step appears in neither list, only in `moves`.
    """

    state: bytes
    variables: dict[str, Any]
    ended: bool
    opened: tuple[OpenTask, ...] = ()
    closed: tuple[ClosedTask, ...] = ()
    waits_opened: tuple[Wait, ...] = ()
    waits_closed: tuple[UUID, ...] = ()
    incidents: tuple[Failure, ...] = ()
    incidents_resolved: tuple[UUID, ...] = ()
    moves: tuple[Move, ...] = ()
    end_events: tuple[str, ...] = ()
    #: Signals thrown; the engine has told this instance, the others are the host's.
    signals: tuple[str, ...] = ()
    #: Codes of escalations that nothing here caught, for the caller of this instance.
    escalations: tuple[str, ...] = ()
    #: Code and message of the error that ended a called instance.
    error: tuple[str, str] | None = None
    #: Where tokens are beside the tasks opened.
    still_at: frozenset[str] = frozenset()
