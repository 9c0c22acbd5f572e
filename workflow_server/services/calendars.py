"""Lists the working-day calendar and takes in what the State Council announces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from workflow_server.config import CHINA
from workflow_server.errors import Fault, InvalidInput
from workflow_server.events import Event
from workflow_server.services import access, deadline_revisions, history, working_days
from workflow_server.store import calendars as store
from workflow_server.store.calendars import CalendarDay, CalendarRevision
from workflow_server.store.db import transaction
from workflow_server.store.history import CALENDAR, Act

if TYPE_CHECKING:
    from workflow_server.services.actors import Actor

#: Deadlines that reach further than what is announced are provisional; warn in time.
_COVER = timedelta(days=400)


class CalendarRefused(InvalidInput):
    """工作日历有误"""


@dataclass(frozen=True, slots=True)
class DayChange:
    """One day as it was announced."""

    day: date
    is_workday: bool
    name: str = ""


@dataclass(frozen=True, slots=True)
class Year:
    """A year's exceptions to the plain week; `known` says whether it was announced whole."""

    year: int
    known: bool
    version: int
    days: tuple[CalendarDay, ...]


def seed(now: datetime) -> bool:
    """Fill an empty calendar; say whether there was anything to do."""
    return working_days.seed(now)


def get_year(year: int, now: datetime) -> Year:
    """Return one year of the calendar."""
    if not date.min.year < year < date.max.year:
        raise CalendarRefused(f"年份有误：{year}。 Expected a year, but got {year}.")
    calendar = working_days.current(now)
    first, last = date(year, 1, 1), date(year, 12, 31)
    return Year(
        year, calendar.is_known(last), calendar.version, tuple(store.list_days(first, last))
    )


def list_revisions() -> list[CalendarRevision]:
    """Return every version of the calendar, newest first."""
    return store.list_revisions()


def find_gap(now: datetime) -> str | None:
    """Return a warning in Chinese when the coming 400 days are not all announced."""
    calendar = working_days.current(now)
    if calendar.is_known(now.astimezone(CHINA).date() + _COVER):
        return None
    return (
        f"工作日历只公布到{calendar.known_until:%Y年%m月%d日}，此后届满的期限为暂定；"
        "放假安排公布后请录入。"
    )


def override(
    actor: Actor,
    changes: Sequence[DayChange],
    source: str,
    now: datetime,
    *,
    known_until: date | None = None,
    idempotency_key: str | None = None,
) -> CalendarRevision:
    """Write announced days over the table as a new version, and revise running deadlines.

    Where `known_until` moves on, the estimates up to it are dropped: the announcement is
    whole. Every deadline whose end moves or becomes certain gets a revision.
    """
    access.check_administers(actor, "system")
    _check(changes, source)
    asked = history.asked(
        actor, idempotency_key, "calendars.override", list(changes), source, known_until
    )
    with transaction():
        first = history.first_answer(asked)
        if first is not None:
            return store.get_revision(first["version"])
        before = working_days.current(now)
        until = max(before.known_until, known_until or before.known_until)
        revision = CalendarRevision(
            version=before.version + 1,
            known_until=until,
            source=source.strip(),
            made_at=now,
            made_by=actor.person_id,
            changes=[_describe(change, before.is_workday(change.day)) for change in changes],
        )
        store.add_revision(revision)
        if until > before.known_until:
            store.delete_days(before.known_until + timedelta(days=1), until)
        store.replace_days([_row(change, revision) for change in changes])
        revised = deadline_revisions.revise_all(now)
        data: dict[str, Any] = {
            "version": revision.version,
            "deadlines_revised": revised.changed,
        }
        data["before"] = {
            "version": before.version,
            "known_until": before.known_until.isoformat(),
            "workdays": {each["day"]: each["was_workday"] for each in revision.changes},
        }
        data["after"] = {
            "version": revision.version,
            "known_until": until.isoformat(),
            "workdays": {each["day"]: each["is_workday"] for each in revision.changes},
        }
        if revised.failed:
            data["deadlines_not_revised"] = dict(revised.failed)
        act = Act(at=now, act=Event.CALENDAR_CHANGED, by=actor.stamp(), data=data)
        history.append_to_area(CALENDAR, act, asked, {"version": revision.version})
    return revision


def _check(changes: Sequence[DayChange], source: str) -> None:
    faults = [
        Fault(f"#/changes/{index}/day", f"{change.day} 出现了两次")
        for index, change in enumerate(changes)
        if change.day in {other.day for other in changes[:index]}
    ]
    if not source.strip():
        faults.append(Fault("#/source", "请填写依据，例如国务院办公厅通知文号"))
    if faults:
        raise CalendarRefused(
            f"{faults[0].detail}。 Expected a sound calendar change, but it has faults.", faults
        )


def _describe(change: DayChange, was_workday: bool) -> dict[str, Any]:
    return {
        "day": change.day.isoformat(),
        "is_workday": change.is_workday,
        "was_workday": was_workday,
        "name": change.name,
    }


def _row(change: DayChange, revision: CalendarRevision) -> dict[str, Any]:
    return {
        "day": change.day,
        "is_workday": change.is_workday,
        "name": change.name,
        "source": revision.source,
        "version": revision.version,
    }
