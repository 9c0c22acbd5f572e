"""What actors may see and do: the one place where that is decided."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from workflow_server.errors import Forbidden, InvalidState, NotFound
from workflow_server.rules.access import (
    Post,
    Reach,
    Restrictions,
    Right,
    is_denied,
    reach_of,
)
from workflow_server.services.actors import Actor
from workflow_server.store import process_instances
from workflow_server.store.process_instances import ProcessInstance
from workflow_server.store.sight import Sight
from workflow_server.store.tasks import Standing, TaskInHand, TaskStatus


class TaskTaken(InvalidState):
    """任务已由他人办理"""


class NotYours(Forbidden):
    """该事项不由您办理"""


class Segregated(Forbidden):
    """不得办理与本人已办环节相互制约的任务"""


def reach(actor: Actor) -> Reach:
    """Return how far an actor sees, in the identity chosen or in all of theirs."""
    posts = (
        Post(
            each.organisation_id,
            each.role,
            each.sees,
            each.department_id,
            each.path,
            each.party,
            each.predecessors,
        )
        for each in actor.positions
    )
    return reach_of(
        actor.person_id,
        posts,
        homes=actor.homes,
        clearance=actor.clearance,
        minors_certified=actor.minors_certified,
        administration=actor.administration,
    )


def sight(actor: Actor, *, acting: bool = False) -> Sight:
    """Return the condition for cases that the actor may see; emergency access is not for acts."""
    found = reach(actor)
    return Sight(
        person_id=found.person_id,
        organisations=found.organisations,
        departments=found.departments,
        subtrees=found.subtrees,
        offered=found.offered,
        homes=found.homes,
        clearance=found.clearance,
        minors_certified=found.minors_certified,
        barred=found.barred,
        real=datetime.now(UTC),
        emergency=not acting,
    )


def see_instance(actor: Actor, instance_id: UUID, *, acting: bool = False) -> ProcessInstance:
    """Return an instance that the actor may see; NotFound otherwise.

    To act there must be more than emergency access, which is for reading: Forbidden.
    """
    instance = process_instances.find_seen(sight(actor), instance_id)
    if instance is None:
        raise NotFound(f"Expected process instance {instance_id}, but there is none")
    if acting and not sees_to_act(actor, instance_id):
        raise NotYours(
            "紧急查阅只能查看，不能办理。 Expected to read only, under emergency access."
        )
    return instance


def sees_instance(actor: Actor, instance_id: UUID) -> bool:
    """Tell whether an actor may see an instance, for who must not name it when they may not."""
    return sight(actor).sees(instance_id)


def sees_to_act(actor: Actor, instance_id: UUID) -> bool:
    """Tell whether an actor sees an instance by more than emergency access, which is to read."""
    return sight(actor, acting=True).sees(instance_id)


def check_may_do(actor: Actor, task: TaskInHand, standing: Standing) -> None:
    """Refuse unless a task is the actor's to do: their own, or free for them.

    Who does not see the case learns nothing of it; who sees it is told that it is another's.
    Whom it was offered to is told that somebody else was quicker.
    """
    case = Restrictions(standing.secrecy, standing.minor, standing.recused)
    if not is_denied(reach(actor), case):
        is_home = task.organisation_id in actor.homes
        if is_home and actor.person_id in (task.assignee_id, task.completed_by):
            return
        is_offered = (is_home and standing.named) or actor.holds(task.organisation_id, task.role)
        if is_offered and (task.assignee_id is None or _is_over(task)):
            return
        if is_offered and task.claimed_at is not None:
            raise TaskTaken(
                f"任务“{task.name}”已由他人签收，请刷新待办。"
                f" Expected task '{task.name}' to be free, but another person has it."
            )
    if sees_instance(actor, task.instance_id):
        raise NotYours(
            f"任务“{task.name}”不由您办理。 Expected a task of yours, but '{task.name}' is not."
        )
    raise NotFound(f"Expected task {task.id}, but there is none")


#: What rights are called to a person who lacks them.
_RIGHTS = {
    Right.PROPOSE: "提出部署申请",
    Right.APPROVE: "审批部署申请",
    Right.ASSIGN: "指派任务",
    Right.RESTRICT: "设定案件密级和标识",
    Right.RECUSE: "决定回避",
    Right.BREAK_GLASS: "紧急查阅案件",
    Right.REPAIR: "处理流程",
    Right.CHANGE_CLOCKS: "调整期限",
    Right.VOID: "作废编号",
    Right.READ_INQUIRIES: "查看过问记录",
    Right.TAKE_OVER: "接管旧台账",
}


def check_right(actor: Actor, right: Right, organisation_id: UUID | None = None) -> None:
    """Refuse who has no right, in one organisation or any, by the identity chosen or all."""
    if not actor.may(right, organisation_id):
        raise without(right)


def check_any_right(actor: Actor, *rights: Right) -> None:
    """Refuse who has none of several rights, in whichever organisation."""
    if not any(actor.may(right) for right in rights):
        raise without(*rights)


def without(*rights: Right) -> NotYours:
    """Return the refusal of somebody who has none of the rights that an act needs one of."""
    chinese = "或".join(f"“{_RIGHTS[right]}”" for right in rights)
    english = " or ".join(f"'{right}'" for right in rights)
    return NotYours(
        f"您没有{chinese}的权限，请由有此权限的人员办理，或选用有此权限的身份。"
        f" Expected the right {english} here, but the actor lacks it."
    )


def _is_over(task: TaskInHand) -> bool:
    # Somebody offered it was quicker: they are told that it is done, wherever that is checked.
    return task.claimed_at is not None and task.status != TaskStatus.OPEN


#: What the three separated administrations are called.
_ADMINISTRATIONS = {"system": "系统管理员", "security": "安全保密管理员", "audit": "安全审计员"}


def administers(actor: Actor, *kinds: str) -> bool:
    """Tell whether an actor is an administrator: of one of these kinds, or of any."""
    return actor.administration in (kinds or _ADMINISTRATIONS)


def check_administers(actor: Actor, *kinds: str) -> None:
    """Refuse everybody but the administrators of these kinds, or of any."""
    if not administers(actor, *kinds):
        wanted = kinds or tuple(_ADMINISTRATIONS)
        chinese = "、".join(_ADMINISTRATIONS[kind] for kind in wanted)
        english = " or ".join(f"'{kind}'" for kind in wanted)
        raise Forbidden(f"只有{chinese}可以这样做。 Expected an administrator of {english}.")
