"""Letters from one organisation to another, with their papers and their acknowledgement."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, aliased, mapped_column

from workflow_server.errors import NotFound
from workflow_server.store.db import Model, session, total_of
from workflow_server.store.organisations import Organisation
from workflow_server.store.process_instances import ProcessInstance
from workflow_server.store.ready import Ready
from workflow_server.store.sight import Sight, any_of
from workflow_server.store.types import ExactJsonColumn, UtcDateTime, UuidColumn, new_id


class DeliveryStatus(StrEnum):
    """Where a letter is on its way."""

    #: It waits for its documents, or for the worker.
    WAITING = "waiting"
    #: The recipient has it on this server.
    DELIVERED = "delivered"
    #: The recipient has it, but no case of theirs has taken it, though one should.
    UNCLAIMED = "unclaimed"
    #: The recipient has confirmed that it came.
    ACKNOWLEDGED = "acknowledged"
    #: The recipient is not on this server: it goes on paper, and is entered by hand.
    PAPER = "paper"
    #: It came on paper from who is not on this server, and was entered by hand.
    ENTERED = "entered"
    #: Nobody had taken it when its text was taken off this server.
    RECALLED = "recalled"


# Papers ask for the letters that they came in: only the names of theirs are known here.
_PAPERS = sa.table("documents", sa.column("id", UuidColumn()), sa.column("number", sa.Text()))
#: What has come and waits to be acknowledged.
NEW = (DeliveryStatus.DELIVERED, DeliveryStatus.UNCLAIMED)


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list of letters is narrowed to; None and empty narrow nothing."""

    type: str | None = None
    statuses: tuple[str, ...] = ()
    #: Looked for in the names of sender and recipient.
    counterpart: str | None = None
    #: Looked for in what the letter is called, in its conversation and in its papers' numbers.
    text: str | None = None


class Delivery(Model):
    """A letter: one per type, conversation, sender and recipient, however often it is sent.

    Of one that came on paper `instance_id` is the case that it came to: no other has sent it.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        sa.UniqueConstraint("type", "conversation", "recipient_id", "sender_id"),
        sa.Index("ix_deliveries_recipient_id_sent_at", "recipient_id", "sent_at"),
        sa.Index("ix_deliveries_sender_id_sent_at", "sender_id", "sent_at"),
    )

    id: Mapped[UUID] = mapped_column(UuidColumn, primary_key=True, default_factory=new_id)
    type: Mapped[str] = mapped_column(sa.Text)
    label: Mapped[str] = mapped_column(sa.Text)
    conversation: Mapped[str] = mapped_column(sa.Text)
    in_reply_to: Mapped[str | None] = mapped_column(sa.Text, default=None)
    sender_id: Mapped[UUID] = mapped_column(UuidColumn, sa.ForeignKey("organisations.id"))
    recipient_id: Mapped[UUID] = mapped_column(UuidColumn, sa.ForeignKey("organisations.id"))
    instance_id: Mapped[UUID] = mapped_column(
        UuidColumn,
        sa.ForeignKey("process_instances.id"),
        index=True,
    )
    element_id: Mapped[str] = mapped_column(sa.Text)
    payload: Mapped[dict[str, Any]] = mapped_column(ExactJsonColumn)
    status: Mapped[str] = mapped_column(sa.Text, default=DeliveryStatus.WAITING)
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    received_instance_id: Mapped[UUID | None] = mapped_column(UuidColumn, index=True, default=None)
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    acknowledged_by: Mapped[UUID | None] = mapped_column(UuidColumn, default=None)
    note: Mapped[str | None] = mapped_column(sa.Text, default=None)


class DeliveryEnclosure(Model):
    """One paper or file in a letter; through it the recipient may read it."""

    __tablename__ = "delivery_enclosures"

    delivery_id: Mapped[UUID] = mapped_column(
        UuidColumn, sa.ForeignKey("deliveries.id"), primary_key=True
    )
    enclosed_id: Mapped[UUID] = mapped_column(UuidColumn, primary_key=True, index=True)
    type: Mapped[str] = mapped_column(sa.Text)
    position: Mapped[int]


def add(delivery: Delivery, enclosures: Sequence[DeliveryEnclosure]) -> None:
    """Put a letter with its enclosures down."""
    session().add(delivery)
    session().add_all(enclosures)


def find_same(
    type_: str, conversation: str, recipient_id: UUID, sender_id: UUID
) -> Delivery | None:
    """Return the letter of this type, conversation, recipient and sender, if it was sent."""
    return session().scalar(
        sa.select(Delivery).where(
            Delivery.type == type_,
            Delivery.conversation == conversation,
            Delivery.recipient_id == recipient_id,
            Delivery.sender_id == sender_id,
        )
    )


def find(delivery_id: UUID) -> Delivery | None:
    """Return a letter, if there is one."""
    return session().get(Delivery, delivery_id)


def get(delivery_id: UUID) -> Delivery:
    """Return a letter."""
    delivery = find(delivery_id)
    if delivery is None:
        raise NotFound(f"未找到送达件。 Expected delivery {delivery_id}, but there is none.")
    return delivery


def lock(delivery_id: UUID) -> Delivery:
    """Return a letter and keep it until the transaction ends."""
    get(delivery_id)
    return session().get_one(Delivery, delivery_id, with_for_update=True, populate_existing=True)


def list_partners(delivery: Delivery) -> Sequence[UUID]:
    """Return the recipient's instances that have exchanged letters with the sending one."""
    there = sa.select(Delivery.received_instance_id.label("id")).where(
        Delivery.instance_id == delivery.instance_id,
        Delivery.recipient_id == delivery.recipient_id,
        Delivery.received_instance_id.is_not(None),
    )
    back = sa.select(Delivery.instance_id.label("id")).where(
        Delivery.received_instance_id == delivery.instance_id,
        Delivery.sender_id == delivery.recipient_id,
    )
    found = sa.union(there, back).subquery()
    return session().scalars(sa.select(found.c.id).order_by(found.c.id)).all()


