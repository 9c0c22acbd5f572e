"""The access policy: how far roles see, what they may do, and who may never see a case."""

from __future__ import annotations

from enum import StrEnum


class Scope(StrEnum):
    """How far a role sees, beside what its holder works on."""

    #: Only cases that they started, work on, worked on or belong to.
    OWN = "own"
    #: The cases of their department and of those within it.
    DEPARTMENT = "department"
    #: The cases of their organisation.
    ORGANISATION = "organisation"
    #: The cases of their organisation and of those of the same party below it.
    JURISDICTION = "jurisdiction"


class Right(StrEnum):
    """What a role may do beside its tasks; roles of the content name them."""

    #: Propose content to be deployed.
    PROPOSE = "deployments.propose"
    #: Approve what somebody else proposed.
    APPROVE = "deployments.approve"
    #: Give an open task to another person who may do it.
    ASSIGN = "tasks.assign"
    #: Set a case's secrecy and flags by hand.
    RESTRICT = "cases.restrict"
    #: Order somebody's recusal from a case, or lift it.
    RECUSE = "cases.recuse"
    #: Look into a case against the rules, with a reason, for a day.
    BREAK_GLASS = "cases.break_glass"
    #: Void a number.
    VOID = "numbers.void"
    #: Read the records of inquiries about cases.
    READ_INQUIRIES = "inquiries.read"
