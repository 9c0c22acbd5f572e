"""Proposals to deploy: who draws content proposes it, others approve it, then it is in force."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from workflow_server.api import door
from workflow_server.api.deployments import uploaded_bundle
from workflow_server.api.shapes.base import page
from workflow_server.api.shapes.proposals import (
    ApprovalShape,
    ProposalForm,
    ProposalPage,
    ProposalQuery,
    WholeProposalShape,
)
from workflow_server.services import proposals
from workflow_server.services.proposals import Whole

noun = door.Noun("proposals", "部署申请")


@noun.get("", ProposalPage, query=ProposalQuery())
def list_proposals(query: dict[str, Any]) -> dict[str, Any]:
    """部署申请列表 · List proposals, newest first: all for who proposes or approves content."""
    found, total = proposals.list_(door.actor(), **query)
    return page(found, total, query)


@noun.post("", WholeProposalShape(), form=ProposalForm(), status=201, keyed=True)
def propose(form: dict[str, Any]) -> Any:
    """提出部署申请 · Propose a zip with the folders bpmn, forms and documents (designers).

    A bundle with faults is refused whole, every fault named. Nothing is in force until as
    many others as the server asks for have approved it.
    """
    key = door.idempotency_key()
    return whole_proposal(
        proposals.propose(door.actor(), uploaded_bundle(), form["note"], door.now(), key)
    )


@noun.get("/<uuid:proposal_id>", WholeProposalShape())
def read_proposal(proposal_id: UUID) -> Any:
    """部署申请 · One proposal, what was decided on it, and what it changes."""
    return whole_proposal(proposals.get(door.actor(), proposal_id))


@noun.get("/<uuid:proposal_id>/bundle", media="application/zip")
def download_proposed_bundle(proposal_id: UUID) -> Response:
    """下载申请内容 · The bundle as the zip that was sealed."""
    checksum, data = proposals.bundle_of(door.actor(), proposal_id)
    return door.download(data, f"proposal-{checksum[:12]}.zip", "application/zip")


@noun.post("/<uuid:proposal_id>/approval", WholeProposalShape(), takes=ApprovalShape(), keyed=True)
def decide(body: dict[str, Any], proposal_id: UUID) -> Any:
    """审批部署申请 · Approve what somebody else proposed, or reject it with a reason.

    The approval that makes it enough deploys the bundle at once. Approvals that were given
    before something else was deployed are void and must be given again.
    """
    given = (body["approved"], body["note"])
    return whole_proposal(
        proposals.decide(door.actor(), proposal_id, *given, door.now(), door.idempotency_key())
    )


@noun.post("/<uuid:proposal_id>/withdrawal", WholeProposalShape(), keyed=True)
def withdraw(proposal_id: UUID) -> Any:
    """撤回部署申请 · Take one's own proposal back."""
    key = door.idempotency_key()
    return whole_proposal(proposals.withdraw(door.actor(), proposal_id, door.now(), key))


def whole_proposal(whole: Whole) -> dict[str, Any]:
    """Return a proposal as the API tells it."""
    kept = whole.proposal
    return {
        **{name: getattr(kept, name) for name in _KEPT},
        "approvals_needed": whole.approvals_needed,
        "roles_needed": whole.roles_needed,
        "base_changed": whole.base_changed,
        "decisions": [
            {name: getattr(each.row, name) for name in _DECIDED} | {"counts": each.counts}
            for each in whole.decisions
        ],
        "changes": whole.changes,
    }


_KEPT = (
    "id",
    "checksum",
    "note",
    "status",
    "proposed_by",
    "proposed_by_name",
    "proposed_at",
    "decided_at",
    "deployment_id",
)
_DECIDED = ("person_id", "person_name", "role", "approved", "note", "decided_at")
