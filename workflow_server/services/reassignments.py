"""An open task given to another person, by somebody who has the right to."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from workflow_server.errors import Fault, InvalidInput, NotFound
from workflow_server.events import Event
from workflow_server.rules.access import Right
from workflow_server.services import access, choosing, duties, history
from workflow_server.services.actors import Actor
from workflow_server.services.advance import Case
from workflow_server.store import offers, tasks
from workflow_server.store.db import transaction
from workflow_server.store.history import Act
from workflow_server.store.tasks import Listed, TaskInHand


class NotEligible(InvalidInput):
    """该人员不能办理此任务"""


def reassign(
    actor: Actor,
    task_id: UUID,
    person_id: UUID,
    reason: str,
    now: datetime,
    idempotency_key: str | None = None,
) -> Listed:
    """Give an open task to a person who may do it; the draft goes with the task.

    The actor needs the right to assign in the task's organisation. The person holds the
    task's role there or is one of its candidates, and nothing keeps them from the case or,
    by the separation of duties, from the task. Given like this it is theirs: they can't
    release it, but it can be given on.
    """
    asked = history.asked(actor, idempotency_key, "tasks.reassign", task_id, person_id, reason)
    with transaction():
        locked, task, _ = tasks.lock(task_id, actor.person_id)
        if not access.sees_instance(actor, task.instance_id):
            # Not in the words of the case: its id would be told.
            raise NotFound(f"Expected task {task_id}, but there is none")
        access.see_instance(actor, task.instance_id, acting=True)
        access.check_right(actor, Right.ASSIGN, task.organisation_id)
        if history.first_answer(asked) is None:
            duties.check_open(task)
            case = Case(locked, actor, now)
            duties.check_separate(person_id, task)
            _check_eligible(case, task, person_id)
            _give(case, actor, task, person_id, reason, asked)
    listed = tasks.find_listed(None, task_id)
    assert listed is not None
    return listed


def _give(
    case: Case,
    actor: Actor,
    task: TaskInHand,
    person_id: UUID,
    reason: str,
    asked: history.Asked | None,
) -> None:
    before = task.assignee_id
    if before == person_id:
        history.note_nothing_changed(actor, asked, {}, case.now)
        return
    tasks.save(task, {"assignee_id": person_id, "claimed_at": None})
    act = Act(
        at=case.now,
        act=Event.TASK_REASSIGNED,
        by=actor.stamp(task.organisation_id),
        element_id=task.element_id,
        task_id=task.id,
        data={
            "before": str(before) if before is not None else None,
            "after": str(person_id),
            "reason": reason,
        },
    )
    case.note(act, asked)


def _check_eligible(case: Case, task: TaskInHand, person_id: UUID) -> None:
    """Refuse a person who may not do the task, and say why."""
    element = case.process.elements[task.element_id]
    ground = choosing.ground_of(case.house.situation_at(element, case.variables_at(task.id)))
    posts = ground.holders(person_ids=(person_id,))
    if not posts:
        raise _refusal(task, "不是本单位在职人员")
    keeps = choosing.why_not(ground, posts[0])
    if keeps is not None:
        raise _refusal(task, keeps)
    roles = {role for role in (task.role, ground.role) if role is not None}
    is_candidate = (task.id, person_id) in offers.list_candidates([task.id])
    if roles and not is_candidate and roles.isdisjoint(post.role for post in posts):
        labels = "、".join(sorted(ground.label_of_role(role) for role in roles))
        raise _refusal(task, f"不担任“{labels}”，也不是该任务的候选人")


def _refusal(task: TaskInHand, why: str) -> NotEligible:
    return NotEligible(
        f"任务“{task.name}”不能交给该人员：{why}。"
        f" Expected somebody who may do '{task.element_id}', but the person may not.",
        [Fault("#/person_id", why)],
    )
