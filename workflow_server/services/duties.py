"""Whether somebody may work on a task just now: theirs, still open, and not against separation."""

from __future__ import annotations

from uuid import UUID

from workflow_server.errors import InvalidState, NotFound
from workflow_server.services import access
from workflow_server.services.access import Segregated
from workflow_server.services.actors import Actor
from workflow_server.store import tasks
from workflow_server.store.tasks import TaskInHand, TaskStatus


class TaskAlreadyCompleted(InvalidState):
    """任务已办结"""


class TaskCancelled(InvalidState):
    """任务已取消"""


def get_task(task_id: UUID) -> TaskInHand:
    """Return a task; one that there is not is refused like one of somebody else's."""
    task = tasks.find(task_id)
    if task is None:
        raise NotFound(f"Expected task {task_id}, but there is none")
    return task


def check_may_work(actor: Actor, task: TaskInHand) -> None:
    """Refuse unless a task is the actor's to do, is open and is not kept from them."""
    access.check_may_do(actor, task)
    check_open(task)
    if tasks.is_excluded(task.id, actor.person_id):
        raise segregated(task)


def check_open(task: TaskInHand) -> None:
    """Refuse a task that is done or no longer needed."""
    if task.status == TaskStatus.COMPLETED:
        raise TaskAlreadyCompleted(f"Expected an open task '{task.name}', but it is completed")
    if task.status == TaskStatus.CANCELLED:
        raise TaskCancelled(f"Expected an open task '{task.name}', but it is cancelled")


def segregated(task: TaskInHand) -> Segregated:
    """Return the refusal of somebody who did what the task must be separate from."""
    return Segregated(
        f"任务“{task.name}”须由未办过相互制约环节的人员办理。"
        f" Expected another person for '{task.element_id}', but the duties must be separate."
    )
