"""Proposals to deploy: a bundle that others must approve before it is in force."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from workflow_server.store.db import Model
from workflow_server.store.types import UtcDateTime, UuidColumn


class Proposal(Model):
    """A bundle that a designer wants deployed."""

    __tablename__ = "proposals"

    id: Mapped[UUID] = mapped_column(UuidColumn, primary_key=True)
    checksum: Mapped[str] = mapped_column(sa.Text)
    bundle: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True)
    note: Mapped[str] = mapped_column(sa.Text)
    #: "open", "deployed", "rejected" or "withdrawn".
    status: Mapped[str] = mapped_column(sa.Text, default="open")
    proposed_by: Mapped[UUID] = mapped_column(UuidColumn, sa.ForeignKey("people.id"))
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    deployment_id: Mapped[UUID | None] = mapped_column(
        UuidColumn, sa.ForeignKey("deployments.id"), default=None
    )


class ProposalDecision(Model):
    """What one person decided on a proposal."""

    __tablename__ = "proposal_decisions"
    __table_args__ = ({"sqlite_with_rowid": False},)

    proposal_id: Mapped[UUID] = mapped_column(
        UuidColumn, sa.ForeignKey("proposals.id"), primary_key=True
    )
    person_id: Mapped[UUID] = mapped_column(
        UuidColumn, sa.ForeignKey("people.id"), primary_key=True
    )
    approved: Mapped[bool] = mapped_column(sa.Boolean)
    note: Mapped[str | None] = mapped_column(sa.Text, default=None)
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
