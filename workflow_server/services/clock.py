"""Business time: real time, or ahead of it in demo mode."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from workflow_server.config import CHINA
from workflow_server.errors import Forbidden, InvalidInput
from workflow_server.events import Event
from workflow_server.services import history
from workflow_server.services.actors import Actor
from workflow_server.store import clock
from workflow_server.store.db import settings, transaction
from workflow_server.store.history import CLOCK, Act

#: The farthest that one move may go.
FARTHEST = timedelta(days=3660)
#: Business time stays before this: beyond, dates end that libraries and law can count with.
END = datetime(2201, 1, 1, tzinfo=CHINA)


class ClockFixed(Forbidden):
    """业务时钟只能在演示模式下调整"""


def now() -> datetime:
    """Return business time, in UTC."""
    return datetime.now(UTC) + offset()


def offset() -> timedelta:
    """Return how far business time runs ahead."""
    return clock.get() if settings().demo else timedelta(0)


def check() -> None:
    """Refuse when the database, which holds the clock, is away."""
    clock.get()


def begin(moment: datetime) -> None:
    """Let the business time of a new demo database begin at `moment`; an old one keeps its own."""
    if not settings().demo:
        raise ClockFixed(
            "只有演示模式才能设定时间。 Expected demo mode for setting the clock, but it is off."
        )
    _check_end(moment)
    with transaction():
        if not clock.is_set():
            clock.move(moment - datetime.now(UTC))


def move(actor: Actor, to: datetime | timedelta, idempotency_key: str | None = None) -> datetime:
    """Let business time jump to a moment or by a span, in demo mode only; returns the new time."""
    if not settings().demo:
        raise ClockFixed(
            "只有演示模式才能拨快时间。 Expected demo mode for moving the clock, but it is off."
        )
    wanted = to.total_seconds() if isinstance(to, timedelta) else to
    asked = history.asked(actor, idempotency_key, "clock.move", wanted)
    with transaction():
        first = history.first_answer(asked)
        if first is not None:
            return datetime.fromisoformat(first["now"])
        delta = to if isinstance(to, timedelta) else to - now()
        if not timedelta(0) < delta <= FARTHEST:
            raise InvalidInput("业务时钟只能向前调整，且一次不超过十年。 Expected a move ahead.")
        _check_end(now() + delta)
        before = now()
        moved = datetime.now(UTC) + clock.move(delta)
        data = {
            "seconds": int(delta.total_seconds()),
            "before": before.isoformat(),
            "after": moved.isoformat(),
        }
        act = Act(at=moved, act=Event.CLOCK_MOVED, by=actor.stamp(), data=data)
        history.append_to_area(CLOCK, act, asked, {"now": moved.isoformat()})
    return moved


def _check_end(moment: datetime) -> None:
    if moment >= END:
        raise InvalidInput(
            f"业务时间不能超过{END.year - 1}年。"
            f" Expected business time before {END.year}, but {moment:%Y-%m-%d} is later."
        )
