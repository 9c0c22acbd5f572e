"""A case's secrecy and flags, set by hand by somebody who has the right to."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from workflow_server.errors import InvalidInput
from workflow_server.events import Event
from workflow_server.rules.access import WORK_SECRET, Marks, Right
from workflow_server.services import access, handovers, history
from workflow_server.services.actors import Actor
from workflow_server.services.advance import Case, calls, standings
from workflow_server.services.handovers import Handover
from workflow_server.store import process_instances
from workflow_server.store.db import transaction
from workflow_server.store.history import Act
from workflow_server.store.process_instances import ProcessInstance

#: How long a flag and a reason may be; the shapes of the API say the same.
LONGEST_FLAG, LONGEST_REASON = 60, 500


class MarksUnknown(InvalidInput):
    """密级或标识不符合要求"""


class ReasonMissing(InvalidInput):
    """请填写理由"""


def set_(
    actor: Actor,
    instance_id: UUID,
    marks: Marks,
    reason: str,
    now: datetime,
    idempotency_key: str | None = None,
) -> ProcessInstance:
    """Restrict a case by hand, in place of what was set by hand before.

    In force is the stricter of this and what the diagram says, at once: the answer may be the
    last that the actor sees of the case.
    """
    check_reason(reason)
    _check_marks(marks)
    given = standings.as_json(marks)
    asked = history.asked(actor, idempotency_key, "restrictions.set", instance_id, given, reason)
    with transaction():
        # Before the lock, that nobody holds up a case who may not; after it, as it is now.
        _check_may_restrict(actor, instance_id)
        locked = process_instances.lock(instance_id)
        if history.first_answer(asked) is None:
            instance = _check_may_restrict(actor, instance_id)
            case = Case(locked, actor, now)
            before = _in_force(case)
            standing = {**case.instance.standing, "by_hand": given}
            after = standings.in_force(standing)
            process_instances.save(case.instance, {"standing": standing, **after})
            data = {"before": before, "after": after, "by_hand": given, "reason": reason.strip()}
            by = actor.stamp(instance.organisation_id)
            case.note(Act(at=now, act=Event.CASE_RESTRICTED, by=by, data=data), asked)
            handovers.give_back_kept_from(case.instance, Handover(actor, "restricted", now))
            calls.hand_down(case)
        return process_instances.get(instance_id)


def check_reason(reason: str, shortest: int = 1) -> None:
    """Refuse an act that needs a reason without one that is long enough, and with a tract."""
    if len(reason) > LONGEST_REASON:
        raise ReasonMissing(
            f"理由最多{LONGEST_REASON}个字。"
            f" Expected a reason of at most {LONGEST_REASON} characters, but it is longer."
        )
    if len(reason.strip()) < shortest:
        raise ReasonMissing(
            f"请填写理由，至少{shortest}个字。"
            f" Expected a reason of at least {shortest} characters, but it is shorter."
        )


def _check_marks(marks: Marks) -> None:
    if marks.secrecy not in range(WORK_SECRET + 1):
        raise MarksUnknown("请选择密级。 Expected a degree of secrecy, but there is none.")
    if any(len(each) > LONGEST_FLAG for each in marks.flags):
        raise MarksUnknown(
            f"标识最多{LONGEST_FLAG}个字。"
            f" Expected flags of at most {LONGEST_FLAG} characters, but one is longer."
        )


def _check_may_restrict(actor: Actor, instance_id: UUID) -> ProcessInstance:
    instance = access.see_instance(actor, instance_id, acting=True)
    access.check_right(actor, Right.RESTRICT, instance.organisation_id)
    return instance


def _in_force(case: Case) -> dict[str, Any]:
    instance = case.instance
    return {"secrecy": instance.secrecy, "minor": instance.minor, "flags": list(instance.flags)}
