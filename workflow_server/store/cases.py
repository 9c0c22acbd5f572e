"""Cases as lists show them: instances with their host, what is open in them, and what they made."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from workflow_server.store import records
from workflow_server.store.db import session, total_of
from workflow_server.store.deadlines import Deadline, DeadlineAlert, DeadlineStatus
from workflow_server.store.history import HistoryRow
from workflow_server.store.organisations import Organisation
from workflow_server.store.people import Person
from workflow_server.store.process_definitions import ProcessDefinition
from workflow_server.store.process_instances import ProcessInstance
from workflow_server.store.records import Record
from workflow_server.store.sight import Sight
from workflow_server.store.subscriptions import Subscription
from workflow_server.store.tasks import Task, TaskStatus

#: What a list of cases may be sorted by, each with the way that reads best first.
SORTS = ("newest", "oldest", "number", "due")


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list of cases is narrowed to; None narrows nothing."""

    status: str | None = None
    process_key: str | None = None
    organisation_id: UUID | None = None
    #: Looked for in the case number, and in the numbers and titles of the case's records.
    text: str | None = None
    started_by: UUID | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A case with the names that a reader needs."""

    instance: ProcessInstance
    definition: ProcessDefinition
    organisation: str
    starter: str | None


@dataclass(frozen=True, slots=True)
class Open:
    """A task that waits in a case, and who holds it."""

    instance_id: UUID
    id: UUID
    name: str
    role: str | None
    assignee: str | None


@dataclass(frozen=True, slots=True)
class Shown:
    """What is told of a record beside its case."""

    instance_id: UUID
    kind: str
    number: str | None
    title: str
    state: str


def list_(
    sight: Sight, narrowed: Filter, sort: str, limit: int, offset: int
) -> tuple[list[Row], int]:
    """Return visible cases with names, and how many there are."""
    query = _listing().where(sight.of(ProcessInstance.id), *_conditions(narrowed))
    counted = (
        sa.select(sa.func.count())
        .select_from(ProcessInstance)
        .join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.process_definition_id)
        .where(sight.of(ProcessInstance.id), *_conditions(narrowed))
    )
    rows = session().execute(query.order_by(*_order(sort)).limit(limit).offset(offset))
    found = [Row(*row) for row in rows]
    return found, total_of(len(found), limit, offset, counted)


def find_seen(sight: Sight, instance_id: UUID) -> Row | None:
    """Return a case with names as it is now, if it is there and in sight."""
    query = _listing().where(ProcessInstance.id == instance_id, sight.of_one(ProcessInstance.id))
    row = session().execute(query, execution_options={"populate_existing": True}).one_or_none()
    return None if row is None else Row(*row)


def list_numbered(number: str, limit: int) -> list[tuple[UUID, UUID]]:
    """Return cases that bear a number, or a record of theirs does; whoever sees them.

    Each with its host, the newest first.
    """
    of_records = sa.select(Record.instance_id).where(Record.number == number)
    query = (
        sa.select(ProcessInstance.id, ProcessInstance.organisation_id)
        .where(sa.or_(ProcessInstance.business_key == number, ProcessInstance.id.in_(of_records)))
        .order_by(ProcessInstance.started_at.desc(), ProcessInstance.id.desc())
        .limit(limit)
    )
    return [(row[0], row[1]) for row in session().execute(query)]


def list_open(instance_ids: Collection[UUID]) -> Sequence[Open]:
    """Return the open tasks of some cases, in the order in which they were opened."""
    query = (
        sa.select(Task.instance_id, Task.id, Task.name, Task.role, Person.name)
        .outerjoin(Person, Person.id == Task.assignee_id)
        .where(Task.instance_id.in_(instance_ids), Task.status == TaskStatus.OPEN)
        .order_by(Task.instance_id, Task.id)
    )
    return [Open(*row) for row in session().execute(query)]


def list_waiting(instance_ids: Collection[UUID]) -> Sequence[tuple[UUID, str]]:
    """Return at which elements some cases wait for messages."""
    query = (
        sa.select(Subscription.instance_id, Subscription.element_id)
        .where(Subscription.instance_id.in_(instance_ids))
        .order_by(Subscription.opened_at, Subscription.id)
    )
    return [(row[0], row[1]) for row in session().execute(query)]


def list_running(instance_ids: Collection[UUID]) -> Sequence[Deadline]:
    """Return the clocks that run in some cases, the next to end first."""
    query = (
        sa.select(Deadline)
        .where(Deadline.instance_id.in_(instance_ids), Deadline.status == DeadlineStatus.RUNNING)
        .order_by(Deadline.due_at, Deadline.id)
    )
    return session().scalars(query).all()


def list_records(instance_ids: Collection[UUID]) -> Sequence[Shown]:
    """Return what is told of the records of some cases, oldest first."""
    query = (
        sa.select(Record.instance_id, Record.kind, Record.number, Record.title, Record.state)
        .where(Record.instance_id.in_(instance_ids))
        .order_by(Record.opened_at, Record.id)
    )
    # None of them is of no case: they are asked for by their cases.
    rows: Any = session().execute(query)
    return [Shown(*row) for row in rows]


def list_family_records(sight: Sight, instance_ids: Collection[UUID]) -> dict[UUID, Shown]:
    """Return the oldest visible record among all that called, or were called with, each case."""
    calls = sa.select(ProcessInstance.id.label("of"), ProcessInstance.id.label("id"))
    up = calls.where(ProcessInstance.id.in_(instance_ids)).cte("callers", recursive=True)
    lower, upper = aliased(ProcessInstance), aliased(ProcessInstance)
    up = up.union(
        sa.select(up.c.of, lower.parent_id).where(lower.id == up.c.id, lower.parent_id.is_not(None))
    )
    top = sa.select(up.c.of, up.c.id).join(upper, upper.id == up.c.id)
    down = top.where(upper.parent_id.is_(None)).cte("family", recursive=True)
    called = aliased(ProcessInstance)
    down = down.union(sa.select(down.c.of, called.id).where(called.parent_id == down.c.id))
    query = (
        sa.select(down.c.of, Record.kind, Record.number, Record.title, Record.state)
        .join(Record, Record.instance_id == down.c.id)
        .where(sight.of(down.c.id))
        .order_by(Record.opened_at, Record.id)
    )
    found: dict[UUID, Shown] = {}
    for row in session().execute(query):
        found.setdefault(row[0], Shown(*row))
    return found


def list_tasks(instance_id: UUID, limit: int) -> list[tuple[Task, str | None, str | None]]:
    """Return tasks of a case, oldest first, with the names of who holds and who did each.

    Of more than `limit` those that are open come before others, and then the newest.
    """
    holder, doer = aliased(Person), aliased(Person)
    query = (
        sa.select(Task, holder.name, doer.name)
        .outerjoin(holder, holder.id == Task.assignee_id)
        .outerjoin(doer, doer.id == Task.completed_by)
        .where(Task.instance_id == instance_id)
        .order_by(Task.status != TaskStatus.OPEN, Task.id.desc())
        .limit(limit)
    )
    found = [(row[0], row[1], row[2]) for row in session().execute(query)]
    return sorted(found, key=lambda each: each[0].id)


def list_numbers(instance_ids: Collection[UUID]) -> Mapping[UUID, tuple[str | None, str]]:
    """Return the numbers of cases and the titles of what they run, by id."""
    query = (
        sa.select(ProcessInstance.id, ProcessInstance.business_key, ProcessDefinition.title)
        .join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.process_definition_id)
        .where(ProcessInstance.id.in_(instance_ids))
    )
    return {row[0]: (row[1], row[2]) for row in session().execute(query)}


def _listing() -> sa.Select[ProcessInstance, ProcessDefinition, str, str]:
    return (
        sa.select(ProcessInstance, ProcessDefinition, Organisation.name, Person.name)
        .join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.process_definition_id)
        .join(Organisation, Organisation.id == ProcessInstance.organisation_id)
        .outerjoin(Person, Person.id == ProcessInstance.started_by)
    )


def _conditions(narrowed: Filter) -> list[sa.ColumnElement[bool]]:
    equal: dict[Any, Any] = {
        ProcessInstance.status: narrowed.status,
        ProcessDefinition.key: narrowed.process_key,
        ProcessInstance.organisation_id: narrowed.organisation_id,
        ProcessInstance.started_by: narrowed.started_by,
    }
    conditions = [column == value for column, value in equal.items() if value is not None]
    if narrowed.text:
        text = narrowed.text
        in_number = ProcessInstance.business_key.icontains(text, autoescape=True)
        conditions.append(sa.or_(in_number, records.told(ProcessInstance.id, text)))
    return conditions


def _order(sort: str) -> tuple[sa.ColumnElement[Any], ...]:
    started, newest = ProcessInstance.started_at, ProcessInstance.id.desc()
    if sort == "oldest":
        return (started.asc(), ProcessInstance.id.asc())
    if sort == "number":
        number = ProcessInstance.business_key
        return (number.is_(None), number.asc(), newest)
    if sort == "due":
        due = (
            sa.select(sa.func.min(Deadline.due_at))
            .where(
                Deadline.instance_id == ProcessInstance.id,
                Deadline.status == DeadlineStatus.RUNNING,
            )
            .correlate(ProcessInstance)
            .scalar_subquery()
        )
        return (due.is_(None), due.asc(), newest)
    return (started.desc(), newest)


def list_acts(
    instance_id: UUID,
    acts: Collection[str],
    but: Collection[str],
    newest: bool,
    limit: int,
    offset: int,
) -> tuple[Sequence[HistoryRow], int]:
    """Return acts of a case of some kinds (none: of all but some), and how many there are."""
    kinds = HistoryRow.act.in_(sorted(acts)) if acts else HistoryRow.act.not_in(sorted(but))
    wanted = [HistoryRow.chain_id == instance_id, kinds]
    order = HistoryRow.seq.desc() if newest else HistoryRow.seq.asc()
    rows = (
        session()
        .scalars(sa.select(HistoryRow).where(*wanted).order_by(order).limit(limit).offset(offset))
        .all()
    )
    counted = sa.select(sa.func.count()).select_from(HistoryRow).where(*wanted)
    return rows, total_of(len(rows), limit, offset, counted)


def list_alerts(deadline_ids: Collection[UUID]) -> Sequence[DeadlineAlert]:
    """Return the warnings that some clocks gave, oldest first."""
    query = (
        sa.select(DeadlineAlert)
        .where(DeadlineAlert.deadline_id.in_(deadline_ids))
        .order_by(DeadlineAlert.given_at, DeadlineAlert.id)
    )
    return session().scalars(query).all()
