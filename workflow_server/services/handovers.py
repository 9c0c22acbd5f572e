"""Tasks that somebody may no longer do: back to their role, or to an incident that asks for one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from workflow_server.config import CHINA
from workflow_server.errors import NotFound
from workflow_server.events import Event
from workflow_server.services import actors, clock, history, jobs
from workflow_server.services.actors import Actor
from workflow_server.store import handovers as store
from workflow_server.store import incidents, people, process_instances
from workflow_server.store.db import session, transaction
from workflow_server.store.history import Act
from workflow_server.store.tasks import Task
from workflow_server.store.types import new_id

GIVE_BACK_JOB = "give_back_tasks"


def give_back(person_id: UUID, by: Actor | None, reason: str) -> int:
    """Take open tasks from somebody whose posts no longer let them do these; return how many.

    A task with a role is its role's again, with the draft: that belongs to the case. One that
    was theirs by name only becomes nobody's, and an incident says who had it. Call it inside
    the transaction that ends the post.
    """
    session().flush()
    holder = _holder(person_id)
    lost = [task for task in store.list_held(person_id) if not _may_still_do(holder, task)]
    for task in lost:
        _give_back(task, person_id, by, reason)
    session().expire_all()
    return len(lost)


def plan(person_id: UUID, day: date, now: datetime) -> None:
    """Give tasks back on the day when a post ends; `now` is real time."""
    wait = datetime.combine(day, time(), CHINA) - now
    business = clock.now()
    jobs.enqueue(
        GIVE_BACK_JOB,
        {"person_id": str(person_id)},
        subject_id=person_id,
        in_line=False,
        now=business,
        due_at=business + wait,
    )


@jobs.handles(GIVE_BACK_JOB)
def give_back_on_the_day(payload: Mapping[str, Any], _now: datetime) -> jobs.WriteDown:
    """Give the tasks of somebody back whose post ended today."""
    person_id = UUID(payload["person_id"])

    def write_down() -> None:
        with transaction():
            give_back(person_id, None, "position_ended")

    return write_down


def _holder(person_id: UUID) -> Actor:
    try:
        return actors.actor_of(person_id)
    except NotFound:
        return Actor(person_id, "")  # no longer active: holds nothing


def _may_still_do(holder: Actor, task: Task) -> bool:
    if task.role is not None:
        return holder.holds(task.organisation_id, task.role)
    return task.organisation_id in holder.organisation_ids


def _give_back(task: Task, person_id: UUID, by: Actor | None, reason: str) -> None:
    was_theirs = task.assignee_id == person_id
    locked = process_instances.lock(task.instance_id)
    store.give_back(task.id, person_id)
    now = clock.now()
    if was_theirs:
        act = Act(
            at=now,
            act=Event.TASK_RELEASED,
            by=by.stamp() if by is not None else None,
            element_id=task.element_id,
            task_id=task.id,
            data={"from": str(person_id), "reason": reason},
        )
        process_instances.save(locked.instance, history.append(locked.instance, act))
    if task.role is None and not store.list_candidates(task.id):
        _ask_for_somebody(task, person_id, now)


def _ask_for_somebody(task: Task, person_id: UUID, now: datetime) -> None:
    name = people.get_person(person_id).name
    incidents.add_all(
        [
            {
                "id": new_id(),
                "instance_id": task.instance_id,
                "element_id": task.element_id,
                "message": f"任务“{task.name}”原由{name}办理，其岗位已经终止，请另行指定办理人。"
                f" Task '{task.element_id}' needs another person: the post of who had it ended.",
                "raised_at": now,
            }
        ]
    )
