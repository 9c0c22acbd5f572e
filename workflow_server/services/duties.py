"""Whether somebody may work on a task just now: theirs, still open, and not against separation."""

from __future__ import annotations

from uuid import UUID

from workflow_server.errors import InvalidState, NotFound
from workflow_server.services import access
from workflow_server.services.access import Segregated
from workflow_server.services.actors import Actor
from workflow_server.store import offers, tasks
from workflow_server.store.tasks import TaskInHand, TaskStatus


class TaskAlreadyCompleted(InvalidState):
    """任务已办结"""


class TaskCancelled(InvalidState):
    """任务已取消"""


def get_task(actor: Actor, task_id: UUID) -> TaskInHand:
    """Return a task that is the actor's to do; one that there is not is refused like unseen ones.

    Whether it is still open is another question.
    """
    found = tasks.find(task_id, actor.person_id)
    if found is None:
        raise NotFound(f"Expected task {task_id}, but there is none")
    task, standing = found
    access.check_may_do(actor, task, standing)
    return task


def check_may_work(actor: Actor, task: TaskInHand) -> None:
    """Refuse a task of the actor's that is over or that they must keep away from."""
    check_open(task)
    check_separate(actor.person_id, task)


def check_open(task: TaskInHand) -> None:
    """Refuse a task that is done or no longer needed."""
    if task.status == TaskStatus.COMPLETED:
        raise TaskAlreadyCompleted(
            f"任务“{task.name}”已办结，请刷新待办。"
            f" Expected an open task '{task.name}', but it is completed."
        )
    if task.status == TaskStatus.CANCELLED:
        raise TaskCancelled(
            f"任务“{task.name}”已取消，无需办理。"
            f" Expected an open task '{task.name}', but it is cancelled."
        )


def check_separate(person_id: UUID, task: TaskInHand) -> None:
    """Refuse whom a rule keeps from a task, and say which: who did the one must not do the other.

    It is the person who is kept from it, in whichever of their identities they come.
    """
    label = offers.find_exclusion(task.id, person_id)
    if label is not None:
        raise Segregated(
            f"任务“{task.name}”须由未办过相互制约环节的人员办理（{label or '职责分离'}）。"
            f" Expected another person for '{task.element_id}', but the duties must be separate."
        )
