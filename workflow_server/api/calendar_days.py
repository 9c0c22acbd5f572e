"""Calendar days: which days are worked, as announced or as estimated."""

from __future__ import annotations

from typing import Any

from workflow_server.api import door
from workflow_server.api.shapes.base import Paging, page, slice_of
from workflow_server.api.shapes.calendars import (
    CalendarChangeShape,
    CalendarQuery,
    CalendarRevisionPage,
    CalendarRevisionShape,
    CalendarYearShape,
)
from workflow_server.services import calendars

noun = door.Noun("calendar_days", "工作日历")


@noun.get("", CalendarYearShape(), query=CalendarQuery())
def read_year(query: dict[str, Any]) -> Any:
    """一年的工作日历 · One year's holidays and make-up workdays."""
    now = door.now()
    year = calendars.get_year(query["year"], now)
    return {
        "year": year.year,
        "known": year.known,
        "version": year.version,
        "warning": calendars.find_gap(now),
        "days": year.days,
    }


@noun.get("/revisions", CalendarRevisionPage, query=Paging())
def list_revisions(query: dict[str, Any]) -> dict[str, Any]:
    """日历版本 · List the versions of the calendar with their sources, newest first."""
    found = calendars.list_revisions()
    return page(slice_of(found, query), len(found), query)


@noun.put("", CalendarRevisionShape(), takes=CalendarChangeShape(), keyed=True)
def change_calendar(body: dict[str, Any]) -> Any:
    """录入放假安排 · Take in an announcement and revise deadlines (system administrator)."""
    changes = [calendars.DayChange(**change) for change in body["changes"]]
    return calendars.override(
        door.actor(),
        changes,
        body["source"],
        door.now(),
        known_until=body["known_until"],
        idempotency_key=door.idempotency_key(),
    )
