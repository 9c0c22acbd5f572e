"""The business clock's distance from the real one."""

from __future__ import annotations

from datetime import timedelta
from math import ceil

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from workflow_server.store.db import Model, run, session, settings

_ONLY = 1


class ClockOffset(Model):
    """How far business time runs ahead: one row, or none."""

    __tablename__ = "clock_offset"

    id: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    seconds: Mapped[int] = mapped_column(sa.BigInteger)


#: For statements that read it along with something else.
SECONDS = sa.select(ClockOffset.seconds).where(ClockOffset.id == _ONLY).scalar_subquery()
_GET = sa.select(SECONDS)


def get() -> timedelta:
    """Return how far business time runs ahead of real time."""
    return ahead(run(_GET).scalar_one())


def ahead(seconds: int | None) -> timedelta:
    """Return what `SECONDS` means: only in demo mode does business time run ahead."""
    return timedelta(seconds=seconds or 0) if settings().demo else timedelta(0)


def is_set() -> bool:
    """Tell whether business time was ever moved."""
    return session().get(ClockOffset, _ONLY) is not None


def move(delta: timedelta) -> timedelta:
    """Let business time jump by `delta`; returns the new distance."""
    row = session().get(ClockOffset, _ONLY, with_for_update=True, populate_existing=True)
    if row is None:
        row = ClockOffset(id=_ONLY, seconds=0)
        session().add(row)
    # Whole seconds, rounded up: time never stops short of where it was told to go.
    row.seconds += ceil(delta.total_seconds())
    session().flush()
    return timedelta(seconds=row.seconds)
