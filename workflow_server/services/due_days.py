"""How near a day is on which something is due: its light, in days and in working days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from workflow_server.config import CHINA
from workflow_server.rules.calendars import ONE_DAY, Calendar
from workflow_server.services import working_days

Colour = Literal["red", "yellow", "green"]
#: So many working days before its end something is near.
NEAR = 3
#: Beyond this, days are counted as days.
_FAR = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class DueDay:
    """A day on which something is due, as it looks today."""

    day: date
    colour: Colour
    #: Days until then; below zero once it has passed.
    days: int
    #: Working days until then, that day included and today not; None where it is far away.
    workdays: int | None

    @property
    def is_over(self) -> bool:
        """Tell whether the day has passed."""
        return self.days < 0


def today(now: datetime) -> date:
    """Return the day that it is in China."""
    return now.astimezone(CHINA).date()


def look_at(day: date, now: datetime) -> DueDay:
    """Return how near a day is by the calendar in force."""
    this_day = today(now)
    days = (day - this_day).days
    if days < 0:
        return DueDay(day, "red", days, None)
    workdays = _count(this_day, day, working_days.current(now))
    is_near = workdays is not None and workdays <= NEAR
    return DueDay(day, "yellow" if is_near else "green", days, workdays)


def week_end(now: datetime) -> date:
    """Return the Sunday of this week."""
    this_day = today(now)
    return this_day + timedelta(days=6 - this_day.weekday())


def _count(after: date, until: date, calendar: Calendar) -> int | None:
    if until - after > _FAR:
        return None
    days = (after + ONE_DAY * count for count in range(1, (until - after).days + 1))
    return sum(calendar.is_workday(day) for day in days)
