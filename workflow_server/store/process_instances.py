"""Process instances: one row each, with the engine's state and the variables in it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from workflow_server.errors import NotFound
from workflow_server.store.db import Model, session, table, total_of
from workflow_server.store.organisations import Host, Organisation
from workflow_server.store.process_definitions import ProcessDefinition, Reference
from workflow_server.store.ready import Ready
from workflow_server.store.sight import Sight
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


_RUNNING = sa.text("status = 'running'")
_CALLED = sa.text("parent_id IS NOT NULL")


class ProcessInstance(Model):
    """One run of a process, hosted by one organisation; `version` counts its writes."""

    __tablename__ = "process_instances"
    __table_args__ = (
        sa.Index("ix_process_instances_organisation_id_id", "organisation_id", "id"),
        sa.Index("ix_process_instances_department_id", "department_id"),
        sa.Index("ix_process_instances_started_by", "started_by"),
        # Only of what runs: a case that is over leaves nothing here.
        sa.Index(
            "ix_process_instances_running",
            "process_definition_id",
            sqlite_where=_RUNNING,
            postgresql_where=_RUNNING,
        ),
        sa.Index(
            "ix_process_instances_parent_id",
            "parent_id",
            sqlite_where=_CALLED,
            postgresql_where=_CALLED,
        ),
    )

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
    #: The department that the case belongs to, for those who see a department's cases.
    department_id: Mapped[UUID | None] = mapped_column(
        UuidColumn, sa.ForeignKey("departments.id"), default=None
    )
    #: 0 public, 1 internal, 2 work secret.
    secrecy: Mapped[int] = mapped_column(sa.SmallInteger, default=1)
    #: A minor is concerned.
    minor: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    #: Other flags that are set, by name; they hide classes of personal data.
    flags: Mapped[list[str]] = mapped_column(JsonColumn, default_factory=list)
    #: What the diagram says of secrecy, flags and team ("drawn"), and what a person has set
    #: ("by_hand"); together they make the columns above.
    standing: Mapped[dict[str, Any]] = mapped_column(JsonColumn, default_factory=dict)
    #: The case whose call activity started it, and the wait there that it ends.
    parent_id: Mapped[UUID | None] = mapped_column(UuidColumn, default=None)
    parent_visit_id: Mapped[UUID | None] = mapped_column(UuidColumn, default=None)
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
    started_by: UUID | None = None
    parent_id: UUID | None = None


def get(instance_id: UUID) -> ProcessInstance:
    """Return an instance as it is now, without its state and variables."""
    row = session().get(ProcessInstance, instance_id, populate_existing=True)
    if row is None:
        raise NotFound(f"Expected process instance {instance_id}, but there is none")
    return row


def find_seen(sight: Sight, instance_id: UUID) -> ProcessInstance | None:
    """Return an instance as it is now, if it is there and in sight."""
    query = sa.select(ProcessInstance).where(
        ProcessInstance.id == instance_id, sight.of_one(ProcessInstance.id)
    )
    return session().scalar(query, execution_options={"populate_existing": True})


def list_seen(sight: Sight, instance_ids: Collection[UUID]) -> frozenset[UUID]:
    """Return which of these instances are in sight."""
    if not instance_ids:
        return frozenset()
    query = sa.select(ProcessInstance.id).where(
        ProcessInstance.id.in_(instance_ids), sight.of(ProcessInstance.id)
    )
    return frozenset(session().scalars(query))


def get_variables(instance_id: UUID) -> dict[str, Any]:
    """Return an instance's variables."""
    variables: dict[str, Any] | None = session().scalar(
        sa.select(ProcessInstance.variables).where(ProcessInstance.id == instance_id)
    )
    if variables is None:
        raise NotFound(f"Expected process instance {instance_id}, but there is none")
    return variables


@dataclass(slots=True)
class InstanceInHand:
    """What moving an instance needs of its row; `save` keeps both alike."""

    id: UUID
    organisation_id: UUID
    business_key: str | None
    status: str
    version: int
    started_at: datetime
    started_by: UUID | None
    department_id: UUID | None
    secrecy: int
    minor: bool
    flags: list[str]
    standing: dict[str, Any]
    history_length: int
    history_hash: bytes
    state: bytes | None
    variables: dict[str, Any]
    parent_id: UUID | None = None
    parent_visit_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Locked:
    """An instance held against other writers, with what it runs and its host."""

    instance: InstanceInHand
    definition: Reference
    organisation: Host


_KEPT_ALIKE = frozenset(each.name for each in fields(InstanceInHand))
_TABLE = table(ProcessInstance)
_DEFINITION = table(ProcessDefinition)
_ORGANISATION = table(Organisation)
_IN_HAND = tuple(_TABLE.c[each.name] for each in fields(InstanceInHand))
_RUNS = tuple(_DEFINITION.c[each.name] for each in fields(Reference))
_HOST = tuple(_ORGANISATION.c[each.name] for each in fields(Host))

