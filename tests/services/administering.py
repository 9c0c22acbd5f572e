"""Administrators beside the office's own, and what the history of their acts says."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from workflow_server.config import CHINA
from workflow_server.services import actors, organisations
from workflow_server.services.actors import Actor
from workflow_server.store import history

#: Real time: posts begin and end by it.
NOW = datetime.now(UTC)
TODAY = NOW.astimezone(CHINA).date()


def administrator(kind: str = "security") -> Actor:
    """Add an administrator of one of the three kinds."""
    person = organisations.add_person(f"{kind}_officer", f"{kind} 员", administration=kind)
    return actors.actor_of(person.id)


def again(actor: Actor) -> Actor:
    """Return an actor as they are now."""
    return actors.actor_of(actor.person_id)


def acts(chain_id: UUID | None = None) -> list[str]:
    """Return what was done to organisations, people and posts, or to a case."""
    found, _ = history.list_(chain_id or history.area("organisations"), 1000, 0)
    return [row.act for row in found]


def written() -> dict[str, Any]:
    """Return what the last act on organisations, people and posts left behind."""
    return dict(history.list_data(history.area("organisations"))[-1])
