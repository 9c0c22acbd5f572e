"""What goes over to others when a post or an organisation ends: tasks, cases and what hangs on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from workflow_server.store.access import Recusal
from workflow_server.store.attachments import Attachment
from workflow_server.store.db import Model, session
from workflow_server.store.deadlines import Deadline, DeadlineAlert, DeadlineStatus
from workflow_server.store.documents import Document, DocumentStatus
from workflow_server.store.offers import TaskCandidate, TaskExclusion
from workflow_server.store.people import Person
from workflow_server.store.process_instances import InstanceStatus, ProcessInstance
from workflow_server.store.records import Record
from workflow_server.store.sight import any_of
from workflow_server.store.subscriptions import ReceivedMessage, Subscription
from workflow_server.store.tasks import Task, TaskStatus

#: Written out, so that the indexes of open tasks serve.
_IS_OPEN = Task.status == sa.literal_column("'open'")
_RUNNING = (InstanceStatus.RUNNING, InstanceStatus.SUSPENDED)


def list_held(person_id: UUID) -> Sequence[Task]:
    """Return the open tasks that are a person's by name: theirs, or offered to them."""
    offered = sa.select(TaskCandidate.task_id).where(TaskCandidate.person_id == person_id)
    ways = (sa.and_(Task.assignee_id == person_id, _IS_OPEN), Task.id.in_(offered))
    query = sa.select(Task).where(_IS_OPEN, any_of(Task.id, *ways))
    fresh = query.order_by(Task.instance_id, Task.id).execution_options(populate_existing=True)
    return session().scalars(fresh).all()


def list_candidates(task_id: UUID) -> Sequence[UUID]:
    """Return whom an open task is offered to by name."""
    query = sa.select(TaskCandidate.person_id).where(TaskCandidate.task_id == task_id)
    return session().scalars(query).all()


def list_open(instance_id: UUID) -> Sequence[tuple[Task, int | None, bool | None, bool]]:
    """Return the open tasks of a case, each with what keeps whose it is from the case.

    That is their clearance, whether they are certified for minors, and whether recused.
    """
    is_recused = sa.exists().where(
        Recusal.person_id == Task.assignee_id,
        Recusal.instance_id == Task.instance_id,
        Recusal.lifted_at.is_(None),
    )
    query = (
        sa.select(Task, Person.clearance, Person.minors_certified, is_recused)
        .outerjoin(Person, Person.id == Task.assignee_id)
        .where(Task.instance_id == instance_id, _IS_OPEN)
        .order_by(Task.id)
        .execution_options(populate_existing=True)
    )
    return [(row[0], row[1], row[2], row[3]) for row in session().execute(query)]


def list_excluded(task_id: UUID) -> frozenset[UUID]:
    """Return whom a rule keeps from a task."""
    query = sa.select(TaskExclusion.person_id).where(TaskExclusion.task_id == task_id)
    return frozenset(session().scalars(query))


def list_by_id(task_ids: Collection[UUID]) -> Sequence[Task]:
    """Return tasks as they are now."""
    query = sa.select(Task).where(Task.id.in_(task_ids)).order_by(Task.id)
    return session().scalars(query, execution_options={"populate_existing": True}).all()


def give_back(task_id: UUID, person_id: UUID, *, keep_draft: bool) -> bool:
    """Make a task nobody's who it was, and tell whether it was; the draft may stay for the next."""
    values: dict[str, Any] = {"assignee_id": None, "claimed_at": None}
    if not keep_draft:
        values |= {"draft": None, "draft_by": None}
    session().execute(
        sa.delete(TaskCandidate)
        .where(TaskCandidate.task_id == task_id, TaskCandidate.person_id == person_id)
        .execution_options(synchronize_session=False)
    )
    # It may have been done while its case was waited for.
    found = session().execute(
        sa.update(Task)
        .where(Task.id == task_id, Task.assignee_id == person_id, _IS_OPEN)
        .values(**values)
        .returning(Task.id)
        .execution_options(synchronize_session=False)
    )
    return found.first() is not None


def list_running(organisation_id: UUID) -> Sequence[tuple[UUID, UUID | None]]:
    """Return (instance, department) of what an organisation hosts that has not ended."""
    query = sa.select(ProcessInstance.id, ProcessInstance.department_id).where(
        ProcessInstance.organisation_id == organisation_id, ProcessInstance.status.in_(_RUNNING)
    )
    return [(row[0], row[1]) for row in session().execute(query.order_by(ProcessInstance.id))]


def move_case(instance_id: UUID, organisation_id: UUID) -> None:
    """Let another organisation host a case, with what is not finished of it."""
    _move(ProcessInstance, ProcessInstance.id == instance_id, organisation_id)
    _move(Task, _both(Task, instance_id, Task.status == TaskStatus.OPEN), organisation_id)
    _move(Record, Record.instance_id == instance_id, organisation_id)
    running = Deadline.status.in_((DeadlineStatus.RUNNING, DeadlineStatus.PAUSED))
    clocks = sa.select(Deadline.id).where(Deadline.instance_id == instance_id, running)
    _move(DeadlineAlert, DeadlineAlert.deadline_id.in_(clocks), organisation_id)
    _move(Deadline, _both(Deadline, instance_id, running), organisation_id)
    draft = Document.status == DocumentStatus.DRAFT
    _move(Document, _both(Document, instance_id, draft), organisation_id)
    _move(Attachment, Attachment.instance_id == instance_id, organisation_id)
    _move(Subscription, Subscription.instance_id == instance_id, organisation_id)


def move_mail(organisation_id: UUID, successor_id: UUID) -> None:
    """Let letters that nobody waits for yet, and those that began a case, be a successor's."""
    _move(ReceivedMessage, ReceivedMessage.organisation_id == organisation_id, successor_id)


def _both(model: Any, instance_id: UUID, also: Any) -> Any:
    return sa.and_(model.instance_id == instance_id, also)


def _move(model: type[Model], where: Any, organisation_id: UUID) -> None:
    session().execute(
        sa.update(model)
        .where(where)
        .values(organisation_id=organisation_id)
        .execution_options(synchronize_session=False)
    )
