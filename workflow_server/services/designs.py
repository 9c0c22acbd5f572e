"""What is designed, for designers: processes with their versions, and what stands in a drawing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from workflow_server.content.elements import (
    DeadlineEffect,
    DocumentEffect,
    ElementExtensions,
    MessageEffect,
)
from workflow_server.rules.access import Right
from workflow_server.services import deployments, process_changes, process_definitions
from workflow_server.services import proposals as proposing
from workflow_server.services.actors import Actor
from workflow_server.store import definition_use, people, proposals
from workflow_server.store import deployments as deployment_rows
from workflow_server.store import process_definitions as rows
from workflow_server.store.process_definitions import ProcessDefinition
from workflow_server.store.proposals import Proposal


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a process: where it came from, and how many cases run on it."""

    definition: ProcessDefinition
    deployed_at: datetime
    #: "folder", "cli" or "proposal".
    source: str
    proposal_id: UUID | None
    proposed_by: str | None
    approved_by: Sequence[str]
    running: int


@dataclass(frozen=True, slots=True)
class Design:
    """A process with its versions, newest first."""

    key: str
    title: str
    party: str | None
    versions: Sequence[Version]


@dataclass(frozen=True, slots=True)
class Part:
    """What stands in an element of a drawing, in words of the content."""

    element_id: str
    name: str
    type: str
    who: str | None
    form: str | None
    papers: Sequence[str]
    rules: Sequence[str]
    messages: Sequence[str]


def list_(actor: Actor) -> list[Design]:
    """Return every process with its versions, for who proposes or approves content."""
    proposing.check_may_prepare(actor)
    newest = process_definitions.list_()
    versions = _versions(rows.list_all())
    return [Design(each.key, each.title, each.party, versions.get(each.key, ())) for each in newest]


def get(actor: Actor, definition_id: UUID) -> tuple[ProcessDefinition, Version]:
    """Return a definition and the version that it is of."""
    proposing.check_may_prepare(actor)
    definition = process_definitions.get(definition_id)
    ((version,),) = _versions([definition]).values()
    return definition, version


def parts_of(definition: ProcessDefinition) -> list[Part]:
    """Return what stands in each element of a drawing that says more than BPMN."""
    content = deployments.content_of(definition.deployment_id)
    shared, kinds = content.shared, content.documents
    elements = content.processes[definition.key].elements.values()
    return [
        Part(
            element_id=each.id,
            name=each.name or each.id,
            type=each.type,
            who=_who(each, {key: role.label for key, role in shared.roles.items()}),
            form=each.form,
            papers=[
                kinds[effect.kind].title if effect.kind in kinds else effect.kind
                for effect in each.effects
                if isinstance(effect, DocumentEffect)
            ],
            rules=[
                effect.rule
                for effect in each.effects
                if isinstance(effect, DeadlineEffect) and effect.rule
            ],
            messages=[
                shared.messages[effect.type].label if effect.type in shared.messages
                else effect.type
                for effect in each.effects
                if isinstance(effect, MessageEffect)
            ],
        )
        for each in elements
        if each.type == "userTask" or each.effects or each.operation
    ]  # fmt: skip


def may_decide(actor: Actor, proposal: Proposal) -> bool:
    """Tell whether an actor may approve or reject a proposal: never their own."""
    is_open = proposal.status == "open" and proposal.proposed_by != actor.person_id
    return is_open and actor.may(Right.APPROVE)


def _versions(found: Sequence[ProcessDefinition]) -> dict[str, list[Version]]:
    """Return versions by process, in few statements; `found` are rows, newest first.

    Deployments that changed nothing of a process have its number: the first one brought it.
    """
    same: dict[tuple[str, int], list[ProcessDefinition]] = defaultdict(list)
    for row in found:
        same[row.key, row.version].append(row)
    brought = {of_one[-1].deployment_id for of_one in same.values()}
    deployed, running = deployment_rows.list_by_id(brought), definition_use.count_running()
    proposed = proposals.list_by_deployment(brought)
    approved = proposals.list_approvals([each.id for each in proposed.values()])
    versions: dict[str, list[Version]] = defaultdict(list)
    for (key, _number), of_one in same.items():
        deployment = deployed[of_one[-1].deployment_id]
        proposal = proposed.get(deployment.id)
        version = Version(
            definition=of_one[0],
            deployed_at=deployment.deployed_at,
            source=deployment.source,
            proposal_id=proposal.id if proposal is not None else None,
            proposed_by=proposal.proposed_by_name if proposal is not None else None,
            approved_by=approved.get(proposal.id, ()) if proposal is not None else (),
            running=sum(running.get(row.id, 0) for row in of_one),
        )
        versions[key].append(version)
    return versions


def _who(element: ElementExtensions, labels: Mapping[str, str]) -> str | None:
    if element.type != "userTask":
        return None
    assign = element.assign
    role = (assign.role if assign is not None else None) or element.lane_role
    label = labels.get(role or "", role or "")
    if assign is None or assign.strategy == "role":
        return label or None
    strategy = process_changes.STRATEGIES.get(assign.strategy, assign.strategy)
    return f"{strategy}（{label}）" if label else strategy


def name_of(person_id: UUID | None) -> str | None:
    """Return what somebody is called, for who changed a file."""
    return people.get_person(person_id).name if person_id is not None else None
