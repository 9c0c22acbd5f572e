"""Process instances: one row each, with the engine's state and the variables in it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, undefer
from sqlalchemy.orm.attributes import set_committed_value

from workflow_server.errors import NotFound
from workflow_server.store.db import Model, session
from workflow_server.store.organisations import Organisation
from workflow_server.store.process_definitions import ProcessDefinition
from workflow_server.store.types import JsonColumn, UtcDateTime, UuidColumn, new_id


class InstanceStatus(StrEnum):
    """Where an instance is in its life."""

    #: Something can still happen.
    RUNNING = "running"
    #: Held by an administrator; nobody can act on it.
    SUSPENDED = "suspended"
    #: Every token has reached an end.
    COMPLETED = "completed"
    #: Ended by an administrator before its time.
    CANCELLED = "cancelled"


class ProcessInstance(Model):
    """One run of a process, hosted by one organisation; `version` counts its writes."""

    __tablename__ = "process_instances"
    __table_args__ = (sa.Index("ix_process_instances_organisation_id_id", "organisation_id", "id"),)

    id: Mapped[UUID] = mapped_column(UuidColumn, primary_key=True)
    process_definition_id: Mapped[UUID] = mapped_column(
        UuidColumn, sa.ForeignKey("process_definitions.id")
    )
    organisation_id: Mapped[UUID] = mapped_column(UuidColumn, sa.ForeignKey("organisations.id"))
    business_key: Mapped[str | None] = mapped_column(sa.Text, default=None)
    status: Mapped[str] = mapped_column(sa.Text, default=InstanceStatus.RUNNING)
    version: Mapped[int] = mapped_column(sa.Integer, default=1)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_by: Mapped[UUID | None] = mapped_column(
        UuidColumn, sa.ForeignKey("people.id"), default=None
    )
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    outcome: Mapped[str | None] = mapped_column(sa.Text, default=None)
    outcome_label: Mapped[str | None] = mapped_column(sa.Text, default=None)
    #: Head of its history's hash chain.
    history_length: Mapped[int] = mapped_column(sa.Integer, default=0)
    history_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32), default=b"")
    #: What the engine must know to go on; nothing once ended.
    state: Mapped[bytes | None] = mapped_column(sa.LargeBinary, default=None, deferred=True)
    variables: Mapped[dict[str, Any]] = mapped_column(
        JsonColumn, default_factory=dict, deferred=True
    )


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list of instances is narrowed to; None narrows nothing."""

    status: str | None = None
    process_key: str | None = None
    organisation_id: UUID | None = None
    business_key: str | None = None


def get(instance_id: UUID) -> ProcessInstance:
    """Return an instance as it is now, without its state and variables."""
    row = session().get(ProcessInstance, instance_id, populate_existing=True)
    if row is None:
        raise NotFound(f"Expected process instance {instance_id}, but there is none")
    return row


def get_variables(instance_id: UUID) -> dict[str, Any]:
    """Return an instance's variables."""
    variables: dict[str, Any] | None = session().scalar(
        sa.select(ProcessInstance.variables).where(ProcessInstance.id == instance_id)
    )
    if variables is None:
        raise NotFound(f"Expected process instance {instance_id}, but there is none")
    return variables


@dataclass(frozen=True, slots=True)
class Locked:
    """An instance held against other writers, with what it was made from and its host."""

    instance: ProcessInstance
    definition: ProcessDefinition
    organisation: Organisation


_WHOLE = (
    sa.select(ProcessInstance, ProcessDefinition, Organisation)
    .join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.process_definition_id)
    .join(Organisation, Organisation.id == ProcessInstance.organisation_id)
    .options(undefer(ProcessInstance.state), undefer(ProcessInstance.variables))
    .execution_options(populate_existing=True)
)
_WHOLE_BY_ID = _WHOLE.where(ProcessInstance.id == sa.bindparam("id", type_=UuidColumn()))
_LOCK = _WHOLE.with_for_update(of=ProcessInstance)
_LOCK_BY_ID = _LOCK.where(ProcessInstance.id == sa.bindparam("id", type_=UuidColumn()))


