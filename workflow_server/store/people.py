"""People, the positions they hold and the groups they belong to."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from workflow_server.errors import NotFound
from workflow_server.store import clock
from workflow_server.store.db import Model, run, session
from workflow_server.store.organisations import Department, Organisation
from workflow_server.store.ready import Ready
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


def find_person_by_subject(issuer: str, subject: str) -> Person | None:
    """Return who somebody of an OpenID provider is here, if they were here before."""
    known = (Person.oidc_issuer == issuer, Person.oidc_subject == subject)
    return session().scalar(sa.select(Person).where(*known))


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

# The model of notices asks for people itself: only its name is known here.
_NOTICES = sa.table(
    "notices", sa.column("person_id", UuidColumn()), sa.column("read_at", UtcDateTime())
)
_UNREAD = (
    sa.select(sa.func.count())
    .select_from(_NOTICES)
    .where(_NOTICES.c.person_id == Person.id, _NOTICES.c.read_at.is_(None))
    .correlate(Person)
    .scalar_subquery()
)

_BY_TOKEN = Ready(
    _PERSON_WITH_POSITIONS.add_columns(
        ApiToken.id, ApiToken.scopes, ApiToken.last_used_at, clock.SECONDS, _UNREAD
    )
    .join(ApiToken, ApiToken.person_id == Person.id)
    .where(ApiToken.digest == sa.bindparam("digest"))
    .where(ApiToken.revoked_at.is_(None))
    .where(
        ApiToken.expires_at.is_(None)
        | (ApiToken.expires_at > sa.bindparam("now", type_=UtcDateTime()))
    )
    .where(
        ~ApiToken.sign_in
        | (
            sa.func.coalesce(ApiToken.last_used_at, ApiToken.created_at)
            > sa.bindparam("used_since", type_=UtcDateTime())
        )
    )
)
_BY_ID = _PERSON_WITH_POSITIONS.where(Person.id == sa.bindparam("person_id", type_=UuidColumn()))


def list_actor_rows_by_token(
    digest: bytes, now: datetime, today: date, used_since: datetime
) -> Sequence[Any]:
    """Return a token's person, a row for each position; none when the token is not valid.

    `now` is real time; a sign-in that was not used since `used_since` is over. At the end of
    each stand the token's id, its scopes, when it was last used, the business clock's
    distance, and how many notices the person has not read: every request needs them.
    """
    values = {"digest": digest, "now": now, "today": today, "used_since": used_since}
    return _BY_TOKEN.rows(values)


def list_actor_rows(person_id: UUID, today: date) -> Sequence[Any]:
    """Return a person, a row for each position."""
    return run(_BY_ID, {"person_id": person_id, "today": today}).all()


def list_names_of(person_id: UUID) -> Sequence[Any]:
    """Return login, position_id, department and label (of the role), a row for each position."""
    query = (
        sa.select(
            Person.login,
            PositionRow.id.label("position_id"),
            Department.name.label("department"),
            Role.label.label("label"),
        )
        .select_from(Person)
        .outerjoin(PositionRow, PositionRow.person_id == Person.id)
        .outerjoin(Department, Department.id == PositionRow.department_id)
        .outerjoin(Role, Role.key == PositionRow.role)
        .where(Person.id == person_id)
    )
    return session().execute(query).all()


def list_people(
    today: date,
    organisation_ids: Collection[UUID] | None,
    role: str | None,
    limit: int,
    offset: int,
    *,
    text: str | None = None,
    person_id: UUID | None = None,
) -> tuple[Sequence[tuple[Person, PositionRow]], int]:
    """Return active people with the positions that they hold on a day, by name; how many.

    Only those in these organisations; None: in all. `text` stands in the name or the title.
    """
    wanted = [PositionRow.person_id == Person.id, Person.active, in_force(today)]
    if organisation_ids is not None:
        wanted.append(PositionRow.organisation_id.in_(sorted(organisation_ids)))
    if role is not None:
        wanted.append(PositionRow.role == role)
    if text is not None:
        found = (each.icontains(text, autoescape=True) for each in (Person.name, PositionRow.title))
        wanted.append(sa.or_(*found))
    if person_id is not None:
        wanted.append(Person.id == person_id)
    counting = sa.select(sa.func.count()).select_from(PositionRow, Person).where(*wanted)
    rows = session().execute(
        sa.select(Person, PositionRow)
        .where(*wanted)
        .order_by(Person.name, PositionRow.id)
        .limit(limit)
        .offset(offset)
    )
    return [(person, position) for person, position in rows], session().scalar(counting) or 0


def list_positions(person_id: UUID, today: date | None = None) -> Sequence[PositionRow]:
    """Return a person's positions: all, or those held on a day."""
    query = sa.select(PositionRow).where(PositionRow.person_id == person_id)
    if today is not None:
        query = query.where(in_force(today))
    return session().scalars(query.order_by(PositionRow.id)).all()


