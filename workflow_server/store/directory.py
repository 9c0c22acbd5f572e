"""Who holds which post in an organisation and in those that succeeded it: for choosing people."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from workflow_server.store.access import Recusal
from workflow_server.store.db import run, table
from workflow_server.store.organisations import Department, Succession
from workflow_server.store.people import Group, GroupMember, Person, PositionRow, in_force
from workflow_server.store.types import UuidColumn

#: More people than this nobody is offered a task by name, and more are not read.
MOST = 200


@dataclass(frozen=True, slots=True)
class Holder:
    """A post held by an active person on a day, and what may keep that person from a case."""

    person_id: UUID
    name: str
    clearance: int
    minors_certified: bool
    position_id: UUID
    organisation_id: UUID
    role: str
    title: str | None
    department_id: UUID | None
    is_head: bool
    #: Recused from the case that is asked about.
    recused: bool


@dataclass(frozen=True, slots=True)
class Place:
    """A department, with the one that it lies in."""

    id: UUID
    organisation_id: UUID
    key: str
    name: str
    parent_id: UUID | None
    closed_on: date | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom a look into the directory is for; None narrows nothing."""

    organisation_id: UUID
    #: The case that people may be recused from.
    instance_id: UUID
    today: date
    role: str | None = None
    title: str | None = None
    department_id: UUID | None = None
    group: str | None = None
    person_ids: tuple[UUID, ...] | None = None
    #: Heads of departments and organisations, beside the people named.
    heads: bool = False


_PERSON, _POSITION, _RECUSAL = table(Person), table(PositionRow), table(Recusal)
_DEPARTMENT, _SUCCESSION = table(Department), table(Succession)
_GROUP, _MEMBER = table(Group), table(GroupMember)

_HOST = sa.bindparam("organisation_id", type_=UuidColumn())
_hosts = sa.select(_HOST.label("id")).cte("hosts", recursive=True)
# What became of the host, however often: UNION ends where a circle would begin.
_hosts = _hosts.union(
    sa.select(_SUCCESSION.c.successor_id).where(_SUCCESSION.c.organisation_id == _hosts.c.id)
)
_HOSTS = sa.select(_hosts.c.id)

_HOLDERS = (
    sa.select(
        _PERSON.c.id,
        _PERSON.c.name,
        _PERSON.c.clearance,
        _PERSON.c.minors_certified,
        _POSITION.c.id,
        _POSITION.c.organisation_id,
        _POSITION.c.role,
        _POSITION.c.title,
        _POSITION.c.department_id,
        _POSITION.c.is_head,
        sa.exists().where(
            _RECUSAL.c.person_id == _PERSON.c.id,
            _RECUSAL.c.instance_id == sa.bindparam("instance_id", type_=UuidColumn()),
            _RECUSAL.c.lifted_at.is_(None),
        ),
    )
    .select_from(_POSITION)
    .join(_PERSON, _PERSON.c.id == _POSITION.c.person_id)
    .where(_PERSON.c.active, in_force(sa.bindparam("today", type_=sa.Date())))
    .where(_POSITION.c.organisation_id.in_(_HOSTS))
    .order_by(_POSITION.c.id)
    .limit(MOST + 1)
)
_IDS = sa.bindparam("person_ids", expanding=True, type_=UuidColumn())
_BY_ROLE = _HOLDERS.where(_POSITION.c.role == sa.bindparam("role"))
# Of the people named all posts are read: they are few, and so are their posts.
_BY_PERSON = _HOLDERS.where(_PERSON.c.id.in_(_IDS)).limit(None)
_PLACES = sa.select(
    _DEPARTMENT.c.id,
    _DEPARTMENT.c.organisation_id,
    _DEPARTMENT.c.key,
    _DEPARTMENT.c.name,
    _DEPARTMENT.c.parent_id,
    _DEPARTMENT.c.closed_on,
).where(_DEPARTMENT.c.organisation_id.in_(_HOSTS))


def list_holders(wanted: Wanted) -> Sequence[Holder]:
    """Return the posts that are wanted, the oldest first: at most MOST and one, save by name."""
    values: dict[str, Any] = {
        "organisation_id": wanted.organisation_id,
        "instance_id": wanted.instance_id,
        "today": wanted.today,
    }
    if wanted.role is not None:
        values["role"] = wanted.role
    if wanted.person_ids is not None:
        values["person_ids"] = list(wanted.person_ids)
    return [Holder(*row) for row in run(_query(wanted), values)]


def list_places(organisation_id: UUID) -> Sequence[Place]:
    """Return the departments of an organisation and of those that succeeded it."""
    return [Place(*row) for row in run(_PLACES, {"organisation_id": organisation_id})]


def list_names(person_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return what people are called, whether or not they still hold a post."""
    query = sa.select(_PERSON.c.id, _PERSON.c.name).where(_PERSON.c.id.in_(_IDS))
    return {row[0]: row[1] for row in run(query, {"person_ids": list(person_ids)})}


def _query(wanted: Wanted) -> sa.Select[*tuple[object, ...]]:
    if wanted.heads:
        return _HOLDERS.where(
            sa.or_(_POSITION.c.is_head, _PERSON.c.id.in_(_IDS))
            if wanted.person_ids is not None
            else _POSITION.c.is_head
        ).limit(None)
    if wanted.person_ids is not None:
        return _BY_PERSON
    query = _HOLDERS if wanted.role is None else _BY_ROLE
    if wanted.title is not None:
        query = query.where(_POSITION.c.title == wanted.title)
    if wanted.department_id is not None:
        query = query.where(_POSITION.c.department_id == wanted.department_id)
    if wanted.group is not None:
        members = (
            sa.select(_MEMBER.c.person_id)
            .join(_GROUP, _GROUP.c.id == _MEMBER.c.group_id)
            .where(_GROUP.c.key == wanted.group)
        )
        query = query.where(_PERSON.c.id.in_(members))
    return query
