"""Which days are working days: exceptions to the plain week, and what lies beyond them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType

from workflow_server.errors import InvalidInput

ONE_DAY = timedelta(days=1)
WEEKDAY_NAMES = ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日")
_SATURDAY = 5
#: Holidays on a fixed date of the solar calendar; the lunar ones cannot be guessed here.
_FIXED_HOLIDAYS = MappingProxyType(
    {(1, 1): "元旦", (5, 1): "劳动节", (5, 2): "劳动节"}
    | {(10, day): "国庆节" for day in (1, 2, 3)}
)
#: No public calendar has a longer run of days off; a longer one is a broken table.
_LONGEST_REST = 60


@dataclass(frozen=True, slots=True)
class Calendar:
    """Working days by table; a day without a row follows the plain week.

    `days` holds the exceptions (or every day, if one likes). Days after `known_until` are
    not announced yet: their rows are estimates, and without a row Monday to Friday and the
    holidays of fixed date are assumed. Whatever rests on such a day is provisional.
    """

    days: Mapping[date, bool]
    known_until: date
    version: int = 0
    names: Mapping[date, str] = field(default_factory=dict)

    def is_known(self, day: date) -> bool:
        """Say whether the working days up to this day have been announced."""
        return day <= self.known_until

    def is_workday(self, day: date) -> bool:
        """Say whether the day is worked; make-up Saturdays and Sundays are."""
        listed = self.days.get(day)
        if listed is not None:
            return listed
        if not self.is_known(day) and (day.month, day.day) in _FIXED_HOLIDAYS:
            return False
        return day.weekday() < _SATURDAY

    def next_workday(self, day: date) -> date:
        """Give the day itself if it is worked, else the first working day after it."""
        return self._roll(day, ONE_DAY)

    def previous_workday(self, day: date) -> date:
        """Give the day itself if it is worked, else the last working day before it."""
        return self._roll(day, -ONE_DAY)

    def add_workdays(self, day: date, count: int) -> date:
        """Give the count-th working day after the day, or before it when count is negative."""
        step = ONE_DAY if count > 0 else -ONE_DAY
        for _ in range(abs(count)):
            day = self._roll(day + step, step)
        return day

    def describe(self, day: date) -> str:
        """Name in Chinese what kind of day it is, as a reason for rolling or not rolling."""
        weekday = WEEKDAY_NAMES[day.weekday()]
        if self.is_workday(day):
            return f"{weekday}，调休上班" if day.weekday() >= _SATURDAY else weekday
        name = self.names.get(day) or (
            _FIXED_HOLIDAYS.get((day.month, day.day)) if not self.is_known(day) else None
        )
        return f"法定休假日（{name}）" if name else self._rest(day, weekday)

    def _rest(self, day: date, weekday: str) -> str:
        return weekday if day.weekday() >= _SATURDAY else "法定休假日"

    def _roll(self, day: date, step: timedelta) -> date:
        for _ in range(_LONGEST_REST):
            if self.is_workday(day):
                return day
            day += step
        raise InvalidInput(
            f"工作日历有误：{day} 前后连续 {_LONGEST_REST} 天均非工作日。"
            f" Expected a working day near {day}, but the calendar has none."
        )
