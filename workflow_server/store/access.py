"""What binds people to single cases: teams, recusals and emergency access."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from workflow_server.errors import NotFound
from workflow_server.store.db import Model, session
from workflow_server.store.people import Person, PositionRow
from workflow_server.store.types import UtcDateTime, UuidColumn, new_id


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


def find_recusal(instance_id: UUID, person_id: UUID) -> Recusal | None:
    """Return the recusal of a person from a case that is in force, if there is one."""
    return session().scalar(
        sa.select(Recusal).where(
            Recusal.instance_id == instance_id,
            Recusal.person_id == person_id,
            Recusal.lifted_at.is_(None),
        )
    )


def get_recusal(instance_id: UUID, recusal_id: UUID) -> Recusal:
    """Return a recusal from a case as it is now."""
    row = session().get(Recusal, recusal_id, populate_existing=True)
    if row is None or row.instance_id != instance_id:
        raise NotFound(f"Expected recusal {recusal_id}, but there is none")
    return row


def list_recusals(instance_id: UUID, limit: int, offset: int) -> tuple[Sequence[Recusal], int]:
    """Return the recusals from a case, lifted ones included, newest first; how many."""
    query = sa.select(Recusal).where(Recusal.instance_id == instance_id)
    total = session().scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0
    rows = session().scalars(query.order_by(Recusal.id.desc()).limit(limit).offset(offset))
    return rows.all(), total


def add(row: Recusal | EmergencyAccess) -> None:
    """Write a recusal or an emergency access down."""
    session().add(row)


def recuse_alike(instance_id: UUID, other_id: UUID) -> None:
    """Keep from another case who is recused from one; by the same decision."""
    copied = ("person_id", "reason", "ordered_by", "ordered_at")
    query = sa.select(*(getattr(Recusal, name) for name in copied)).where(
        Recusal.instance_id == instance_id, Recusal.lifted_at.is_(None)
    )
    for row in session().execute(query).all():
        add(Recusal(id=new_id(), instance_id=other_id, **row._mapping))
    session().flush()


def replace_team(instance_id: UUID, members: Sequence[tuple[UUID, str]]) -> None:
    """Let these belong to a case, each in a role, and nobody else."""
    session().execute(sa.delete(TeamMember).where(TeamMember.instance_id == instance_id))
    rows = [
        {"instance_id": instance_id, "person_id": person, "role": role}
        for person, role in dict.fromkeys(members)
    ]
    if rows:
        session().execute(sa.insert(TeamMember), rows)


def clear_team(instance_id: UUID) -> None:
    """Let nobody belong to a case."""
    session().execute(sa.delete(TeamMember).where(TeamMember.instance_id == instance_id))


def add_to_team(
    instance_id: UUID, organisation_id: UUID, members: Sequence[tuple[UUID, str]]
) -> list[tuple[UUID, str, UUID | None]]:
    """Let people belong to a case, but for who is recused or unknown, in one statement.

    Returns who does, in which role and in which department of the organisation they work.
    """
    recused = sa.exists().where(
        Recusal.person_id == Person.id,
        Recusal.instance_id == instance_id,
        Recusal.lifted_at.is_(None),
    )
    rows = [
        sa.select(Person.id, sa.literal(instance_id, UuidColumn()), sa.literal(role)).where(
            Person.id == person, ~recused
        )
        for person, role in dict.fromkeys(members)
    ]
    department = (
        sa.select(PositionRow.department_id)
        .where(
            PositionRow.person_id == sa.literal_column("team_members.person_id"),
            PositionRow.organisation_id == organisation_id,
            PositionRow.department_id.is_not(None),
        )
        .order_by(PositionRow.id)
        .limit(1)
    )
    names = ["person_id", "instance_id", "role"]
    added = sa.insert(TeamMember).from_select(names, sa.union_all(*rows))
    found = added.returning(TeamMember.person_id, TeamMember.role, department.scalar_subquery())
    return [(row[0], row[1], row[2]) for row in session().execute(found)]


def list_team(instance_id: UUID) -> Sequence[tuple[UUID, str]]:
    """Return who belongs to a case, in which role."""
    query = sa.select(TeamMember.person_id, TeamMember.role).where(
        TeamMember.instance_id == instance_id
    )
    return [(row.person_id, row.role) for row in session().execute(query)]


def get_emergency(emergency_id: UUID) -> EmergencyAccess:
    """Return an emergency access."""
    return _emergency(session().get(EmergencyAccess, emergency_id, populate_existing=True))


def lock_emergency(emergency_id: UUID) -> EmergencyAccess:
    """Return an emergency access as it is now; nobody else reviews it until the end."""
    return _emergency(
        session().get(EmergencyAccess, emergency_id, populate_existing=True, with_for_update=True)
    )


def _emergency(row: EmergencyAccess | None) -> EmergencyAccess:
    if row is None:
        raise NotFound("未找到该紧急查阅。 Expected an emergency access, but there is none.")
    return row


def list_emergencies(
    reviewed: bool | None, limit: int, offset: int
) -> tuple[Sequence[EmergencyAccess], int]:
    """Return emergency accesses, newest first, and how many there are."""
    query = sa.select(EmergencyAccess)
    if reviewed is not None:
        missing = EmergencyAccess.reviewed_at.is_(None)
        query = query.where(~missing if reviewed else missing)
    total = session().scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0
    rows = session().scalars(query.order_by(EmergencyAccess.id.desc()).limit(limit).offset(offset))
    return rows.all(), total


def list_recused(instance_id: UUID) -> Sequence[UUID]:
    """Return the people who are recused from a case."""
    query = sa.select(Recusal.person_id).where(
        Recusal.instance_id == instance_id, Recusal.lifted_at.is_(None)
    )
    return session().scalars(query).all()


def find_emergency(person_id: UUID, instance_id: UUID, real: datetime) -> EmergencyAccess | None:
    """Return somebody's emergency access to a case at a moment of real time, if there is one."""
    query = sa.select(EmergencyAccess).where(
        EmergencyAccess.person_id == person_id,
        EmergencyAccess.instance_id == instance_id,
        EmergencyAccess.taken_at <= real,
        EmergencyAccess.expires_at > real,
    )
    return session().scalar(query.order_by(EmergencyAccess.expires_at.desc()).limit(1))