#: An instance with all that `locked` reads; more may stand before its columns.
WHOLE = (
    sa.select(*_IN_HAND, *_RUNS, *_HOST)
    .select_from(_TABLE)
    .join(_DEFINITION, _RUNS[0] == _TABLE.c.process_definition_id)
    .join(_ORGANISATION, _HOST[0] == _TABLE.c.organisation_id)
)
_OF_ONE = WHOLE.where(_TABLE.c.id == sa.bindparam("instance_id"))
_BY_ID, _LOCK_BY_ID = Ready(_OF_ONE), Ready(_OF_ONE.with_for_update(of=_TABLE))
_INSERT = Ready(sa.insert(_TABLE))
_UPDATE = Ready(sa.update(_TABLE).where(_TABLE.c.id == sa.bindparam("instance_id")))


def locked(row: Sequence[Any]) -> Locked:
    """Read a row of `WHOLE`."""
    runs, host = len(_IN_HAND), len(_IN_HAND) + len(_RUNS)
    return Locked(InstanceInHand(*row[:runs]), Reference(*row[runs:host]), Host(*row[host:]))


def lock(instance_id: UUID) -> Locked:
    """Return an instance whole, held against other writers until the transaction ends."""
    return _get(_LOCK_BY_ID, instance_id)


def get_whole(instance_id: UUID) -> Locked:
    """Return an instance like `lock` does, but only to be read."""
    return _get(_BY_ID, instance_id)


def _get(query: Ready, instance_id: UUID) -> Locked:
    row = query.row({"instance_id": instance_id})
    if row is None:
        raise NotFound(f"Expected process instance {instance_id}, but there is none")
    return locked(row)


def begin(
    definition_id: UUID,
    organisation_id: UUID,
    started_by: UUID | None,
    now: datetime,
    department_id: UUID | None = None,
    **more: Any,
) -> Locked:
    """Write a new instance down, so that what its first step makes can point to it.

    `more` are other columns: what one that is called has from its caller.
    """
    instance_id = new_id()
    row = {
        "id": instance_id,
        "process_definition_id": definition_id,
        "organisation_id": organisation_id,
        "started_at": now,
        "started_by": started_by,
        "department_id": department_id,
        "flags": [],
        "standing": {},
        "variables": {},
        **more,
    }
    _INSERT.write(row)
    return get_whole(instance_id)


def list_called(parent_id: UUID, visit_ids: Collection[UUID] | None = None) -> list[UUID]:
    """Return the instances that an instance has called, oldest first; those for some waits."""
    query = sa.select(ProcessInstance.id).where(ProcessInstance.parent_id == parent_id)
    if visit_ids is not None:
        query = query.where(ProcessInstance.parent_visit_id.in_(visit_ids))
    return list(session().scalars(query.order_by(ProcessInstance.id)))


def list_descendants(instance_id: UUID) -> list[UUID]:
    """Return all that an instance has called, and what these have called, oldest first."""
    called = sa.select(ProcessInstance.id).where(ProcessInstance.parent_id == instance_id)
    within = called.cte("called", recursive=True)
    within = within.union_all(
        sa.select(ProcessInstance.id).where(ProcessInstance.parent_id == within.c.id)
    )
    return list(session().scalars(sa.select(within.c.id).order_by(within.c.id)))


def list_family(
    sight: Sight, instance: ProcessInstance, limit: int
) -> list[tuple[ProcessInstance, ProcessDefinition]]:
    """Return the visible case that called one, if any, and those that it called, oldest first."""
    related = ProcessInstance.parent_id == instance.id
    if instance.parent_id is not None:
        related = sa.or_(related, ProcessInstance.id == instance.parent_id)
    query = (
        sa.select(ProcessInstance, ProcessDefinition)
        .join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.process_definition_id)
        .where(related, sight.of(ProcessInstance.id))
        .order_by(ProcessInstance.id)
    )
    return [(row[0], row[1]) for row in session().execute(query.limit(limit))]


def save(instance: InstanceInHand, values: dict[str, Any]) -> None:
    """Write an instance down after a move; its `version` counts one up."""
    values = {**values, "version": instance.version + 1}
    _UPDATE.write({"instance_id": instance.id, **values})
    for name in _KEPT_ALIKE.intersection(values):
        setattr(instance, name, values[name])


def list_(
    sight: Sight, narrowed: Filter, limit: int, offset: int
) -> tuple[Sequence[tuple[ProcessInstance, ProcessDefinition]], int]:
    """Return visible instances with their definitions, newest first, and how many there are."""
    query = (
        sa.select(ProcessInstance, ProcessDefinition)
        .join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.process_definition_id)
        .where(sight.of(ProcessInstance.id), *_conditions(narrowed))
    )
    # Not by the id alone: PostgreSQL would read the primary key backwards, through everybody's.
    newest = query.order_by(ProcessInstance.started_at.desc(), ProcessInstance.id.desc())
    rows = session().execute(newest.limit(limit).offset(offset))
    found = [(instance, definition) for instance, definition in rows]
    return found, total_of(len(found), limit, offset, counted(sight, narrowed))


def counted(sight: Sight, narrowed: Filter) -> sa.Select[int]:
    """Return the query for how many visible instances there are."""
    return (
        sa.select(sa.func.count())
        .select_from(ProcessInstance)
        .join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.process_definition_id)
        .where(sight.of(ProcessInstance.id), *_conditions(narrowed))
    )


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
    if narrowed.started_by is not None:
        conditions.append(ProcessInstance.started_by == narrowed.started_by)
    if narrowed.parent_id is not None:
        conditions.append(ProcessInstance.parent_id == narrowed.parent_id)
    return conditions
