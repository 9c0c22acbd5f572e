"""Proposals in pages: what would change for people, who has approved, and the decision."""

from __future__ import annotations

from uuid import UUID

from flask import Response, request
from flask.typing import ResponseReturnValue

from workflow_server.errors import InvalidInput, InvalidState, WorkflowServerError
from workflow_server.services import designs, draft_changes, proposals
from workflow_server.services.proposals import Whole
from workflow_server.web import door
from workflow_server.web.designs import pages

_STATES = ("open", "deployed", "rejected", "withdrawn")
_PAGE = 20


@pages.get("/designs/proposals")
def show_proposals() -> Response:
    """List proposals, newest first."""
    status = request.args.get("status", "")
    page = door.page_number()
    found, total = proposals.list_(door.actor(), status if status in _STATES else None, page, _PAGE)
    return door.render(
        "designs/proposals.html",
        proposals=found,
        total=total,
        page=page,
        page_size=_PAGE,
        states=_STATES,
        chosen=status,
    )


@pages.get("/designs/proposals/<uuid:proposal_id>")
def show_proposal(proposal_id: UUID) -> Response:
    """Show what a proposal changes, who has approved it, and let others decide."""
    return _proposal(proposals.get(door.actor(), proposal_id))


@pages.get("/designs/proposals/<uuid:proposal_id>/differences")
def show_proposal_differences(proposal_id: UUID) -> Response:
    """Show how each file differs; fetched by the proposal's page."""
    actor = door.actor()
    whole = proposals.get(actor, proposal_id)
    return door.render(
        "designs/proposal_differences.html",
        proposal=whole.proposal,
        changes=draft_changes.of_proposal(actor, whole),
    )


@pages.post("/designs/proposals/<uuid:proposal_id>/decision")
def decide(proposal_id: UUID) -> ResponseReturnValue:
    """Approve or reject what another has proposed."""
    given, actor = request.form, door.actor()
    approved = given.get("decision") == "approve"
    note = given.get("note", "").strip() or None
    try:
        if given.get("decision") not in ("approve", "reject"):
            raise InvalidInput("请选择同意或者不同意。 Choose to approve or to reject.")
        whole = proposals.decide(actor, proposal_id, approved, note, door.now())
    except (InvalidInput, InvalidState) as error:
        return _proposal(proposals.get(actor, proposal_id), error)
    notice = {"deployed": "deployed", "rejected": "rejected"}.get(whole.proposal.status, "approved")
    return door.to("web.designs.show_proposal", notice=notice, proposal_id=proposal_id)


@pages.post("/designs/proposals/<uuid:proposal_id>/withdrawal")
def withdraw(proposal_id: UUID) -> ResponseReturnValue:
    """Take one's own proposal back."""
    try:
        proposals.withdraw(door.actor(), proposal_id, door.now())
    except InvalidState as error:
        return _proposal(proposals.get(door.actor(), proposal_id), error)
    return door.to("web.designs.show_proposal", notice="withdrawn", proposal_id=proposal_id)


def _proposal(whole: Whole, error: WorkflowServerError | None = None) -> Response:
    actor = door.actor()
    proposal = whole.proposal
    counting = [each for each in whole.decisions if each.counts]
    return door.render(
        "designs/proposal.html",
        200 if error is None else 422,
        whole=whole,
        proposal=proposal,
        is_own=proposal.proposed_by == actor.person_id,
        may_decide=designs.may_decide(actor, proposal),
        counting=counting,
        has_approved=any(each.row.person_id == actor.person_id for each in counting),
        error=error,
        given=request.form,
    )
