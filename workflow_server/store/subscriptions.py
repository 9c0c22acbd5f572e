"""Subscriptions: what instances wait for, and messages that came before anybody did."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from workflow_server.store.db import Model, session
from workflow_server.store.types import JsonColumn, UtcDateTime, UuidColumn


class SubscriptionKind(StrEnum):
    """What is waited for."""

    #: A message of a type, in a conversation.
    MESSAGE = "message"
    #: A signal, its name being the type, that is thrown in the organisation.
    SIGNAL = "signal"
    #: The end of a called process, its key being the type.
    CALL = "call"
    #: A person, who may make it happen; no letter can.
    ACT = "act"


class Subscription(Model):
    """An element that waits; `id` is the engine's wait."""

    __tablename__ = "subscriptions"
    __table_args__ = (
        sa.Index("ix_subscriptions_waiting_for", "conversation", "message_type", "organisation_id"),
        sa.Index("ix_subscriptions_instance_id", "instance_id"),
    )

    id: Mapped[UUID] = mapped_column(UuidColumn, primary_key=True)
    instance_id: Mapped[UUID] = mapped_column(UuidColumn, sa.ForeignKey("process_instances.id"))
    organisation_id: Mapped[UUID] = mapped_column(UuidColumn)
    element_id: Mapped[str] = mapped_column(sa.Text)
    message_type: Mapped[str] = mapped_column(sa.Text)
    conversation: Mapped[str] = mapped_column(sa.Text)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    kind: Mapped[str] = mapped_column(
        sa.Text, server_default="message", default=SubscriptionKind.MESSAGE
    )


class MessageOutcome(StrEnum):
    """What became of a message that was received."""

    #: It started an instance.
    STARTED = "started"
    #: An instance that waited for it went on.
    CORRELATED = "correlated"
    #: Nobody waits for it yet; the first who does gets it.
    WAITING = "waiting"


class ReceivedMessage(Model):
    """A message that reached an organisation, once for each delivery."""

    __tablename__ = "received_messages"
    __table_args__ = (
        sa.Index("ix_received_messages_conversation", "conversation", "message_type"),
    )

    id: Mapped[UUID] = mapped_column(UuidColumn, primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(UuidColumn)
    message_type: Mapped[str] = mapped_column(sa.Text)
    conversation: Mapped[str] = mapped_column(sa.Text)
    payload: Mapped[dict[str, Any] | None] = mapped_column(JsonColumn, default=None)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    outcome: Mapped[str] = mapped_column(sa.Text)
    instance_id: Mapped[UUID | None] = mapped_column(UuidColumn, default=None)


def add_all(rows: Sequence[dict[str, Any]]) -> None:
    """Write down what is waited for."""
    if rows:
        session().execute(sa.insert(Subscription), rows)


def remove(wait_ids: Collection[UUID]) -> None:
    """Write down that these are no longer waited for."""
    session().execute(
        sa.delete(Subscription)
        .where(Subscription.id.in_(wait_ids))
        .execution_options(synchronize_session=False)
    )


def lock_conversation(message_type: str, conversation: str, organisation_id: UUID) -> None:
    """Let only one transaction at a time match this message with who waits for it.

    On PostgreSQL a message and a wait that come at once would not see each other; on SQLite
    there is one writer anyway.
    """
    if session().get_bind().dialect.name == "postgresql":
        text = f"{organisation_id}/{message_type}/{conversation}"
        number = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], signed=True)
        session().execute(sa.select(sa.func.pg_advisory_xact_lock(number)))


def find_waiting(
    message_type: str, conversation: str, organisation_id: UUID
) -> Subscription | None:
    """Return who has waited longest for a message, if anybody does."""
    return session().scalar(
        sa.select(Subscription)
        .where(
            Subscription.conversation == conversation,
            Subscription.message_type == message_type,
            Subscription.organisation_id == organisation_id,
            Subscription.kind == SubscriptionKind.MESSAGE,
        )
        .order_by(Subscription.id)
        .limit(1)
    )


def list_hearing(signal: str, organisation_id: UUID) -> Sequence[tuple[UUID, UUID]]:
    """Return what waits for a signal in an organisation: (instance, wait), oldest first."""
    query = (
        sa.select(Subscription.instance_id, Subscription.id)
        .where(
            Subscription.conversation == "",
            Subscription.message_type == signal,
            Subscription.organisation_id == organisation_id,
            Subscription.kind == SubscriptionKind.SIGNAL,
        )
        .order_by(Subscription.id)
    )
    return [(row[0], row[1]) for row in session().execute(query)]


def list_open(wait_ids: Collection[UUID]) -> Sequence[UUID]:
    """Return which of these are still waited for."""
    query = sa.select(Subscription.id).where(Subscription.id.in_(wait_ids))
    return session().scalars(query).all()


def find_open(wait_id: UUID) -> Subscription | None:
    """Return a subscription as it is now, if it is still open."""
    return session().get(Subscription, wait_id, populate_existing=True)


def list_awaited(conversation: str, organisation_id: UUID) -> Sequence[Subscription]:
    """Return what an organisation's cases wait for in a conversation, the oldest first."""
    return (
        session()
        .scalars(
            sa.select(Subscription)
            .where(
                Subscription.conversation == conversation,
                Subscription.organisation_id == organisation_id,
                Subscription.kind == SubscriptionKind.MESSAGE,
            )
            .order_by(Subscription.id)
        )
        .all()
    )


def list_of(instance_id: UUID) -> Sequence[Subscription]:
    """Return what an instance waits for."""
    return (
        session()
        .scalars(
            sa.select(Subscription)
            .where(Subscription.instance_id == instance_id)
            .order_by(Subscription.id)
        )
        .all()
    )


def find_received(delivery_id: UUID) -> ReceivedMessage | None:
    """Return what became of a delivery's message, if it was received."""
    return session().get(ReceivedMessage, delivery_id, populate_existing=True)


def find_started(
    message_type: str, conversation: str, organisation_id: UUID
) -> ReceivedMessage | None:
    """Return the message of a conversation that started an instance, if one did."""
    return session().scalar(
        sa.select(ReceivedMessage)
        .where(
            ReceivedMessage.conversation == conversation,
            ReceivedMessage.message_type == message_type,
            ReceivedMessage.organisation_id == organisation_id,
            ReceivedMessage.outcome == MessageOutcome.STARTED,
        )
        .limit(1)
    )


def find_early(
    message_type: str, conversation: str, organisation_id: UUID
) -> ReceivedMessage | None:
    """Return the first message that came before anybody waited for it, if there is one."""
    return session().scalar(
        sa.select(ReceivedMessage)
        .where(
            ReceivedMessage.conversation == conversation,
            ReceivedMessage.message_type == message_type,
            ReceivedMessage.organisation_id == organisation_id,
            ReceivedMessage.outcome == MessageOutcome.WAITING,
        )
        .order_by(ReceivedMessage.received_at, ReceivedMessage.id)
        .limit(1)
    )


def receive(row: dict[str, Any]) -> None:
    """Write a received message down."""
    session().execute(sa.insert(ReceivedMessage), [row])


def settle(delivery_id: UUID, instance_id: UUID) -> None:
    """Write down that a message that waited has reached an instance."""
    session().execute(
        sa.update(ReceivedMessage)
        .where(ReceivedMessage.id == delivery_id)
        .values(outcome=MessageOutcome.CORRELATED, instance_id=instance_id, payload=None)
        .execution_options(synchronize_session=False)
    )