def get_position(position_id: UUID) -> PositionRow:
    """Return a position."""
    row = session().get(PositionRow, position_id)
    if row is None:
        raise NotFound(f"Expected position {position_id}, but there is none")
    return row


def list_accounts(
    text: str | None, limit: int, offset: int, *, administration: str | None = None
) -> tuple[Sequence[Person], int]:
    """Return everybody who can or could sign in, by login, and how many there are."""
    query = sa.select(Person)
    if text is not None:
        found = (each.icontains(text, autoescape=True) for each in (Person.login, Person.name))
        query = query.where(sa.or_(*found))
    if administration is not None:
        query = query.where(Person.administration == administration, Person.active)
    total = session().scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0
    rows = session().scalars(query.order_by(Person.login).limit(limit).offset(offset))
    return rows.all(), total


def list_everybody() -> Sequence[Person]:
    """Return everybody, by login."""
    return session().scalars(sa.select(Person).order_by(Person.login)).all()


def list_positions_in(organisation_id: UUID, today: date) -> Sequence[PositionRow]:
    """Return the positions of an organisation that are held on a day or will be."""
    query = sa.select(PositionRow).where(
        PositionRow.organisation_id == organisation_id,
        sa.or_(PositionRow.until.is_(None), PositionRow.until > today),
    )
    return session().scalars(query.order_by(PositionRow.id)).all()


def list_all_positions(today: date | None = None) -> Sequence[PositionRow]:
    """Return every position there ever was, or that is held on a day or will be."""
    query = sa.select(PositionRow)
    if today is not None:
        query = query.where(sa.or_(PositionRow.until.is_(None), PositionRow.until > today))
    return session().scalars(query.order_by(PositionRow.id)).all()


def get_group(group_id: UUID) -> Group:
    """Return a group."""
    row = session().get(Group, group_id)
    if row is None:
        raise NotFound(f"Expected group {group_id}, but there is none")
    return row


def find_group_by_key(key: str) -> Group | None:
    """Return the group with a key, if there is one."""
    return session().scalar(sa.select(Group).where(Group.key == key))


def list_groups() -> Sequence[Group]:
    """Return the groups, by key."""
    return session().scalars(sa.select(Group).order_by(Group.key)).all()


def list_members(group_id: UUID) -> Sequence[Person]:
    """Return who is in a group, by login."""
    query = (
        sa.select(Person)
        .join(GroupMember, GroupMember.person_id == Person.id)
        .where(GroupMember.group_id == group_id)
    )
    return session().scalars(query.order_by(Person.login)).all()


def set_members(group_id: UUID, person_ids: Collection[UUID]) -> None:
    """Put a group's members in the place of those before."""
    session().execute(sa.delete(GroupMember).where(GroupMember.group_id == group_id))
    rows = [{"group_id": group_id, "person_id": each} for each in dict.fromkeys(person_ids)]
    if rows:
        session().execute(sa.insert(GroupMember), rows)
