"""Proposals: what one person drew is deployed only when others have approved exactly that."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from workflow_server.content import bundle as bundles
from workflow_server.content import content
from workflow_server.content.bundle import Bundle
from workflow_server.content.content import Content
from workflow_server.content.refusals import ContentRefused
from workflow_server.errors import Fault, Forbidden, InvalidInput, InvalidState, NotFound
from workflow_server.events import Event
from workflow_server.rules.access import Right
from workflow_server.services import access, deployments, history, proposal_changes, seals
from workflow_server.services import approvals as approving
from workflow_server.services.actors import Actor
from workflow_server.services.deployments import Prepared
from workflow_server.services.seals import BundleAltered
from workflow_server.store import deployments as deployment_rows
from workflow_server.store import proposals
from workflow_server.store.db import session, settings, transaction
from workflow_server.store.history import DEPLOYMENTS, Act
from workflow_server.store.proposals import Proposal, ProposalDecision
from workflow_server.store.types import new_id

#: How many proposals of one person may be open at a time.
MOST_OPEN = 20


class OwnProposal(Forbidden):
    """不得审批本人提出的部署申请"""


class ProposalClosed(InvalidState):
    """部署申请已办结"""


class ProposalAlreadyApproved(InvalidState):
    """您已同意该部署申请"""


class BundleAlreadyProposed(InvalidState):
    """相同内容的部署申请正在审批"""


class BundleAlreadyDeployed(InvalidState):
    """相同内容已经部署过"""


class TooManyProposals(InvalidState):
    """待审批的部署申请过多"""


@dataclass(frozen=True, slots=True)
class Decision:
    """What one person decided, and whether it counts today."""

    row: ProposalDecision
    #: An approval is void when something was deployed since, or its giver may no longer approve.
    counts: bool


@dataclass(frozen=True, slots=True)
class Whole:
    """A proposal with what was decided and what it would change."""

    proposal: Proposal
    decisions: Sequence[Decision]
    #: How many persons must approve, in how many different roles.
    approvals_needed: int
    roles_needed: int
    #: Whether something was deployed since it was proposed.
    base_changed: bool
    changes: Mapping[str, Any]


def check_may_prepare(actor: Actor) -> None:
    """Refuse who neither proposes nor approves content."""
    access.check_any_right(actor, Right.PROPOSE, Right.APPROVE)


def propose(
    actor: Actor,
    bundle: Bundle,
    note: str,
    now: datetime,
    idempotency_key: str | None = None,
    within: Callable[[UUID], None] | None = None,
) -> Whole:
    """Propose a bundle to be deployed; one with faults is refused as a deployment would be.

    What belongs to it is done by `within` in the same transaction, while nothing is deployed.
    """
    if (made := made_before(actor, bundle, note, idempotency_key)) is not None:
        return made
    _refuse_known(actor, bundle.checksum)
    deployments.prepare(bundle)
    sealed = bundles.write_zip(bundle)
    with transaction():
        deployment_rows.lock()
        if (made := made_before(actor, bundle, note, idempotency_key)) is not None:
            return made
        _refuse_known(actor, bundle.checksum)
        proposal = Proposal(
            id=new_id(),
            checksum=bundle.checksum,
            bundle=sealed,
            note=note,
            proposed_by=actor.person_id,
            proposed_at=now,
            base_id=_newest_id(),
        )
        session().add(proposal)
        session().flush()
        asked = _asked(actor, bundle, note, idempotency_key)
        _tell(actor, Event.PROPOSAL_MADE, proposal, note, now, asked)
        if within is not None:
            within(proposal.id)
    return _whole(proposal)


def made_before(
    actor: Actor, bundle: Bundle, note: str, idempotency_key: str | None
) -> Whole | None:
    """Return what the same request made when it first came."""
    access.check_right(actor, Right.PROPOSE)
    first = history.first_answer(_asked(actor, bundle, note, idempotency_key))
    return None if first is None else _whole(proposals.get(UUID(first["proposal_id"])))


def list_(
    actor: Actor, status: str | None = None, page: int = 1, page_size: int = 50
) -> tuple[Sequence[Proposal], int]:
    """Return proposals, newest first: all for who proposes or approves, else one's own."""
    only = None if _sees_all(actor) else actor.person_id
    return proposals.list_(only, status, page_size, (page - 1) * page_size)


def get(actor: Actor, proposal_id: UUID) -> Whole:
    """Return a proposal with its decisions and what it changes."""
    return _whole(_see(actor, proposal_id))