_CASE, _HOST = (
    sa.bindparam(name, type_=UuidColumn()) for name in ("instance_id", "organisation_id")
)
_UNCLAIMED_FROM_PARTNERS = Ready(
    sa.select(Delivery.id)
    .where(
        Delivery.instance_id.in_(
            sa.union(
                sa.select(Delivery.received_instance_id).where(
                    Delivery.instance_id == _CASE, Delivery.received_instance_id.is_not(None)
                ),
                sa.select(Delivery.instance_id).where(Delivery.received_instance_id == _CASE),
            )
        ),
        Delivery.recipient_id == _HOST,
        Delivery.status == DeliveryStatus.UNCLAIMED,
    )
    .order_by(Delivery.id)
)


def list_unclaimed_from_partners(instance_id: UUID, organisation_id: UUID) -> Sequence[UUID]:
    """Return letters that no case has taken, from instances that wrote to or heard from one."""
    # What the case has just sent or taken may not be written yet.
    session().flush()
    values = {"instance_id": instance_id, "organisation_id": organisation_id}
    return [row[0] for row in _UNCLAIMED_FROM_PARTNERS.rows(values)]


def list_enclosures(delivery_ids: Collection[UUID]) -> list[DeliveryEnclosure]:
    """Return the enclosures of letters, in the order they were enclosed."""
    return list(
        session().scalars(
            sa.select(DeliveryEnclosure)
            .where(DeliveryEnclosure.delivery_id.in_(delivery_ids))
            .order_by(DeliveryEnclosure.delivery_id, DeliveryEnclosure.position)
        )
    )


def reached(enclosed_id: UUID, sight: Sight) -> bool:
    """Say whether a paper or file came in a delivered letter that somebody sees."""
    found = session().scalar(
        sa.select(sa.literal(1))
        .select_from(DeliveryEnclosure)
        .join(Delivery, Delivery.id == DeliveryEnclosure.delivery_id)
        .where(
            DeliveryEnclosure.enclosed_id == enclosed_id,
            has_come_to(sight),
        )
        .limit(1)
    )
    return found is not None


def received(sight: Sight) -> sa.Select[UUID]:
    """Return the query for the ids of all papers and files in delivered letters that one sees."""
    return (
        sa.select(DeliveryEnclosure.enclosed_id)
        .join(Delivery, Delivery.id == DeliveryEnclosure.delivery_id)
        .where(has_come_to(sight))
    )


def has_come_to(sight: Sight) -> sa.ColumnElement[bool]:
    """Return the condition that a letter has come and is seen on the recipient's side.

    By who sees the case that took it; before one has, by those who see all of the recipient's
    and from whom the case that sent it is not kept.
    """
    if sight.barred:
        return sa.false()
    case = aliased(ProcessInstance)
    registry = sa.and_(
        Delivery.received_instance_id.is_(None),
        Delivery.recipient_id.in_(sorted(sight.organisations)),
        sa.exists().where(case.id == Delivery.instance_id, sight.not_denied(case)),
    )
    return sa.and_(
        Delivery.delivered_at.is_not(None),
        any_of(Delivery.id, sight.of(Delivery.received_instance_id), registry),
    )


def find_seen(
    sight: Sight, delivery_id: UUID, direction: Literal["sent", "received"] | None = None
) -> Delivery | None:
    """Return a letter as it is now, if it is there and seen, on one side or any."""
    return session().scalar(
        sa.select(Delivery).where(Delivery.id == delivery_id, _side(sight, direction)),
        execution_options={"populate_existing": True},
    )


def find_sides(sight: Sight, delivery_id: UUID) -> tuple[Delivery, bool, bool] | None:
    """Return a letter as it is now, if it is seen; whether it is, as a sent and a received one."""
    sent, received = _was_sent(sight), has_come_to(sight)
    query = sa.select(Delivery, sent.label("is_sent"), received.label("is_received"))
    row = (
        session()
        .execute(
            query.where(Delivery.id == delivery_id), execution_options={"populate_existing": True}
        )
        .one_or_none()
    )
    if row is None or not (row[1] or row[2]):
        return None
    return row[0], bool(row[1]), bool(row[2])


