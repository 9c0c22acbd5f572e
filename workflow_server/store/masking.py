"""What decides how much of a case somebody reads: its host, its flags, their part in it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa

from workflow_server.store.access import TeamMember
from workflow_server.store.db import session, table
from workflow_server.store.history import HistoryRow
from workflow_server.store.organisations import Organisation
from workflow_server.store.process_definitions import ProcessDefinition
from workflow_server.store.process_instances import ProcessInstance
from workflow_server.store.tasks import Task

#: Between texts that one column gathers; JSON and element ids have neither.
_NEXT, _THEN = "\x1e", "\x1f"

_CASE = table(ProcessInstance)
_RUNS = table(ProcessDefinition)
_HOST = table(Organisation)
_ACT = table(HistoryRow)
_TASK = table(Task)
_TEAM = table(TeamMember)


@dataclass(frozen=True, slots=True)
class Part:
    """A case as one reader stands to it."""

    instance_id: UUID
    organisation_id: UUID
    #: Where the host stands in the tree of organisations.
    path: str
    process_key: str
    deployment_id: UUID
    flags: frozenset[str]
    started_by: UUID | None
    in_team: bool
    #: Where the reader has, or had, or may take a task.
    elements: frozenset[str]
    #: What the reader has answered: element and data of the act.
    own: tuple[tuple[str, dict[str, Any]], ...]
    #: What the case holds, where it was asked for.
    variables: dict[str, Any] | None = None


def list_(
    instance_ids: Collection[UUID],
    person_id: UUID,
    posts: Collection[tuple[UUID, str]],
    *,
    whole: bool = False,
) -> list[Part]:
    """Return how a reader stands to each of some cases, in one statement; `whole`: all of it."""
    if not instance_ids:
        return []
    query = (
        sa.select(
            _CASE.c.id,
            _CASE.c.organisation_id,
            _HOST.c.path,
            _RUNS.c.key,
            _RUNS.c.deployment_id,
            _CASE.c.flags,
            _CASE.c.started_by,
            _in_team(person_id).label("in_team"),
            _elements(person_id, posts).label("elements"),
            _own(person_id).label("own"),
            (_CASE.c.variables if whole else sa.null()).label("held"),
        )
        .join(_HOST, _HOST.c.id == _CASE.c.organisation_id)
        .join(_RUNS, _RUNS.c.id == _CASE.c.process_definition_id)
        .where(_CASE.c.id.in_(sorted(instance_ids)))
    )
    return [_part(row) for row in session().execute(query)]


def _in_team(person_id: UUID) -> Any:
    return (
        sa.exists()
        .where(_TEAM.c.instance_id == _CASE.c.id, _TEAM.c.person_id == person_id)
        .correlate(_CASE)
    )


def _elements(person_id: UUID, posts: Collection[tuple[UUID, str]]) -> Any:
    offered = (
        sa.and_(_TASK.c.organisation_id == organisation_id, _TASK.c.role == role)
        for organisation_id, role in sorted(posts)
    )
    theirs = sa.or_(
        _TASK.c.assignee_id == person_id,
        _TASK.c.completed_by == person_id,
        sa.and_(_TASK.c.assignee_id.is_(None), sa.or_(sa.false(), *offered)),
    )
    return (
        sa.select(sa.func.aggregate_strings(_TASK.c.element_id, _NEXT))
        .where(_TASK.c.instance_id == _CASE.c.id, theirs)
        .correlate(_CASE)
        .scalar_subquery()
    )


def _own(person_id: UUID) -> Any:
    told = _ACT.c.element_id + _THEN + sa.cast(_ACT.c.data, sa.Text)
    return (
        sa.select(sa.func.aggregate_strings(told, _NEXT))
        .where(
            _ACT.c.chain_id == _CASE.c.id,
            _ACT.c.person_id == person_id,
            _ACT.c.element_id.is_not(None),
            _ACT.c.data.is_not(None),
        )
        .correlate(_CASE)
        .scalar_subquery()
    )


def _part(row: Any) -> Part:
    elements, own = row.elements, row.own
    return Part(
        instance_id=row.id,
        organisation_id=row.organisation_id,
        path=row.path,
        process_key=row.key,
        deployment_id=row.deployment_id,
        flags=frozenset(row.flags or ()),
        started_by=row.started_by,
        in_team=bool(row.in_team),
        elements=frozenset(elements.split(_NEXT)) if elements else frozenset(),
        own=tuple(_told(text) for text in own.split(_NEXT)) if own else (),
        variables=row.held,
    )


def _told(text: str) -> tuple[str, dict[str, Any]]:
    element_id, _, data = text.partition(_THEN)
    return element_id, orjson.loads(data)
