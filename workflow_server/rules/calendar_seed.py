"""The days the calendar starts with: announced ones 2004-2026, estimated ones for 2027."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import holidays
from chinese_calendar import constants

#: The last day whose working time the State Council had announced when this was written.
KNOWN_UNTIL = date(2026, 12, 31)
ESTIMATED_YEARS = (2027,)
_FIRST_YEAR = 2004
_ANNOUNCED = "chinesecalendar 1.11.0"
_ESTIMATED = "holidays 0.109 (estimated)"
_NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Chinese New Year": "春节",
    "Tomb-sweeping Day": "清明节",
    "Tomb-Sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Labor Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Mid-Autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利纪念日",
}


@dataclass(frozen=True, slots=True)
class SeedDay:
    """One day that differs from the plain week, or bears the name of a holiday."""

    day: date
    is_workday: bool
    name: str
    source: str


def read() -> tuple[SeedDay, ...]:
    """Give every exception to the plain week, oldest first."""
    return tuple(sorted((*_announced(), *_estimated()), key=lambda row: row.day))


def _announced() -> Iterator[SeedDay]:
    first = date(_FIRST_YEAR, 1, 1)
    for days, is_workday in ((constants.holidays, False), (constants.workdays, True)):
        for day, name in days.items():
            if day >= first:
                yield SeedDay(day, is_workday, _name(name), _ANNOUNCED)


def _estimated() -> Iterator[SeedDay]:
    for day, name in holidays.country_holidays("CN", years=ESTIMATED_YEARS).items():
        yield SeedDay(day, False, _name(name), _ESTIMATED)


def _name(english: str) -> str:
    return next((zh for prefix, zh in _NAMES.items() if english.startswith(prefix)), english)
