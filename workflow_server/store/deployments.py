"""Deployments: sealed bundles of content, kept whole."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from workflow_server.errors import NotFound
from workflow_server.store.db import Model, session, table
from workflow_server.store.ready import Ready
from workflow_server.store.types import UtcDateTime, UuidColumn

_LOCK = 0x6465706C


class Deployment(Model):
    """One bundle; the same bytes are deployed once."""

    __tablename__ = "deployments"

    id: Mapped[UUID] = mapped_column(UuidColumn, primary_key=True)
    checksum: Mapped[str] = mapped_column(sa.Text, unique=True)
    #: Where it came from: "folder", "cli" or "proposal"; "api" in databases of 0.1.
    source: Mapped[str] = mapped_column(sa.Text)
    deployed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    deployed_by: Mapped[UUID | None] = mapped_column(
        UuidColumn, sa.ForeignKey("people.id"), default=None
    )
    files: Mapped[int] = mapped_column(sa.Integer)
    bundle: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True)


def lock() -> None:
    """Let only one transaction at a time deploy: versions are counted on from the last ones.

    On PostgreSQL two would not see each other; on SQLite there is one writer anyway.
    """
    if session().get_bind().dialect.name == "postgresql":
        session().execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))


def get(deployment_id: UUID) -> Deployment:
    """Return a deployment."""
    row = session().get(Deployment, deployment_id)
    if row is None:
        raise NotFound(f"Expected deployment {deployment_id}, but there is none")
    return row


def get_bundle(deployment_id: UUID) -> bytes:
    """Return the bundle of a deployment, as the zip that was sealed."""
    data = session().scalar(sa.select(Deployment.bundle).where(Deployment.id == deployment_id))
    if data is None:
        raise NotFound(f"Expected deployment {deployment_id}, but there is none")
    return data


def list_by_id(deployment_ids: Collection[UUID]) -> dict[UUID, Deployment]:
    """Return deployments by their ids."""
    query = sa.select(Deployment).where(Deployment.id.in_(deployment_ids))
    return {row.id: row for row in session().scalars(query)}


def list_checksums() -> dict[UUID, str]:
    """Return the checksums of all deployments, by their ids."""
    rows = session().execute(sa.select(Deployment.id, Deployment.checksum).order_by(Deployment.id))
    return {row[0]: row[1] for row in rows}


def find_by_checksum(checksum: str) -> Deployment | None:
    """Return the deployment of exactly these bytes, if there is one."""
    return session().scalar(sa.select(Deployment).where(Deployment.checksum == checksum))


_IDS = table(Deployment).c.id
_NEWEST_ID = Ready(sa.select(_IDS).order_by(_IDS.desc()).limit(1))


def find_newest_id() -> UUID | None:
    """Return the id of the deployment made last."""
    found = _NEWEST_ID.row()
    return None if found is None else found[0]


def find_newest() -> Deployment | None:
    """Return the deployment made last."""
    return session().scalar(sa.select(Deployment).order_by(Deployment.id.desc()).limit(1))


def list_(limit: int, offset: int) -> tuple[Sequence[Deployment], int]:
    """Return deployments, newest first, and how many there are."""
    rows = session().scalars(
        sa.select(Deployment).order_by(Deployment.id.desc()).limit(limit).offset(offset)
    )
    return rows.all(), count()


def count() -> int:
    """Return how many deployments there are."""
    return session().scalar(sa.select(sa.func.count()).select_from(Deployment)) or 0
