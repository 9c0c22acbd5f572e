"""Bearer tokens: of sign-ins and of programs; only their SHA-256 is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from workflow_server.errors import NotFound
from workflow_server.store.db import Model, run, session
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
    #: Whether it came from a sign-in; else it is a named one.
    sign_in: Mapped[bool] = mapped_column(sa.Boolean, default=False)


def list_tokens(person_id: UUID, limit: int, offset: int) -> tuple[Sequence[ApiToken], int]:
    """Return a page of a person's tokens, newest first, and how many there are."""
    query = sa.select(ApiToken).where(ApiToken.person_id == person_id)
    found = session().scalars(query.order_by(ApiToken.id.desc()).limit(limit).offset(offset)).all()
    total = session().scalar(sa.select(sa.func.count()).select_from(query.subquery()))
    return found, total or 0


def get_by_digest(digest: bytes) -> ApiToken:
    """Return the token with this checksum."""
    return session().execute(sa.select(ApiToken).where(ApiToken.digest == digest)).scalar_one()


def count_named(person_id: UUID, now: datetime) -> int:
    """Return how many named tokens of a person are valid."""
    query = (
        sa.select(sa.func.count())
        .select_from(ApiToken)
        .where(ApiToken.person_id == person_id, ~ApiToken.sign_in, ApiToken.revoked_at.is_(None))
        .where(sa.or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > now))
    )
    return session().scalar(query) or 0


def revoke_token(token_id: UUID, person_id: UUID, now: datetime) -> None:
    """Make a token of a person's own worthless; doing it again changes nothing."""
    token = session().get(ApiToken, token_id)
    if token is None or token.person_id != person_id:
        raise NotFound(f"Expected token {token_id}, but there is none")
    token.revoked_at = token.revoked_at or now


def revoke_sign_ins(person_id: UUID, now: datetime, but: UUID | None = None) -> int:
    """End the sign-ins of a person, all but one if it is named; returns how many."""
    statement = (
        sa.update(ApiToken)
        .where(ApiToken.person_id == person_id, ApiToken.sign_in)
        .where(ApiToken.revoked_at.is_(None))
        .values(revoked_at=now)
        .execution_options(synchronize_session=False)
    )
    if but is not None:
        statement = statement.where(ApiToken.id != but)
    return run(statement).rowcount


def revoke_all(person_id: UUID, now: datetime) -> None:
    """End the sign-ins of a person and make their named tokens worthless."""
    run(
        sa.update(ApiToken)
        .where(ApiToken.person_id == person_id, ApiToken.revoked_at.is_(None))
        .values(revoked_at=now)
        .execution_options(synchronize_session=False)
    )


def widen(token_id: UUID, scope: str) -> None:
    """Take a narrowing away from a token of a sign-in; without one left it is good for all."""
    token = session().get(ApiToken, token_id)
    if token is not None and token.sign_in and token.scopes:
        token.scopes = [each for each in token.scopes if each != scope] or None


def note_use(token_id: UUID, now: datetime, unless_since: datetime) -> None:
    """Write when a token was last used, unless that was written since a moment."""
    run(
        sa.update(ApiToken)
        .where(ApiToken.id == token_id)
        .where(sa.or_(ApiToken.last_used_at.is_(None), ApiToken.last_used_at < unless_since))
        .values(last_used_at=now)
        .execution_options(synchronize_session=False)
    )


def revoke_digest(digest: bytes, now: datetime) -> None:
    """Make the token with this checksum worthless; doing it again changes nothing."""
    session().execute(
        sa.update(ApiToken)
        .where(ApiToken.digest == digest, ApiToken.revoked_at.is_(None))
        .values(revoked_at=now)
        .execution_options(synchronize_session=False)
    )
