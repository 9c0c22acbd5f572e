"""Organisations, people, the positions they hold, and the tokens they sign in with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from workflow_server.errors import NotFound
from workflow_server.store import clock
from workflow_server.store.db import Model, run, session
from workflow_server.store.types import JsonColumn, UtcDateTime, UuidColumn


class Organisation(Model):
    """A body that hosts cases or exchanges letters; `key` is its stable name in content."""

    __tablename__ = "organisations"

    id: Mapped[UUID] = mapped_column(UuidColumn, primary_key=True)
    key: Mapped[str] = mapped_column(sa.Text, unique=True)
    name: Mapped[str] = mapped_column(sa.Text)
    short_name: Mapped[str] = mapped_column(sa.Text)
    code: Mapped[str] = mapped_column(sa.Text, default="")
    #: Its part in processes, as the roles of the content name it.
    party: Mapped[str] = mapped_column(sa.Text)
    region: Mapped[str | None] = mapped_column(sa.Text, default=None)
    fields: Mapped[dict[str, Any]] = mapped_column(JsonColumn, default_factory=dict)
    #: False: letters to it become paper.
    on_server: Mapped[bool] = mapped_column(sa.Boolean, default=True)


@dataclass(frozen=True, slots=True)
class Host:
    """What cases need to know of the organisation that hosts them."""

    id: UUID
    key: str
    name: str
    short_name: str
    code: str
    party: str
    region: str | None


class Person(Model):
    """Somebody who can sign in."""

    __tablename__ = "people"

    id: Mapped[UUID] = mapped_column(UuidColumn, primary_key=True)
    login: Mapped[str] = mapped_column(sa.Text, unique=True)
    name: Mapped[str] = mapped_column(sa.Text)
    password_hash: Mapped[str | None] = mapped_column(sa.Text, default=None)
    administrator: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    active: Mapped[bool] = mapped_column(sa.Boolean, default=True)


class PositionRow(Model):
    """A post: who is what in which organisation."""

    __tablename__ = "positions"
    __table_args__ = (
        sa.UniqueConstraint("person_id", "organisation_id", "role"),
        sa.Index("ix_positions_organisation_id_role", "organisation_id", "role"),
    )

    id: Mapped[UUID] = mapped_column(UuidColumn, primary_key=True)
    person_id: Mapped[UUID] = mapped_column(UuidColumn, sa.ForeignKey("people.id"))
    organisation_id: Mapped[UUID] = mapped_column(UuidColumn, sa.ForeignKey("organisations.id"))
    role: Mapped[str] = mapped_column(sa.Text)
    title: Mapped[str | None] = mapped_column(sa.Text, default=None)
    department: Mapped[str | None] = mapped_column(sa.Text, default=None)


class ApiToken(Model):
    """A bearer token; only its SHA-256 is kept."""

    __tablename__ = "api_tokens"

    id: Mapped[UUID] = mapped_column(UuidColumn, primary_key=True)
    person_id: Mapped[UUID] = mapped_column(UuidColumn, sa.ForeignKey("people.id"), index=True)
    name: Mapped[str] = mapped_column(sa.Text)
    digest: Mapped[bytes] = mapped_column(sa.LargeBinary(32), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)


def get(organisation_id: UUID) -> Organisation:
    """Return an organisation."""
    row = session().get(Organisation, organisation_id)
    if row is None:
        raise NotFound(f"Expected organisation {organisation_id}, but there is none")
    return row


def list_(party: str | None = None) -> Sequence[Organisation]:
    """Return the organisations, by name."""
    query = sa.select(Organisation).order_by(Organisation.name, Organisation.id)
    if party is not None:
        query = query.where(Organisation.party == party)
    return session().scalars(query).all()


def find_by_key(key: str) -> Organisation | None:
    """Return the organisation with a key, if there is one."""
    return session().scalar(sa.select(Organisation).where(Organisation.key == key))


def get_person(person_id: UUID) -> Person:
    """Return a person."""
    row = session().get(Person, person_id)
    if row is None:
        raise NotFound(f"Expected person {person_id}, but there is none")
    return row


def find_person_by_login(login: str) -> Person | None:
    """Return the person who signs in with a login, if there is one."""
    return session().scalar(sa.select(Person).where(Person.login == login))


_PERSON_WITH_POSITIONS = (
    sa.select(
        Person.id,
        Person.name,
        Person.administrator,
        PositionRow.id,
        PositionRow.organisation_id,
        Organisation.name,
        PositionRow.role,
    )
    .select_from(Person)
    .outerjoin(PositionRow, PositionRow.person_id == Person.id)
    .outerjoin(Organisation, Organisation.id == PositionRow.organisation_id)
    .where(Person.active)
    .order_by(PositionRow.id)
)

_BY_TOKEN = (
    _PERSON_WITH_POSITIONS.add_columns(clock.SECONDS)
    .join(ApiToken, ApiToken.person_id == Person.id)
    .where(ApiToken.digest == sa.bindparam("digest"))
    .where(ApiToken.revoked_at.is_(None))
    .where(
        ApiToken.expires_at.is_(None)
        | (ApiToken.expires_at > sa.bindparam("now", type_=UtcDateTime()))
    )
)
_BY_ID = _PERSON_WITH_POSITIONS.where(Person.id == sa.bindparam("person_id", type_=UuidColumn()))


def list_actor_rows_by_token(digest: bytes, now: datetime) -> Sequence[Any]:
    """Return a token's person, a row for each position; none when the token is not valid.

    At the end of each stands the business clock's distance: every request needs both.
    """
    return run(_BY_TOKEN, {"digest": digest, "now": now}).all()


def list_actor_rows(person_id: UUID) -> Sequence[Any]:
    """Return a person, a row for each position."""
    return run(_BY_ID, {"person_id": person_id}).all()


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


def list_tokens(person_id: UUID) -> Sequence[ApiToken]:
    """Return a person's tokens, newest first."""
    return (
        session()
        .scalars(
            sa.select(ApiToken).where(ApiToken.person_id == person_id).order_by(ApiToken.id.desc())
        )
        .all()
    )


def revoke_token(token_id: UUID, person_id: UUID, now: datetime) -> None:
    """Make a token of a person's own worthless; doing it again changes nothing."""
    token = session().get(ApiToken, token_id)
    if token is None or token.person_id != person_id:
        raise NotFound(f"Expected token {token_id}, but there is none")
    token.revoked_at = token.revoked_at or now


def revoke_tokens_named(person_id: UUID, name: str, now: datetime) -> None:
    """Make those of a person's tokens worthless that bear a name."""
    session().execute(
        sa.update(ApiToken)
        .where(ApiToken.person_id == person_id, ApiToken.name == name)
        .where(ApiToken.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def revoke_digest(digest: bytes, now: datetime) -> None:
    """Make the token with this checksum worthless; doing it again changes nothing."""
    session().execute(
        sa.update(ApiToken)
        .where(ApiToken.digest == digest, ApiToken.revoked_at.is_(None))
        .values(revoked_at=now)
        .execution_options(synchronize_session=False)
    )


def find(organisation_id: UUID) -> Organisation | None:
    """Return an organisation, if there is one."""
    return session().get(Organisation, organisation_id)
