"""Keeps who was refused what: every 403, and every 404 of something that is there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from workflow_server.errors import Forbidden, NotFound, WorkflowServerError
from workflow_server.events import Event
from workflow_server.services import history
from workflow_server.services.actors import Actor
from workflow_server.store import acts, existence
from workflow_server.store import history as history_rows
from workflow_server.store.db import session, transaction
from workflow_server.store.history import REFUSALS, Act, Stamp

#: How many refusals of one person are written down in an hour; then one row says so.
MOST = 60
_HOUR = timedelta(hours=1)


def note(
    actor: Actor,
    error: WorkflowServerError,
    route: str,
    ids: Mapping[str, Any],
    now: datetime,
) -> None:
    """Write a refusal down, after what was refused is rolled back.

    `ids` are those that the request named. Of a 404 only what is there is worth a row: who
    guesses at ids of nothing is not refused anything.
    """
    session().rollback()
    if isinstance(error, NotFound):
        object_id = existence.find(ids)
        if object_id is None:
            return
        reason = "not-visible"
    elif isinstance(error, Forbidden):
        reason, object_id = error.code, existence.last_id(ids)
    else:
        return
    if acts.count_of(actor.person_id, REFUSALS, now - _HOUR, MOST + 1) > MOST:
        return
    data = {"route": route, "reason": reason}
    if object_id is not None:
        data["object_id"] = str(object_id)
    with transaction():
        _write(actor, data, now)


def _write(actor: Actor, data: dict[str, Any], now: datetime) -> None:
    """Write one row, or the last one of the hour, which says that more will not be written."""
    history_rows.lock_chain(history_rows.area(REFUSALS), REFUSALS)
    count = acts.count_of(actor.person_id, REFUSALS, now - _HOUR, MOST + 1)
    if count > MOST:
        return
    event = Event.ACCESS_REFUSED if count < MOST else Event.REFUSALS_UNCOUNTED
    history.append_to_area(
        REFUSALS, Act(at=now, act=event, by=_stamp(actor), data=data if count < MOST else None)
    )


def _stamp(actor: Actor) -> Stamp:
    # In all of their identities they were refused; only one that was chosen is meant.
    if actor.chosen or len(actor.positions) == 1:
        return actor.stamp()
    return Stamp(actor.person_id, address=actor.address)
