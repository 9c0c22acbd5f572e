"""Which tasks are a person's to do, as one SQL condition."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from workflow_server.store.conditions import PAIRS, PART, Condition, bound, column, parts
from workflow_server.store.db import table
from workflow_server.store.offers import TaskCandidate, TaskExclusion
from workflow_server.store.types import UuidColumn

_ID, _TEXT = UuidColumn(), sa.Text()
# The model of this table asks for these conditions itself: only its names are known here.
_TASKS = sa.table(
    "tasks",
    *(sa.column(name, _ID) for name in ("id", "organisation_id", "assignee_id")),
    *(sa.column(name, _TEXT) for name in ("role", "status")),
)
_EXCLUSIONS, _CANDIDATES = table(TaskExclusion), table(TaskCandidate)


class Offered(Condition):
    """The task is theirs, or free for them: offered by name, or to one of their posts."""

    inherit_cache = True
    _traverse_internals = parts(task_id=PART, status=PART, person_id=PART, posts=PAIRS)

    def __init__(
        self,
        task_id: Any,
        status: sa.ColumnElement[str] | None,
        person_id: UUID,
        posts: Collection[tuple[UUID, str]],
    ) -> None:
        self.task_id, self.status = column(task_id), status
        self.person_id = bound("person", person_id, _ID)
        self.posts = tuple(
            (bound("host", organisation, _ID), bound("role", role, _TEXT))
            for organisation, role in sorted(posts)
        )

    def write(self) -> sa.ColumnElement[bool]:
        """Return the condition.

        A query for each way leads SQLite to the index for that way; of an OR it would read all
        tasks.
        """
        task = _TASKS.alias("offered")
        ways = (sa.select(task.c.id).where(*way) for way in self._ways(task))
        if self.status is not None:
            ways = (way.where(task.c.status == self.status) for way in ways)
        found: sa.ColumnElement[bool] = self.task_id.in_(sa.union_all(*ways))
        return found

    def _ways(self, task: Any) -> Iterator[tuple[sa.ColumnElement[bool], ...]]:
        yield (task.c.assignee_id == self.person_id,)
        is_excluded = sa.exists().where(
            _EXCLUSIONS.c.task_id == task.c.id, _EXCLUSIONS.c.person_id == self.person_id
        )
        is_free = (task.c.assignee_id.is_(None), ~is_excluded.correlate(task))
        candidate = _CANDIDATES.alias("candidate")
        named = sa.select(candidate.c.task_id).where(candidate.c.person_id == self.person_id)
        yield (task.c.id.in_(named), *is_free)
        for organisation, role in self.posts:
            yield (task.c.organisation_id == organisation, task.c.role == role, *is_free)
