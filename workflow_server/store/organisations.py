"""Organisations: the tree of bodies that host cases and exchange letters, and their departments."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from workflow_server.errors import NotFound
from workflow_server.store.db import Model, session
from workflow_server.store.types import JsonColumn, UuidColumn

#: The advisory lock under which organisations, posts and people are changed.
_HOLD = 0x6F726773


class Organisation(Model):
    """A body that hosts cases or exchanges letters; `key` is its stable name in content."""

    __tablename__ = "organisations"

    id: Mapped[UUID] = mapped_column(UuidColumn, primary_key=True)
    key: Mapped[str] = mapped_column(sa.Text, unique=True)
    name: Mapped[str] = mapped_column(sa.Text)
    short_name: Mapped[str] = mapped_column(sa.Text)
    code: Mapped[str] = mapped_column(sa.Text, default="", index=True)
    #: Its part in processes, as the roles of the content name it.
    party: Mapped[str] = mapped_column(sa.Text)
    region: Mapped[str | None] = mapped_column(sa.Text, default=None)
    fields: Mapped[dict[str, Any]] = mapped_column(JsonColumn, default_factory=dict)
    #: False: letters to it become paper.
    on_server: Mapped[bool] = mapped_column(sa.Boolean, default=True)
    parent_id: Mapped[UUID | None] = mapped_column(
        UuidColumn, sa.ForeignKey("organisations.id"), index=True, default=None
    )
    #: The ids from the root down to itself, each as 32 hex digits and a slash.
    path: Mapped[str] = mapped_column(sa.Text, default="", index=True)
    #: How high it stands: 1 supreme or national, 2 province, 3 city, 4 county; None outside.
    level: Mapped[int | None] = mapped_column(sa.SmallInteger, default=None)
    opened_on: Mapped[date | None] = mapped_column(sa.Date, default=None)
    #: The first day on which it is no more; nothing is ever deleted.
    closed_on: Mapped[date | None] = mapped_column(sa.Date, default=None)
    #: Ids of organisations whose cases and letters came to it, theirs before it included.
    predecessors: Mapped[list[str]] = mapped_column(JsonColumn, default_factory=list)


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
    parent_id: UUID | None


class Department(Model):
    """A part of an organisation; departments may lie within departments."""

    __tablename__ = "departments"
    __table_args__ = (sa.UniqueConstraint("organisation_id", "key"),)

    id: Mapped[UUID] = mapped_column(UuidColumn, primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(UuidColumn, sa.ForeignKey("organisations.id"))
    key: Mapped[str] = mapped_column(sa.Text)
    name: Mapped[str] = mapped_column(sa.Text)
    parent_id: Mapped[UUID | None] = mapped_column(
        UuidColumn, sa.ForeignKey("departments.id"), default=None
    )
    closed_on: Mapped[date | None] = mapped_column(sa.Date, default=None)


class Succession(Model):
    """What became of an organisation: renamed, merged into another or split into several."""

    __tablename__ = "successions"

    id: Mapped[UUID] = mapped_column(UuidColumn, primary_key=True)
    #: "rename", "merge" or "split".
    kind: Mapped[str] = mapped_column(sa.Text)
    organisation_id: Mapped[UUID] = mapped_column(
        UuidColumn, sa.ForeignKey("organisations.id"), index=True
    )
    #: Who goes on in its place; itself when it was only renamed.
    successor_id: Mapped[UUID] = mapped_column(
        UuidColumn, sa.ForeignKey("organisations.id"), index=True
    )
    on: Mapped[date] = mapped_column(sa.Date)
    #: Name, short name and code before and after: {"before": {…}, "after": {…}}.
    names: Mapped[dict[str, Any]] = mapped_column(JsonColumn, default_factory=dict)
    reason: Mapped[str | None] = mapped_column(sa.Text, default=None)
    person_id: Mapped[UUID | None] = mapped_column(UuidColumn, default=None)


def get(organisation_id: UUID) -> Organisation:
    """Return an organisation."""
    row = session().get(Organisation, organisation_id)
    if row is None:
        raise NotFound(f"Expected organisation {organisation_id}, but there is none")
    return row


def list_(
    party: str | None = None, parent_id: UUID | None = None, text: str | None = None
) -> Sequence[Organisation]:
    """Return the organisations, by name, closed ones included."""
    query = sa.select(Organisation).order_by(Organisation.name, Organisation.id)
    if party is not None:
        query = query.where(Organisation.party == party)
    if parent_id is not None:
        query = query.where(Organisation.parent_id == parent_id)
    if text is not None:
        named = (Organisation.name, Organisation.short_name)
        query = query.where(sa.or_(*(each.icontains(text, autoescape=True) for each in named)))
    return session().scalars(query).all()


def find_by_key(key: str) -> Organisation | None:
    """Return the organisation with a key, if there is one."""
    return session().scalar(sa.select(Organisation).where(Organisation.key == key))


def find(organisation_id: UUID) -> Organisation | None:
    """Return an organisation, if there is one."""
    return session().get(Organisation, organisation_id)


def list_by_id(organisation_ids: Collection[UUID]) -> dict[UUID, Organisation]:
    """Return organisations by their ids, closed ones included."""
    query = sa.select(Organisation).where(Organisation.id.in_(organisation_ids))
    return {row.id: row for row in session().scalars(query)}


def list_names(organisation_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return what organisations are called, closed ones included."""
    query = sa.select(Organisation.id, Organisation.name).where(
        Organisation.id.in_(organisation_ids)
    )
    return {row[0]: row[1] for row in session().execute(query)}


