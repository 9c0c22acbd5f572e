"""What goes in and out of one step of an instance: visits, waits, tasks, failures, moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol
from uuid import UUID

MoveKind = Literal["entered", "left", "cancelled"]


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

    def enter(self, visit: Visit, variables: dict[str, Any]) -> None:
        """A token arrives; boundary events and events behind an event gateway: they fire."""

    def perform(self, visit: Visit, variables: dict[str, Any]) -> None:
        """A service, business rule or send task does its work, here and now."""

    def leave(self, visit: Visit, variables: dict[str, Any]) -> None:
        """The element is done; `variables["this"]` holds the answers or payload that ended it."""

    def evaluate(self, expressions: Sequence[str], variables: dict[str, Any]) -> list[Any]:
        """Evaluate the FEEL conditions of one gateway, in one call."""


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
    """Something an event waits for; `timer` is its text as drawn, None if an extension names it."""

    id: UUID
    element_id: str
    kind: Literal["message", "timer", "signal"]
    name: str | None
    timer: tuple[str, str] | None


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
    #: Where tokens are beside the tasks opened.
    still_at: frozenset[str] = frozenset()
