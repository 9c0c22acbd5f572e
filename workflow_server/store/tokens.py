"""Bearer tokens: of sign-ins and of programs; only their SHA-256 is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from workflow_server.errors import NotFound
from workflow_server.store.db import Model, session
from workflow_server.store.types import JsonColumn, UtcDateTime, UuidColumn


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
    #: What it may be used for, as "tasks:write"; None: all that its person may do.
    scopes: Mapped[list[str] | None] = mapped_column(JsonColumn, default=None)
    #: Written once a minute at most; a sign-in that was not used for long is over.
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)


class SignInRow(Model):
    """One try to sign in, whatever came of it."""

    __tablename__ = "sign_ins"
    __table_args__ = (
        sa.Index("ix_sign_ins_person_id_at", "person_id", "at"),
        sa.Index("ix_sign_ins_login_at", "login", "at"),
        sa.Index("ix_sign_ins_address_at", "address", "at"),
    )

    id: Mapped[UUID] = mapped_column(UuidColumn, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    login: Mapped[str] = mapped_column(sa.Text)
    person_id: Mapped[UUID | None] = mapped_column(UuidColumn, default=None)
    #: "password", "totp", "oidc".
    method: Mapped[str] = mapped_column(sa.Text)
    #: "ok", "wrong", "locked", "second-factor" …
    outcome: Mapped[str] = mapped_column(sa.Text)
    address: Mapped[str] = mapped_column(sa.Text, default="")
    agent: Mapped[str | None] = mapped_column(sa.Text, default=None)


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