def list_department_names(department_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return what departments are called."""
    query = sa.select(Department.id, Department.name).where(Department.id.in_(department_ids))
    return {row[0]: row[1] for row in session().execute(query)}


def share(organisation_id: UUID) -> Organisation:
    """Return an organisation as it is now; who closes it waits until the transaction ends."""
    row = session().get(
        Organisation, organisation_id, with_for_update={"read": True}, populate_existing=True
    )
    if row is None:
        raise NotFound(f"Expected organisation {organisation_id}, but there is none")
    return row


def hold() -> None:
    """Let only one transaction at a time change organisations, posts and people.

    Whether a tree has a cycle, or a code is taken, nobody may change while it is judged. On
    SQLite there is one writer anyway.
    """
    if session().get_bind().dialect.name == "postgresql":
        session().execute(sa.select(sa.func.pg_advisory_xact_lock(_HOLD)))


def list_hosts(party: str | None) -> Sequence[UUID]:
    """Return the organisations on this server that are not closed, of a party if one is given."""
    query = sa.select(Organisation.id).where(
        Organisation.on_server.is_(True), Organisation.closed_on.is_(None)
    )
    if party is not None:
        query = query.where(Organisation.party == party)
    return session().scalars(query.order_by(Organisation.id)).all()


def list_under(path: str) -> Sequence[Organisation]:
    """Return an organisation and all below it, by its path."""
    query = sa.select(Organisation).where(Organisation.path.startswith(path, autoescape=True))
    return session().scalars(query.order_by(Organisation.path)).all()


def list_open_children(organisation_id: UUID, today: date) -> Sequence[Organisation]:
    """Return the organisations directly below one that are not closed, by name."""
    query = sa.select(Organisation).where(
        Organisation.parent_id == organisation_id, is_open(Organisation.closed_on, today)
    )
    return session().scalars(query.order_by(Organisation.name)).all()


def find_open_by_code(code: str, today: date) -> Organisation | None:
    """Return the open organisation whose numbers bear a code, if there is one."""
    query = sa.select(Organisation).where(
        Organisation.code == code, is_open(Organisation.closed_on, today)
    )
    return session().scalar(query.limit(1))


def is_open(closed_on: Any, today: date) -> sa.ColumnElement[bool]:
    """Return the condition that something with a closing date is not closed on a day."""
    return sa.or_(closed_on.is_(None), closed_on > today)


def get_department(department_id: UUID) -> Department:
    """Return a department."""
    row = session().get(Department, department_id)
    if row is None:
        raise NotFound(f"Expected department {department_id}, but there is none")
    return row


def list_departments(organisation_id: UUID | None = None) -> Sequence[Department]:
    """Return the departments of an organisation, or all, by name."""
    query = sa.select(Department).order_by(Department.name, Department.id)
    if organisation_id is not None:
        query = query.where(Department.organisation_id == organisation_id)
    return session().scalars(query).all()


def list_successions(organisation_id: UUID) -> Sequence[Succession]:
    """Return what became of an organisation and of what it came, oldest first."""
    query = sa.select(Succession).where(
        sa.or_(
            Succession.organisation_id == organisation_id,
            Succession.successor_id == organisation_id,
        )
    )
    return session().scalars(query.order_by(Succession.id)).all()


def list_successors(organisation_id: UUID) -> Sequence[UUID]:
    """Return who went on in an organisation's place, the first successor first."""
    query = sa.select(Succession.successor_id).where(
        Succession.organisation_id == organisation_id, Succession.successor_id != organisation_id
    )
    return session().scalars(query.order_by(Succession.id)).all()
