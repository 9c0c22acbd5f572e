"""Tasks: what waits for a person, and what persons have done."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from workflow_server.errors import NotFound
from workflow_server.store import process_instances, records
from workflow_server.store.access import Recusal
from workflow_server.store.db import Model, run, session, table, total_of
from workflow_server.store.inbox import Offered
from workflow_server.store.offers import TaskCandidate, TaskExclusion
from workflow_server.store.organisations import Organisation
from workflow_server.store.people import Person
from workflow_server.store.process_definitions import ProcessDefinition
from workflow_server.store.process_instances import Locked, ProcessInstance
from workflow_server.store.ready import Ready
from workflow_server.store.sight import Sight
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
        sa.Index("ix_tasks_assignee_id", "assignee_id"),
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
    #: Who wrote them: what is classed in them is for nobody else.
    draft_by: Mapped[UUID | None] = mapped_column(UuidColumn, default=None)


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
    #: Who did it; who does a task is its assignee from then on.
    completed_by: UUID | None = None


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


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody stands to a task beside their posts, and what keeps people from its case."""

    secrecy: int
    minor: bool
    #: Recused from the case.
    recused: bool
    #: Offered the task by name.
    named: bool


_KEPT_ALIKE = frozenset(each.name for each in fields(TaskInHand))
_TABLE = table(Task)
_IN_HAND = tuple(_TABLE.c[each.name] for each in fields(TaskInHand))
_BY_IDS = sa.select(*_IN_HAND).where(_TABLE.c.id.in_(sa.bindparam("task_ids", expanding=True)))
# PostgreSQL locks in the order named here, the instance first like everybody else; who had to
# wait reads both rows as they are then.
_INSTANCE = table(ProcessInstance)
_RECUSED, _CANDIDATES = table(Recusal), table(TaskCandidate)
_EXCLUDED = table(TaskExclusion)
_PERSON = sa.bindparam("person_id", type_=UuidColumn())
_STANDING = (
    _INSTANCE.c.secrecy,
    _INSTANCE.c.minor,
    sa.exists().where(
        _RECUSED.c.person_id == _PERSON,
        _RECUSED.c.instance_id == _INSTANCE.c.id,
        _RECUSED.c.lifted_at.is_(None),
    ),
    sa.exists().where(_CANDIDATES.c.person_id == _PERSON, _CANDIDATES.c.task_id == _TABLE.c.id),
)
_BY_ID = (
    sa.select(*_IN_HAND, *_STANDING)
    .select_from(_TABLE)
    .join(_INSTANCE, _TABLE.c.instance_id == _INSTANCE.c.id)
    .where(_TABLE.c.id == sa.bindparam("task_id"))
)
_LOCK = Ready(
    process_instances.WHOLE.add_columns(*_IN_HAND, *_STANDING)
    .join(_TABLE, _TABLE.c.instance_id == _INSTANCE.c.id)
    .where(_TABLE.c.id == sa.bindparam("task_id"))
    .with_for_update(of=[_INSTANCE, _TABLE])
)
_INSERT = Ready(sa.insert(_TABLE))
_DONE = (
    sa.select(_TABLE.c.element_id, _TABLE.c.completed_by)
    .where(_TABLE.c.instance_id == sa.bindparam("instance_id"), _TABLE.c.completed_by.is_not(None))
    .order_by(_TABLE.c.completed_at.desc(), _TABLE.c.id.desc())
)
_CHANGE = sa.update(_TABLE).where(_TABLE.c.id == sa.bindparam("task_id"))
_UPDATE = Ready(_CHANGE)
# Who had to wait for the lock read who is recused, and named, as it was before; this reads anew.
_DOER = sa.bindparam("doer_id", type_=UuidColumn())
_CHANGE_BY = _CHANGE.where(
    ~sa.exists().where(
        _RECUSED.c.person_id == _DOER,
        _RECUSED.c.instance_id == _TABLE.c.instance_id,
        _RECUSED.c.lifted_at.is_(None),
    ),
    ~sa.exists().where(_EXCLUDED.c.person_id == _DOER, _EXCLUDED.c.task_id == _TABLE.c.id),
)
_UPDATE_BY = Ready(_CHANGE_BY)
_UPDATE_BY_NAMED = Ready(
    _CHANGE_BY.where(
        sa.exists().where(_CANDIDATES.c.person_id == _DOER, _CANDIDATES.c.task_id == _TABLE.c.id)
    )
)


def find(task_id: UUID, person_id: UUID) -> tuple[TaskInHand, Standing] | None:
    """Return a task as it is now, if there is one, and how a person stands to it."""
    row = run(_BY_ID, {"task_id": task_id, "person_id": person_id}).one_or_none()
    if row is None:
        return None
    return TaskInHand(*row[: len(_IN_HAND)]), Standing(*row[len(_IN_HAND) :])


def list_by_id(task_ids: Collection[UUID]) -> Sequence[TaskInHand]:
    """Return the tasks of these ids, as they are now."""
    return [TaskInHand(*row) for row in run(_BY_IDS, {"task_ids": list(task_ids)})]


