"""What people show beside their login: former passwords, second factors, recovery codes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from workflow_server.store.db import Model, run, session
from workflow_server.store.people import Person
from workflow_server.store.types import UtcDateTime, UuidColumn, new_id


class PasswordHistory(Model):
    """A password that a person had before; its id says when it was given up."""

    __tablename__ = "password_history"

    id: Mapped[UUID] = mapped_column(UuidColumn, primary_key=True)
    person_id: Mapped[UUID] = mapped_column(UuidColumn, sa.ForeignKey("people.id"), index=True)
    password_hash: Mapped[str] = mapped_column(sa.Text)


class RecoveryCode(Model):
    """A code for who has lost their second factor; it works once, only its SHA-256 is kept."""

    __tablename__ = "recovery_codes"

    person_id: Mapped[UUID] = mapped_column(
        UuidColumn, sa.ForeignKey("people.id"), primary_key=True
    )
    digest: Mapped[bytes] = mapped_column(sa.LargeBinary(32), primary_key=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)


def list_former_passwords(person_id: UUID, count: int) -> Sequence[str]:
    """Return the hashes of the passwords that a person had last, newest first."""
    query = (
        sa.select(PasswordHistory.password_hash)
        .where(PasswordHistory.person_id == person_id)
        .order_by(PasswordHistory.id.desc())
        .limit(max(count, 0))
    )
    return session().scalars(query).all()


def keep_former_password(person_id: UUID, password_hash: str) -> None:
    """Keep the password that a person gives up."""
    row = PasswordHistory(id=new_id(), person_id=person_id, password_hash=password_hash)
    session().add(row)


def use_step(person_id: UUID, step: int) -> bool:
    """Use a time step of a second factor up; False if it or a later one was used."""
    statement = (
        sa.update(Person)
        .where(Person.id == person_id)
        .where(sa.or_(Person.totp_last_step.is_(None), Person.totp_last_step < step))
        .values(totp_last_step=step)
        .execution_options(synchronize_session=False)
    )
    return run(statement).rowcount == 1


def replace_recovery_codes(person_id: UUID, digests: Iterable[bytes]) -> None:
    """Give a person other recovery codes instead of those that they had."""
    run(sa.delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    session().add_all([RecoveryCode(person_id=person_id, digest=digest) for digest in digests])


def use_recovery_code(person_id: UUID, digest: bytes, now: datetime) -> bool:
    """Use a recovery code up; False if there is none such, or it was used."""
    statement = (
        sa.update(RecoveryCode)
        .where(RecoveryCode.person_id == person_id, RecoveryCode.digest == digest)
        .where(RecoveryCode.used_at.is_(None))
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )
    return run(statement).rowcount == 1


def count_recovery_codes(person_id: UUID) -> int:
    """Return how many recovery codes a person has left."""
    query = (
        sa.select(sa.func.count())
        .select_from(RecoveryCode)
        .where(RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
    )
    return session().scalar(query) or 0
