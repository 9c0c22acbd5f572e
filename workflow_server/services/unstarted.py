"""A case that there is not yet: what its form and its papers can already know of it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from workflow_server.content.content import Content
from workflow_server.services.actors import Actor
from workflow_server.services.advance.host import organisation_context
from workflow_server.services.situation import actor_context, context_of
from workflow_server.store import organisations
from workflow_server.store.organisations import Host
from workflow_server.store.types import new_id


@dataclass(frozen=True, slots=True)
class Unstarted:
    """A case that there is not yet, as expressions see it."""

    id: UUID
    organisation_id: UUID
    started_at: datetime
    business_key: str | None = None


def facts_of(
    actor: Actor, organisation_id: UUID, content: Content, now: datetime
) -> dict[str, Any]:
    """Return what FEEL would see at the start of a case of an organisation, before any answer."""
    found = organisations.get(organisation_id)
    host = Host(**{each.name: getattr(found, each.name) for each in fields(Host)})
    case = Unstarted(new_id(), host.id, now)
    context = context_of(case, organisation_context(host), {}, now, content.shared)
    context["actor"] = actor_context(actor, case)
    return context