def _side(sight: Sight, direction: Literal["sent", "received"] | None) -> sa.ColumnElement[bool]:
    sent, received = _was_sent(sight), has_come_to(sight)
    return {"sent": sent, "received": received, None: any_of(Delivery.id, sent, received)}[
        direction
    ]


def _was_sent(sight: Sight) -> sa.ColumnElement[bool]:
    """Return the condition that a letter is seen on the sender's side: by who sees its case."""
    return sa.and_(Delivery.status != DeliveryStatus.ENTERED, sight.of(Delivery.instance_id))


def count_new(sight: Sight) -> int:
    """Return how many letters have come that nobody has acknowledged."""
    query = sa.select(sa.func.count()).select_from(Delivery)
    return session().scalar(query.where(_side(sight, "received"), Delivery.status.in_(NEW))) or 0


def list_thread(sight: Sight, delivery: Delivery, limit: int) -> list[Delivery]:
    """Return the letters in sight of the conversation of one, itself among them, oldest first.

    It is looked for in the two cases that the letter joins: there both indexes lead.
    """
    cases = [delivery.instance_id, delivery.received_instance_id]
    names = [each for each in (delivery.conversation, delivery.in_reply_to) if each is not None]
    query = sa.select(Delivery).where(
        _of_case([each for each in cases if each is not None]),
        sa.or_(Delivery.conversation.in_(names), Delivery.in_reply_to == delivery.conversation),
        _side(sight, None),
    )
    return list(session().scalars(query.order_by(Delivery.sent_at, Delivery.id).limit(limit)))


def list_ends(sight: Sight, instance_ids: Collection[UUID]) -> list[Delivery]:
    """Return of the letters in sight the first that each case sent and the last that it took."""
    sent, came = Delivery.instance_id, Delivery.received_instance_id
    first = _ranked(sight, instance_ids, sent, Delivery.sent_at.asc(), Delivery.id.asc())
    last = _ranked(sight, instance_ids, came, Delivery.sent_at.desc(), Delivery.id.desc())
    chosen = sa.or_(Delivery.id.in_(first), Delivery.id.in_(last))
    query = sa.select(Delivery).where(chosen).order_by(Delivery.sent_at, Delivery.id)
    return list(session().scalars(query))


def _ranked(
    sight: Sight, instance_ids: Collection[UUID], case: Any, *order: sa.ColumnElement[Any]
) -> sa.Select[UUID]:
    """Return the query for the first letter of each case in an order."""
    rank = sa.func.row_number().over(partition_by=case, order_by=order).label("rank")
    rows = sa.select(Delivery.id, rank).where(case.in_(instance_ids), _side(sight, None)).subquery()
    return sa.select(rows.c.id).where(rows.c.rank == 1)


def _of_case(instance_ids: Collection[UUID]) -> sa.ColumnElement[bool]:
    return sa.or_(
        Delivery.instance_id.in_(instance_ids), Delivery.received_instance_id.in_(instance_ids)
    )


def _conditions(narrowed: Filter) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if narrowed.type is not None:
        conditions.append(Delivery.type == narrowed.type)
    if narrowed.statuses:
        conditions.append(Delivery.status.in_(narrowed.statuses))
    if narrowed.counterpart:
        name = Organisation.name.icontains(narrowed.counterpart, autoescape=True)
        party = Organisation.id.in_([Delivery.sender_id, Delivery.recipient_id])
        conditions.append(sa.exists().where(party, name))
    if narrowed.text:
        text = narrowed.text
        numbered = sa.exists().where(
            DeliveryEnclosure.delivery_id == Delivery.id,
            _PAPERS.c.id == DeliveryEnclosure.enclosed_id,
            _PAPERS.c.number.icontains(text, autoescape=True),
        )
        label = Delivery.label.icontains(text, autoescape=True)
        conversation = Delivery.conversation.icontains(text, autoescape=True)
        conditions.append(sa.or_(label, conversation, numbered))
    return conditions


def list_(
    sight: Sight,
    *,
    direction: Literal["sent", "received"] | None = None,
    instance_id: UUID | None = None,
    status: str | None = None,
    narrowed: Filter | None = None,
    page: int = 1,
    page_size: int = 50,
) -> tuple[list[Delivery], int]:
    """Return letters newest first, and how many fit; received ones once they were delivered."""
    wanted: list[sa.ColumnElement[bool]] = [_side(sight, direction)]
    if instance_id is not None:
        wanted.append(_of_case([instance_id]))
    if status is not None:
        wanted.append(Delivery.status == status)
    if narrowed is not None:
        wanted += _conditions(narrowed)
    offset = (page - 1) * page_size
    rows = session().scalars(
        sa.select(Delivery)
        .where(*wanted)
        .order_by(Delivery.sent_at.desc(), Delivery.id.desc())
        .limit(page_size)
        .offset(offset)
    )
    found = list(rows)
    counted = sa.select(sa.func.count()).select_from(Delivery).where(*wanted)
    return found, total_of(len(found), page_size, offset, counted)
