"""Tasks: what waits for a person, and what persons have done."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, aliased, mapped_column

from workflow_server.errors import NotFound
from workflow_server.store import process_instances
from workflow_server.store.db import Model, run, session, table
from workflow_server.store.organisations import Organisation
from workflow_server.store.people import Person
from workflow_server.store.process_definitions import ProcessDefinition
from workflow_server.store.process_instances import Locked, ProcessInstance
from workflow_server.store.types import JsonColumn, UtcDateTime, UuidColumn


class TaskStatus(StrEnum):
    """Where a task is in its life."""

    #: Somebody may work on it.
    OPEN = "open"
    #: A person has given the answers.
    COMPLETED = "completed"
    #: The process went another way.
    CANCELLED = "cancelled"


_OPEN = sa.text("status = 'open'")


class Task(Model):
    """One person's piece of work at one element.

    It is offered to the holders of `role` in `organisation_id`, or belongs to
    `assignee_id`; `claimed_at` tells a task that was taken from one that was assigned.
    """

    __tablename__ = "tasks"
    __table_args__ = (
        sa.Index("ix_tasks_instance_id", "instance_id"),
        sa.Index(
            "ix_tasks_offered",
            "organisation_id",
            "role",
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        sa.Index("ix_tasks_assigned", "assignee_id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[UUID] = mapped_column(UuidColumn, primary_key=True)
    instance_id: Mapped[UUID] = mapped_column(UuidColumn, sa.ForeignKey("process_instances.id"))
    organisation_id: Mapped[UUID] = mapped_column(UuidColumn)
    element_id: Mapped[str] = mapped_column(sa.Text)
    name: Mapped[str] = mapped_column(sa.Text)
    status: Mapped[str] = mapped_column(sa.Text, default=TaskStatus.OPEN)
    role: Mapped[str | None] = mapped_column(sa.Text, default=None)
    assignee_id: Mapped[UUID | None] = mapped_column(
        UuidColumn, sa.ForeignKey("people.id"), default=None
    )
    due_on: Mapped[date | None] = mapped_column(sa.Date, default=None)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    completed_by: Mapped[UUID | None] = mapped_column(UuidColumn, default=None)
    #: Answers that somebody has begun to give.
    draft: Mapped[dict[str, Any] | None] = mapped_column(JsonColumn, default=None)


class TaskExclusion(Model):
    """A person whom an open task is not offered to: segregation of duties."""

    __tablename__ = "task_exclusions"
    __table_args__ = ({"sqlite_with_rowid": False},)

    task_id: Mapped[UUID] = mapped_column(UuidColumn, sa.ForeignKey("tasks.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(
        UuidColumn, sa.ForeignKey("people.id"), primary_key=True
    )


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


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list of tasks is narrowed to; None narrows nothing."""

    status: str | None = None
    instance_id: UUID | None = None
    organisation_id: UUID | None = None
    role: str | None = None
    assignee_id: UUID | None = None
    process_key: str | None = None
    element_id: str | None = None
    due_by: date | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A task in a list, with the names that a reader needs."""

    task: Task
    instance: ProcessInstance
    definition: ProcessDefinition
    organisation: Organisation
    assignee_name: str | None


@dataclass(slots=True)
class TaskInHand:
    """What working on a task needs of its row; `save` keeps both alike."""

    id: UUID
    instance_id: UUID
    organisation_id: UUID
    element_id: str
    name: str
    status: str
    role: str | None
    assignee_id: UUID | None
    claimed_at: datetime | None
    completed_at: datetime | None
    completed_by: UUID | None


_KEPT_ALIKE = frozenset(each.name for each in fields(TaskInHand))
_TABLE = table(Task)
_IN_HAND = tuple(_TABLE.c[each.name] for each in fields(TaskInHand))
_BY_ID = sa.select(*_IN_HAND).where(_TABLE.c.id == sa.bindparam("task_id"))
_BY_IDS = sa.select(*_IN_HAND).where(_TABLE.c.id.in_(sa.bindparam("task_ids", expanding=True)))
# PostgreSQL locks in the order named here, the instance first like everybody else; who had to
# wait reads both rows as they are then.
_INSTANCE = table(ProcessInstance)
_LOCK = (
    process_instances.WHOLE.add_columns(*_IN_HAND)
    .join(_TABLE, _TABLE.c.instance_id == _INSTANCE.c.id)
    .where(_TABLE.c.id == sa.bindparam("task_id"))
    .with_for_update(of=[_INSTANCE, _TABLE])
)
_INSERT = sa.insert(_TABLE)
_UPDATE = sa.update(_TABLE).where(_TABLE.c.id == sa.bindparam("task_id"))


def find(task_id: UUID) -> TaskInHand | None:
    """Return a task as it is now, if there is one."""
    row = run(_BY_ID, {"task_id": task_id}).one_or_none()
    return None if row is None else TaskInHand(*row)


def list_by_id(task_ids: Collection[UUID]) -> Sequence[TaskInHand]:
    """Return the tasks of these ids, as they are now."""
    return [TaskInHand(*row) for row in run(_BY_IDS, {"task_ids": list(task_ids)})]


def lock(task_id: UUID) -> tuple[Locked, TaskInHand]:
    """Return a task and its instance, held against other writers until the transaction ends."""
    row = run(_LOCK, {"task_id": task_id}).one_or_none()
    if row is None:
        raise NotFound(f"Expected task {task_id}, but there is none")
    whole = len(row) - len(_IN_HAND)
    return process_instances.locked(row[:whole]), TaskInHand(*row[whole:])


def add_all(rows: Sequence[dict[str, Any]]) -> None:
    """Write opened tasks down."""
    if rows:
        run(_INSERT, rows)


def save(task: TaskInHand, values: dict[str, Any]) -> None:
    """Write a change of a task down."""
    run(_UPDATE, {"task_id": task.id, **values})
    for name in _KEPT_ALIKE.intersection(values):
        setattr(task, name, values[name])


def cancel(task_ids: Collection[UUID], now: datetime) -> None:
    """Write down that the process no longer needs these tasks."""
    session().execute(
        sa.update(Task)
        .where(Task.id.in_(task_ids))
        .values(status=TaskStatus.CANCELLED, completed_at=now, draft=None)
        .execution_options(synchronize_session=False)
    )


def set_due_on(instance_id: UUID, element_id: str, due_on: date | None) -> None:
    """Make what is open at an element due on another day."""
    session().execute(
        sa.update(Task)
        .where(
            Task.instance_id == instance_id,
            Task.element_id == element_id,
            Task.status == TaskStatus.OPEN,
        )
        .values(due_on=due_on)
        .execution_options(synchronize_session=False)
    )


def list_completers(instance_id: UUID, elements: Collection[str]) -> Sequence[UUID]:
    """Return who completed these elements in an instance, the last one first."""
    query = (
        sa.select(Task.completed_by)
        .where(
            Task.instance_id == instance_id,
            Task.element_id.in_(elements),
            Task.completed_by.is_not(None),
        )
        .order_by(Task.completed_at.desc(), Task.id.desc())
    )
    return [person for person in session().scalars(query) if person is not None]


def exclude(rows: Sequence[tuple[UUID, UUID]]) -> None:
    """Write down which tasks are not offered to whom: (task, person)."""
    known = set(
        session().execute(
            sa.select(TaskExclusion.task_id, TaskExclusion.person_id).where(
                TaskExclusion.task_id.in_({task for task, _ in rows})
            )
        )
    )
    fresh = [
        {"task_id": task, "person_id": person}
        for task, person in dict.fromkeys(rows)
        if (task, person) not in known
    ]
    if fresh:
        session().execute(sa.insert(TaskExclusion), fresh)


def free(task_ids: Collection[UUID], person_id: UUID) -> None:
    """Give a person's open tasks back to their roles, without the draft; a task needs one."""
    session().execute(
        sa.update(Task)
        .where(Task.id.in_(task_ids), Task.assignee_id == person_id, Task.role.is_not(None))
        .values(assignee_id=None, claimed_at=None, draft=None)
        .execution_options(synchronize_session=False)
    )


