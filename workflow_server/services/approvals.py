"""Who may approve what is proposed, and as whom."""

from __future__ import annotations

from workflow_server.errors import NotFound
from workflow_server.rules.access import Right
from workflow_server.services import actors
from workflow_server.services.actors import Actor
from workflow_server.store import roles
from workflow_server.store.db import settings
from workflow_server.store.proposals import ProposalDecision


def role_of(actor: Actor, taken: set[str]) -> str:
    """Return the role in which somebody approves: one that has not approved yet, if they can."""
    held = [each.role for each in actor.positions if Right.APPROVE in each.rights]
    return next((role for role in held if role not in taken), held[0])


def roles_needed() -> int:
    """Count in how many different roles a proposal must be approved: as many as there can be."""
    able = sum(Right.APPROVE in role.rights for role in roles.list_())
    return max(1, min(able, settings().deployment_approvals))


def may_approve(row: ProposalDecision) -> bool:
    """Tell whether who approved could do so today: they are active, and hold the role with it."""
    try:
        giver = actors.actor_of(row.person_id)
    except NotFound:
        return False
    return any(row.role == each.role and Right.APPROVE in each.rights for each in giver.positions)
