"""What somebody finds at home: tasks to do, tasks done, and what they have started."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from workflow_server.services import access, cases
from workflow_server.services.actors import Actor
from workflow_server.services.cases import Line
from workflow_server.store import cases as case_rows
from workflow_server.store import process_instances, tasks
from workflow_server.store.cases import Shown
from workflow_server.store.db import count_all
from workflow_server.store.tasks import Listed, TaskStatus


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What a worklist is narrowed to; None narrows nothing."""

    process_key: str | None = None
    organisation_id: UUID | None = None
    due_by: date | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many there are of each, unnarrowed."""

    to_do: int
    done: int
    started: int


_ALL = Narrowing()


def list_to_do(
    actor: Actor, narrowed: Narrowing = _ALL, page: int = 1, page_size: int = 20
) -> tuple[Sequence[Listed], int]:
    """Return what is the actor's to do, the most urgent first, and how many tasks."""
    visible = tasks.offered_to(access.sight(actor), actor.posts, TaskStatus.OPEN)
    return tasks.list_(visible, _open(narrowed), page_size, (page - 1) * page_size)


def list_done(
    actor: Actor, narrowed: Narrowing = _ALL, page: int = 1, page_size: int = 20
) -> tuple[Sequence[Listed], int]:
    """Return what the actor has done and may still see, the last first, and how many tasks."""
    visible = tasks.in_sight(access.sight(actor))
    return tasks.list_(visible, _done(actor, narrowed), page_size, (page - 1) * page_size)


def list_started(
    actor: Actor, now: datetime, narrowed: Narrowing = _ALL, page: int = 1, page_size: int = 20
) -> tuple[Sequence[Line], int]:
    """Return the cases that the actor has started and may still see, the newest first."""
    wanted = cases.Filter(
        process_key=narrowed.process_key,
        organisation_id=narrowed.organisation_id,
        text=narrowed.text,
        started_by=actor.person_id,
    )
    return cases.list_(actor, now, wanted, page=page, page_size=page_size)


def list_made(actor: Actor, instance_ids: Collection[UUID]) -> Mapping[UUID, Shown]:
    """Return what stands for each case that the actor has been shown: its first record.

    For a case that has none stands the first that was made in its family of calls.
    """
    found: dict[UUID, Shown] = {}
    for each in case_rows.list_records(instance_ids) if instance_ids else ():
        found.setdefault(each.instance_id, each)
    bare = [each for each in instance_ids if each not in found]
    return {**case_rows.list_family_records(access.sight(actor), bare), **found} if bare else found


def count(actor: Actor) -> Counts:
    """Return how many tasks the actor has to do and has done, and how many cases started."""
    sight = access.sight(actor)
    offered = tasks.offered_to(sight, actor.posts, TaskStatus.OPEN)
    started = process_instances.Filter(started_by=actor.person_id)
    return Counts(
        *count_all(
            tasks.counted(offered, _open(_ALL)),
            tasks.counted(tasks.in_sight(sight), _done(actor, _ALL)),
            process_instances.counted(sight, started),
        )
    )


def _open(narrowed: Narrowing) -> tasks.Filter:
    return tasks.Filter(
        status=TaskStatus.OPEN,
        process_key=narrowed.process_key,
        organisation_id=narrowed.organisation_id,
        due_by=narrowed.due_by,
        text=narrowed.text,
    )


def _done(actor: Actor, narrowed: Narrowing) -> tasks.Filter:
    return tasks.Filter(
        status=TaskStatus.COMPLETED,
        process_key=narrowed.process_key,
        organisation_id=narrowed.organisation_id,
        text=narrowed.text,
        completed_by=actor.person_id,
    )
