"""The access policy as one SQL condition: which cases somebody may see."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from workflow_server.store.access import EmergencyAccess, Recusal, TeamMember
from workflow_server.store.conditions import (
    PAIRS,
    PART,
    PLAIN,
    Condition,
    bound,
    bound_set,
    column,
    parts,
)
from workflow_server.store.db import run, table
from workflow_server.store.organisations import Department, Organisation
from workflow_server.store.types import UtcDateTime, UuidColumn

_Ids = sa.Select[UUID]
_ID, _TEXT, _MOMENT, _DEGREE = UuidColumn(), sa.Text(), UtcDateTime(), sa.SmallInteger()


def _light(name: str, *ids: str, **others: Any) -> sa.TableClause:
    # The models of these tables ask for sight themselves: only their names are known here.
    columns: list[sa.ColumnClause[Any]] = [sa.column(each, UuidColumn()) for each in ids]
    return sa.table(name, *columns, *(sa.column(key, kind) for key, kind in others.items()))


_CASES = _light(
    "process_instances",
    *("id", "organisation_id", "department_id", "started_by"),
    secrecy=sa.SmallInteger(),
    minor=sa.Boolean(),
)
_TASKS = _light(
    "tasks",
    *("id", "instance_id", "organisation_id", "assignee_id"),
    role=sa.Text(),
    status=sa.Text(),
)
_CANDIDATES = _light("task_candidates", "task_id", "person_id")
_EXCLUSIONS = _light("task_exclusions", "task_id", "person_id")
_TEAM, _RECUSED = table(TeamMember), table(Recusal)
_EMERGENCIES, _HOSTS = table(EmergencyAccess), table(Organisation)
_DEPARTMENTS = table(Department)


def any_of(row_id: Any, *ways: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """Return the condition that a row fulfils one of several.

    A query for each leads both databases to the index for it; of an OR they would read all rows.
    """
    queries = (sa.select(row_id).where(way).correlate(None) for way in ways)
    found: sa.ColumnElement[bool] = row_id.in_(sa.union_all(*queries))
    return found


@dataclass(frozen=True, slots=True)
class Sight:
    """How far somebody sees at a moment of real time; the fields are those of rules/access."""

    person_id: UUID
    organisations: frozenset[UUID]
    departments: frozenset[tuple[UUID, frozenset[UUID]]]
    subtrees: frozenset[tuple[str, str]]
    offered: frozenset[tuple[UUID, str]]
    homes: frozenset[UUID]
    clearance: int
    minors_certified: bool
    barred: bool
    real: datetime
    #: Whether emergency access counts: to read, not to act.
    emergency: bool = True

    def of(self, instance_id: Any) -> sa.ColumnElement[bool]:
        """Return the condition that the case of this column may be seen."""
        return _Seen(self, instance_id) if self._sees_any else sa.false()

    def of_one(self, instance_id: Any) -> sa.ColumnElement[bool]:
        """Return the same condition as `of`, for a query of one row."""
        return _Seen(self, instance_id, one=True) if self._sees_any else sa.false()

    @property
    def _sees_any(self) -> bool:
        # Without any post there is only emergency access.
        return not self.barred and (bool(self.homes) or self.emergency)

    def not_denied(self, case: Any) -> sa.ColumnElement[bool]:
        """Return the condition that a case, of whose table this is, is not kept from them."""
        return sa.false() if self.barred else _NotDenied(self, case)

    def sees(self, instance_id: UUID) -> bool:
        """Tell whether they may see a case."""
        query = _ONE_CASE.where(self.of_one(_ONE.c.id))
        return run(query, {"instance_id": instance_id}).first() is not None


_ONE = _CASES.alias("one")
_ONE_CASE = sa.select(_ONE.c.id).where(_ONE.c.id == sa.bindparam("instance_id", type_=_ID))


class _Seen(Condition):
    """The policy: the case may be seen in one of several ways, and they are not recused from it.

    The fields are those of `Sight`, each a parameter of the query. What somebody has not is
    None or empty: people who see in the same ways share a statement, each with their values.
    """

    inherit_cache = True
    _traverse_internals = parts(
        instance_id=PART,
        one=PLAIN,
        person_id=PART,
        organisations=PART,
        departments=PAIRS,
        subtrees=PAIRS,
        offered=PAIRS,
        homes=PART,
        clearance=PART,
        minors_certified=PLAIN,
        real=PART,
    )

    def __init__(self, sight: Sight, instance_id: Any, *, one: bool = False) -> None:
        self.instance_id = column(instance_id)
        self.one = one
        self.person_id = bound("person", sight.person_id, _ID)
        self.organisations = _set_or_none("organisations", sight.organisations)
        self.departments = tuple(
            (bound("department", department, _ID), bound_set("places", places, _ID))
            for department, places in sorted(sight.departments, key=lambda each: each[0])
        )
        self.subtrees = tuple(
            (bound("path", _escaped(path), _TEXT), bound("party", party, _TEXT))
            for path, party in sorted(sight.subtrees)
        )
        self.offered = tuple(
            (bound("host", organisation, _ID), bound("role", role, _TEXT))
            for organisation, role in sorted(sight.offered)
        )
        self.homes = _set_or_none("homes", sight.homes)
        # Emergency access goes past it, and without a post there is nothing else.
        self.clearance = bound("clearance", sight.clearance, _DEGREE) if sight.homes else None
        self.minors_certified = sight.minors_certified
        #: None where emergency access does not count.
        self.real = bound("real", sight.real, _MOMENT) if sight.emergency else None

    def write(self) -> sa.ColumnElement[bool]:
        """Return the policy.

        A query for each way leads both databases to the index for that way; of an OR they would
        read all cases. Asked for one row, each way is asked about that case, where otherwise
        all cases are gathered first.
        """
        ways, recused = sa.union_all(*self._ways()), _recused(self.person_id)
        if not self.one:
            return sa.and_(self.instance_id.in_(ways), self.instance_id.not_in(recused))
        seen = ways.subquery("seen")
        asked = sa.exists(sa.select(seen.c[0]).where(seen.c[0] == self.instance_id))
        # Within a CASE, or PostgreSQL makes a join of it and gathers all cases after all.
        is_seen = sa.case((asked, sa.true()), else_=sa.false())
        return sa.and_(is_seen == sa.true(), self.instance_id.not_in(recused))

    def _ways(self) -> Iterator[_Ids]:
        if self.homes is not None:
            yield from self._by_person(self.homes)
            yield from self._by_offer()
            yield from self._by_scope()
        if self.real is not None:
            yield sa.select(_EMERGENCIES.c.instance_id).where(
                _EMERGENCIES.c.person_id == self.person_id, _EMERGENCIES.c.expires_at > self.real
            )

    def _by_person(self, homes: Any) -> Iterator[_Ids]:
        # It counts in the cases of hosts where they hold a post: who left sees no more of them.
        started = _CASES.alias("started")
        yield self._cases(started).where(
            started.c.started_by == self.person_id, started.c.organisation_id.in_(homes)
        )
        case, member = _CASES.alias("joined"), _TEAM.alias("member")
        yield (
            self._cases(case)
            .join(member, member.c.instance_id == case.c.id)
            .where(member.c.person_id == self.person_id, case.c.organisation_id.in_(homes))
        )
        case, task = _CASES.alias("worked_on"), _TASKS.alias("theirs")
        yield (
            self._cases(case)
            .join(task, task.c.instance_id == case.c.id)
            .where(task.c.assignee_id == self.person_id, case.c.organisation_id.in_(homes))
        )
        case, task = _CASES.alias("named_in"), _TASKS.alias("named_for")
        candidate = _CANDIDATES.alias("candidate")
        yield (
            self._cases(case)
            .join(task, task.c.instance_id == case.c.id)
            .join(candidate, candidate.c.task_id == task.c.id)
            .where(
                candidate.c.person_id == self.person_id,
                case.c.organisation_id.in_(homes),
                *self._is_free(task),
            )
        )

    def _by_offer(self) -> Iterator[_Ids]:
        for organisation, role in self.offered:
            case, task = _CASES.alias("offering"), _TASKS.alias("offered")
            yield (
                self._cases(case)
                .join(task, task.c.instance_id == case.c.id)
                .where(
                    task.c.organisation_id == organisation,
                    task.c.role == role,
                    *self._is_free(task),
                )
            )

    def _by_scope(self) -> Iterator[_Ids]:
        if self.organisations is not None:
            case = _CASES.alias("hosted")
            yield self._cases(case).where(case.c.organisation_id.in_(self.organisations))
        for department, places in self.departments:
            case = _CASES.alias("of_department")
            yield self._cases(case).where(
                case.c.department_id.in_(_within(department)), case.c.organisation_id.in_(places)
            )
        for path, party in self.subtrees:
            case, host = _CASES.alias("below"), _HOSTS.alias("host")
            # Not a join: of that, SQLite would read all cases and ask for the host of each.
            hosts = sa.select(host.c.id).where(
                host.c.party == party, host.c.path.startswith(path, escape="/")
            )
            yield self._cases(case).where(case.c.organisation_id.in_(hosts))

    def _cases(self, case: Any) -> _Ids:
        return sa.select(case.c.id).where(*_bounds(case.c, self.clearance, self.minors_certified))

    def _is_free(self, task: Any) -> tuple[sa.ColumnElement[bool], ...]:
        # A literal, so that the indexes of open tasks serve.
        exclusion = _EXCLUSIONS.alias("exclusion")
        is_excluded = (
            sa.exists()
            .where(exclusion.c.task_id == task.c.id, exclusion.c.person_id == self.person_id)
            .correlate(task)
        )
        return (
            task.c.status == sa.literal_column("'open'"),
            task.c.assignee_id.is_(None),
            ~is_excluded,
        )


class _NotDenied(Condition):
    """What keeps a case from somebody whatever else would let them see it does not."""

    inherit_cache = True
    _traverse_internals = parts(
        id=PART,
        secrecy=PART,
        minor=PART,
        person_id=PART,
        clearance=PART,
        minors_certified=PLAIN,
    )

    def __init__(self, sight: Sight, case: Any) -> None:
        self.id, self.secrecy = column(case.id), column(case.secrecy)
        self.minor = column(case.minor)
        self.person_id = bound("person", sight.person_id, _ID)
        self.clearance = bound("clearance", sight.clearance, _DEGREE)
        self.minors_certified = sight.minors_certified

    def write(self) -> sa.ColumnElement[bool]:
        """Return the condition."""
        return sa.and_(
            *_bounds(self, self.clearance, self.minors_certified),
            self.id.not_in(_recused(self.person_id)),
        )


def _bounds(case: Any, clearance: Any, certified: bool) -> Iterator[sa.ColumnElement[bool]]:
    yield case.secrecy <= clearance
    if not certified:
        yield case.minor.is_(False)


def _recused(person_id: Any) -> _Ids:
    return sa.select(_RECUSED.c.instance_id).where(
        _RECUSED.c.person_id == person_id, _RECUSED.c.lifted_at.is_(None)
    )


def _within(department: Any) -> _Ids:
    top = sa.select(_DEPARTMENTS.c.id).where(_DEPARTMENTS.c.id == department)
    within = top.cte(recursive=True)
    part = _DEPARTMENTS.alias("part")
    within = within.union(sa.select(part.c.id).where(part.c.parent_id == within.c.id))
    return sa.select(within.c.id)


def _set_or_none(name: str, ids: frozenset[UUID]) -> sa.BindParameter[Any] | None:
    return bound_set(name, ids, _ID) if ids else None


def _escaped(path: str) -> str:
    # For LIKE, with "/" as the sign of escape.
    return path.replace("/", "//").replace("%", "/%").replace("_", "/_")
