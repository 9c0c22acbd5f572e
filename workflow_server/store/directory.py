"""Who holds which post in an organisation and in those that succeeded it: for choosing people."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from workflow_server.events import Event
from workflow_server.store.access import Recusal
from workflow_server.store.db import run, table
from workflow_server.store.history import HistoryRow
from workflow_server.store.organisations import Department, Succession
from workflow_server.store.people import Group, GroupMember, Person, PositionRow, in_force
from workflow_server.store.ready import Ready
from workflow_server.store.tasks import Task
from workflow_server.store.types import UtcDateTime, UuidColumn

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
    #: What the department is called.
    department: str | None
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
    #: A department that is not closed, by its key.
    department: str | None = None
    group: str | None = None
    person_ids: tuple[UUID, ...] | None = None
    #: Heads of departments and organisations, beside the people named.
    heads: bool = False
    #: Whoever has done something in the case.
    doers: bool = False
    #: Whether its diagram offers acts: who has done those counts, too.
    acts: bool = False


_PERSON, _POSITION, _RECUSAL = table(Person), table(PositionRow), table(Recusal)
_DEPARTMENT, _SUCCESSION, _TASK = table(Department), table(Succession), table(Task)
_GROUP, _MEMBER = table(Group), table(GroupMember)
_ACT = table(HistoryRow)

_CASE = sa.bindparam("instance_id", type_=UuidColumn())
_TODAY = sa.bindparam("today", type_=sa.Date())
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
        _POSITION.c.id.label("position_id"),
        _POSITION.c.organisation_id,
        _POSITION.c.role,
        _POSITION.c.title,
        _POSITION.c.department_id,
        _POSITION.c.is_head,
        _DEPARTMENT.c.name.label("department"),
        sa.exists()
        .where(
            _RECUSAL.c.person_id == _PERSON.c.id,
            _RECUSAL.c.instance_id == _CASE,
            _RECUSAL.c.lifted_at.is_(None),
        )
        .label("recused"),
    )
    .select_from(_POSITION)
    .join(_PERSON, _PERSON.c.id == _POSITION.c.person_id)
    .outerjoin(_DEPARTMENT, _DEPARTMENT.c.id == _POSITION.c.department_id)
    .where(_PERSON.c.active, in_force(_TODAY))
    .where(_POSITION.c.organisation_id.in_(_HOSTS))
    .order_by(_POSITION.c.id)
    .limit(MOST + 1)
)
_IDS = sa.bindparam("person_ids", expanding=True, type_=UuidColumn())
_DOERS = sa.select(_TASK.c.completed_by).where(
    _TASK.c.instance_id == _CASE, _TASK.c.completed_by.is_not(None)
)
#: Acts that people have done while an event waited.
_ACTS_DONE = sa.and_(_ACT.c.chain_id == _CASE, _ACT.c.act == Event.ACT_DONE)
_ACTORS = sa.select(_ACT.c.person_id).where(_ACTS_DONE)
_MEMBERS = (
    sa.select(_MEMBER.c.person_id)
    .join(_GROUP, _GROUP.c.id == _MEMBER.c.group_id)
    .where(_GROUP.c.key == sa.bindparam("group"))
)
#: What narrows a look, by the name of its value.
_NARROWING: dict[str, sa.ColumnElement[bool]] = {
    "role": _POSITION.c.role == sa.bindparam("role"),
    "title": _POSITION.c.title == sa.bindparam("title"),
    "department_id": _POSITION.c.department_id == sa.bindparam("department_id"),
    "department": sa.and_(
        _DEPARTMENT.c.key == sa.bindparam("department"),
        sa.or_(_DEPARTMENT.c.closed_on.is_(None), _DEPARTMENT.c.closed_on > _TODAY),
    ),
    "group": _PERSON.c.id.in_(_MEMBERS),
    "person_ids": _PERSON.c.id.in_(_IDS),
}
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
    return [Holder(*row) for row in _found(_query, wanted)]


def list_holders_and_done(wanted: Wanted) -> tuple[list[Holder], list[tuple[str, UUID]]]:
    """Return the posts that are wanted and, by the same statement, what was done in the case.

    Of that, which elements people have completed, and who, the last one first.
    """
    rows = _found(_query_with_done, wanted)
    posts = [Holder(*row[:-1]) for row in rows if row[-1] is None]
    done = [row for row in rows if row[-1] is not None]
    done.sort(key=lambda row: (row[-1], row[4]), reverse=True)
    return sorted(posts, key=lambda post: post.position_id), [(row[1], row[0]) for row in done]


def list_places(organisation_id: UUID) -> Sequence[Place]:
    """Return the departments of an organisation and of those that succeeded it."""
    return [Place(*row) for row in run(_PLACES, {"organisation_id": organisation_id})]


def list_names(person_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return what people are called, whether or not they still hold a post."""
    query = sa.select(_PERSON.c.id, _PERSON.c.name).where(_PERSON.c.id.in_(_IDS))
    return {row[0]: row[1] for row in run(query, {"person_ids": list(person_ids)})}


