"""Takes the content of cases off the server where a diagram asks it: what must not be kept here.

What stays says that there was a case, who did what when, and which numbers were drawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from workflow_server.events import Event
from workflow_server.services import definition_cache, history, jobs
from workflow_server.services.advance import calls
from workflow_server.services.situation import Situation
from workflow_server.store import erasures, process_instances
from workflow_server.store.db import transaction
from workflow_server.store.erasures import Titles
from workflow_server.store.history import Act
from workflow_server.store.process_instances import InstanceInHand, Locked

STOP_JOB, ERASE_JOB = "stop_before_erasing", "erase"
#: What must still happen to a case: its caller takes over how it ended.
_NEEDED = (ERASE_JOB, calls.CALL_ENDED, calls.CALL_ESCALATED)
#: Where a case keeps that it is to be emptied, and that it was.
DUE, DONE = "erasure", "erased"
_LONGEST_REASON = 200


def ask(values: Mapping[str, Any], situation: Situation) -> bool:
    """Let a case be emptied once it has ended, with all that it called and what called it.

    `keep` names kinds of records that stay as they are: the stub with the offline number.
    """
    kept = values.get("keep")
    kinds = kept.split() if isinstance(kept, str) else kept or []
    wanted = {
        "reason": str(values["reason"]).strip()[:_LONGEST_REASON],
        "keep": [str(kind) for kind in kinds],
        "asked_in": str(situation.instance.id),
    }
    _enqueue(situation.instance.id, wanted, situation.now)
    return True


def follow(situation: Situation) -> None:
    """Empty a case as it ends, if that was asked while it still ran."""
    wanted = situation.instance.standing.get(DUE)
    if wanted is not None:
        _enqueue(situation.instance.id, wanted, situation.now)


def _enqueue(instance_id: UUID, wanted: Mapping[str, Any], now: datetime) -> None:
    payload = {**wanted, "instance_id": str(instance_id)}
    # Not in line: papers and letters that wait must not go out before it.
    jobs.enqueue(STOP_JOB, payload, now=now, instance_id=instance_id, in_line=False)


@jobs.handles(STOP_JOB)
def stop(payload: Mapping[str, Any], now: datetime) -> jobs.WriteDown:
    """Take back what was still to be made and sent; empty the case once its caller was told."""
    instance_id = UUID(payload["instance_id"])

    def write_down() -> None:
        for each in _called(instance_id):
            erasures.drop_jobs(each, but=_NEEDED)
        jobs.enqueue(ERASE_JOB, payload, now=now, instance_id=instance_id)

    return write_down


@jobs.handles(ERASE_JOB)
def erase(payload: Mapping[str, Any], now: datetime) -> None:
    """Empty a family of cases, one after the other; one that still runs, as soon as it ends."""
    instance_id = UUID(payload["instance_id"])
    wanted = {name: payload[name] for name in ("reason", "keep", "asked_in")}
    for each in [*_callers(instance_id), *_called(instance_id)]:
        with transaction():
            _erase_one(process_instances.lock(each), wanted, now)


def _callers(instance_id: UUID) -> Iterator[UUID]:
    parent_id = process_instances.get(instance_id).parent_id
    while parent_id is not None:
        yield parent_id
        parent_id = process_instances.get(parent_id).parent_id


def _called(instance_id: UUID) -> list[UUID]:
    """Return a case with all that it called, and what these called."""
    return [instance_id, *process_instances.list_descendants(instance_id)]


def _erase_one(locked: Locked, wanted: dict[str, Any], now: datetime) -> None:
    instance = locked.instance
    if DONE in instance.standing:
        return
    if instance.state is not None:
        _put_off(instance, wanted, now)
        return
    erasures.drop_jobs(instance.id, but=_NEEDED)
    told = erasures.erase(instance.id, wanted["keep"], _titles(locked))
    acts = erasures.erase_history(instance.id)
    standing = {**instance.standing, DONE: {"reason": wanted["reason"], "at": now.isoformat()}}
    standing.pop(DUE, None)
    act = Act(at=now, act=Event.CASE_ERASED, data={**wanted, **told, "acts": acts})
    written = history.append(instance, act)
    process_instances.save(instance, {"standing": standing, "variables": {}, **written})


def _put_off(instance: InstanceInHand, wanted: dict[str, Any], now: datetime) -> None:
    if DUE in instance.standing:
        return
    act = Act(at=now, act=Event.ERASURE_ASKED, data=dict(wanted))
    standing = {**instance.standing, DUE: wanted}
    written = history.append(instance, act)
    process_instances.save(instance, {"standing": standing, **written})


def _titles(locked: Locked) -> Titles:
    content = definition_cache.content_of(locked.definition.deployment_id)
    return Titles(
        {kind.key: kind.title for kind in content.documents.values()},
        {kind.key: kind.label for kind in content.shared.records.values()},
    )
