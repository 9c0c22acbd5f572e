"""What decides how much of a case somebody reads: its host, its flags, their part in it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from workflow_server.events import Event
from workflow_server.store.access import TeamMember
from workflow_server.store.db import session, table
from workflow_server.store.history import HistoryRow
from workflow_server.store.incidents import Incident
from workflow_server.store.offers import TaskCandidate
from workflow_server.store.organisations import Department, Organisation
from workflow_server.store.process_definitions import ProcessDefinition
from workflow_server.store.process_instances import ProcessInstance
from workflow_server.store.tasks import Task

#: Between texts that one column gathers; element ids have neither.
_NEXT, _THEN = "\x1e", "\x1f"

_CASE = table(ProcessInstance)
_RUNS = table(ProcessDefinition)
_HOST = table(Organisation)
_ACT = table(HistoryRow)
_TASK = table(Task)
_TEAM = table(TeamMember)
_NAMED = table(TaskCandidate)
_FAILURE = table(Incident)
_DEPARTMENT = table(Department)
#: The acts by which answers are given.
_ANSWERING = (Event.INSTANCE_STARTED, Event.TASK_COMPLETED, Event.ACT_DONE)


@dataclass(frozen=True, slots=True)
class Part:
    """A case as one reader stands to it."""

    instance_id: UUID
    organisation_id: UUID
    #: Where the host stands in the tree of organisations.
    path: str
    process_key: str
    deployment_id: UUID
    flags: frozenset[str] = frozenset()
    started_by: UUID | None = None
    in_team: bool = False
    #: Where the reader has, or had, or may take a task.
    elements: frozenset[str] = frozenset()
    #: Every element that was answered, in that order, and whether the reader did.
    answered: tuple[tuple[str, bool], ...] = ()
    #: What the case holds, where it was asked for.
    variables: dict[str, Any] | None = None
    #: Of which party the host is.
    party: str = ""
    #: Whether the reader has, or had, a task in it.
    has_task: bool = False
    #: Whether it is of one of the reader's departments, or of one within them.
    in_department: bool = False
    #: Whether anything at an element of it ever failed.
    has_failed: bool = False


def list_(
    instance_ids: Collection[UUID],
    person_id: UUID,
    posts: Collection[tuple[UUID, str]],
    departments: Collection[UUID] = (),
    *,
    whole: bool = False,
) -> list[Part]:
    """Return how a reader stands to each of some cases, in one statement; `whole`: all of it.

    `posts` are their roles by organisation, `departments` those whose cases they see.
    """
    if not instance_ids:
        return []
    theirs = sa.or_(_TASK.c.assignee_id == person_id, _TASK.c.completed_by == person_id)
    failed = sa.and_(_FAILURE.c.instance_id == _CASE.c.id, _FAILURE.c.element_id.is_not(None))
    query = (
        sa.select(
            _CASE.c.id,
            _CASE.c.organisation_id,
            _HOST.c.path,
            _HOST.c.party,
            _RUNS.c.key,
            _RUNS.c.deployment_id,
            _CASE.c.flags,
            _CASE.c.started_by,
            _in_team(person_id).label("in_team"),
            _in_department(departments).label("in_department"),
            sa.exists().where(_of_case(_TASK), theirs).correlate(_CASE).label("has_task"),
            sa.exists().where(failed).correlate(_CASE).label("has_failed"),
            _elements(theirs, person_id, posts).label("elements"),
            _answered(person_id).label("answered"),
            (_CASE.c.variables if whole else sa.null()).label("held"),
        )
        .join(_HOST, _HOST.c.id == _CASE.c.organisation_id)
        .join(_RUNS, _RUNS.c.id == _CASE.c.process_definition_id)
        .where(_CASE.c.id.in_(sorted(instance_ids)))
    )
    return [_part(row) for row in session().execute(query)]


def list_variables(instance_ids: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    """Return what each of some cases holds, in one statement."""
    if not instance_ids:
        return {}
    query = sa.select(_CASE.c.id, _CASE.c.variables).where(_CASE.c.id.in_(sorted(instance_ids)))
    return {row.id: row.variables for row in session().execute(query)}


def _of_case(other: Any) -> sa.ColumnElement[bool]:
    found: sa.ColumnElement[bool] = other.c.instance_id == _CASE.c.id
    return found


def _in_team(person_id: UUID) -> Any:
    return sa.exists().where(_of_case(_TEAM), _TEAM.c.person_id == person_id).correlate(_CASE)


def _in_department(departments: Collection[UUID]) -> Any:
    if not departments:
        return sa.false()
    top = sa.select(_DEPARTMENT.c.id).where(_DEPARTMENT.c.id.in_(sorted(departments)))
    within = top.cte("within", recursive=True)
    part = _DEPARTMENT.alias("part")
    within = within.union(sa.select(part.c.id).where(part.c.parent_id == within.c.id))
    return sa.and_(
        _CASE.c.department_id.is_not(None), _CASE.c.department_id.in_(sa.select(within.c.id))
    )


def _elements(theirs: Any, person_id: UUID, posts: Collection[tuple[UUID, str]]) -> Any:
    offered = (
        sa.and_(_TASK.c.organisation_id == organisation_id, _TASK.c.role == role)
        for organisation_id, role in sorted(posts)
    )
    named = sa.exists().where(_NAMED.c.task_id == _TASK.c.id, _NAMED.c.person_id == person_id)
    is_free = _TASK.c.assignee_id.is_(None)
    is_offered = sa.and_(is_free, sa.or_(named.correlate(_TASK), *offered))
    return (
        sa.select(sa.func.aggregate_strings(_TASK.c.element_id, _NEXT))
        .where(_of_case(_TASK), sa.or_(theirs, is_offered))
        .correlate(_CASE)
        .scalar_subquery()
    )


def _answered(person_id: UUID) -> Any:
    is_own = sa.case((_ACT.c.person_id == person_id, "1"), else_="0")
    told = sa.cast(_ACT.c.seq, sa.Text) + _THEN + _ACT.c.element_id + _THEN + is_own
    return (
        sa.select(sa.func.aggregate_strings(told, _NEXT))
        .where(
            _ACT.c.chain_id == _CASE.c.id,
            _ACT.c.act.in_(_ANSWERING),
            _ACT.c.element_id.is_not(None),
        )
        .correlate(_CASE)
        .scalar_subquery()
    )


def _part(row: Any) -> Part:
    return Part(
        instance_id=row.id,
        organisation_id=row.organisation_id,
        path=row.path,
        process_key=row.key,
        deployment_id=row.deployment_id,
        flags=frozenset(row.flags or ()),
        started_by=row.started_by,
        in_team=bool(row.in_team),
        elements=frozenset(row.elements.split(_NEXT)) if row.elements else frozenset(),
        answered=_in_order(row.answered) if row.answered else (),
        variables=row.held,
        party=row.party,
        has_task=bool(row.has_task),
        in_department=bool(row.in_department),
        has_failed=bool(row.has_failed),
    )


def _in_order(told: str) -> tuple[tuple[str, bool], ...]:
    rows = (each.split(_THEN) for each in told.split(_NEXT))
    ordered = sorted((int(seq), element_id, is_own) for seq, element_id, is_own in rows)
    return tuple((element_id, is_own == "1") for _, element_id, is_own in ordered)
