"""Roles as the newest content declares them: how far each sees, and what each may do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from workflow_server.store.db import Model, session
from workflow_server.store.types import JsonColumn


class Role(Model):
    """A role of the content that was deployed last, kept where positions can be joined to it."""

    __tablename__ = "roles"

    key: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    label: Mapped[str] = mapped_column(sa.Text)
    party: Mapped[str] = mapped_column(sa.Text)
    #: How far it sees: "own", "department", "organisation" or "jurisdiction".
    sees: Mapped[str] = mapped_column(sa.Text, default="own")
    #: What it may do beside its tasks, by the names of rules/access.
    rights: Mapped[list[str]] = mapped_column(JsonColumn, default_factory=list)


def list_() -> Sequence[Role]:
    """Return the roles, by key."""
    return session().scalars(sa.select(Role).order_by(Role.key)).all()


def list_declared() -> list[dict[str, Any]]:
    """Return the roles as `replace_all` takes them, by key."""
    columns = (Role.key, Role.label, Role.party, Role.sees, Role.rights)
    rows = session().execute(sa.select(*columns))
    return sorted((dict(row._mapping) for row in rows), key=lambda row: str(row["key"]))


def replace_all(roles: Sequence[dict[str, Any]]) -> None:
    """Put the newest content's roles in the place of those before."""
    session().execute(sa.delete(Role))
    if roles:
        session().execute(sa.insert(Role), list(roles))
