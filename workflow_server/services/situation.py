"""What an effect sees: the instance, the element, the actor and the moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from workflow_server import feel
from workflow_server.config import CHINA
from workflow_server.content.parameters import values

if TYPE_CHECKING:
    from workflow_server.content.content import Content
    from workflow_server.content.elements import ElementExtensions, ProcessExtensions
    from workflow_server.content.shared import Shared
    from workflow_server.engine.runtime import Visit
    from workflow_server.services.actors import Actor
    from workflow_server.store.process_definitions import Reference
    from workflow_server.store.process_instances import InstanceInHand


class CaseSeen(Protocol):
    """What expressions see of a case itself, be it there or only about to be."""

    @property
    def id(self) -> UUID:
        """Its id."""

    @property
    def organisation_id(self) -> UUID:
        """Its host."""

    @property
    def business_key(self) -> str | None:
        """Its number."""

    @property
    def started_at(self) -> datetime:
        """When it began."""


#: Where days are counted and shown.

#: Names that no fact may take: the server keeps them.
RESERVED = frozenset(
    {
        "actor",
        "answers",
        "case",
        "data",
        "deadlines",
        "documents",
        "errors",
        "messages",
        "names",
        "organisation",
        "parameters",
        "records",
        "results",
        "this",
        "today",
    }
)


@dataclass(slots=True)
class Situation:
    """One element's moment in one instance, inside the open transaction.

    `variables` is the instance's own JSON and is changed in place: facts at the top,
    and under the reserved names `records` (by kind), `documents` (by kind), `deadlines`
    (by name) what the services of these nouns put there for expressions to read.
    """

    instance: InstanceInHand
    definition: Reference
    content: Content
    process: ProcessExtensions
    organisation: Mapping[str, Any]  # id, name, short_name, code of the host, as JSON
    actor: Actor | None  # None when the clock or a message moves the instance
    now: datetime
    variables: dict[str, Any]
    visit: Visit
    #: Records of other cases that were changed in this step, for the history to tell.
    touched: list[dict[str, Any]] = field(default_factory=list)
    #: Who makes which event happen in this step: the history has it only afterwards.
    doing: tuple[str, UUID] | None = None

    @property
    def element(self) -> ElementExtensions | None:
        """The element where the token is, as the diagram describes it."""
        return self.process.elements.get(self.visit.element_id)

    def feel(self, values: Sequence[str | None]) -> list[Any]:
        """Evaluate values: "=…" is FEEL (all in one crossing), other text is itself."""
        asked = [value[1:] for value in values if value is not None and value.startswith("=")]
        if not asked:
            return list(values)
        results = iter(feel.evaluate_all(asked, self.context(), now=self.now))
        return [
            next(results) if value is not None and value.startswith("=") else value
            for value in values
        ]

    def context(self) -> dict[str, Any]:
        """Return what expressions may read."""
        shared = self.content.shared
        context = context_of(self.instance, self.organisation, self.variables, self.now, shared)
        if self.actor is not None:
            context["actor"] = actor_context(self.actor, self.instance)
        return context


def actor_context(actor: Actor, instance: CaseSeen) -> dict[str, Any]:
    """Return the `actor` of expressions: who acts, with the first role held in the host."""
    roles = [p.role for p in actor.positions if p.organisation_id == instance.organisation_id]
    return {
        "id": str(actor.person_id),
        "name": actor.name,
        "role": roles[0] if roles else None,
        "roles": roles,
    }


def context_of(
    instance: CaseSeen,
    organisation: Mapping[str, Any],
    variables: Mapping[str, Any],
    now: datetime,
    shared: Shared,
) -> dict[str, Any]:
    """Return the expression context of an instance when nobody acts."""
    empty: dict[str, Any] = {}
    return {
        "answers": empty,
        "messages": empty,
        "names": empty,
        "documents": empty,
        "records": empty,
        "deadlines": empty,
        "errors": empty,
        "results": empty,
        "data": empty,
        "actor": None,
        "this": empty,
        **variables,
        "organisation": dict(organisation),
        "parameters": values(shared.parameters.values(), organisation.get("region")),
        "case": {
            "id": str(instance.id),
            "business_key": instance.business_key,
            "started_on": instance.started_at.astimezone(CHINA).date().isoformat(),
        },
        "today": now.astimezone(CHINA).date().isoformat(),
    }
