"""Who would get a task, and why: the choice of people tried out with made-up facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from workflow_server.config import CHINA
from workflow_server.content import content
from workflow_server.content.content import Content
from workflow_server.content.elements import Assign, ElementExtensions
from workflow_server.content.refusals import ContentRefused
from workflow_server.engine.runtime import Visit
from workflow_server.errors import Fault, InvalidInput, NotFound
from workflow_server.rules.access import Right
from workflow_server.services import access, actors, choosing, definition_cache, drafts
from workflow_server.services.actors import Actor
from workflow_server.services.advance.host import organisation_context
from workflow_server.services.choosing import Choice
from workflow_server.services.situation import Situation
from workflow_server.store import organisations, process_definitions
from workflow_server.store.organisations import Host
from workflow_server.store.process_definitions import Reference
from workflow_server.store.process_instances import InstanceInHand, InstanceStatus
from workflow_server.store.types import new_id


class TrialRefused(InvalidInput):
    """选人试算的条件有误"""


@dataclass(frozen=True, slots=True)
class Conditions:
    """A case made up for a trial: who started it, what was answered, who did what."""

    element_id: str
    organisation_id: UUID
    starter_id: UUID | None = None
    #: The last answers of elements, by element.
    answers: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    #: Who completed which element, in the order in which it was done.
    completed_by: Mapping[str, UUID] = field(default_factory=dict)
    secrecy: int = 1
    minor: bool = False
    #: Of what content: a draft's, or (None) what is in force.
    draft_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """The process that is tried, and the content that it stands in; a draft has no version."""

    key: str
    version: int | None
    title: str
    party: str | None
    content: Content
    reference: Reference


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of a trial: the choice, and the rules that it was made by."""

    source: Source
    element: ElementExtensions
    assign: Assign
    choice: Choice

    @property
    def outcome(self) -> str:
        """How the task would open: one person's, offered to several, a role's, or not at all."""
        if self.choice.problem is not None:
            return "nobody"
        if self.choice.to_role:
            return "role"
        return "assignee" if self.choice.assignee_id is not None else "candidates"


def try_out(actor: Actor, key: str, conditions: Conditions, now: datetime) -> Trial:
    """Choose the people of a task of the newest version or a draft, in a case that there is not.

    It is the choice that a real case makes, and writes nothing. Designers and approvers of
    content and system administrators may ask it of every organisation, who assigns tasks of
    their own; it tells names and posts, as the directory does, and nothing of any case.
    """
    _check_may(actor, conditions.organisation_id)
    source = _source(actor, key, conditions.draft_id)
    situation = _situation(source, conditions, now)
    element = situation.element
    if element is None or element.type != "userTask":
        raise _refusal("element_id", f"流程里没有人工任务“{conditions.element_id}”")
    done = [(each, person) for each, person in reversed([*conditions.completed_by.items()])]
    ground = choosing.Ground(situation, lambda: done, datetime.now(CHINA).date())
    choice = choosing.choose(ground)
    return Trial(source, element, ground.assign, choice)


def _check_may(actor: Actor, organisation_id: UUID) -> None:
    if access.administers(actor, "system") or actor.may(Right.ASSIGN, organisation_id):
        return
    if not (actor.may(Right.PROPOSE) or actor.may(Right.APPROVE)):
        raise access.without(Right.PROPOSE, Right.APPROVE, Right.ASSIGN)


def _source(actor: Actor, key: str, draft_id: UUID | None) -> Source:
    if draft_id is not None:
        return _drafted(actor, key, draft_id)
    newest = process_definitions.find_newest(key)
    if newest is None:
        raise NotFound(f"Expected process '{key}', but there is none")
    return Source(
        key=key,
        version=newest.version,
        title=newest.title,
        party=newest.party,
        content=definition_cache.content_of(newest.deployment_id),
        reference=Reference(newest.id, newest.deployment_id, key),
    )


def _drafted(actor: Actor, key: str, draft_id: UUID) -> Source:
    """Return a process as a draft has it; refuse a draft that could not be deployed."""
    faults = drafts.check(actor, draft_id)
    if faults:
        raise ContentRefused(
            "草稿还有错误，改正后才能试算。 Expected a draft without faults to try.", faults
        )
    draft, bundle = drafts.bundle_of(actor, draft_id)
    loaded = content.load(bundle)
    if key not in loaded.processes:
        raise NotFound(f"Expected process '{key}' in the draft, but there is none")
    process = loaded.processes[key]
    return Source(
        key=key,
        version=None,
        title=process.title or process.name or key,
        party=process.party,
        content=loaded,
        reference=Reference(draft.id, draft.base_id, key),
    )


def _situation(source: Source, conditions: Conditions, now: datetime) -> Situation:
    process = source.content.processes[source.key]
    host = _host(source, conditions.organisation_id)
    element = process.elements.get(conditions.element_id)
    given = {each: [answers] for each, answers in conditions.answers.items()}
    variables = {**conditions.facts, "answers": given}
    acting = [each for each in (conditions.starter_id, *conditions.completed_by.values()) if each]
    people = [_person(each) for each in acting]
    return Situation(
        instance=_instance(conditions, variables, now),
        definition=source.reference,
        content=source.content,
        process=process,
        organisation=organisation_context(host),
        actor=people[-1] if people else None,
        now=now,
        variables=variables,
        visit=Visit(
            new_id(),
            conditions.element_id,
            element.type if element is not None else "",
            element.name if element is not None else "",
        ),
    )


def _instance(conditions: Conditions, variables: dict[str, Any], now: datetime) -> InstanceInHand:
    return InstanceInHand(
        id=new_id(),
        organisation_id=conditions.organisation_id,
        business_key=None,
        status=InstanceStatus.RUNNING,
        version=1,
        started_at=now,
        started_by=conditions.starter_id,
        department_id=None,
        secrecy=conditions.secrecy,
        minor=conditions.minor,
        flags=[],
        standing={},
        history_length=0,
        history_hash=b"",
        state=None,
        variables=variables,
    )


def _host(source: Source, organisation_id: UUID) -> Host:
    found = organisations.find(organisation_id)
    if found is None:
        raise _refusal("organisation_id", "没有这个单位")
    if source.party not in (None, found.party):
        raise _refusal("organisation_id", f"“{source.title}”不能在{found.name}办理")
    return Host(**{each.name: getattr(found, each.name) for each in fields(Host)})


def _person(person_id: UUID) -> Actor:
    try:
        return actors.actor_of(person_id)
    except NotFound as error:
        raise _refusal("completed_by", f"没有人员 {person_id}") from error


def _refusal(name: str, detail: str) -> TrialRefused:
    message = f"{detail}。 Expected conditions that can be tried, but '{name}' can't."
    return TrialRefused(message, [Fault(f"#/{name}", detail)])
