"""Process definitions: a process of a deployment, under its key and version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, aliased, mapped_column

from workflow_server.errors import NotFound
from workflow_server.store.db import Model, session
from workflow_server.store.types import UuidColumn


class ProcessDefinition(Model):
    """A process as it was deployed; instances keep theirs.

    A deployment that changes neither the diagram nor anything that it uses keeps the
    version number: `fingerprint` is the checksum of all that.
    """

    __tablename__ = "process_definitions"
    __table_args__ = (
        sa.UniqueConstraint("deployment_id", "key"),
        sa.Index("ix_process_definitions_key_id", "key", "id"),
    )

    id: Mapped[UUID] = mapped_column(UuidColumn, primary_key=True)
    deployment_id: Mapped[UUID] = mapped_column(UuidColumn, sa.ForeignKey("deployments.id"))
    key: Mapped[str] = mapped_column(sa.Text)
    version: Mapped[int] = mapped_column(sa.Integer)
    title: Mapped[str] = mapped_column(sa.Text)
    party: Mapped[str | None] = mapped_column(sa.Text, default=None)
    #: File of the bundle where it is drawn.
    path: Mapped[str] = mapped_column(sa.Text)
    fingerprint: Mapped[bytes] = mapped_column(sa.LargeBinary(32))
    compiled: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True)


@dataclass(frozen=True, slots=True)
class Reference:
    """Which definition an instance runs."""

    id: UUID
    deployment_id: UUID
    key: str


def get(definition_id: UUID) -> ProcessDefinition:
    """Return a process definition."""
    row = session().get(ProcessDefinition, definition_id)
    if row is None:
        raise NotFound(f"Expected process definition {definition_id}, but there is none")
    return row


def get_compiled(definition_id: UUID) -> bytes:
    """Return what the engine made of the definition when it was deployed."""
    data = session().scalar(
        sa.select(ProcessDefinition.compiled).where(ProcessDefinition.id == definition_id)
    )
    if data is None:
        raise NotFound(f"Expected process definition {definition_id}, but there is none")
    return data


def find_newest(key: str) -> ProcessDefinition | None:
    """Return the newest definition of a process, if it was ever deployed."""
    return session().scalar(
        sa.select(ProcessDefinition)
        .where(ProcessDefinition.key == key)
        .order_by(ProcessDefinition.id.desc())
        .limit(1)
    )


def find_of_deployment(deployment_id: UUID, key: str) -> ProcessDefinition | None:
    """Return a process as it came with a deployment, if it did."""
    return session().scalar(
        sa.select(ProcessDefinition).where(
            ProcessDefinition.deployment_id == deployment_id, ProcessDefinition.key == key
        )
    )


def list_newest() -> Sequence[ProcessDefinition]:
    """Return the newest definition of every process, by key; they change with each deployment."""
    newer = aliased(ProcessDefinition)
    is_superseded = (
        sa.select(newer.id)
        .where(newer.key == ProcessDefinition.key, newer.id > ProcessDefinition.id)
        .exists()
    )
    return (
        session()
        .scalars(sa.select(ProcessDefinition).where(~is_superseded).order_by(ProcessDefinition.key))
        .all()
    )


def list_versions(key: str) -> Sequence[ProcessDefinition]:
    """Return every definition of a process, newest first."""
    return (
        session()
        .scalars(
            sa.select(ProcessDefinition)
            .where(ProcessDefinition.key == key)
            .order_by(ProcessDefinition.id.desc())
        )
        .all()
    )


def list_all() -> Sequence[ProcessDefinition]:
    """Return every definition of every process, newest first."""
    query = sa.select(ProcessDefinition).order_by(ProcessDefinition.id.desc())
    return session().scalars(query).all()


def list_of_deployment(deployment_id: UUID) -> Sequence[ProcessDefinition]:
    """Return the definitions that came with a deployment, by key."""
    return (
        session()
        .scalars(
            sa.select(ProcessDefinition)
            .where(ProcessDefinition.deployment_id == deployment_id)
            .order_by(ProcessDefinition.key)
        )
        .all()
    )
