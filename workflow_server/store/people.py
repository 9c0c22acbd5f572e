"""People, the positions they hold and the groups they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from workflow_server.errors import NotFound
from workflow_server.store import clock
from workflow_server.store.db import Model, run, session
from workflow_server.store.organisations import Organisation
from workflow_server.store.roles import Role
from workflow_server.store.tokens import ApiToken
from workflow_server.store.types import UtcDateTime, UuidColumn

#: How secret a case somebody may see when nothing else was granted: 1 is "internal".
INTERNAL = 1


class Person(Model):
    """Somebody who can sign in."""

    __tablename__ = "people"
    __table_args__ = (sa.UniqueConstraint("oidc_issuer", "oidc_subject"),)

    id: Mapped[UUID] = mapped_column(UuidColumn, primary_key=True)
    login: Mapped[str] = mapped_column(sa.Text, unique=True)
    name: Mapped[str] = mapped_column(sa.Text)
    password_hash: Mapped[str | None] = mapped_column(sa.Text, default=None)
    #: Which of the three separated administrations: "system", "security", "audit"; else None.
    administration: Mapped[str | None] = mapped_column(sa.Text, default=None)
    active: Mapped[bool] = mapped_column(sa.Boolean, default=True)
    #: The highest secrecy that they may see: 0 public, 1 internal, 2 work secret.
    clearance: Mapped[int] = mapped_column(sa.SmallInteger, default=INTERNAL)
    #: May see cases of minors.
    minors_certified: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    password_set_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    must_change_password: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    #: The shared secret of the second factor (base32), in force once it was confirmed.
    totp_secret: Mapped[str | None] = mapped_column(sa.Text, default=None)
    totp_confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    #: The last time step that a code was used for: no code works twice.
    totp_last_step: Mapped[int | None] = mapped_column(sa.BigInteger, default=None)
    #: Who they are at the OpenID provider.
    oidc_issuer: Mapped[str | None] = mapped_column(sa.Text, default=None)
    oidc_subject: Mapped[str | None] = mapped_column(sa.Text, default=None)


class PositionRow(Model):
    """A post: who is what in which organisation and department, from when until when."""

    __tablename__ = "positions"
    __table_args__ = (
        sa.Index("ix_positions_person_id", "person_id"),
        sa.Index("ix_positions_organisation_id_role", "organisation_id", "role"),
    )

    id: Mapped[UUID] = mapped_column(UuidColumn, primary_key=True)
    person_id: Mapped[UUID] = mapped_column(UuidColumn, sa.ForeignKey("people.id"))
    organisation_id: Mapped[UUID] = mapped_column(UuidColumn, sa.ForeignKey("organisations.id"))
    role: Mapped[str] = mapped_column(sa.Text)
    title: Mapped[str | None] = mapped_column(sa.Text, default=None)
    department_id: Mapped[UUID | None] = mapped_column(
        UuidColumn, sa.ForeignKey("departments.id"), default=None
    )
    #: Heads the department; without one, the organisation.
    is_head: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    #: Whom they stand in for; what they do in this post is done on that person's behalf.
    acting_for_id: Mapped[UUID | None] = mapped_column(
        UuidColumn, sa.ForeignKey("people.id"), default=None
    )
    since: Mapped[date | None] = mapped_column(sa.Date, default=None)
    #: The first day on which they hold it no more.
    until: Mapped[date | None] = mapped_column(sa.Date, default=None)


class Group(Model):
    """A named set of people, within an organisation or across them."""

    __tablename__ = "groups"

    id: Mapped[UUID] = mapped_column(UuidColumn, primary_key=True)
    key: Mapped[str] = mapped_column(sa.Text, unique=True)
    name: Mapped[str] = mapped_column(sa.Text)
    organisation_id: Mapped[UUID | None] = mapped_column(
        UuidColumn, sa.ForeignKey("organisations.id"), default=None
    )


class GroupMember(Model):
    """Somebody in a group."""

    __tablename__ = "group_members"
    __table_args__ = ({"sqlite_with_rowid": False},)

    group_id: Mapped[UUID] = mapped_column(UuidColumn, sa.ForeignKey("groups.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(
        UuidColumn, sa.ForeignKey("people.id"), primary_key=True, index=True
    )


def get_person(person_id: UUID) -> Person:
    """Return a person."""
    row = session().get(Person, person_id)
    if row is None:
        raise NotFound(f"Expected person {person_id}, but there is none")
    return row


def find_person_by_login(login: str) -> Person | None:
    """Return the person who signs in with a login, if there is one."""
    return session().scalar(sa.select(Person).where(Person.login == login))


def in_force(today: Any) -> sa.ColumnElement[bool]:
    """Return the condition that a position is held on a day."""
    return sa.and_(
        sa.or_(PositionRow.since.is_(None), PositionRow.since <= today),
        sa.or_(PositionRow.until.is_(None), PositionRow.until > today),
    )


_TODAY = sa.bindparam("today", type_=sa.Date())

_PERSON_WITH_POSITIONS = (
    sa.select(
        Person.id,
        Person.name,
        Person.administration,
        Person.clearance,
        Person.minors_certified,
        PositionRow.id,
        PositionRow.organisation_id,
        Organisation.name,
        PositionRow.role,
        Role.sees,
        Role.rights,
        PositionRow.title,
        PositionRow.department_id,
        PositionRow.is_head,
        PositionRow.acting_for_id,
        Organisation.path,
        Organisation.party,
        Organisation.predecessors,
    )
    .select_from(Person)
    .outerjoin(PositionRow, sa.and_(PositionRow.person_id == Person.id, in_force(_TODAY)))
    .outerjoin(Organisation, Organisation.id == PositionRow.organisation_id)
    .outerjoin(Role, Role.key == PositionRow.role)
    .where(Person.active)
    .order_by(PositionRow.id)
)

_BY_TOKEN = (
    _PERSON_WITH_POSITIONS.add_columns(
        ApiToken.id, ApiToken.scopes, ApiToken.last_used_at, clock.SECONDS
    )
    .join(ApiToken, ApiToken.person_id == Person.id)
    .where(ApiToken.digest == sa.bindparam("digest"))
    .where(ApiToken.revoked_at.is_(None))
    .where(
        ApiToken.expires_at.is_(None)
        | (ApiToken.expires_at > sa.bindparam("now", type_=UtcDateTime()))
    )
)
_BY_ID = _PERSON_WITH_POSITIONS.where(Person.id == sa.bindparam("person_id", type_=UuidColumn()))


def list_actor_rows_by_token(digest: bytes, now: datetime, today: date) -> Sequence[Any]:
    """Return a token's person, a row for each position; none when the token is not valid.

    `now` is real time. At the end of each stand the token's id, its scopes, when it was last
    used, and the business clock's distance: every request needs them.
    """
    return run(_BY_TOKEN, {"digest": digest, "now": now, "today": today}).all()


def list_actor_rows(person_id: UUID, today: date) -> Sequence[Any]:
    """Return a person, a row for each position."""
    return run(_BY_ID, {"person_id": person_id, "today": today}).all()


def list_people(
    organisation_id: UUID | None = None, role: str | None = None
) -> Sequence[tuple[Person, PositionRow]]:
    """Return active people with their positions, by name."""
    query = (
        sa.select(Person, PositionRow)
        .join(PositionRow, PositionRow.person_id == Person.id)
        .where(Person.active)
        .order_by(Person.name, PositionRow.id)
    )
    if organisation_id is not None:
        query = query.where(PositionRow.organisation_id == organisation_id)
    if role is not None:
        query = query.where(PositionRow.role == role)
    return [(person, position) for person, position in session().execute(query).all()]


def list_positions(person_id: UUID) -> Sequence[PositionRow]:
    """Return a person's positions."""
    return (
        session()
        .scalars(
            sa.select(PositionRow)
            .where(PositionRow.person_id == person_id)
            .order_by(PositionRow.id)
        )
        .all()
    )
