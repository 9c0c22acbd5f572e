"""The access policy as one SQL condition: which cases somebody may see."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from workflow_server.store.access import EmergencyAccess, Recusal, TeamMember
from workflow_server.store.db import session, table
from workflow_server.store.organisations import Department, Organisation
from workflow_server.store.types import UuidColumn

_Ids = sa.Select[UUID]


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
    departments: frozenset[UUID]
    subtrees: frozenset[tuple[str, str]]
    offered: frozenset[tuple[UUID, str]]
    clearance: int
    minors_certified: bool
    barred: bool
    real: datetime
    #: Whether emergency access counts: to read, not to act.
    emergency: bool = True

    def of(self, instance_id: Any) -> sa.ColumnElement[bool]:
        """Return the condition that the case of this column may be seen.

        A query for each way leads both databases to the index for that way; of an OR they would
        read all cases.
        """
        if self.barred:
            return sa.false()
        return sa.and_(instance_id.in_(sa.union_all(*self._ways())), self.not_recused(instance_id))

    def of_one(self, instance_id: Any) -> sa.ColumnElement[bool]:
        """Return the same condition as `of`, for a query of one row.

        It asks each way about that case, where `of` would gather all cases first.
        """
        if self.barred:
            return sa.false()
        seen = sa.union_all(*self._ways()).subquery("seen")
        asked = sa.exists(sa.select(seen.c[0]).where(seen.c[0] == instance_id))
        # Within a CASE, or PostgreSQL makes a join of it and gathers all cases after all.
        is_seen = sa.case((asked, sa.true()), else_=sa.false())
        return sa.and_(is_seen == sa.true(), self.not_recused(instance_id))

    def not_denied(self, case: Any) -> sa.ColumnElement[bool]:
        """Return the condition that a case, of whose table this is, is not kept from them."""
        if self.barred:
            return sa.false()
        return sa.and_(*self._bounds(case), self.not_recused(case.id))

    def not_recused(self, instance_id: Any) -> sa.ColumnElement[bool]:
        """Return the condition that they have not been recused from the case of this column."""
        recused = sa.select(_RECUSED.c.instance_id).where(
            _RECUSED.c.person_id == self.person_id, _RECUSED.c.lifted_at.is_(None)
        )
        found: sa.ColumnElement[bool] = instance_id.not_in(recused)
        return found

    def sees(self, instance_id: UUID) -> bool:
        """Tell whether they may see a case."""
        case = _CASES.alias("one")
        query = sa.select(case.c.id).where(case.c.id == instance_id, self.of_one(case.c.id))
        return session().scalar(query) is not None

    def _ways(self) -> Iterator[_Ids]:
        yield from self._by_person()
        yield from self._by_offer()
        yield from self._by_scope()
        if self.emergency:
            yield sa.select(_EMERGENCIES.c.instance_id).where(
                _EMERGENCIES.c.person_id == self.person_id, _EMERGENCIES.c.expires_at > self.real
            )

    def _by_person(self) -> Iterator[_Ids]:
        started = _CASES.alias("started")
        yield self._cases(started).where(started.c.started_by == self.person_id)
        case, member = _CASES.alias("joined"), _TEAM.alias("member")
        yield (
            self._cases(case)
            .join(member, member.c.instance_id == case.c.id)
            .where(member.c.person_id == self.person_id)
        )
        case, task = _CASES.alias("worked_on"), _TASKS.alias("theirs")
        yield (
            self._cases(case)
            .join(task, task.c.instance_id == case.c.id)
            .where(task.c.assignee_id == self.person_id)
        )
        case, task = _CASES.alias("named_in"), _TASKS.alias("named_for")
        candidate = _CANDIDATES.alias("candidate")
        yield (
            self._cases(case)
            .join(task, task.c.instance_id == case.c.id)
            .join(candidate, candidate.c.task_id == task.c.id)
            .where(candidate.c.person_id == self.person_id, *self._is_free(task))
        )

    def _by_offer(self) -> Iterator[_Ids]:
        for organisation, role in sorted(self.offered):
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
        if self.organisations:
            case = _CASES.alias("hosted")
            yield self._cases(case).where(case.c.organisation_id.in_(sorted(self.organisations)))
        if self.departments:
            case = _CASES.alias("of_department")
            yield self._cases(case).where(case.c.department_id.in_(self._within_departments()))
        for path, party in sorted(self.subtrees):
            case, host = _CASES.alias("below"), _HOSTS.alias("host")
            # Not a join: of that, SQLite would read all cases and ask for the host of each.
            hosts = sa.select(host.c.id).where(
                host.c.party == party, host.c.path.startswith(path, autoescape=True)
            )
            yield self._cases(case).where(case.c.organisation_id.in_(hosts))

    def _within_departments(self) -> _Ids:
        top = sa.select(_DEPARTMENTS.c.id).where(_DEPARTMENTS.c.id.in_(sorted(self.departments)))
        within = top.cte(recursive=True)
        part = _DEPARTMENTS.alias("part")
        within = within.union(sa.select(part.c.id).where(part.c.parent_id == within.c.id))
        return sa.select(within.c.id)

    def _cases(self, case: Any) -> _Ids:
        return sa.select(case.c.id).where(*self._bounds(case.c))

    def _bounds(self, case: Any) -> Iterator[sa.ColumnElement[bool]]:
        yield case.secrecy <= self.clearance
        if not self.minors_certified:
            yield case.minor.is_(False)

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
