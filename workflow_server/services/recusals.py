"""People who must have nothing to do with a case: ordered, lifted, and kept to at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from workflow_server.errors import InvalidState
from workflow_server.events import Event
from workflow_server.rules.access import Right
from workflow_server.services import access, handovers, history
from workflow_server.services.actors import Actor
from workflow_server.services.advance import Case, standings
from workflow_server.services.handovers import Handover
from workflow_server.services.restrictions import check_reason
from workflow_server.store import access as store
from workflow_server.store import people, process_instances
from workflow_server.store.access import Recusal
from workflow_server.store.db import transaction
from workflow_server.store.history import Act
from workflow_server.store.types import new_id


class AlreadyRecused(InvalidState):
    """该人员已回避本案"""


class RecusalLifted(InvalidState):
    """该回避已解除"""


def order(
    actor: Actor,
    instance_id: UUID,
    person_id: UUID,
    reason: str,
    now: datetime,
    idempotency_key: str | None = None,
) -> Recusal:
    """Keep a person from a case from now on, one's own person too.

    They lose sight of it at once. Their open tasks go back to the role or the other candidates;
    what nobody else is offered becomes an incident.
    """
    check_reason(reason)
    asked = history.asked(actor, idempotency_key, "recusals.order", instance_id, person_id, reason)
    with transaction():
        # Before the lock, that nobody holds up a case who may not; after it, as it is now.
        _check_may_order(actor, instance_id)
        locked = process_instances.lock(instance_id)
        first = history.first_answer(asked)
        if first is not None:
            return store.get_recusal(instance_id, UUID(first["recusal_id"]))
        _check_may_order(actor, instance_id)
        people.get_person(person_id)
        if store.find_recusal(instance_id, person_id) is not None:
            raise AlreadyRecused(
                "该人员已在回避，无需再次决定。 Expected a person who is not recused, but they are."
            )
        case = Case(locked, actor, now)
        row = _keep_away(case, person_id, reason.strip(), asked)
        for called in _called_by(case):
            if store.find_recusal(called.instance.id, person_id) is None:
                _keep_away(called, person_id, reason.strip(), None)
    return row


def _keep_away(case: Case, person_id: UUID, reason: str, asked: history.Asked | None) -> Recusal:
    actor, instance = case.actor, case.instance
    assert actor is not None
    row = Recusal(
        id=new_id(),
        person_id=person_id,
        instance_id=instance.id,
        reason=reason,
        ordered_by=actor.person_id,
        ordered_at=case.now,
    )
    store.add(row)
    team = [each for each in store.list_team(instance.id) if each[0] != person_id]
    store.replace_team(instance.id, team)
    data = {"person_id": str(person_id), "reason": row.reason}
    _note(case, Event.PERSON_RECUSED, instance.organisation_id, row, data, asked)
    # What they have begun to write is not for the next one.
    handover = Handover(actor, "recused", case.now, keep_draft=False)
    handovers.give_back_kept_from(instance, handover)
    return row


def _called_by(case: Case) -> Iterator[Case]:
    """Yield all that a case has called, and what that has called, each held."""
    for called_id in process_instances.list_called(case.instance.id) if case.calls else ():
        called = case.beside(process_instances.lock(called_id))
        yield called
        yield from _called_by(called)


def list_(
    actor: Actor, instance_id: UUID, page: int = 1, page_size: int = 50
) -> tuple[Sequence[Recusal], int]:
    """Return the recusals from a case that the actor sees, lifted ones included."""
    access.see_instance(actor, instance_id)
    return store.list_recusals(instance_id, page_size, (page - 1) * page_size)


def lift(
    actor: Actor,
    instance_id: UUID,
    recusal_id: UUID,
    reason: str,
    now: datetime,
    idempotency_key: str | None = None,
) -> Recusal:
    """Let a recused person come back to a case; they can't do it themselves, not seeing it.

    The team takes them in again if the diagram counts them in it; no task comes back.
    """
    check_reason(reason)
    asked = history.asked(actor, idempotency_key, "recusals.lift", instance_id, recusal_id, reason)
    with transaction():
        _check_may_order(actor, instance_id)
        locked = process_instances.lock(instance_id)
        if history.first_answer(asked) is not None:
            return store.get_recusal(instance_id, recusal_id)
        _check_may_order(actor, instance_id)
        row = store.get_recusal(instance_id, recusal_id)
        if row.lifted_at is not None:
            raise RecusalLifted(
                "该回避已解除；如需回避，请重新决定。"
                " Expected a recusal in force, but it is lifted."
            )
        case = Case(locked, actor, now)
        _let_back(case, row, reason.strip(), asked)
        for called in _called_by(case):
            same = store.find_recusal(called.instance.id, row.person_id)
            if same is not None and same.ordered_at == row.ordered_at:
                _let_back(called, same, reason.strip(), None)
    return row


def _let_back(case: Case, row: Recusal, reason: str, asked: history.Asked | None) -> None:
    assert case.actor is not None
    row.lifted_by, row.lifted_at, row.lifted_reason = case.actor.person_id, case.now, reason
    team = standings.team_of(case.instance.standing)
    told: dict[str, Any] = standings.write_team(case.instance, team)[0] if team else {}
    data = {"person_id": str(row.person_id), "reason": row.lifted_reason, **told}
    _note(case, Event.RECUSAL_LIFTED, case.instance.organisation_id, row, data, asked)


def _check_may_order(actor: Actor, instance_id: UUID) -> UUID:
    instance = access.see_instance(actor, instance_id, acting=True)
    access.check_right(actor, Right.RECUSE, instance.organisation_id)
    return instance.organisation_id


def _note(
    case: Case,
    event: Event,
    organisation_id: UUID,
    row: Recusal,
    data: dict[str, Any],
    asked: history.Asked | None,
) -> None:
    assert case.actor is not None
    by = case.actor.stamp(organisation_id)
    act = Act(at=case.now, act=event, by=by, data={"recusal_id": str(row.id), **data})
    case.note(act, asked, {"recusal_id": str(row.id)})
