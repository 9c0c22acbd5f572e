"""Time zones as tables that the evaluator can look into, read out of Python's zoneinfo."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

BUSINESS_ZONE = "Asia/Shanghai"

_FIRST = datetime(1890, 1, 1, tzinfo=UTC)
_LAST = datetime(2200, 1, 1, tzinfo=UTC)
_STEP = timedelta(days=4)
#: The smallest instant of JavaScript: an offset from here on holds "since ever".
_EVER = -8_640_000_000_000_000


@lru_cache(maxsize=64)
def table(name: str) -> tuple[tuple[int, float], ...] | None:
    """Rows of (from this instant in ms, offset in minutes), or None if there is no such zone."""
    try:
        zone = ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        return None
    moment, offset = _FIRST, _offset(zone, _FIRST)
    rows = [(_EVER, offset)]
    while moment < _LAST:
        after = moment + _STEP
        changed = _offset(zone, after)
        if changed != offset:
            rows.append((_change(zone, moment, after, changed), changed))
        moment, offset = after, changed
    return tuple(rows)


def _offset(zone: ZoneInfo, moment: datetime) -> float:
    distance = moment.astimezone(zone).utcoffset()
    return distance.total_seconds() / 60 if distance else 0.0


def _change(zone: ZoneInfo, before: datetime, after: datetime, offset: float) -> int:
    """The first second, between two instants, at which the offset is the new one."""
    low, high = int(before.timestamp()), int(after.timestamp())
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(zone, datetime.fromtimestamp(middle, UTC)) == offset:
            high = middle
        else:
            low = middle
    return high * 1000