def bundle_of(actor: Actor, proposal_id: UUID) -> tuple[str, bytes]:
    """Return the checksum and the zip of what is proposed."""
    return _see(actor, proposal_id).checksum, proposals.get_bundle(proposal_id)


def decide(
    actor: Actor,
    proposal_id: UUID,
    approved: bool,
    note: str | None,
    now: datetime,
    idempotency_key: str | None = None,
) -> Whole:
    """Approve or reject what somebody else proposed.

    A rejection needs its reason and ends the proposal. The approval that makes it enough
    deploys the bundle in the same transaction; the bundle is checked again before.
    """
    proposal = _see(actor, proposal_id)
    access.check_right(actor, Right.APPROVE)
    if proposal.proposed_by == actor.person_id:
        raise OwnProposal(
            "这是您本人提出的申请，请由他人审批；不再需要时可以撤回。"
            " Expected somebody else to decide, but this proposal is your own."
        )
    if not approved and not (note or "").strip():
        raise InvalidInput(
            "不同意时请说明理由。 A reason is needed.", [Fault("#/note", "请说明理由")]
        )
    asked = history.asked(
        actor, idempotency_key, "proposals.decide", str(proposal_id), approved, note
    )
    if history.first_answer(asked) is not None:
        return _whole(proposal)
    _check_open(proposal)
    prepared = None
    if approved:
        _check_first(actor, _counting(proposal))
        prepared = deployments.prepare(seals.open_proposed(proposal_id))
    with transaction():
        deployment_rows.lock()
        proposal = proposals.lock(proposal_id)
        if history.first_answer(asked) is None:
            _check_open(proposal)
            _decide(actor, proposal, prepared, note, now, asked)
    return _whole(proposal)


def withdraw(
    actor: Actor, proposal_id: UUID, now: datetime, idempotency_key: str | None = None
) -> Whole:
    """Take one's own proposal back."""
    proposal = _see(actor, proposal_id)
    if proposal.proposed_by != actor.person_id:
        raise Forbidden("只有提出人可以撤回。 Expected your own proposal, but it is another's")
    asked = history.asked(actor, idempotency_key, "proposals.withdraw", str(proposal_id))
    with transaction():
        deployment_rows.lock()
        proposal = proposals.lock(proposal_id)
        if history.first_answer(asked) is None:
            _check_open(proposal)
            _close(proposal, "withdrawn", now)
            _tell(actor, Event.PROPOSAL_WITHDRAWN, proposal, None, now, asked)
    return _whole(proposal)


def proposal_of(deployment_id: UUID) -> Proposal | None:
    """Return the proposal that a deployment came from, if it came from one."""
    return proposals.find_by_deployment(deployment_id)


def _sees_all(actor: Actor) -> bool:
    return actor.may(Right.PROPOSE) or actor.may(Right.APPROVE)


def _see(actor: Actor, proposal_id: UUID) -> Proposal:
    """Return a proposal that the actor may see; NotFound otherwise."""
    proposal = proposals.get(proposal_id)
    if not (_sees_all(actor) or proposal.proposed_by == actor.person_id):
        raise NotFound(f"Expected proposal {proposal_id}, but there is none")
    return proposal


def _newest_id() -> UUID | None:
    newest = deployment_rows.find_newest()
    return newest.id if newest is not None else None


def _refuse_known(actor: Actor, checksum: str) -> None:
    deployed = deployment_rows.find_by_checksum(checksum)
    if deployed is not None:
        raise BundleAlreadyDeployed(
            "相同内容已经部署过，无需再次申请。"
            f" Expected content that was never deployed, but deployment {deployed.id} is the same."
        )
    twin = proposals.find_open(checksum)
    if twin is not None:
        raise BundleAlreadyProposed(
            "相同内容的申请正在审批，请审批该申请。"
            f" Expected content that nobody proposes, but proposal {twin.id} is the same;"
            " approve that one."
        )
    if proposals.count_open(actor.person_id) >= MOST_OPEN:
        raise TooManyProposals(
            f"您待审批的申请已有{MOST_OPEN}件，请先撤回一件。"
            f" Expected fewer than {MOST_OPEN} open proposals of yours; withdraw one first."
        )


def _check_open(proposal: Proposal) -> None:
    if proposal.status != "open":
        raise ProposalClosed(
            "该部署申请已办结；如仍需部署，请重新提出申请。"
            f" Expected an open proposal, but it is {proposal.status}."
        )


