"""When a timer is due: ISO 8601 texts, and offsets from a deadline."""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from workflow_server.config import CHINA
from workflow_server.errors import InvalidInput

_DURATION = re.compile(
    r"(?P<sign>[+-])?P(?!$)(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?"
    r"(?:(?P<days>\d+)D)?(?:T(?!$)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?"
    r"(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?"
)
_CYCLE = re.compile(r"R\d*/(?:(?P<first>[^/P][^/]*)/)?(?P<duration>[^/]+)")


#: When a timer is due whose deadline was not started or stands still: that gives it its time.
NEVER = datetime(9000, 1, 1, tzinfo=UTC)


class TimerUnreadable(InvalidInput):
    """定时无法识别"""


def of_timer(kind: str, text: str, now: datetime, since: datetime | None = None) -> datetime:
    """Return when a BPMN timer is due: a date as it is, a duration or a cycle from now on.

    A cycle that has rung already is due one duration after the moment it was due last.
    """
    if kind == "date":
        return read_moment(text)
    cycle = _CYCLE.fullmatch(text) if isinstance(text, str) else None
    if cycle is None:
        return after(now, text)
    if since is None and cycle["first"] is not None:
        return read_moment(cycle["first"])
    return after(since or now, cycle["duration"])


def of_deadline(deadline: Mapping[str, Any] | None, offset: str | None) -> datetime:
    """Return when a timer is due that stands at, before or after a deadline."""
    if not deadline or not (deadline.get("due_at") or deadline.get("due")):
        raise TimerUnreadable(
            "定时所依据的期限没有在计算。"
            " Expected a running deadline for the timer, but there is none."
        )
    if deadline.get("status") == "paused":
        return NEVER
    due = read_moment(deadline.get("due_at") or deadline["due"], day_ends=True)
    return due if offset is None else after(due, offset)


def read_moment(text: Any, *, day_ends: bool = False) -> datetime:
    """Read an ISO date or date and time; one without a zone is Asia/Shanghai."""
    if not isinstance(text, str):
        raise TimerUnreadable(f"定时应为日期。 Expected a date for the timer, but it is {text!r}.")
    try:
        if len(text) == len("2026-07-01"):
            day = date.fromisoformat(text) + timedelta(days=1 if day_ends else 0)
            moment = datetime.combine(day, time(), CHINA)
        else:
            moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError) as error:
        raise TimerUnreadable(
            f"定时应为日期。 Expected a date for the timer, but it is '{text}'."
        ) from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=CHINA)).astimezone(UTC)


def after(moment: datetime, text: Any) -> datetime:
    """Return the moment an ISO 8601 duration away; months and days by the calendar of China."""
    match = _DURATION.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise TimerUnreadable(
            f"定时应为时长（如 P3D）。 Expected a duration for the timer, but it is {text!r}."
        )
    sign = -1 if match["sign"] == "-" else 1
    part = {name: float(match[name] or 0) * sign for name in _DURATION.groupindex if name != "sign"}
    try:
        local = _add_months(
            moment.astimezone(CHINA), int(part["years"]) * 12 + int(part["months"])
        ) + timedelta(weeks=part["weeks"], days=part["days"])
        clock = timedelta(hours=part["hours"], minutes=part["minutes"], seconds=part["seconds"])
        return local.astimezone(UTC) + clock
    except (ValueError, OverflowError) as error:
        raise TimerUnreadable(
            f"定时的时长过长。 Expected a duration in reach, but it is '{text}'."
        ) from error


def _add_months(moment: datetime, months: int) -> datetime:
    years, month = divmod(moment.month - 1 + months, 12)
    year = moment.year + years
    last = calendar.monthrange(year, month + 1)[1]
    return moment.replace(year=year, month=month + 1, day=min(moment.day, last))
