"""What actors may see and do: the one place where that is decided."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from workflow_server.errors import Forbidden, InvalidState, NotFound
from workflow_server.services.actors import Actor
from workflow_server.store import process_instances, tasks
from workflow_server.store.process_instances import ProcessInstance
from workflow_server.store.tasks import TaskInHand


class TaskTaken(InvalidState):
    """任务已由他人办理"""


class Segregated(Forbidden):
    """不得办理与本人已办环节相互制约的任务"""


def visible_instances(actor: Actor) -> Any:
    """Return the query condition for instances that the actor may see."""
    return process_instances.visible_to(actor.person_id, actor.organisation_ids)


def visible_tasks(actor: Actor) -> Any:
    """Return the query condition for tasks that the actor may see."""
    return tasks.visible_to(actor.person_id, actor.organisation_ids)


def see_instance(actor: Actor, instance_id: UUID) -> ProcessInstance:
    """Return an instance that the actor may see; NotFound otherwise."""
    instance = process_instances.get(instance_id)
    if instance.organisation_id in actor.organisation_ids:
        return instance
    if process_instances.is_visible(visible_instances(actor), instance_id):
        return instance
    raise NotFound(f"Expected process instance {instance_id}, but there is none")


def sees_instance(actor: Actor, instance_id: UUID) -> bool:
    """Tell whether an actor may see an instance, for who must not name it when they may not."""
    return process_instances.is_visible(visible_instances(actor), instance_id)


def check_may_do(actor: Actor, task: TaskInHand) -> None:
    """Refuse unless a task is the actor's to do: their own, or free for a role they hold.

    Who neither owns it nor holds its role learns nothing of it.
    """
    if task.assignee_id == actor.person_id or task.completed_by == actor.person_id:
        return
    if not actor.holds(task.organisation_id, task.role):
        raise NotFound(f"Expected task {task.id}, but there is none")
    if task.assignee_id is not None:
        raise TaskTaken(f"Expected task '{task.name}' to be free, but another person has it")


#: What the three separated administrations are called.
_ADMINISTRATIONS = {"system": "系统管理员", "security": "安全保密管理员", "audit": "安全审计员"}


def check_administers(actor: Actor, administration: str) -> None:
    """Refuse everybody but the administrators of one of the three kinds."""
    if actor.administration != administration:
        raise Forbidden(
            f"只有{_ADMINISTRATIONS[administration]}可以这样做。"
            f" Expected an administrator of '{administration}'."
        )
