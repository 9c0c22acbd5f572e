"""What binds people to single cases: teams, recusals and emergency access."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from workflow_server.store.db import Model, session
from workflow_server.store.types import UtcDateTime, UuidColumn


class TeamMember(Model):
    """Somebody whom the diagram counts among those who work on a case."""

    __tablename__ = "team_members"
    __table_args__ = ({"sqlite_with_rowid": False},)

    person_id: Mapped[UUID] = mapped_column(
        UuidColumn, sa.ForeignKey("people.id"), primary_key=True
    )
    instance_id: Mapped[UUID] = mapped_column(
        UuidColumn, sa.ForeignKey("process_instances.id"), primary_key=True, index=True
    )
    role: Mapped[str] = mapped_column(sa.Text, primary_key=True)


class Recusal(Model):
    """Somebody who must have nothing to do with a case; lifted, it stays on record."""

    __tablename__ = "recusals"
    __table_args__ = (
        sa.Index("ix_recusals_person_id_instance_id", "person_id", "instance_id"),
        sa.Index("ix_recusals_instance_id", "instance_id"),
    )

    id: Mapped[UUID] = mapped_column(UuidColumn, primary_key=True)
    person_id: Mapped[UUID] = mapped_column(UuidColumn, sa.ForeignKey("people.id"))
    instance_id: Mapped[UUID] = mapped_column(UuidColumn, sa.ForeignKey("process_instances.id"))
    reason: Mapped[str] = mapped_column(sa.Text)
    ordered_by: Mapped[UUID] = mapped_column(UuidColumn)
    ordered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lifted_by: Mapped[UUID | None] = mapped_column(UuidColumn, default=None)
    lifted_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    lifted_reason: Mapped[str | None] = mapped_column(sa.Text, default=None)


class EmergencyAccess(Model):
    """Access that somebody took against the rules, with a reason, for a day (break-glass)."""

    __tablename__ = "emergency_accesses"
    __table_args__ = (
        sa.Index("ix_emergency_accesses_person_id_instance_id", "person_id", "instance_id"),
    )

    id: Mapped[UUID] = mapped_column(UuidColumn, primary_key=True)
    person_id: Mapped[UUID] = mapped_column(UuidColumn, sa.ForeignKey("people.id"))
    instance_id: Mapped[UUID] = mapped_column(UuidColumn, sa.ForeignKey("process_instances.id"))
    reason: Mapped[str] = mapped_column(sa.Text)
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: When an auditor has looked at it.
    reviewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    reviewed_by: Mapped[UUID | None] = mapped_column(UuidColumn, default=None)


def list_recused(instance_id: UUID) -> Sequence[UUID]:
    """Return the people who are recused from a case."""
    query = sa.select(Recusal.person_id).where(
        Recusal.instance_id == instance_id, Recusal.lifted_at.is_(None)
    )
    return session().scalars(query).all()
