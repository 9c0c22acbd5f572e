"""What can have happened, in the past tense: the words of the history."""

from __future__ import annotations

from enum import StrEnum


class Event(StrEnum):
    """An act that history records."""

    #: A person or a message began an instance.
    INSTANCE_STARTED = "InstanceStarted"
    #: A person took a task that was offered to their role.
    TASK_CLAIMED = "TaskClaimed"
    #: A person gave a task back to its role.
    TASK_RELEASED = "TaskReleased"
    #: A person gave their answers, and the instance went on.
    TASK_COMPLETED = "TaskCompleted"
    #: A person kept answers that are not finished, under an Idempotency-Key.
    DRAFT_SAVED = "DraftSaved"
    #: A message reached who waited for it.
    MESSAGE_CORRELATED = "MessageCorrelated"
    #: A timer rang.
    TIMER_FIRED = "TimerFired"
    #: An administrator let a failed element be tried again.
    ELEMENT_RETRIED = "ElementRetried"
    #: An administrator let a failed job be tried again.
    JOB_RETRIED = "JobRetried"
    #: Content was sealed and deployed.
    CONTENT_DEPLOYED = "ContentDeployed"
    #: Business time was moved ahead.
    CLOCK_MOVED = "ClockMoved"
    #: A file was brought.
    ATTACHMENT_ADDED = "AttachmentAdded"
    #: The recipient has seen a letter.
    DELIVERY_ACKNOWLEDGED = "DeliveryAcknowledged"
    #: A letter on paper was handed over.
    DELIVERY_HANDED_OVER = "DeliveryHandedOver"
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
