"""Number series without gaps, and the register of every number that was given."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from workflow_server.errors import NotFound
from workflow_server.store.db import Model, session
from workflow_server.store.sight import Sight
from workflow_server.store.types import UtcDateTime, UuidColumn, new_id


class NumberSeries(Model):
    """The last number of one issuer's series in one year."""

    __tablename__ = "number_series"

    organisation_id: Mapped[UUID] = mapped_column(
        UuidColumn, sa.ForeignKey("organisations.id"), primary_key=True
    )
    series: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


class Number(Model):
    """One number that was given; it stays in the register when it is voided."""

    __tablename__ = "numbers"
    __table_args__ = (sa.UniqueConstraint("organisation_id", "series", "year", "n"),)

    id: Mapped[UUID] = mapped_column(UuidColumn, primary_key=True, default_factory=new_id)
    organisation_id: Mapped[UUID] = mapped_column(UuidColumn, sa.ForeignKey("organisations.id"))
    series: Mapped[str] = mapped_column(sa.Text)
    year: Mapped[int]
    n: Mapped[int]
    text: Mapped[str] = mapped_column(sa.Text)
    given_to: Mapped[str] = mapped_column(sa.Text)
    given_to_id: Mapped[UUID] = mapped_column(UuidColumn, index=True)
    instance_id: Mapped[UUID | None] = mapped_column(UuidColumn, default=None)
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    voided_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    void_reason: Mapped[str | None] = mapped_column(sa.Text, default=None)


def next_number(organisation_id: UUID, series: str, year: int) -> int:
    """Count the series up by one and give the new number.

    The series' row stays locked until the transaction ends, so that a roll-back gives the
    number back and nobody has taken the next one meanwhile.
    """
    values: dict[str, Any] = {
        "organisation_id": organisation_id,
        "series": series,
        "year": year,
        "last": 1,
    }
    postgres = session().get_bind().dialect.name == "postgresql"
    insert: Any = (postgresql.insert if postgres else sqlite.insert)(NumberSeries).values(values)
    statement = insert.on_conflict_do_update(
        index_elements=["organisation_id", "series", "year"],
        set_={"last": NumberSeries.last + 1},
    ).returning(NumberSeries.last)
    # Not the ORM's own upsert: it would keep the row it read as an object of the session.
    n: int = session().connection().execute(statement).scalar_one()
    return n


def add(number: Number) -> None:
    """Put a number into the register."""
    session().add(number)


def get(number_id: UUID) -> Number:
    """Return one entry of the register."""
    number = session().get(Number, number_id)
    if number is None:
        raise NotFound(f"未找到编号。 Expected number {number_id}, but there is none.")
    return number


def lock(number_id: UUID) -> Number:
    """Return one entry of the register and keep it until the transaction ends."""
    get(number_id)
    return session().get_one(Number, number_id, with_for_update=True, populate_existing=True)


def is_seen(sight: Sight, number_id: UUID) -> bool:
    """Tell whether an entry of the register is in sight."""
    query = sa.select(Number.id).where(Number.id == number_id, _in_sight(sight))
    return session().scalar(query) is not None


def _in_sight(sight: Sight) -> sa.ColumnElement[bool]:
    if sight.barred:
        return sa.false()
    alone = sa.and_(
        Number.instance_id.is_(None), Number.organisation_id.in_(sorted(sight.organisations))
    )
    return sa.or_(sight.of(Number.instance_id), alone)


def list_register(
    sight: Sight,
    organisation_id: UUID | None,
    series: str | None,
    year: int | None,
    *,
    page: int,
    page_size: int,
) -> tuple[list[Number], int]:
    """Return the numbers in sight, newest year first, and how many they are."""
    wanted: list[sa.ColumnElement[bool]] = [_in_sight(sight)]
    if organisation_id is not None:
        wanted.append(Number.organisation_id == organisation_id)
    if series is not None:
        wanted.append(Number.series == series)
    if year is not None:
        wanted.append(Number.year == year)
    total = session().scalar(sa.select(sa.func.count()).select_from(Number).where(*wanted)) or 0
    rows = session().scalars(
        sa.select(Number)
        .where(*wanted)
        .order_by(Number.year.desc(), Number.series, Number.organisation_id, Number.n)
        .limit(page_size)
        .offset((page - 1) * page_size)
    )
    return list(rows), total
