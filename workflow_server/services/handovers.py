"""Tasks that somebody may no longer do: back to their role, or to an incident that asks for one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from workflow_server.config import CHINA
from workflow_server.errors import NotFound
from workflow_server.events import Event
from workflow_server.rules.access import Reach, Restrictions, is_denied
from workflow_server.services import actors, clock, history, jobs
from workflow_server.services.actors import Actor
from workflow_server.store import directory, incidents, people, process_instances
from workflow_server.store import handovers as store
from workflow_server.store.db import session, transaction
from workflow_server.store.directory import Holder, Wanted
from workflow_server.store.history import Act
from workflow_server.store.process_instances import InstanceInHand
from workflow_server.store.tasks import Task
from workflow_server.store.types import new_id

GIVE_BACK_JOB = "give_back_tasks"
#: What incidents say of why nobody has a task any more.
_REASONS = {
    "position_ended": "其岗位已经终止，",
    "person_deactivated": "其账号已经停用，",
    "organisation_succeeded": "所在单位已经变更，",
    "recused": "办理人已回避，",
    "restricted": "案件密级或者标识已经变更，",
    "duties_separate": "其已办相互制约的任务，",
}


@dataclass(frozen=True, slots=True)
class Handover:
    """Why tasks are taken from people, by whom and when; the draft goes with the task or not."""

    by: Actor | None
    reason: str
    now: datetime
    keep_draft: bool = True


def give_back(person_id: UUID, by: Actor | None, reason: str) -> int:
    """Take open tasks from somebody whose posts no longer let them do these; return how many.

    A task with a role is its role's again, with the draft: that belongs to the case. Of one that
    nobody is left to do an incident says who had it. Call it inside the transaction that ends
    the post.
    """
    session().flush()
    holder = _holder(person_id)
    lost = [task for task in store.list_held(person_id) if not _may_still_do(holder, task)]
    for task in lost:
        locked = process_instances.lock(task.instance_id)
        _take(locked.instance, task, person_id, Handover(by, reason, clock.now()))
    session().expire_all()
    return len(lost)


def give_back_kept_from(instance: InstanceInHand, handover: Handover) -> list[UUID]:
    """Take open tasks of a case from whom it is kept now, and ask for somebody where nobody is.

    Returns which were taken. Call it under the lock of the case, with what is in force written.
    """
    session().flush()
    taken = []
    for task, clearance, certified, is_recused in store.list_open(instance.id):
        person_id = task.assignee_id
        if person_id is None:
            _ask_if_stuck(instance, task, None, handover)
            continue
        case = Restrictions(instance.secrecy, instance.minor, is_recused)
        reach = Reach(person_id, clearance=clearance or 0, minors_certified=bool(certified))
        if is_denied(reach, case):
            _take(instance, task, person_id, handover)
            taken.append(task.id)
    return taken


def give_back_tasks(
    instance: InstanceInHand, task_ids: Collection[UUID], person_id: UUID, handover: Handover
) -> None:
    """Take these tasks of a case from a person whose they are."""
    for task in store.list_by_id(task_ids):
        if task.assignee_id == person_id:
            _take(instance, task, person_id, handover)


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


def _take(instance: InstanceInHand, task: Task, person_id: UUID, handover: Handover) -> None:
    """Give a task back to its role or other candidates; if there is nobody, ask for somebody."""
    if store.give_back(task.id, person_id, keep_draft=handover.keep_draft):
        act = Act(
            at=handover.now,
            act=Event.TASK_RELEASED,
            by=handover.by.stamp(task.organisation_id) if handover.by is not None else None,
            element_id=task.element_id,
            task_id=task.id,
            data={"from": str(person_id), "reason": handover.reason},
        )
        process_instances.save(instance, history.append(instance, act))
    _ask_if_stuck(instance, task, person_id, handover)


def _ask_if_stuck(
    instance: InstanceInHand, task: Task, person_id: UUID | None, handover: Handover
) -> None:
    element_id = task.element_id
    if _somebody_may_do(instance, task) or incidents.asks_for_somebody(instance.id, element_id):
        return
    had_it = f"原由{people.get_person(person_id).name}办理，" if person_id is not None else ""
    why = _REASONS.get(handover.reason, "")
    incidents.add_all(
        [
            {
                "id": new_id(),
                "instance_id": instance.id,
                "element_id": task.element_id,
                "message": f"任务“{task.name}”{had_it}{why}没有其他可以办理的人，请指派办理人。"
                f" Expected somebody who may do '{task.element_id}', but there is nobody.",
                "raised_at": handover.now,
            }
        ]
    )


def _somebody_may_do(instance: InstanceInHand, task: Task) -> bool:
    """Tell whether a task is offered to anybody whom nothing keeps from it."""
    wanted = Wanted(task.organisation_id, instance.id, datetime.now(CHINA).date())
    posts: list[Holder] = []
    if task.role is not None:
        posts += directory.list_holders(replace(wanted, role=task.role))
    named = store.list_candidates(task.id)
    if named:
        posts += directory.list_holders(replace(wanted, person_ids=tuple(named)))
    excluded = store.list_excluded(task.id)
    return any(
        post.person_id not in excluded
        and not is_denied(
            Reach(post.person_id, clearance=post.clearance, minors_certified=post.minors_certified),
            Restrictions(instance.secrecy, instance.minor, post.recused),
        )
        for post in posts
    )
