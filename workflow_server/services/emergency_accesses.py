"""Emergency access: a case looked into against the rules, with a reason, under an auditor's eye."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from workflow_server.config import CHINA
from workflow_server.errors import InvalidInput, InvalidState, NotFound
from workflow_server.events import Event
from workflow_server.rules.access import Right, covers
from workflow_server.services import access, history
from workflow_server.services.actors import Actor
from workflow_server.services.advance import Case
from workflow_server.services.restrictions import check_reason
from workflow_server.store import access as store
from workflow_server.store import cases, organisations, process_instances
from workflow_server.store.access import EmergencyAccess
from workflow_server.store.db import transaction
from workflow_server.store.history import EMERGENCY_ACCESS, Act
from workflow_server.store.organisations import Organisation
from workflow_server.store.types import new_id

#: Real time, whatever the business clock says.
LASTS = timedelta(hours=24)
SHORTEST_REASON = 10
#: A number is one case's own, unless two offices write theirs alike.
_MOST_NUMBERED = 20
_ID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class AlreadyReviewed(InvalidState):
    """该紧急查阅已审阅"""


class CaseMissing(InvalidInput):
    """未指明案件"""


class SeveralCases(InvalidInput):
    """编号不只一个案件"""


class AlreadyOpen(InvalidState):
    """无需紧急查阅"""


def find_case(actor: Actor, named: str) -> UUID:
    """Return the case that an id, an address with an id, or a case number names.

    NotFound alike for a number that no case bears and for one out of the right's reach;
    SeveralCases where it leaves open which one is meant.
    """
    id_ = _ID.search(named)
    if id_ is not None:
        return UUID(id_.group())
    if not named.strip():
        raise CaseMissing(
            "请填写案件编号、案件页的地址或案件标识。"
            " Expected the number of a case, its address or its id, but there is none."
        )
    numbered = cases.list_numbered(named.strip(), _MOST_NUMBERED)
    found = [id_ for id_, host_id in numbered if _may_take(actor, organisations.get(host_id))]
    if not found:
        raise NotFound("Expected a case with this number, but there is none")
    if len(found) > 1:
        raise SeveralCases(
            "有多个案件使用这一编号，请填写案件页的地址。"
            " Expected the number of one case, but several bear it."
        )
    return found[0]


def take(
    actor: Actor,
    instance_id: UUID,
    reason: str,
    now: datetime,
    idempotency_key: str | None = None,
) -> EmergencyAccess:
    """Let the actor read a case for a day; NotFound for who has no right to that there.

    AlreadyOpen for who sees it as it is, or looks into it in an emergency already.
    It reaches past secrecy and minors, never past a recusal, and allows no act. Every auditor
    sees that it was taken.
    """
    check_reason(reason, SHORTEST_REASON)
    asked = history.asked(actor, idempotency_key, "emergency_accesses.take", instance_id, reason)
    with transaction():
        # Before the lock, that nobody holds up a case who may not; after it, as it is now.
        _check_may_take(actor, instance_id)
        locked = process_instances.lock(instance_id)
        host = _check_may_take(actor, instance_id)
        first = history.first_answer(asked)
        if first is not None:
            return store.get_emergency(UUID(first["emergency_access_id"]))
        real = datetime.now(UTC)
        _check_needs(actor, instance_id, real)
        row = EmergencyAccess(
            id=new_id(),
            person_id=actor.person_id,
            instance_id=instance_id,
            reason=reason.strip(),
            taken_at=real,
            expires_at=real + LASTS,
        )
        store.add(row)
        data = {
            "emergency_access_id": str(row.id),
            "instance_id": str(instance_id),
            "reason": row.reason,
            "expires_at": row.expires_at.astimezone(CHINA).isoformat(),
        }
        act = Act(at=now, act=Event.EMERGENCY_ACCESS_TAKEN, by=actor.stamp(host.id), data=data)
        history.append_to_area(EMERGENCY_ACCESS, act)
        Case(locked, actor, now).note(act, asked, {"emergency_access_id": str(row.id)})
    return row


def list_(
    actor: Actor, reviewed: bool | None = None, page: int = 1, page_size: int = 50
) -> tuple[Sequence[EmergencyAccess], int]:
    """Return every emergency access, newest first, for audit administrators: no case content."""
    access.check_administers(actor, "audit")
    return store.list_emergencies(reviewed, page_size, (page - 1) * page_size)


def host_of(row: EmergencyAccess) -> UUID:
    """Return which organisation hosts the case."""
    return process_instances.get(row.instance_id).organisation_id


def review(
    actor: Actor, emergency_id: UUID, now: datetime, idempotency_key: str | None = None
) -> EmergencyAccess:
    """Mark that an auditor has looked at an emergency access; once."""
    access.check_administers(actor, "audit")
    asked = history.asked(actor, idempotency_key, "emergency_accesses.review", emergency_id)
    with transaction():
        row = store.lock_emergency(emergency_id)
        if history.first_answer(asked) is not None:
            return row
        if row.reviewed_at is not None:
            raise AlreadyReviewed(
                "该紧急查阅已审阅，无需再审。"
                " Expected an emergency access to review, but it is reviewed."
            )
        row.reviewed_at, row.reviewed_by = now, actor.person_id
        data = {"emergency_access_id": str(row.id)}
        act = Act(at=now, act=Event.EMERGENCY_ACCESS_REVIEWED, by=actor.stamp(), data=data)
        history.append_to_area(EMERGENCY_ACCESS, act, asked)
    return row


def _check_may_take(actor: Actor, instance_id: UUID) -> Organisation:
    """Refuse, as if there were no case, who has no right there or is recused; return the host."""
    host = organisations.get(process_instances.get(instance_id).organisation_id)
    if not _may_take(actor, host) or store.find_recusal(instance_id, actor.person_id):
        raise NotFound(f"Expected process instance {instance_id}, but there is none")
    return host


def _check_needs(actor: Actor, instance_id: UUID, real: datetime) -> None:
    """Refuse an emergency that is none: it would stand in the trail and show nothing more."""
    running = store.find_emergency(actor.person_id, instance_id, real)
    if running is not None:
        until = f"{running.expires_at.astimezone(CHINA):%Y-%m-%d %H:%M}"
        raise AlreadyOpen(
            f"紧急查阅仍在有效期内，至 {until}，无需再次申请。"
            f" Expected no emergency access, but there is one until {until}."
        )
    if access.sees_instance(actor, instance_id):
        raise AlreadyOpen(
            "您已可查看本案，无需紧急查阅。"
            " Expected a case that the actor does not see, but they see it."
        )


def _may_take(actor: Actor, host: Organisation) -> bool:
    """Tell whether the right reaches a host: the position's own, or one below it of its party."""
    return any(
        Right.BREAK_GLASS in each.rights and covers(each, host.id, host.path, host.party)
        for each in actor.positions
    )
