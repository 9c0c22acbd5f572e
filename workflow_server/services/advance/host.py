"""The house as the engine sees it: what happens when a token arrives, works and leaves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID, uuid4

import structlog

from workflow_server import feel
from workflow_server.content.content import Content
from workflow_server.content.elements import ElementExtensions, ProcessExtensions
from workflow_server.engine.runtime import BusinessError, Visit
from workflow_server.errors import Unavailable, WorkflowServerError
from workflow_server.services import effects, open_words
from workflow_server.services.actors import Actor
from workflow_server.services.advance.assignments import Assignment, assign
from workflow_server.services.situation import Situation, actor_context, context_of
from workflow_server.store.organisations import Host
from workflow_server.store.process_definitions import Reference
from workflow_server.store.process_instances import InstanceInHand

log = structlog.get_logger(__name__)

_FOR_PEOPLE = frozenset({"userTask", "manualTask"})


class Unforeseen(Exception):
    """Something went wrong that only the log may tell of; the message says where there."""


@dataclass(slots=True)
class House:
    """Does what the diagram asks while the engine moves one instance."""

    #: What an iteration brings about belongs to the whole instance.
    shared: ClassVar[frozenset[str]] = frozenset({*effects.GROUPS, effects.BUSINESS_KEY})

    instance: InstanceInHand
    definition: Reference
    #: The `organisation` of expressions.
    organisation: dict[str, Any]
    content: Content
    process: ProcessExtensions
    actor: Actor | None
    now: datetime
    assignments: dict[UUID, Assignment] = field(default_factory=dict)
    outcome: tuple[str, str] | None = None
    #: Records of other cases that were changed in this step.
    touched: list[dict[str, Any]] = field(default_factory=list)
    #: Who makes which event happen in this step.
    doing: tuple[str, UUID] | None = None
    is_called: bool = False

    def enter(self, visit: Visit, variables: dict[str, Any]) -> None:
        """Do what is asked on arrival; a person's task finds its person."""
        situation = self.situation(visit, variables)
        with _guarded(visit.element_id):
            effects.run(situation, "enter")
            if visit.type in _FOR_PEOPLE:
                self.assignments[visit.id] = assign(situation)

    def perform(self, visit: Visit, variables: dict[str, Any]) -> None:
        """Do a service task's operation; what it refuses is an error that the diagram may catch."""
        try:
            with _guarded(visit.element_id):
                effects.operate(self.situation(visit, variables))
        except Unavailable:
            raise
        except WorkflowServerError as error:
            raise BusinessError(error.code, error.message) from error

    def leave(self, visit: Visit, variables: dict[str, Any]) -> None:
        """Do what is asked when the element is done; an end says how it ended."""
        situation = self.situation(visit, variables)
        with _guarded(visit.element_id):
            effects.run(situation, "leave")
            element = situation.element
            if element is not None and element.outcome is not None:
                value, label = situation.feel([element.outcome.value, element.outcome.label])
                self.outcome = (str(value), open_words.masked(str(label), situation))

    def evaluate(self, expressions: Sequence[str], variables: dict[str, Any]) -> list[Any]:
        """Evaluate the conditions of a gateway."""
        with _guarded("gateway"):
            return feel.evaluate_all(expressions, self.context(variables), now=self.now)

    def situation(self, visit: Visit, variables: dict[str, Any]) -> Situation:
        """Return what an effect at an element sees."""
        return Situation(
            instance=self.instance,
            definition=self.definition,
            content=self.content,
            process=self.process,
            organisation=self.organisation,
            actor=self.actor,
            now=self.now,
            variables=variables,
            visit=visit,
            touched=self.touched,
            doing=self.doing,
        )

    def situation_at(self, element: ElementExtensions, variables: dict[str, Any]) -> Situation:
        """Return what expressions at an element see while nothing moves."""
        visit = Visit(self.instance.id, element.id, element.type, element.name)
        return self.situation(visit, variables)

    def context(self, variables: dict[str, Any]) -> dict[str, Any]:
        """Return what expressions outside any element may read."""
        context = context_of(
            self.instance, self.organisation, variables, self.now, self.content.shared
        )
        if self.actor is not None:
            context["actor"] = actor_context(self.actor, self.instance)
        return context


@contextmanager
def _guarded(element_id: str) -> Iterator[None]:
    """Let refusals pass; what else is raised goes to the log, and only its reference on."""
    try:
        yield
    except WorkflowServerError:
        raise
    except Exception as error:
        reference = uuid4().hex[:12]
        log.exception("effect_failed_unexpectedly", reference=reference, element_id=element_id)
        raise Unforeseen(
            f"服务器内部错误，请把编号 {reference} 告知管理员。"
            f" Give the reference {reference} to an administrator."
        ) from error


def organisation_context(organisation: Host) -> dict[str, Any]:
    """Return the `organisation` of expressions."""
    return {
        "id": str(organisation.id),
        "key": organisation.key,
        "name": organisation.name,
        "short_name": organisation.short_name,
        "code": organisation.code,
        "party": organisation.party,
        "region": organisation.region,
        "parent": organisation.parent_id and str(organisation.parent_id),
    }