def is_excluded(task_id: UUID, person_id: UUID) -> bool:
    """Tell whether a task must not be worked on by a person."""
    return session().get(TaskExclusion, (task_id, person_id)) is not None


def list_open_at(instance_id: UUID, elements: Collection[str]) -> Sequence[UUID]:
    """Return the open tasks at these elements of an instance."""
    query = sa.select(Task.id).where(
        Task.instance_id == instance_id,
        Task.element_id.in_(elements),
        Task.status == TaskStatus.OPEN,
    )
    return session().scalars(query).all()


def list_open_elements(instance_id: UUID) -> Sequence[str]:
    """Return where an instance waits for persons."""
    query = (
        sa.select(Task.element_id)
        .where(Task.instance_id == instance_id, Task.status == TaskStatus.OPEN)
        .order_by(Task.id)
    )
    return session().scalars(query).all()


def offered_to(
    person_id: UUID, posts: Collection[tuple[UUID, str]], status: str | None
) -> sa.ColumnElement[bool]:
    """Return the condition that a task of a status is a person's to do: theirs, or free for them.

    A query for each way leads SQLite to the index for that way; of an OR it would read all tasks.
    """
    task = aliased(Task)
    is_excluded = sa.exists().where(
        TaskExclusion.task_id == task.id, TaskExclusion.person_id == person_id
    )
    ways = [
        task.assignee_id == person_id,
        *(
            sa.and_(
                task.assignee_id.is_(None),
                task.organisation_id == organisation,
                task.role == role,
                ~is_excluded,
            )
            for organisation, role in posts
        ),
    ]
    has_status = () if status is None else (task.status == _written_out(status),)
    found = sa.union_all(*(sa.select(task.id).where(way, *has_status) for way in ways))
    return Task.id.in_(found)


