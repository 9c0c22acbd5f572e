"""Sends letters from one organisation to another, and says who got which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from workflow_server.errors import InvalidInput, InvalidState, NotFound, Unavailable
from workflow_server.events import Event
from workflow_server.services import (
    access,
    advance,
    attachments,
    history,
    jobs,
    letters,
    masking,
    open_words,
    successions,
    unclaimed,
    views,
)
from workflow_server.services.letters import Letter as Letter
from workflow_server.services.situation import Situation
from workflow_server.store import deliveries as store
from workflow_server.store import documents, organisations
from workflow_server.store.db import transaction
from workflow_server.store.deliveries import Delivery, DeliveryEnclosure, DeliveryStatus
from workflow_server.store.documents import DocumentStatus
from workflow_server.store.history import DELIVERIES, Act
from workflow_server.store.organisations import Organisation
from workflow_server.store.types import new_id

if TYPE_CHECKING:
    from workflow_server.content.elements import MessageEffect
    from workflow_server.content.shared import MessageType
    from workflow_server.services.actors import Actor

DELIVER_JOB = "deliver"
#: What can be acknowledged.
_SEEN_NEXT = (DeliveryStatus.DELIVERED, DeliveryStatus.UNCLAIMED)


class UnknownMessageType(InvalidInput):
    """未声明的往来类型"""


class RecipientUnknown(InvalidInput):
    """收件单位不明"""


class LetterIncomplete(InvalidInput):
    """往来内容不完整"""


class LetterRepeated(InvalidState):
    """同一往来标识已经使用"""


class EnclosureNotReady(Unavailable):
    """随附文书正在生成"""


class DeliveryNotPending(InvalidState):
    """送达件当前不能如此处理"""


def apply(effect: MessageEffect, situation: Situation) -> None:
    """Send a letter to each recipient, once for a type, a conversation and a recipient.

    Sending the same again changes nothing; something else under the same name is refused.

    Enclosed are the instance's newest issued documents of the kinds named, and the files of
    the case whose ids stand in the payload. A job carries it, after the documents' own.
    """
    message = situation.content.shared.messages.get(effect.type)
    if message is None:
        raise UnknownMessageType(
            f"未声明往来类型“{effect.type}”。"
            f" Expected message type '{effect.type}' to be declared, but it is not."
        )
    to, conversation, reply, *values = situation.feel(
        [effect.to, effect.conversation, effect.in_reply_to]
        + [part.value for part in effect.payload]
    )
    if not isinstance(conversation, str) or not conversation.strip():
        raise LetterIncomplete(
            f"“{message.label}”缺少往来标识。"
            f" Expected a conversation for '{effect.type}', but it is {conversation!r}."
        )
    for word in (conversation, reply):
        open_words.check(str(word or ""), f"“{message.label}”的往来标识", situation)
    recipients = _recipients(to, message, conversation)
    values = masking.leaving(effect, values, situation)
    enclosed = _enclosed(effect, message, situation)
    payload = dict(zip((part.name for part in effect.payload), values, strict=True))
    enclosed += [("attachment", row.id) for row in attachments.find_mentioned(values, situation)]
    for recipient in recipients:
        delivery = Delivery(
            id=new_id(),
            type=effect.type,
            label=message.label,
            conversation=conversation,
            in_reply_to=str(reply) if reply else None,
            sender_id=situation.instance.organisation_id,
            recipient_id=recipient.id,
            instance_id=situation.instance.id,
            element_id=situation.visit.element_id,
            payload=payload,
            sent_at=situation.now,
        )
        if not _was_sent(delivery):
            _send(delivery, enclosed, situation)


def get(actor: Actor, delivery_id: UUID) -> Letter:
    """Return a letter that the actor sees, as the sender or as the recipient."""
    delivery = _see(actor, delivery_id)
    views.note(actor, delivery.instance_id, "delivery", delivery.id)
    return letters.read(actor, [delivery])[0]


def look_at(actor: Actor, delivery_id: UUID) -> tuple[Delivery, bool, bool]:
    """Return a letter that the actor sees, unread; whether as the sender and as the recipient."""
    found = store.find_sides(access.sight(actor), delivery_id)
    if found is None:
        raise _unknown(delivery_id)
    views.note(actor, found[0].instance_id, "delivery", delivery_id)
    return found


def list_(
    actor: Actor,
    *,
    direction: Literal["sent", "received"] | None = None,
    instance_id: UUID | None = None,
    status: str | None = None,
    page: int = 1,
    page_size: int = 50,
) -> tuple[list[Letter], int]:
    """Return letters that the actor sees, sent or received, newest first, and how many."""
    rows, total = store.list_(
        access.sight(actor),
        direction=direction,
        instance_id=instance_id,
        status=status,
        page=page,
        page_size=page_size,
    )
    return letters.read(actor, rows), total


def acknowledge(
    actor: Actor, delivery_id: UUID, now: datetime, idempotency_key: str | None = None
) -> Letter:
    """Write down that the recipient has seen a letter; only the first time counts."""
    asked = history.asked(actor, idempotency_key, "deliveries.acknowledge", delivery_id)
    with transaction():
        delivery, is_mine = _lock(actor, delivery_id, "received")
        if history.first_answer(asked) is not None:
            return letters.read(actor, [delivery])[0]
        if not is_mine or delivery.status not in _SEEN_NEXT:
            raise _not_pending(delivery, "签收", "acknowledge")
        delivery.status = DeliveryStatus.ACKNOWLEDGED
        delivery.acknowledged_at = now
        delivery.acknowledged_by = actor.person_id
        _note(Event.DELIVERY_ACKNOWLEDGED, delivery, actor, now, asked)
    return letters.read(actor, [delivery])[0]


def hand_over(
    actor: Actor, delivery_id: UUID, note: str, now: datetime, idempotency_key: str | None = None
) -> Letter:
    """Write down how a letter on paper reached a recipient who is not on this server."""
    if not note.strip():
        raise LetterIncomplete(
            "请说明纸质送达情况。 Expected a note on the paper, but it is empty."
        )
    asked = history.asked(actor, idempotency_key, "deliveries.hand_over", delivery_id, note)
    with transaction():
        delivery, is_mine = _lock(actor, delivery_id, "sent")
        if history.first_answer(asked) is not None:
            return letters.read(actor, [delivery])[0]
        if not is_mine or delivery.status != DeliveryStatus.PAPER or delivery.delivered_at:
            raise _not_pending(delivery, "登记纸质送达", "hand over")
        delivery.delivered_at = now
        delivery.note = note.strip()
        _note(Event.DELIVERY_HANDED_OVER, delivery, actor, now, asked)
    return letters.read(actor, [delivery])[0]


@jobs.handles(DELIVER_JOB)
def deliver(payload: Mapping[str, Any], now: datetime) -> jobs.WriteDown:
    """Carry a letter to its recipient; it waits until every enclosed document has its pages."""
    delivery_id = UUID(payload["delivery_id"])
    enclosed = [row.enclosed_id for row in store.list_enclosures([delivery_id])]
    papers = documents.list_by_id(enclosed) if enclosed else []
    for paper in papers:
        if paper.sha256 is None:
            raise EnclosureNotReady(
                f"随附文书“{paper.title}”尚未生成。"
                f" Expected document {paper.id} to be rendered before delivery, but it is not."
            )
    shown = [
        {"id": str(paper.id), "title": paper.title, "number": paper.number}
        for paper in sorted(papers, key=lambda paper: enclosed.index(paper.id))
    ]
    return lambda: _carry(delivery_id, shown, now)


def _carry(delivery_id: UUID, shown: list[dict[str, Any]], now: datetime) -> None:
    delivery = store.lock(delivery_id)
    if delivery.status != DeliveryStatus.WAITING:
        return
    recipient = _redirect(delivery)
    if not recipient.on_server:
        delivery.status = DeliveryStatus.PAPER
        delivery.note = "收件单位未接入本系统，请以纸质方式送达并登记。"
        return
    sender = organisations.get(delivery.sender_id)
    delivery.status = DeliveryStatus.DELIVERED
    delivery.delivered_at = now
    payload = {
        **delivery.payload,
        "documents": shown,
        "sender": {"id": str(sender.id), "name": sender.name},
        "conversation": delivery.conversation,
        "in_reply_to": delivery.in_reply_to,
    }
    received = advance.receive(
        delivery.type,
        delivery.conversation,
        recipient.id,
        payload,
        delivery.id,
        now,
    )
    delivery.received_instance_id = received.instance_id
    if received.instance_id is None:
        unclaimed.note(delivery, now)


def _redirect(delivery: Delivery) -> Organisation:
    """Return who gets a letter on its way: a successor, if the recipient was closed meanwhile."""
    recipient = organisations.get(delivery.recipient_id)
    heir = successions.receiver(recipient, delivery.type, delivery.conversation)
    if heir is None or heir.id == recipient.id:
        return recipient
    if store.find_same(delivery.type, delivery.conversation, heir.id, delivery.sender_id) is None:
        delivery.recipient_id = heir.id
    return heir


def _was_sent(delivery: Delivery) -> bool:
    """Tell whether the same letter went out before; refuse another one under its name."""
    place = (delivery.type, delivery.conversation, delivery.recipient_id, delivery.sender_id)
    earlier = store.find_same(*place)
    if earlier is None:
        return False
    if earlier.payload == delivery.payload:
        return True
    raise LetterRepeated(
        f"“{delivery.label}”已用往来标识“{delivery.conversation}”发出过，内容不同的须另用标识。"
        f" Expected a new conversation for another '{delivery.type}', but"
        f" '{delivery.conversation}' was sent already."
    )


def _send(delivery: Delivery, enclosed: Sequence[tuple[str, UUID]], situation: Situation) -> None:
    rows = [
        DeliveryEnclosure(delivery_id=delivery.id, enclosed_id=id_, type=type_, position=position)
        for position, (type_, id_) in enumerate(enclosed)
    ]
    store.add(delivery, rows)
    jobs.enqueue(
        DELIVER_JOB,
        {"delivery_id": str(delivery.id)},
        instance_id=situation.instance.id,
        subject_id=delivery.id,
        now=situation.now,
    )


def _recipients(to: Any, message: MessageType, conversation: str) -> list[Organisation]:
    values = to if isinstance(to, list) else [to]
    if not values:
        raise _no_recipient(message, to)
    named = {value: _recipient(value, message) for value in values}
    found = [successions.receiver(each, message.key, conversation) for each in named.values()]
    for each, heir in zip(named.values(), found, strict=True):
        if heir is None:
            raise RecipientUnknown(
                f"“{each.name}”已撤销，没有承继单位，不能再收“{message.label}”。"
                f" Expected an open recipient of '{message.key}', but '{each.key}' is closed."
            )
    return list({heir.id: heir for heir in found if heir is not None}.values())


def _recipient(value: Any, message: MessageType) -> Organisation:
    try:
        organisation = organisations.get(UUID(value))
    except (ValueError, TypeError, AttributeError, NotFound) as error:
        raise _no_recipient(message, value) from error
    if message.recipients and organisation.party not in message.recipients:
        raise RecipientUnknown(
            f"“{message.label}”不能发给“{organisation.name}”。"
            f" Expected a recipient of kind {' or '.join(message.recipients)} for"
            f" '{message.key}', but it is '{organisation.party}'."
        )
    return organisation


def _no_recipient(message: MessageType, value: Any) -> RecipientUnknown:
    return RecipientUnknown(
        f"“{message.label}”的收件单位不明：{str(value)[:60]}。"
        f" Expected the id of an organisation to send '{message.key}' to, but got {value!r}."
    )


def _enclosed(
    effect: MessageEffect, message: MessageType, situation: Situation
) -> list[tuple[str, UUID]]:
    shown = situation.variables.get("documents", {})
    for kind in effect.enclose:
        if shown.get(kind, {}).get("status") not in (DocumentStatus.ISSUED, DocumentStatus.SERVED):
            raise LetterIncomplete(
                f"“{message.label}”须随附的文书“{kind}”尚未制发。"
                f" Expected document '{kind}' to be issued for '{effect.type}', but it is not."
            )
    ids = [UUID(shown[kind]["id"]) for kind in effect.enclose]
    if ids and any(each.flag for each in situation.content.shared.classes.values()):
        _check_flags(effect, message, ids)
    return [("document", document_id) for document_id in ids]


def _check_flags(effect: MessageEffect, message: MessageType, ids: list[UUID]) -> None:
    """Refuse papers that were made before a flag of the case hid what stands in them."""
    let_go = {key for part in effect.payload for key in part.disclose} | set(effect.disclose)
    hidden = [row for row in documents.list_hiding(ids) if row.data_class not in let_go]
    if hidden:
        paper = documents.get(hidden[0].document_id)
        raise LetterIncomplete(
            f"“{message.label}”随附的文书“{paper.title}”制作后，案件已设为不公开其中的信息，"
            "须重新制作再发出。"
            f" Expected document '{paper.kind}' to hold nothing of class"
            f" '{hidden[0].data_class}', which a flag of the case hides now, but it may."
        )


def _see(actor: Actor, delivery_id: UUID) -> Delivery:
    delivery = store.find_seen(access.sight(actor), delivery_id)
    if delivery is None:
        raise _unknown(delivery_id)
    return delivery


def _unknown(delivery_id: UUID) -> NotFound:
    return NotFound(f"未找到送达件。 Expected delivery {delivery_id}, but there is none.")


def _lock(
    actor: Actor, delivery_id: UUID, side: Literal["sent", "received"]
) -> tuple[Delivery, bool]:
    """Hold a letter that the actor sees; tell whether it is theirs to act on, on this side."""
    store.lock(delivery_id)
    delivery = _see(actor, delivery_id)
    acting = access.sight(actor, acting=True)
    return delivery, store.find_seen(acting, delivery_id, side) is not None


def _note(
    act: Event, delivery: Delivery, actor: Actor, now: datetime, asked: history.Asked | None
) -> None:
    data = {"delivery_id": str(delivery.id)}
    is_receipt = act == Event.DELIVERY_ACKNOWLEDGED
    by = actor.stamp(delivery.recipient_id if is_receipt else delivery.sender_id)
    written = Act(at=now, act=act, by=by, data=data)
    history.append_to_area(DELIVERIES, written, asked)


def _not_pending(delivery: Delivery, act_zh: str, act: str) -> DeliveryNotPending:
    return DeliveryNotPending(
        f"“{delivery.label}”当前不能{act_zh}。"
        f" Expected to {act} delivery {delivery.id}, but it is '{delivery.status}'."
    )
