"""The day table of the working-day calendar, and every change that was made to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from workflow_server.errors import InvalidState
from workflow_server.store.db import Model, session
from workflow_server.store.types import JsonColumn, UtcDateTime, UuidColumn, new_id


class CalendarChanging(InvalidState):
    """工作日历正在更新"""


class CalendarDay(Model):
    """One day that differs from the plain week, or bears the name of a holiday."""

    __tablename__ = "calendar_days"

    day: Mapped[date] = mapped_column(primary_key=True)
    is_workday: Mapped[bool]
    name: Mapped[str] = mapped_column(sa.Text, default="")
    source: Mapped[str] = mapped_column(sa.Text)
    version: Mapped[int]


class CalendarRevision(Model):
    """One version of the calendar: who made it, from what, and what it changed."""

    __tablename__ = "calendar_revisions"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: Tells this calendar from those of other databases, for what is cached of it.
    id: Mapped[UUID] = mapped_column(UuidColumn, unique=True, default_factory=new_id)
    known_until: Mapped[date]
    source: Mapped[str] = mapped_column(sa.Text)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by: Mapped[UUID | None] = mapped_column(UuidColumn, default=None)
    changes: Mapped[list[dict[str, Any]]] = mapped_column(JsonColumn, default_factory=list)


@dataclass(frozen=True, slots=True)
class Latest:
    """The calendar in force: its version and the last day that has been announced."""

    id: UUID
    version: int
    known_until: date


def find_latest() -> Latest | None:
    """Return the version in force, if the calendar was ever seeded."""
    row = (
        session()
        .execute(
            sa.select(CalendarRevision.id, CalendarRevision.version, CalendarRevision.known_until)
            .order_by(CalendarRevision.version.desc())
            .limit(1)
        )
        .first()
    )
    return Latest(row.id, row.version, row.known_until) if row else None


def add_revision(revision: CalendarRevision) -> None:
    """Put a new version down; of two at once that want its number, the second is refused."""
    session().add(revision)
    try:
        session().flush()
    except sa.exc.IntegrityError as error:
        raise CalendarChanging(
            "工作日历刚被他人更新，请核对后重新提交。"
            f" Expected to write version {revision.version}, but somebody else just has."
        ) from error


def get_revision(version: int) -> CalendarRevision:
    """Return one version of the calendar."""
    return session().get_one(CalendarRevision, version)


def list_revisions() -> list[CalendarRevision]:
    """Return the versions, newest first."""
    return list(
        session().scalars(sa.select(CalendarRevision).order_by(CalendarRevision.version.desc()))
    )


def list_days(first: date | None = None, last: date | None = None) -> list[CalendarDay]:
    """Return the days of the table in order, both ends included."""
    wanted: list[sa.ColumnElement[bool]] = []
    if first is not None:
        wanted.append(CalendarDay.day >= first)
    if last is not None:
        wanted.append(CalendarDay.day <= last)
    return list(session().scalars(sa.select(CalendarDay).where(*wanted).order_by(CalendarDay.day)))


def read_days() -> Sequence[tuple[date, bool, str]]:
    """Read the whole table as plain rows: it is cached by version."""
    rows = session().execute(sa.select(CalendarDay.day, CalendarDay.is_workday, CalendarDay.name))
    return [(row.day, row.is_workday, row.name) for row in rows]


def replace_days(days: Sequence[dict[str, Any]]) -> None:
    """Write days over what stood there, in one batch."""
    if not days:
        return
    session().execute(
        sa.delete(CalendarDay).where(CalendarDay.day.in_([day["day"] for day in days]))
    )
    add_days(days)


def delete_days(first: date, last: date) -> None:
    """Take all rows of a span out, both ends included."""
    session().execute(sa.delete(CalendarDay).where(CalendarDay.day.between(first, last)))


def add_days(days: Sequence[dict[str, Any]]) -> None:
    """Add many days in one batch."""
    session().execute(sa.insert(CalendarDay), list(days))