def visible_to(person_id: UUID, organisation_ids: Collection[UUID]) -> sa.ColumnElement[bool]:
    """Return the condition that a person may see a task: in their organisation, or their own."""
    return sa.or_(
        Task.organisation_id.in_(organisation_ids),
        Task.assignee_id == person_id,
        Task.completed_by == person_id,
    )


def list_(
    visible: sa.ColumnElement[bool], narrowed: Filter, limit: int, offset: int
) -> tuple[Sequence[Listed], int]:
    """Return visible tasks, the most urgent first, and how many there are."""
    query = _listing().where(visible, *_conditions(narrowed))
    total = (
        session().scalar(
            sa.select(sa.func.count())
            .select_from(Task)
            .join(ProcessInstance, ProcessInstance.id == Task.instance_id)
            .join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.process_definition_id)
            .where(visible, *_conditions(narrowed))
        )
        or 0
    )
    ordered = query.order_by(Task.due_on.is_(None), Task.due_on, Task.id)
    rows = session().execute(ordered.limit(limit).offset(offset))
    return [Listed(*row) for row in rows], total


def find_listed(visible: sa.ColumnElement[bool], task_id: UUID) -> Listed | None:
    """Return a visible task with the names that a reader needs."""
    query = _listing().where(visible, Task.id == task_id)
    row = session().execute(query, execution_options={"populate_existing": True}).one_or_none()
    return None if row is None else Listed(*row)


def _listing() -> sa.Select[Task, ProcessInstance, ProcessDefinition, Organisation, str]:
    return (
        sa.select(Task, ProcessInstance, ProcessDefinition, Organisation, Person.name)
        .join(ProcessInstance, ProcessInstance.id == Task.instance_id)
        .join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.process_definition_id)
        .join(Organisation, Organisation.id == Task.organisation_id)
        .outerjoin(Person, Person.id == Task.assignee_id)
    )


def _written_out(status: str) -> Any:
    # The indexes of open tasks serve only where it reads "open"; a parameter might be anything.
    return sa.literal_column("'open'") if status == TaskStatus.OPEN else status


def _conditions(narrowed: Filter) -> list[sa.ColumnElement[bool]]:
    equal: dict[Any, Any] = {
        Task.status: narrowed.status and _written_out(narrowed.status),
        Task.instance_id: narrowed.instance_id,
        Task.organisation_id: narrowed.organisation_id,
        Task.role: narrowed.role,
        Task.assignee_id: narrowed.assignee_id,
        ProcessDefinition.key: narrowed.process_key,
        Task.element_id: narrowed.element_id,
    }
    conditions = [column == value for column, value in equal.items() if value is not None]
    if narrowed.due_by is not None:
        conditions.append(Task.due_on <= narrowed.due_by)
    if narrowed.text is not None:
        searched = (Task.name, ProcessDefinition.title, ProcessInstance.business_key)
        contains = (column.icontains(narrowed.text, autoescape=True) for column in searched)
        conditions.append(sa.or_(*contains))
    return conditions