def _found(write: Callable[..., sa.Executable], wanted: Wanted) -> Sequence[Sequence[Any]]:
    narrowing, values = _asked(wanted)
    query = write(narrowing, wanted.heads, wanted.doers, wanted.acts)
    # How many people are named changes the text: no such one is ready.
    return run(query, values).all() if "person_ids" in narrowing else _ready(query).rows(values)


def _asked(wanted: Wanted) -> tuple[frozenset[str], dict[str, Any]]:
    """Return what a look is narrowed by, and all its values."""
    narrowed = {name: getattr(wanted, name) for name in _NARROWING}
    narrowed = {name: value for name, value in narrowed.items() if value is not None}
    values = {
        "organisation_id": wanted.organisation_id,
        "instance_id": wanted.instance_id,
        "today": wanted.today,
        **narrowed,
    }
    return frozenset(narrowed), values


_ready = cache(Ready)


@cache
def _query(
    narrowing: frozenset[str], heads: bool, doers: bool, acts: bool
) -> sa.Select[*tuple[Any, ...]]:
    conditions = [_NARROWING[name] for name in sorted(narrowing)]
    if heads:
        return _HOLDERS.where(sa.or_(_POSITION.c.is_head, *conditions)).limit(None)
    if doers:
        done = _PERSON.c.id.in_(_DOERS)
        conditions.append(sa.or_(done, _PERSON.c.id.in_(_ACTORS)) if acts else done)
    query = _HOLDERS.where(*conditions)
    # Of the people named all posts are read: they are few, and so are their posts.
    return query.limit(None) if doers or "person_ids" in narrowing else query


@cache
def _query_with_done(
    narrowing: frozenset[str], heads: bool, doers: bool, acts: bool
) -> sa.CompoundSelect[*tuple[Any, ...]]:
    found = _query(narrowing, heads, doers, acts).subquery("found")
    nothing = [sa.null().label(column.name) for column in list(found.c)[5:]]
    parts = [
        sa.select(*found.c, sa.type_coerce(sa.null(), UtcDateTime()).label("done_at")),
        sa.select(
            _TASK.c.completed_by,
            _TASK.c.element_id,
            sa.null().label("clearance"),
            sa.null().label("minors_certified"),
            _TASK.c.id,
            *nothing,
            _TASK.c.completed_at,
        ).where(_TASK.c.instance_id == _CASE, _TASK.c.completed_by.is_not(None)),
    ]
    if acts:
        parts.append(
            sa.select(
                _ACT.c.person_id,
                _ACT.c.element_id,
                sa.null().label("clearance"),
                sa.null().label("minors_certified"),
                _ACT.c.chain_id,
                *nothing,
                _ACT.c.at,
            ).where(_ACTS_DONE)
        )
    return sa.union_all(*parts)
