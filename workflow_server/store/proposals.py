"""Proposals to deploy: a bundle that others must approve before it is in force."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, column_property, mapped_column

from workflow_server.errors import NotFound
from workflow_server.store.db import Model, session, total_of
from workflow_server.store.people import Person
from workflow_server.store.types import JsonColumn, UtcDateTime, UuidColumn


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
    proposed_by_name: Mapped[str] = column_property(
        sa.select(Person.name).where(Person.id == proposed_by).scalar_subquery()
    )
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    deployment_id: Mapped[UUID | None] = mapped_column(
        UuidColumn, sa.ForeignKey("deployments.id"), default=None
    )
    #: The newest deployment when it was proposed.
    base_id: Mapped[UUID | None] = mapped_column(
        UuidColumn, sa.ForeignKey("deployments.id"), default=None
    )
    #: What it would have changed, as it was when it was closed; while open it is counted anew.
    changes: Mapped[dict[str, Any] | None] = mapped_column(JsonColumn, default=None)


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
    person_name: Mapped[str] = column_property(
        sa.select(Person.name).where(Person.id == person_id).scalar_subquery()
    )
    approved: Mapped[bool] = mapped_column(sa.Boolean)
    note: Mapped[str | None] = mapped_column(sa.Text, default=None)
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: In which role it was decided.
    role: Mapped[str] = mapped_column(sa.Text)
    #: The newest deployment then; an approval is void once there is a newer one.
    base_id: Mapped[UUID | None] = mapped_column(
        UuidColumn, sa.ForeignKey("deployments.id"), default=None
    )


def get(proposal_id: UUID) -> Proposal:
    """Return a proposal."""
    row = session().get(Proposal, proposal_id)
    if row is None:
        raise NotFound(f"Expected proposal {proposal_id}, but there is none")
    return row


def lock(proposal_id: UUID) -> Proposal:
    """Return a proposal as it is now; nobody else decides on it until the transaction ends."""
    row = session().get(Proposal, proposal_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound(f"Expected proposal {proposal_id}, but there is none")
    return row


def get_bundle(proposal_id: UUID) -> bytes:
    """Return the bundle of a proposal, as the zip that was sealed."""
    data = session().scalar(sa.select(Proposal.bundle).where(Proposal.id == proposal_id))
    if data is None:
        raise NotFound(f"Expected proposal {proposal_id}, but there is none")
    return data


def list_checksums() -> dict[UUID, str]:
    """Return the checksums of all proposals, by their ids."""
    rows = session().execute(sa.select(Proposal.id, Proposal.checksum).order_by(Proposal.id))
    return {row[0]: row[1] for row in rows}


def find_open(checksum: str) -> Proposal | None:
    """Return the open proposal of exactly these bytes, if there is one."""
    return session().scalar(
        sa.select(Proposal).where(Proposal.checksum == checksum, Proposal.status == "open").limit(1)
    )


def find_by_deployment(deployment_id: UUID) -> Proposal | None:
    """Return the proposal that a deployment came from, if it came from one."""
    return session().scalar(
        sa.select(Proposal)
        .where(Proposal.deployment_id == deployment_id)
        .order_by(Proposal.id)
        .limit(1)
    )


def list_by_deployment(deployment_ids: Collection[UUID]) -> dict[UUID, Proposal]:
    """Return the proposals that these deployments came from, by the deployments' ids."""
    query = sa.select(Proposal).where(Proposal.deployment_id.in_(deployment_ids))
    rows = session().scalars(query.order_by(Proposal.id.desc()))
    return {row.deployment_id: row for row in rows if row.deployment_id is not None}


def list_approvals(proposal_ids: Collection[UUID]) -> dict[UUID, list[str]]:
    """Return the names of who approved these proposals, in the order in which they did."""
    found: dict[UUID, list[str]] = defaultdict(list)
    query = sa.select(ProposalDecision.proposal_id, ProposalDecision.person_name).where(
        ProposalDecision.proposal_id.in_(proposal_ids), ProposalDecision.approved
    )
    ordered = query.order_by(ProposalDecision.decided_at, ProposalDecision.person_id)
    for row in session().execute(ordered) if proposal_ids else ():
        found[row[0]].append(row[1])
    return found


def list_ids_by_deployment(deployment_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Return which proposals these deployments came from, by the deployments' ids."""
    query = sa.select(Proposal.deployment_id, Proposal.id)
    rows = session().execute(query.where(Proposal.deployment_id.in_(deployment_ids)))
    return {row[0]: row[1] for row in rows if row[0] is not None}


def count_open(person_id: UUID) -> int:
    """Return how many proposals of a person are open."""
    query = sa.select(sa.func.count()).where(
        Proposal.proposed_by == person_id, Proposal.status == "open"
    )
    return session().scalar(query) or 0


def list_(
    proposed_by: UUID | None, status: str | None, limit: int, offset: int
) -> tuple[Sequence[Proposal], int]:
    """Return proposals (those of one person only, if named), newest first, and how many."""
    query = sa.select(Proposal)
    if proposed_by is not None:
        query = query.where(Proposal.proposed_by == proposed_by)
    if status is not None:
        query = query.where(Proposal.status == status)
    rows = session().scalars(query.order_by(Proposal.id.desc()).limit(limit).offset(offset))
    found = rows.all()
    counted = sa.select(sa.func.count()).select_from(query.subquery())
    return found, total_of(len(found), limit, offset, counted)


def list_decisions(proposal_id: UUID) -> Sequence[ProposalDecision]:
    """Return what was decided on a proposal, oldest first."""
    return (
        session()
        .scalars(
            sa.select(ProposalDecision)
            .where(ProposalDecision.proposal_id == proposal_id)
            .order_by(ProposalDecision.decided_at, ProposalDecision.person_id)
            .execution_options(populate_existing=True)
        )
        .all()
    )
