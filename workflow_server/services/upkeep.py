"""Upkeep: how the house stands, for the system administrator; nothing of what cases hold."""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from uuid import UUID

from workflow_server.rendering import fonts
from workflow_server.rules.access import Right
from workflow_server.services import access, anchors, clock, definition_cache, deployments
from workflow_server.services.actors import Actor
from workflow_server.store import directory, proposals, upkeep
from workflow_server.store.db import settings
from workflow_server.store.deployments import Deployment
from workflow_server.store.incidents import Incident
from workflow_server.store.process_definitions import ProcessDefinition
from workflow_server.store.upkeep import Queue

#: So long may a due job wait before somebody ought to look; so long means that nothing works.
LATE, STUCK = timedelta(minutes=1), timedelta(minutes=10)
#: So much of the disk should stay free.
TIGHT = 0.1
_STARTED = datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is looked at: "green", "yellow" or "red", and the figures behind that."""

    name: str
    light: str
    figures: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Health:
    """How the house stands at a moment."""

    version: str
    #: Since when the process that answers has been up.
    started_at: datetime
    checks: Sequence[Check]
    queue: Queue
    open_incidents: int

    @property
    def light(self) -> str:
        """The worst of all lights."""
        found = {check.light for check in self.checks}
        return next(light for light in ("red", "yellow", "green") if light in found)


@dataclass(frozen=True, slots=True)
class Place:
    """Where something failed, in the words of the diagram."""

    process: str
    version: int
    step: str | None


@dataclass(frozen=True, slots=True)
class Sealed:
    """A deployment with what came of it and who is behind it."""

    deployment: Deployment
    definitions: Sequence[ProcessDefinition]
    by: str | None
    proposal_id: UUID | None


def check(actor: Actor) -> None:
    """Refuse everybody but system administrators."""
    access.check_administers(actor, "system")


def look(actor: Actor, now: datetime) -> Health:
    """Look at everything that must work, for system administrators."""
    access.check_administers(actor, "system")
    began = time.perf_counter()
    clock.check()
    answered = (time.perf_counter() - began) * 1000
    real = datetime.now(UTC)
    queue = upkeep.count_queue(now, real)
    checks = (
        _database(answered),
        _worker(queue, now),
        _papers(),
        _anchor(),
        _disk(),
    )
    open_incidents = upkeep.count_open_incidents()
    return Health(version("workflow-server"), _STARTED, checks, queue, open_incidents)


def kinds(actor: Actor) -> Sequence[str]:
    """Return the kinds of jobs that are not done."""
    access.check_administers(actor, "system")
    return upkeep.list_kinds()


def places(found: Sequence[Incident]) -> dict[UUID, Place]:
    """Return where incidents happened, by their ids; those of no instance are left out."""
    known = upkeep.list_places({each.instance_id for each in found if each.instance_id})
    placed = {}
    for each in found:
        at = known.get(each.instance_id) if each.instance_id else None
        if at is not None:
            step = _step(at.deployment_id, at.key, each.element_id)
            placed[each.id] = Place(at.title, at.version, step)
    return placed


def list_deployments(
    actor: Actor, page: int = 1, page_size: int = 20
) -> tuple[Sequence[Sealed], int]:
    """Return deployments with all that belongs to them, newest first, and how many there are.

    For system administrators, and who proposes or approves content.
    """
    if not (actor.may(Right.PROPOSE) or actor.may(Right.APPROVE)):
        access.check_administers(actor, "system")
    rows, total = deployments.list_(page, page_size)
    definitions = upkeep.list_definitions([each.id for each in rows])
    names = directory.list_names([each.deployed_by for each in rows if each.deployed_by])
    from_proposals = proposals.list_ids_by_deployment([each.id for each in rows])
    return [
        Sealed(
            each,
            [it for it in definitions if it.deployment_id == each.id],
            names.get(each.deployed_by) if each.deployed_by else None,
            from_proposals.get(each.id),
        )
        for each in rows
    ], total


def _step(deployment_id: UUID, key: str, element_id: str | None) -> str | None:
    if element_id is None:
        return None
    process = definition_cache.content_of(deployment_id).processes.get(key)
    element = process.elements.get(element_id) if process is not None else None
    return (element.name if element is not None else None) or element_id


def _database(milliseconds: float) -> Check:
    kind = "PostgreSQL" if settings().url.startswith("postgresql") else "SQLite"
    light = "green" if milliseconds < 200 else "yellow"
    return Check("database", light, {"kind": kind, "milliseconds": round(milliseconds, 1)})


def _worker(queue: Queue, now: datetime) -> Check:
    waits = now - queue.oldest_due if queue.oldest_due is not None else timedelta(0)
    # What a worker holds is under way, however long the next in line has to wait for it.
    light = "green" if waits < LATE or queue.running else "yellow" if waits < STUCK else "red"
    figures = {
        "late": queue.late,
        "oldest_due": queue.oldest_due,
        "running": queue.running,
        "last_done": upkeep.find_last_done(),
    }
    return Check("worker", light, figures)


def _papers() -> Check:
    chosen = settings()
    built = fonts.is_built(chosen.fonts_dir)
    figures = {
        "workers": chosen.render_workers,
        "seconds": chosen.render_seconds,
        "megabytes": chosen.render_memory_mb,
        "fonts": built,
    }
    return Check("papers", "green" if built else "red", figures)


def _anchor() -> Check:
    minutes = settings().anchor_minutes
    if not minutes:
        return Check("anchor", "yellow", {"minutes": 0, "last": None, "seq": None})
    last = anchors.find_last()
    figures = {
        "minutes": minutes,
        "last": last.at if last is not None else None,
        "seq": last.seq if last is not None else None,
    }
    # However old the last one is: where nothing happens there is nothing to bind.
    return Check("anchor", "green" if last is not None else "yellow", figures)


def _disk() -> Check:
    place = next(each for each in _ways_up(settings().blobs_dir) if each.is_dir())
    usage = shutil.disk_usage(place)
    free = usage.free / usage.total
    light = "green" if free > TIGHT else "yellow" if free > TIGHT / 5 else "red"
    return Check("disk", light, {"free": usage.free, "total": usage.total})


def _ways_up(path: Path) -> Sequence[Path]:
    whole = path.resolve()
    return [whole, *whole.parents]
