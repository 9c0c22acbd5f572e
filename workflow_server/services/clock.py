"""Business time: real time, or ahead of it in demo mode."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from workflow_server.errors import Forbidden, InvalidInput
from workflow_server.events import Event
from workflow_server.services.access import Actor
from workflow_server.store import clock, history
from workflow_server.store.db import settings, transaction

#: The farthest that one move may go.
FARTHEST = timedelta(days=3660)


class ClockFixed(Forbidden):
    """业务时钟只能在演示模式下调整"""


def now() -> datetime:
    """Return business time, in UTC."""
    return datetime.now(UTC) + offset()


def offset() -> timedelta:
    """Return how far business time runs ahead."""
    return clock.get() if settings().demo else timedelta(0)


def begin(moment: datetime) -> None:
    """Let the business time of a new demo database begin at `moment`; an old one keeps its own."""
    if not settings().demo:
        raise ClockFixed("Expected demo mode for setting the clock, but it is off")
    with transaction():
        if not clock.is_set():
            clock.move(moment - datetime.now(UTC))


def move(actor: Actor, delta: timedelta) -> datetime:
    """Let business time jump ahead, in demo mode only; returns the new time."""
    if not settings().demo:
        raise ClockFixed("Expected demo mode for moving the clock, but it is off")
    if not timedelta(0) < delta <= FARTHEST:
        raise InvalidInput("业务时钟只能向前调整，且一次不超过十年。 Expected a move ahead.")
    with transaction():
        moved = datetime.now(UTC) + clock.move(delta)
        act = history.Act(
            at=moved,
            act=Event.CLOCK_MOVED,
            person_id=actor.person_id,
            data={"seconds": int(delta.total_seconds())},
        )
        history.append_to_area("clock", act)
    return moved
