"""Cases that wrote letters, and the tasks of those that took some."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from workflow_server.store.db import session, total_of
from workflow_server.store.deliveries import Delivery
from workflow_server.store.documents import Document
from workflow_server.store.process_definitions import ProcessDefinition
from workflow_server.store.process_instances import InstanceStatus, ProcessInstance
from workflow_server.store.records import Record
from workflow_server.store.sight import Sight
from workflow_server.store.tasks import Task, TaskStatus, offered_to


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list of writing cases is narrowed to; None narrows nothing."""

    is_open: bool | None = None
    #: Looked for in the case number, in titles and numbers of records and numbers of papers.
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Mine:
    """A task that is somebody's to do."""

    id: UUID
    instance_id: UUID
    name: str
    due_on: date | None


def list_mine(
    sight: Sight, posts: Collection[tuple[UUID, str]], instance_ids: Collection[UUID]
) -> Sequence[Mine]:
    """Return the open tasks of some cases that are a person's to do, the most urgent first."""
    query = (
        sa.select(Task.id, Task.instance_id, Task.name, Task.due_on)
        .join(ProcessInstance, ProcessInstance.id == Task.instance_id)
        .where(Task.instance_id.in_(instance_ids), offered_to(sight, posts, TaskStatus.OPEN))
        .order_by(Task.due_on.is_(None), Task.due_on, Task.id)
    )
    return [Mine(*row) for row in session().execute(query)]


def list_cases(
    instance_ids: Collection[UUID], sight: Sight | None = None
) -> dict[UUID, tuple[ProcessInstance, ProcessDefinition]]:
    """Return cases (those in sight only, if given) with what they run, by id."""
    if not instance_ids:
        return {}
    query = (
        sa.select(ProcessInstance, ProcessDefinition)
        .join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.process_definition_id)
        .where(ProcessInstance.id.in_(instance_ids))
    )
    if sight is not None:
        query = query.where(sight.of(ProcessInstance.id))
    return {row[0].id: (row[0], row[1]) for row in session().execute(query)}


def list_writing(
    sight: Sight,
    organisation_ids: Collection[UUID],
    process_keys: Collection[str],
    narrowed: Filter,
    limit: int,
    offset: int,
) -> tuple[list[tuple[ProcessInstance, ProcessDefinition]], int]:
    """Return cases in sight of some processes that people of some offices started; how many."""
    wanted = [
        sight.of(ProcessInstance.id),
        ProcessInstance.organisation_id.in_(sorted(organisation_ids)),
        ProcessInstance.started_by.is_not(None),
        ProcessDefinition.key.in_(sorted(process_keys)),
        *_conditions(narrowed),
    ]
    runs = ProcessDefinition.id == ProcessInstance.process_definition_id
    counted = sa.select(sa.func.count()).select_from(ProcessInstance).join(ProcessDefinition, runs)
    query = (
        sa.select(ProcessInstance, ProcessDefinition)
        .join(ProcessDefinition, runs)
        .where(*wanted)
        .order_by(ProcessInstance.started_at.desc(), ProcessInstance.id.desc())
    )
    rows = session().execute(query.limit(limit).offset(offset))
    found = [(row[0], row[1]) for row in rows]
    return found, total_of(len(found), limit, offset, counted.where(*wanted))


def _conditions(narrowed: Filter) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if narrowed.is_open is not None:
        open_ones = (InstanceStatus.RUNNING, InstanceStatus.SUSPENDED)
        is_open = ProcessInstance.status.in_(open_ones)
        conditions.append(is_open if narrowed.is_open else ~is_open)
    if narrowed.text:
        text = narrowed.text
        told = sa.exists().where(
            Record.instance_id == ProcessInstance.id,
            sa.or_(
                Record.number.icontains(text, autoescape=True),
                Record.title.icontains(text, autoescape=True),
            ),
        )
        papers = sa.exists().where(
            Document.instance_id == ProcessInstance.id,
            Document.number.icontains(text, autoescape=True),
        )
        letters = sa.exists().where(
            Delivery.instance_id == ProcessInstance.id,
            Delivery.conversation.icontains(text, autoescape=True),
        )
        number = ProcessInstance.business_key.icontains(text, autoescape=True)
        conditions.append(sa.or_(number, told, papers, letters))
    return conditions
