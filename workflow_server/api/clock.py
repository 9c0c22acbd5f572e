"""The business clock: what time it is for deadlines and papers; movable in demo mode only."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from workflow_server.api import door
from workflow_server.api.shapes.clock import ClockShape, MoveShape
from workflow_server.services import clock
from workflow_server.store.db import settings

noun = door.Noun("clock", "业务时钟")


@noun.get("", ClockShape())
def read_clock() -> Any:
    """业务时间 · What time it is."""
    return _clock()


@noun.post("/moves", ClockShape(), takes=MoveShape(), status=201, keyed=True)
def move_clock(body: dict[str, Any]) -> Any:
    """调整业务时间 · Let business time jump ahead (demo mode only)."""
    to = body.pop("to")
    clock.move(door.actor(), to or timedelta(**body), door.idempotency_key())
    return _clock()


def _clock() -> dict[str, Any]:
    real, ahead = datetime.now(UTC), clock.offset()
    return {
        "now": real + ahead,
        "real_now": real,
        "ahead_seconds": int(ahead.total_seconds()),
        "movable": settings().demo,
    }