def lock(task_id: UUID, person_id: UUID) -> tuple[Locked, TaskInHand, Standing]:
    """Return a task and its instance, held against other writers until the transaction ends.

    With them comes how a person stands to both: what keeps them away costs no statement.
    """
    row = _LOCK.row({"task_id": task_id, "person_id": person_id})
    if row is None:
        raise NotFound(f"Expected task {task_id}, but there is none")
    standing = len(row) - len(_STANDING)
    whole = standing - len(_IN_HAND)
    task = TaskInHand(*row[whole:standing])
    return process_instances.locked(row[:whole]), task, Standing(*row[standing:])


def add_all(rows: Sequence[dict[str, Any]]) -> None:
    """Write opened tasks down."""
    _INSERT.write_all(rows)


def save(task: TaskInHand, values: dict[str, Any]) -> None:
    """Write a change of a task down."""
    _UPDATE.write({"task_id": task.id, **values})
    for name in _KEPT_ALIKE.intersection(values):
        setattr(task, name, values[name])


def save_by(task: TaskInHand, doer_id: UUID, values: dict[str, Any], *, named: bool) -> bool:
    """Write down what somebody does with a task; False if they may not any more.

    They are not recused nor kept from it by a rule, and if only by name they may do it, still
    named.
    """
    update = _UPDATE_BY_NAMED if named else _UPDATE_BY
    if update.write({"task_id": task.id, "doer_id": doer_id, **values}) == 0:
        return False
    for name in _KEPT_ALIKE.intersection(values):
        setattr(task, name, values[name])
    return True


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


def list_done(instance_id: UUID) -> Sequence[tuple[str, UUID]]:
    """Return which elements people have completed in an instance, and who, the last one first."""
    return [(row[0], row[1]) for row in run(_DONE, {"instance_id": instance_id})]


def list_open_at(instance_id: UUID, elements: Collection[str]) -> Sequence[tuple[UUID, str]]:
    """Return the open tasks at these elements of an instance, each with its element."""
    query = sa.select(Task.id, Task.element_id).where(
        Task.instance_id == instance_id,
        Task.element_id.in_(elements),
        Task.status == TaskStatus.OPEN,
    )
    return [(row[0], row[1]) for row in session().execute(query)]


def list_open_elements(instance_id: UUID) -> Sequence[str]:
    """Return where an instance waits for persons."""
    query = (
        sa.select(Task.element_id)
        .where(Task.instance_id == instance_id, Task.status == TaskStatus.OPEN)
        .order_by(Task.id)
    )
    return session().scalars(query).all()


def offered_to(
    sight: Sight, posts: Collection[tuple[UUID, str]], status: str | None
) -> sa.ColumnElement[bool]:
    """Return the condition that a task of a status is a person's to do: theirs, or free for them.

    Where the case is read too (`list_` does), what is kept from them is left out.
    """
    wanted = None if status is None else _written_out(status)
    offered = Offered(Task.id, wanted, sight.person_id, posts)
    return sa.and_(offered, sight.not_denied(ProcessInstance))


def in_sight(sight: Sight, *, one: bool = False) -> sa.ColumnElement[bool]:
    """Return the condition that a task is of a case in sight; `one` for a query of one task."""
    return sight.of_one(Task.instance_id) if one else sight.of(Task.instance_id)


def list_(
    visible: sa.ColumnElement[bool], narrowed: Filter, limit: int, offset: int
) -> tuple[Sequence[Listed], int]:
    """Return visible tasks, the most urgent first, and how many there are.

    What somebody has done comes with what was done last first.
    """
    urgent = (Task.due_on.is_(None), Task.due_on, Task.id)
    newest = (Task.completed_at.desc(), Task.id.desc())
    query = _listing().where(visible, *_conditions(narrowed))
    ordered = query.order_by(*(urgent if narrowed.completed_by is None else newest))
    rows = session().execute(ordered.limit(limit).offset(offset))
    found = [Listed(*row) for row in rows]
    return found, total_of(len(found), limit, offset, counted(visible, narrowed))


def counted(visible: sa.ColumnElement[bool], narrowed: Filter) -> sa.Select[int]:
    """Return the query for how many visible tasks there are."""
    return (
        sa.select(sa.func.count())
        .select_from(Task)
        .join(ProcessInstance, ProcessInstance.id == Task.instance_id)
        .join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.process_definition_id)
        .where(visible, *_conditions(narrowed))
    )


def get_draft(task_id: UUID) -> dict[str, Any] | None:
    """Return the draft of a task as it is now."""
    return session().scalar(sa.select(Task.draft).where(Task.id == task_id))


def find_listed(visible: sa.ColumnElement[bool] | None, task_id: UUID) -> Listed | None:
    """Return a task with the names that a reader needs, if it is visible (None: to whom it may)."""
    query = _listing().where(Task.id == task_id)
    if visible is not None:
        query = query.where(visible)
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
    return sa.literal_column("'open'") if status == TaskStatus.OPEN else sa.literal(status)


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
    if narrowed.completed_by is not None:
        # The index leads there by the assignee.
        conditions.append(Task.assignee_id == narrowed.completed_by)
        conditions.append(Task.completed_by == narrowed.completed_by)
    if narrowed.due_by is not None:
        conditions.append(Task.due_on <= narrowed.due_by)
    if narrowed.text is not None:
        searched = (Task.name, ProcessDefinition.title, ProcessInstance.business_key)
        contains = (column.icontains(narrowed.text, autoescape=True) for column in searched)
        conditions.append(sa.or_(*contains, records.told(Task.instance_id, narrowed.text)))
    return conditions
