"""What a step came to: the tasks that it opened, and how the instance stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from workflow_server.services.actors import Actor
from workflow_server.store import offers, tasks


@dataclass(frozen=True, slots=True)
class NextTask:
    """A task that a step has opened."""

    id: UUID
    element_id: str
    name: str
    organisation_id: UUID
    role: str | None
    assignee_id: UUID | None
    #: Whom it is offered to by name, and whom it is kept from.
    offered_ids: frozenset[UUID] = frozenset()
    excluded_ids: frozenset[UUID] = frozenset()

    def is_for(self, actor: Actor) -> bool:
        """Tell whether it is the actor's to do: theirs, or free and offered to them."""
        if self.assignee_id is not None:
            return self.assignee_id == actor.person_id
        if actor.person_id in self.excluded_ids:
            return False
        is_named = actor.person_id in self.offered_ids
        return is_named or actor.holds(self.organisation_id, self.role)


@dataclass(frozen=True, slots=True)
class Moved:
    """What a step came to."""

    status: str
    next_tasks: tuple[NextTask, ...]

    def as_json(self) -> dict[str, Any]:
        """Return it as the history keeps it, short: the tasks are in the store."""
        return {"status": self.status, "tasks": [str(each.id) for each in self.next_tasks]}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Moved:
        """Read what `as_json` wrote; the tasks as they were when they were opened."""
        ids = [UUID(each) for each in data["tasks"]]
        if not ids:
            return cls(data["status"], ())
        found = {task.id: task for task in tasks.list_by_id(ids)}
        offered, excluded = offers.list_candidates(ids), offers.list_excluded(ids)
        return cls(
            data["status"], tuple(_as_opened(found[each], offered, excluded) for each in ids)
        )


def _as_opened(
    task: tasks.TaskInHand,
    offered: Sequence[tuple[UUID, UUID]],
    excluded: Sequence[tuple[UUID, UUID]],
) -> NextTask:
    return NextTask(
        task.id,
        task.element_id,
        task.name,
        task.organisation_id,
        task.role,
        # Who claimed it came later; whom it was assigned to was known at once.
        None if task.claimed_at is not None else task.assignee_id,
        frozenset(person for of, person in offered if of == task.id),
        frozenset(person for of, person in excluded if of == task.id),
    )
