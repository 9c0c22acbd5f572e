"""Tries to sign in, each a row that stays, and what they are counted for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from workflow_server.store.db import Model, db, run, session
from workflow_server.store.types import UtcDateTime, UuidColumn

#: Outcomes that count against who tries; "trying" until it is known better.
TRYING = "trying"
WRONG = "wrong"
SECOND_FACTOR_WRONG = "second-factor-wrong"
LOCKED = "locked"
OK = "ok"
UNLOCKED = "unlocked"
_FAILED = (TRYING, WRONG, SECOND_FACTOR_WRONG)
_LOCK = 0x7369676E
#: More rows than this need not be looked at: every limit is lower.
_LOOKED_AT = 400


class SignInRow(Model):
    """One try to sign in, whatever came of it."""

    __tablename__ = "sign_ins"
    __table_args__ = (
        sa.Index("ix_sign_ins_person_id_at", "person_id", "at"),
        sa.Index("ix_sign_ins_login_at", "login", "at"),
        sa.Index("ix_sign_ins_address_at", "address", "at"),
        sa.Index("ix_sign_ins_network_at", "network", "at"),
    )

    id: Mapped[UUID] = mapped_column(UuidColumn, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    login: Mapped[str] = mapped_column(sa.Text)
    person_id: Mapped[UUID | None] = mapped_column(UuidColumn, default=None)
    #: "password", "totp", "oidc", or "unlock" for an administrator's act.
    method: Mapped[str] = mapped_column(sa.Text)
    #: "ok", "wrong", "locked", "second-factor-wrong" …
    outcome: Mapped[str] = mapped_column(sa.Text)
    address: Mapped[str] = mapped_column(sa.Text, default="")
    #: What counts as one address: it, or the /64 that it is in.
    network: Mapped[str] = mapped_column(sa.Text, default="")
    agent: Mapped[str | None] = mapped_column(sa.Text, default=None)


def lock() -> None:
    """Let nobody else count tries until the transaction ends; SQLite has one writer anyway."""
    if db.engine.dialect.name == "postgresql":
        run(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))


def list_since(login: str, network: str, since: datetime) -> Sequence[Any]:
    """Return (at, login, network, outcome) of what counts for a try, newest first."""
    columns = (SignInRow.at, SignInRow.login, SignInRow.network, SignInRow.outcome)
    query = (
        sa.select(*columns)
        .where(SignInRow.at > since)
        .where(sa.or_(SignInRow.login == login, SignInRow.network == network))
        .where(
            SignInRow.outcome.in_((*_FAILED, UNLOCKED, LOCKED))
            | ((SignInRow.outcome == OK) & (SignInRow.login == login))
        )
        .order_by(SignInRow.at.desc(), SignInRow.id.desc())
        .limit(_LOOKED_AT)
    )
    return run(query).all()


def has_failed(outcome: str) -> bool:
    """Tell whether an outcome counts against who tries."""
    return outcome in _FAILED


def set_outcome(row_id: UUID, outcome: str) -> None:
    """Write what came of a try; one that has come to its end stays as it is."""
    run(
        sa.update(SignInRow)
        .where(SignInRow.id == row_id, SignInRow.outcome == TRYING)
        .values(outcome=outcome)
        .execution_options(synchronize_session=False)
    )


def list_(
    conditions: Sequence[sa.ColumnElement[bool]], limit: int, offset: int
) -> tuple[Sequence[SignInRow], int]:
    """Return a page of tries, newest first, and how many there are."""
    query = sa.select(SignInRow).where(*conditions)
    order = (SignInRow.at.desc(), SignInRow.id.desc())
    found = session().scalars(query.order_by(*order).limit(limit).offset(offset)).all()
    total = session().scalar(sa.select(sa.func.count()).select_from(SignInRow).where(*conditions))
    return found, total or 0


def conditions_of(
    *,
    person_id: UUID | None = None,
    login: str | None = None,
    address: str | None = None,
    outcome: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[sa.ColumnElement[bool]]:
    """Return what narrows a list of tries."""
    exact = (
        (SignInRow.person_id, person_id),
        (SignInRow.login, login),
        (SignInRow.address, address),
        (SignInRow.outcome, outcome),
    )
    found: list[sa.ColumnElement[bool]] = [
        column == value for column, value in exact if value is not None
    ]
    if since is not None:
        found.append(SignInRow.at >= since)
    if until is not None:
        found.append(SignInRow.at < until)
    return found