@lru_cache(maxsize=4)
def _load(proposal_id: UUID) -> Content:
    return content.load(seals.open_proposed(proposal_id))


def _changes(proposal_id: UUID) -> dict[str, Any]:
    try:
        return proposal_changes.changes_of(_load(proposal_id))
    except (ContentRefused, BundleAltered):
        # A newer server may refuse what an older one took, or it is not what was proposed:
        # then it can only be closed.
        return proposal_changes.none_known()


def _counting(proposal: Proposal) -> list[ProposalDecision]:
    return [each.row for each in _decisions(proposal) if each.counts]


def _check_first(actor: Actor, counting: Sequence[ProposalDecision]) -> None:
    if any(each.person_id == actor.person_id for each in counting):
        raise ProposalAlreadyApproved(
            "您已同意该申请，请等待其他人审批。"
            " Expected your first approval, but you have given it."
        )


def _decide(
    actor: Actor,
    proposal: Proposal,
    prepared: Prepared | None,
    note: str | None,
    now: datetime,
    asked: history.Asked | None,
) -> None:
    counting = _counting(proposal)
    if prepared is not None:
        _check_first(actor, counting)
    decision = ProposalDecision(
        proposal_id=proposal.id,
        person_id=actor.person_id,
        approved=prepared is not None,
        note=note,
        decided_at=now,
        role=approving.role_of(actor, {each.role for each in counting}),
        base_id=_newest_id(),
    )
    # What they decided before, void or thought better of, gives way; history keeps both.
    session().merge(decision)
    session().flush()
    if prepared is None:
        _close(proposal, "rejected", now)
        _tell(actor, Event.PROPOSAL_REJECTED, proposal, note, now, asked)
        return
    _tell(actor, Event.PROPOSAL_APPROVED, proposal, note, now, asked)
    counting.append(decision)
    if _is_enough(counting):
        _deploy(actor, proposal, prepared, counting, now)


def _deploy(
    actor: Actor,
    proposal: Proposal,
    prepared: Prepared,
    approvals: Sequence[ProposalDecision],
    now: datetime,
) -> None:
    _close(proposal, "deployed", now)
    # The command line may have deployed the same bytes while they were proposed.
    deployed = deployment_rows.find_by_checksum(proposal.checksum)
    if deployed is None:
        told = {
            "proposal_id": str(proposal.id),
            "proposed_by": str(proposal.proposed_by),
            "approved_by": [str(each.person_id) for each in approvals],
        }
        deployed = deployments.write(actor, prepared, now, "proposal", told)
    proposal.deployment_id = deployed.id
    session().flush()


def _is_enough(approvals: Sequence[ProposalDecision]) -> bool:
    enough = len(approvals) >= settings().deployment_approvals
    return enough and len({each.role for each in approvals}) >= approving.roles_needed()


def _decisions(proposal: Proposal) -> Sequence[Decision]:
    rows = proposals.list_decisions(proposal.id)
    if proposal.status == "open":
        newest = _newest_id()
        return [Decision(row, row.base_id == newest and approving.may_approve(row)) for row in rows]
    base = (proposal.changes or {}).get("compared_with")
    return [Decision(row, row.approved and _text(row.base_id) == base) for row in rows]


def _close(proposal: Proposal, status: str, now: datetime) -> None:
    proposal.changes = _changes(proposal.id)
    proposal.status = status
    proposal.decided_at = now
    session().flush()


def _whole(proposal: Proposal) -> Whole:
    is_open = proposal.status == "open"
    changes = _changes(proposal.id) if is_open else proposal.changes or {}
    return Whole(
        proposal=proposal,
        decisions=_decisions(proposal),
        approvals_needed=settings().deployment_approvals,
        roles_needed=approving.roles_needed(),
        base_changed=changes.get("compared_with") != _text(proposal.base_id),
        changes=changes,
    )


def _asked(actor: Actor, bundle: Bundle, note: str, key: str | None) -> history.Asked | None:
    return history.asked(actor, key, "proposals.propose", bundle.checksum, note)


def _text(id_: UUID | None) -> str | None:
    return str(id_) if id_ is not None else None


def _tell(
    actor: Actor,
    event: Event,
    proposal: Proposal,
    note: str | None,
    now: datetime,
    asked: history.Asked | None,
) -> None:
    answer = {"proposal_id": str(proposal.id)}
    data = {**answer, "checksum": proposal.checksum, "note": note}
    act = Act(at=now, act=event, by=actor.stamp(), data=data)
    history.append_to_area(DEPLOYMENTS, act, asked, answer)
