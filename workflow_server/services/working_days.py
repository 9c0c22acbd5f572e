"""The calendar in force, seeded once and kept in memory by version."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from workflow_server.rules.calendars import Calendar
from workflow_server.store import calendars as store
from workflow_server.store.calendars import CalendarRevision
from workflow_server.store.db import transaction

_KEPT: dict[UUID, Calendar] = {}
_MOST_KEPT = 8


def seed(now: datetime) -> bool:
    """Fill an empty calendar with the announced days and the estimated year; say if it did."""
    with transaction():
        if store.find_latest() is not None:
            return False
        # Not at the top: only the first start needs the packages that know the holidays.
        from workflow_server.rules import calendar_seed

        days = calendar_seed.read()
        first = CalendarRevision(
            version=1,
            known_until=calendar_seed.KNOWN_UNTIL,
            source="；".join(sorted({day.source for day in days})),
            made_at=now,
        )
        store.add_revision(first)
        store.add_days(
            [
                {
                    "day": day.day,
                    "is_workday": day.is_workday,
                    "name": day.name,
                    "source": day.source,
                    "version": 1,
                }
                for day in days
            ]
        )
    return True


def current(now: datetime) -> Calendar:
    """Return the calendar in force; the first one is seeded where there is none."""
    latest = store.find_latest()
    if latest is None:
        seed(now)
        latest = store.find_latest()
        assert latest is not None
    if latest.id not in _KEPT:
        while len(_KEPT) >= _MOST_KEPT:
            _KEPT.pop(next(iter(_KEPT)))
        rows = store.read_days()
        _KEPT[latest.id] = Calendar(
            {day: is_workday for day, is_workday, _ in rows},
            latest.known_until,
            latest.version,
            {day: name for day, _, name in rows if name},
        )
    return _KEPT[latest.id]
