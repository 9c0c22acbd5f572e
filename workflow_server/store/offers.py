"""Whom tasks are offered to by name, and whom they are kept from."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from workflow_server.store.db import Model, db, run, session, table
from workflow_server.store.types import UuidColumn


class TaskExclusion(Model):
    """A person whom an open task is not offered to: segregation of duties."""

    __tablename__ = "task_exclusions"
    __table_args__ = ({"sqlite_with_rowid": False},)

    task_id: Mapped[UUID] = mapped_column(UuidColumn, sa.ForeignKey("tasks.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(
        UuidColumn, sa.ForeignKey("people.id"), primary_key=True
    )
    #: What the rule is called that keeps them from it.
    label: Mapped[str] = mapped_column(sa.Text, server_default="", default="")


class TaskCandidate(Model):
    """Somebody whom an open task is offered to by name, beside or instead of a role."""

    __tablename__ = "task_candidates"
    __table_args__ = (
        sa.Index("ix_task_candidates_task_id", "task_id"),
        {"sqlite_with_rowid": False},
    )

    person_id: Mapped[UUID] = mapped_column(
        UuidColumn, sa.ForeignKey("people.id"), primary_key=True
    )
    task_id: Mapped[UUID] = mapped_column(UuidColumn, sa.ForeignKey("tasks.id"), primary_key=True)


_EXCLUSIONS = table(TaskExclusion)
_EXCLUDE, _OFFER = sa.insert(_EXCLUSIONS), sa.insert(table(TaskCandidate))
#: For those whom a rule may keep from it already.
_EXCLUDE_ALSO: dict[str, sa.Insert] = {
    "sqlite": sqlite.insert(_EXCLUSIONS).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(_EXCLUSIONS).on_conflict_do_nothing(),
}
_EXCLUSION = sa.select(_EXCLUSIONS.c.label).where(
    _EXCLUSIONS.c.task_id == sa.bindparam("task_id"),
    _EXCLUSIONS.c.person_id == sa.bindparam("person_id"),
)


def exclude(rows: Sequence[tuple[UUID, UUID, str]]) -> None:
    """Write down whom tasks are not offered to, and by which rule: (task, person, label)."""
    _exclude(rows, _EXCLUDE_ALSO[db.engine.dialect.name])


def exclude_from_new(rows: Sequence[tuple[UUID, UUID, str]]) -> None:
    """Write down whom tasks that have just been opened are not offered to, and by which rule."""
    _exclude(rows, _EXCLUDE)


def _exclude(rows: Sequence[tuple[UUID, UUID, str]], insert: sa.Insert) -> None:
    if rows:
        names = ("task_id", "person_id", "label")
        run(insert, [dict(zip(names, row, strict=True)) for row in rows])


def offer(rows: Sequence[tuple[UUID, UUID]]) -> None:
    """Write down whom tasks that have just been opened are offered to by name: (task, person)."""
    if rows:
        run(_OFFER, [{"task_id": task, "person_id": person} for task, person in rows])


def list_candidates(task_ids: Collection[UUID]) -> Sequence[tuple[UUID, UUID]]:
    """Return whom tasks are offered to by name: (task, person)."""
    query = sa.select(TaskCandidate.task_id, TaskCandidate.person_id).where(
        TaskCandidate.task_id.in_(task_ids)
    )
    return [(row[0], row[1]) for row in session().execute(query)]


def list_excluded(task_ids: Collection[UUID]) -> Sequence[tuple[UUID, UUID]]:
    """Return whom tasks are not offered to: (task, person)."""
    query = sa.select(TaskExclusion.task_id, TaskExclusion.person_id).where(
        TaskExclusion.task_id.in_(task_ids)
    )
    return [(row[0], row[1]) for row in session().execute(query)]


def find_exclusion(task_id: UUID, person_id: UUID) -> str | None:
    """Return by which rule a task must not be worked on by a person, or None."""
    row = run(_EXCLUSION, {"task_id": task_id, "person_id": person_id}).one_or_none()
    return None if row is None else row[0]
