"""Acts that a case offers while events of it wait: who may do which, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from typing import Any
from uuid import UUID

from workflow_server.content.elements import ElementExtensions
from workflow_server.content.forms import Form
from workflow_server.errors import InvalidState
from workflow_server.events import Event
from workflow_server.services import (
    access,
    answers,
    attachments,
    choosing,
    definition_cache,
    form_contexts,
    history,
    initials,
    masking,
    seam,
    views,
)
from workflow_server.services.access import NotYours, Segregated
from workflow_server.services.actors import Actor
from workflow_server.services.advance import Case, Moved, NextTask
from workflow_server.services.process_definitions import Paper, papers_of
from workflow_server.services.situation import Situation
from workflow_server.store import access as team_rows
from workflow_server.store import process_definitions, process_instances, subscriptions
from workflow_server.store.db import transaction
from workflow_server.store.history import Act
from workflow_server.store.process_definitions import ProcessDefinition
from workflow_server.store.process_instances import InstanceStatus, ProcessInstance
from workflow_server.store.subscriptions import Subscription

assert seam.TIED


class ActNotOffered(InvalidState):
    """该事项现在不能办理"""


@dataclass(frozen=True, slots=True)
class Offer:
    """What somebody may do to a case just now: `visit_id` is the wait that it ends."""

    visit_id: UUID
    element_id: str
    label: str
    #: The first of the act's roles that they have.
    role: str
    form: Form | None


@dataclass(frozen=True, slots=True)
class Desk:
    """All that somebody needs to do an act: its form, and what of the case stands beside it."""

    offer: Offer
    instance: ProcessInstance
    definition: ProcessDefinition
    reads: Sequence[tuple[str, Any]]
    context: Mapping[str, Any]
    initial: Mapping[str, Any]
    names: Mapping[str, str]
    previews: Sequence[Paper]


@dataclass(frozen=True, slots=True)
class Done:
    """What became of an act: how its case stands, and the tasks that follow."""

    instance_id: UUID
    instance_status: str
    next_tasks: tuple[NextTask, ...]


@dataclass(frozen=True, slots=True)
class Deed:
    """Which act somebody does; of an event that waits more than once, the oldest wait."""

    instance_id: UUID
    element_id: str
    visit_id: UUID | None = None
    role: str | None = None


def list_(actor: Actor, instance_id: UUID, now: datetime) -> list[Offer]:
    """Return the acts that the actor may do just now, as the diagram lists them."""
    instance = access.see_instance(actor, instance_id)
    return list_of(actor, instance, process_definitions.get(instance.process_definition_id), now)


def list_of(
    actor: Actor, instance: ProcessInstance, definition: ProcessDefinition, now: datetime
) -> list[Offer]:
    """Return the same of a case that the actor is known to see; costs nothing where none is."""
    process = definition_cache.content_of(definition.deployment_id).processes[definition.key]
    offered = [each for each in process.elements.values() if each.act is not None]
    if not offered or instance.status != InstanceStatus.RUNNING:
        return []
    if not access.sees_to_act(actor, instance.id):
        return []
    case = Case(process_instances.get_whole(instance.id), actor, now)
    return _Offers(case, actor).all()


def find(actor: Actor, deed: Deed, now: datetime) -> Offer:
    """Return the act that is meant; ActNotOffered, if it is not offered to the actor now."""
    access.see_instance(actor, deed.instance_id, acting=True)
    return _Offers(Case(process_instances.get_whole(deed.instance_id), actor, now), actor).get(deed)


def get_desk(actor: Actor, deed: Deed, now: datetime) -> Desk:
    """Return the form of an act and what stands beside it; ActNotOffered, if it is not."""
    instance = access.see_instance(actor, deed.instance_id, acting=True)
    case = Case(process_instances.get_whole(instance.id), actor, now)
    offer = _Offers(case, actor).get(deed)
    element, situation = _at(case, offer)
    veil = masking.of(actor, instance.id).hiding(element, situation.variables)
    values = situation.feel([each.value for each in element.reads])
    reads = [
        (each.label, veil.read(each.value, element.id, value))
        for each, value in zip(element.reads, values, strict=True)
    ]
    context = form_contexts.of(offer.form, {}, situation, veil)
    begins = initials.of_task(offer.form, {}, situation, veil)
    names = veil.variables({"names": case.instance.variables.get("names", {})})["names"]
    views.note(actor, instance, "act", offer.visit_id, masking.shown_sensitive(veil))
    return Desk(
        offer=offer,
        instance=instance,
        definition=process_definitions.get(instance.process_definition_id),
        reads=reads,
        context=context,
        initial=begins,
        names=form_contexts.called(names, begins, context, [value for _, value in reads]),
        previews=papers_of(case.content, element) if offer.form is not None else (),
    )


def do(
    actor: Actor,
    deed: Deed,
    given: dict[str, Any],
    now: datetime,
    idempotency_key: str | None = None,
) -> Done:
    """Do an act with the answers of its form, and move its case on.

    The answers are checked against the form of the version that the case runs. Of two who do
    the same act at once where it can be done once, the second gets ActNotOffered.
    """
    asked = history.asked(
        actor,
        idempotency_key,
        "case_acts.do",
        deed.instance_id,
        deed.element_id,
        deed.visit_id,
        deed.role,
        given,
    )
    access.see_instance(actor, deed.instance_id, acting=True)
    with transaction():
        locked = process_instances.lock(deed.instance_id)
        access.see_instance(actor, deed.instance_id, acting=True)
        first = history.first_answer(asked)
        if first is not None:
            return _done(deed, Moved.from_json(first))
        case = Case(locked, actor, now)
        case.check_running()
        offer = _Offers(case, actor).get(deed)
        return _done(deed, _do(case, actor, offer, given, asked))


def _do(
    case: Case, actor: Actor, offer: Offer, given: dict[str, Any], asked: history.Asked | None
) -> Moved:
    element, situation = _at(case, offer)
    checked = answers.check(
        case.content,
        element.form,
        given,
        situation.context(),
        actor,
        case.now,
        {},
        partial(masking.names_closed, actor, case.instance.id, element),
    )
    case.picked = checked.names
    attachments.adopt(checked.files, case.instance.id)
    act = Act(
        at=case.now,
        act=Event.ACT_DONE,
        by=actor.stamp(case.instance.organisation_id, offer.role),
        element_id=element.id,
        data={"label": offer.label, "answers": checked.answers},
    )
    return case.cause(offer.visit_id, element.id, checked.answers, act, asked)


def _at(case: Case, offer: Offer) -> tuple[ElementExtensions, Situation]:
    element = case.process.elements[offer.element_id]
    return element, case.house.situation_at(element, case.variables_at(offer.visit_id))


def _done(deed: Deed, moved: Moved) -> Done:
    return Done(deed.instance_id, moved.status, moved.next_tasks)


class _Offers:
    """The acts of one case, as they stand to one person."""

    def __init__(self, case: Case, actor: Actor) -> None:
        self.case = case
        self.actor = actor

    def all(self) -> list[Offer]:
        """Return what may be done now, each wait by itself."""
        found = (self.offer(wait) for wait in self.waits)
        return [each for each in found if each is not None]

    def get(self, deed: Deed) -> Offer:
        """Return the act that is meant, or say why it may not be done."""
        element = self.case.process.elements.get(deed.element_id)
        meant = [
            each
            for each in self.waits
            if each.element_id == deed.element_id and deed.visit_id in (None, each.id)
        ]
        if element is None or element.act is None or not meant:
            raise self.gone(deed.element_id)
        self.check_may(element, deed.role)
        offers = (self.offer(each, deed.role) for each in meant)
        found = next((each for each in offers if each is not None), None)
        if found is None:
            raise self.gone(deed.element_id)
        return found

    def offer(self, wait: Subscription, role: str | None = None) -> Offer | None:
        """Return an act, if the person may do it and its condition is true."""
        element = self.case.process.elements[wait.element_id]
        act = element.act
        held = self.held(element, role)
        if act is None or held is None or self.kept_by(element) is not None:
            return None
        if act.condition is not None:
            variables = self.case.variables_at(wait.id)
            situation = self.case.house.situation_at(element, variables)
            if situation.feel([act.condition])[0] is not True:
                return None
        form = self.case.content.forms[act.form] if act.form is not None else None
        return Offer(wait.id, element.id, act.label, held, form)

    @cached_property
    def waits(self) -> list[Subscription]:
        """What the case waits for that a person may make happen, the oldest first."""
        elements = self.case.process.elements
        found = subscriptions.list_of(self.case.instance.id)
        return [
            each
            for each in found
            if each.element_id in elements and elements[each.element_id].act is not None
        ]

    @cached_property
    def team(self) -> Sequence[tuple[UUID, str]]:
        """Who belongs to the case, in which role."""
        return team_rows.list_team(self.case.instance.id)

    def held(self, element: ElementExtensions, wanted: str | None) -> str | None:
        """Return the first of an act's roles that the person has in this case."""
        roles = element.act.roles if element.act is not None else ()
        fitting = (each for each in roles if wanted in (None, each))
        return next((each for each in fitting if self.has(each)), None)

    def has(self, role: str) -> bool:
        """Tell whether the person has a role: in the team, where it has that role; else held."""
        members = {person for person, of in self.team if of == role}
        host = self.case.instance.organisation_id
        if members:
            return self.actor.person_id in members and host in self.actor.homes
        return self.actor.holds(host, role)

    def kept_by(self, element: ElementExtensions) -> str | None:
        """Return the rule that keeps the person from an act for what they have done, or None."""
        rules = self.case.process.separated_from(element.id)
        if not rules:
            return None
        situation = self.case.house.situation_at(element, self.case.instance.variables)
        done = choosing.ground_of(situation).list_doers(rules)
        mine = (rules[each] for each, doer in done if doer == self.actor.person_id)
        return next(mine, None)

    def check_may(self, element: ElementExtensions, role: str | None) -> None:
        """Refuse whose act it is not, and who must keep away from it."""
        assert element.act is not None
        label = element.act.label
        if self.held(element, role) is None:
            raise NotYours(
                f"“{label}”不由您办理。 Expected an act of yours, but '{element.id}' is not."
            )
        rule = self.kept_by(element)
        if rule is not None:
            raise Segregated(
                f"“{label}”须由未办过相互制约环节的人员办理（{rule or '职责分离'}）。"
                f" Expected another person for '{element.id}', but the duties must be separate."
            )

    def gone(self, element_id: str) -> ActNotOffered:
        """Return the refusal of an act that is not offered just now."""
        element = self.case.process.elements.get(element_id)
        label = element.act.label if element is not None and element.act is not None else element_id
        return ActNotOffered(
            f"“{label}”现在不能办理，请刷新案件页面。"
            f" Expected act '{element_id}' to be offered, but it is not."
        )
