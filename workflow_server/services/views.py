"""Keeps who looked into a case with sensitive content, and for what purpose."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from workflow_server.events import Event
from workflow_server.services import clock, history
from workflow_server.services.actors import Actor
from workflow_server.store import access as access_rows
from workflow_server.store import acts, process_instances
from workflow_server.store.db import transaction
from workflow_server.store.history import VIEWS, Act, views_of
from workflow_server.store.process_instances import ProcessInstance

#: From this secrecy on, every view leaves a trace.
SECRET = 2
#: Within this time the same view of the same person is one row.
ONCE = timedelta(minutes=5)
#: How many rows back an equal view is looked for.
_BACK = 50


def note(
    actor: Actor,
    case: ProcessInstance | UUID,
    what: str,
    object_id: UUID | None = None,
    classes: Iterable[str] = (),
) -> None:
    """Write down that somebody looks into a case, before they do; a normal case leaves no trace.

    Traced are cases that concern a minor or are secret, cases looked into under emergency
    access, and whatever showed classes of personal data in the clear. `what` is the kind of
    view ("detail", "variables", "history", "document" …).
    """
    shown = sorted(set(classes))
    instance = case if isinstance(case, ProcessInstance) else process_instances.get(case)
    instance_id, reasons = instance.id, _reasons(actor, instance)
    if not (reasons or shown):
        return
    now = clock.now()
    data: dict[str, Any] = {"what": what}
    if object_id is not None:
        data["object_id"] = str(object_id)
    if shown:
        data["classes"] = shown
    if reasons:
        data["reasons"] = reasons
    if actor.purpose is not None:
        data["purpose"] = actor.purpose
    chain = views_of(instance_id)
    if _is_known(chain, actor, data, now):
        return
    by = actor.stamp(instance.organisation_id)
    with transaction():
        act = Act(at=now, act=Event.CASE_VIEWED, by=by, data=data)
        history.append_to_chain(chain, VIEWS, instance_id, act)


def _reasons(actor: Actor, instance: ProcessInstance) -> list[str]:
    found = ["minor"] if instance.minor else []
    if instance.secrecy >= SECRET:
        found.append("secrecy")
    if access_rows.find_emergency(actor.person_id, instance.id, datetime.now(UTC)):
        found.append("emergency")
    return found


def _is_known(chain: UUID, actor: Actor, data: dict[str, Any], now: datetime) -> bool:
    return any(
        row.person_id == actor.person_id and row.data == data and now - row.at < ONCE
        for row in acts.list_last(chain, _BACK)
    )
