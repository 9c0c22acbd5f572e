"""What can have happened, in the past tense: the words of the history."""

from __future__ import annotations

from enum import StrEnum


class Event(StrEnum):
    """An act that history records."""

    #: A person or a message began an instance.
    INSTANCE_STARTED = "InstanceStarted"
    #: A person took a task that was offered to their role.
    TASK_CLAIMED = "TaskClaimed"
    #: A person gave an open task to another person.
    TASK_REASSIGNED = "TaskReassigned"
    #: A person gave a task back to its role.
    TASK_RELEASED = "TaskReleased"
    #: A person gave their answers, and the instance went on.
    TASK_COMPLETED = "TaskCompleted"
    #: A person made happen what their case offered them to do, with their answers.
    ACT_DONE = "ActDone"
    #: A person kept answers that are not finished, under an Idempotency-Key.
    DRAFT_SAVED = "DraftSaved"
    #: A message reached who waited for it.
    MESSAGE_CORRELATED = "MessageCorrelated"
    #: An instance heard a signal that another one threw.
    SIGNAL_HEARD = "SignalHeard"
    #: What an instance had called has ended.
    CALL_ENDED = "CallEnded"
    #: What an instance has called escalated.
    CALL_ESCALATED = "CallEscalated"
    #: A timer rang.
    TIMER_FIRED = "TimerFired"
    #: An administrator let a failed element be tried again.
    ELEMENT_RETRIED = "ElementRetried"
    #: A person let an instance go on from a failed element as if it were done.
    ELEMENT_SKIPPED = "ElementSkipped"
    #: A person took an instance from one element to another.
    CASE_MOVED = "CaseMoved"
    #: A person set a variable of an instance.
    VARIABLE_SET = "VariableSet"
    #: A person held an instance.
    INSTANCE_SUSPENDED = "InstanceSuspended"
    #: A person let an instance go on that was held.
    INSTANCE_RESUMED = "InstanceResumed"
    #: A person changed a clock of an instance by hand.
    DEADLINE_CHANGED = "DeadlineChanged"
    #: A diagram asked for the content of an instance to be taken off once it has ended.
    ERASURE_ASKED = "ErasureAsked"
    #: The content of an instance was taken off the server: papers, files, facts, what acts said.
    CASE_ERASED = "CaseErased"
    #: A person ended an instance before its time.
    INSTANCE_CANCELLED = "InstanceCancelled"
    #: An administrator let a failed job be tried again.
    JOB_RETRIED = "JobRetried"
    #: Content was sealed and deployed.
    CONTENT_DEPLOYED = "ContentDeployed"
    #: Somebody proposed content to be deployed.
    PROPOSAL_MADE = "ProposalMade"
    #: Somebody approved what another proposed.
    PROPOSAL_APPROVED = "ProposalApproved"
    #: Somebody rejected what another proposed, which ended it.
    PROPOSAL_REJECTED = "ProposalRejected"
    #: Who had proposed content took that back.
    PROPOSAL_WITHDRAWN = "ProposalWithdrawn"
    #: A designer began a working copy of the content.
    CONTENT_DRAFT_BEGUN = "ContentDraftBegun"
    #: A working copy took in what was deployed since.
    CONTENT_DRAFT_REBASED = "ContentDraftRebased"
    #: Files were taken into a working copy from a zip.
    CONTENT_DRAFT_FILLED = "ContentDraftFilled"
    #: A file of a working copy was written, deleted, restored or given another path.
    CONTENT_DRAFT_FILE_CHANGED = "ContentDraftFileChanged"
    #: A working copy was put away.
    CONTENT_DRAFT_CLOSED = "ContentDraftClosed"
    #: Business time was moved ahead.
    CLOCK_MOVED = "ClockMoved"
    #: A file was brought.
    ATTACHMENT_ADDED = "AttachmentAdded"
    #: The recipient has seen a letter.
    DELIVERY_ACKNOWLEDGED = "DeliveryAcknowledged"
    #: A letter on paper was handed over.
    DELIVERY_HANDED_OVER = "DeliveryHandedOver"
    #: A letter that had come on paper was entered by hand.
    DELIVERY_ENTERED = "DeliveryEntered"
    #: An incident was closed by hand: there was nothing to try again.
    INCIDENT_CLOSED = "IncidentClosed"
    #: The working-day calendar got a new version.
    CALENDAR_CHANGED = "CalendarChanged"
    #: A request with an Idempotency-Key found done what it asked for.
    NOTHING_CHANGED = "NothingChanged"
    #: Somebody who can sign in was added.
    PERSON_ADDED = "PersonAdded"
    #: A person was given a post.
    POSITION_GIVEN = "PositionGiven"
    #: A person was given a new password; whoever was signed in as them no longer is.
    PASSWORD_SET = "PasswordSet"  # noqa: S105 (a word, no secret)
    #: A number was voided; it stays in the register.
    NUMBER_VOIDED = "NumberVoided"
    #: A person was given a token.
    TOKEN_ISSUED = "TokenIssued"  # noqa: S105 (a word, no secret)
    #: A token was made worthless.
    TOKEN_REVOKED = "TokenRevoked"  # noqa: S105 (a word, no secret)
    #: A second factor was set up, and showed its first code.
    SECOND_FACTOR_ADDED = "SecondFactorAdded"
    #: A second factor was taken away, by its person or by an administrator.
    SECOND_FACTOR_REMOVED = "SecondFactorRemoved"
    #: A person was given recovery codes; older ones are worthless.
    RECOVERY_CODES_ISSUED = "RecoveryCodesIssued"
    #: A recovery code was used instead of the second factor.
    RECOVERY_CODE_USED = "RecoveryCodeUsed"
    #: An administrator let somebody try again who was locked out.
    SIGN_IN_UNLOCKED = "SignInUnlocked"
    #: An administrator ended all sign-ins of a person.
    SIGN_INS_ENDED = "SignInsEnded"
    #: A person was tied to who they are at the OpenID provider.
    OPENID_LINKED = "OpenidLinked"
    #: An organisation was added to the tree.
    ORGANISATION_ADDED = "OrganisationAdded"
    #: An organisation's description was changed.
    ORGANISATION_CHANGED = "OrganisationChanged"
    #: An organisation went under another one, with all below it.
    ORGANISATION_MOVED = "OrganisationMoved"
    #: An organisation is no more; it stays on record.
    ORGANISATION_CLOSED = "OrganisationClosed"
    #: An organisation was renamed, merged into another or split into several.
    ORGANISATION_SUCCEEDED = "OrganisationSucceeded"
    #: A running case went over to the organisation that succeeded its host.
    CASE_TAKEN_OVER = "CaseTakenOver"
    #: A department was added.
    DEPARTMENT_ADDED = "DepartmentAdded"
    #: A department was renamed.
    DEPARTMENT_CHANGED = "DepartmentChanged"
    #: A department went under another one.
    DEPARTMENT_MOVED = "DepartmentMoved"
    #: A department is no more; it stays on record.
    DEPARTMENT_CLOSED = "DepartmentClosed"
    #: A person's name was changed, or whether they can sign in.
    PERSON_CHANGED = "PersonChanged"
    #: A post of a person ends.
    POSITION_ENDED = "PositionEnded"
    #: A person's clearance, certificate or administration was changed.
    GRANT_CHANGED = "GrantChanged"
    #: A group of people was added.
    GROUP_ADDED = "GroupAdded"
    #: A group's name or members were changed.
    GROUP_CHANGED = "GroupChanged"
    #: A file of organisations, people and posts was taken in.
    OFFICE_IMPORTED = "OfficeImported"
    #: An old register was taken over into a ledger.
    REGISTER_TAKEN_OVER = "RegisterTakenOver"
    #: A case's secrecy and flags were set by hand.
    CASE_RESTRICTED = "CaseRestricted"
    #: A person must have nothing to do with a case any more.
    PERSON_RECUSED = "PersonRecused"
    #: A recusal was lifted.
    RECUSAL_LIFTED = "RecusalLifted"
    #: A person looked into a case against the rules, with a reason.
    EMERGENCY_ACCESS_TAKEN = "EmergencyAccessTaken"
    #: An auditor looked at an emergency access.
    EMERGENCY_ACCESS_REVIEWED = "EmergencyAccessReviewed"
    #: A person looked into a case with sensitive content.
    CASE_VIEWED = "CaseViewed"
    #: A person was refused something.
    ACCESS_REFUSED = "AccessRefused"
    #: A person was refused so often that no more of it is written down for a while.
    REFUSALS_UNCOUNTED = "RefusalsUncounted"
    #: Somebody outside asked about or spoke for a case.
    INQUIRY_RECORDED = "InquiryRecorded"
    #: An auditor looked through the trail.
    TRAIL_READ = "TrailRead"
    #: The trail was handed out.
    TRAIL_EXPORTED = "TrailExported"
    #: The trail was proved.
    TRAIL_VERIFIED = "TrailVerified"