def lock(instance_id: UUID) -> Locked:
    """Return an instance whole, held against other writers until the transaction ends."""
    row = session().execute(_LOCK_BY_ID, {"id": instance_id}).one_or_none()
    if row is None:
        raise NotFound(f"Expected process instance {instance_id}, but there is none")
    return Locked(*row)


def get_whole(instance_id: UUID) -> Locked:
    """Return an instance like `lock` does, but only to be read."""
    row = session().execute(_WHOLE_BY_ID, {"id": instance_id}).one_or_none()
    if row is None:
        raise NotFound(f"Expected process instance {instance_id}, but there is none")
    return Locked(*row)


def find_locked_where(query: sa.ScalarSelect[UUID], parameters: dict[str, Any]) -> Locked | None:
    """Return the instance whose id a query gives, held like `lock` does."""
    row = session().execute(_LOCK.where(ProcessInstance.id == query), parameters).one_or_none()
    return None if row is None else Locked(*row)


def begin(
    definition: ProcessDefinition,
    organisation: Organisation,
    started_by: UUID | None,
    now: datetime,
) -> Locked:
    """Write a new instance down, so that what its first step makes can point to it."""
    instance = ProcessInstance(
        id=new_id(),
        process_definition_id=definition.id,
        organisation_id=organisation.id,
        started_at=now,
        started_by=started_by,
    )
    session().add(instance)
    session().flush()
    return Locked(instance, definition, organisation)


def save(instance: ProcessInstance, values: dict[str, Any]) -> None:
    """Write an instance down after a move; its `version` counts one up."""
    session().execute(
        sa.update(ProcessInstance)
        .where(ProcessInstance.id == instance.id)
        .values(version=instance.version + 1, **values)
        .execution_options(synchronize_session=False)
    )
    for name, value in values.items():
        set_committed_value(instance, name, value)
    set_committed_value(instance, "version", instance.version + 1)


def list_(
    visible: sa.ColumnElement[bool], narrowed: Filter, limit: int, offset: int
) -> tuple[Sequence[tuple[ProcessInstance, ProcessDefinition]], int]:
    """Return visible instances with their definitions, newest first, and how many there are."""
    query = (
        sa.select(ProcessInstance, ProcessDefinition)
        .join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.process_definition_id)
        .where(visible, *_conditions(narrowed))
    )
    total = session().scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0
    rows = session().execute(query.order_by(ProcessInstance.id.desc()).limit(limit).offset(offset))
    return [(instance, definition) for instance, definition in rows], total


def _conditions(narrowed: Filter) -> list[sa.ColumnElement[bool]]:
    conditions = []
    if narrowed.status is not None:
        conditions.append(ProcessInstance.status == narrowed.status)
    if narrowed.process_key is not None:
        conditions.append(ProcessDefinition.key == narrowed.process_key)
    if narrowed.organisation_id is not None:
        conditions.append(ProcessInstance.organisation_id == narrowed.organisation_id)
    if narrowed.business_key is not None:
        conditions.append(ProcessInstance.business_key == narrowed.business_key)
    return conditions


def visible_to(person_id: UUID, organisation_ids: Collection[UUID]) -> sa.ColumnElement[bool]:
    """Return the condition that a person may see an instance: hosted by theirs, or theirs to do."""
    task = sa.table(
        "tasks",
        sa.column("instance_id", UuidColumn()),
        sa.column("assignee_id", UuidColumn()),
    )
    has_task = (
        sa.exists()
        .where(task.c.instance_id == ProcessInstance.id, task.c.assignee_id == person_id)
        .correlate(ProcessInstance)
    )
    return sa.or_(ProcessInstance.organisation_id.in_(organisation_ids), has_task)


def is_visible(visible: sa.ColumnElement[bool], instance_id: UUID) -> bool:
    """Tell whether an instance fulfils a condition of visibility."""
    query = sa.select(ProcessInstance.id).where(ProcessInstance.id == instance_id, visible)
    return session().scalar(query) is not None
