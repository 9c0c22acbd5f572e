"""Answers that came on paper from who is not on this server, entered so that the case goes on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson

from workflow_server.config import CHINA
from workflow_server.content import forms
from workflow_server.errors import Fault, InvalidState
from workflow_server.events import Event
from workflow_server.services import (
    access,
    advance,
    attachments,
    definition_cache,
    deliveries,
    history,
    letters,
    sources,
)
from workflow_server.services.answers import AnswersRefused
from workflow_server.services.letters import Letter
from workflow_server.store import deliveries as store
from workflow_server.store import (
    organisations,
    process_definitions,
    process_instances,
    subscriptions,
)
from workflow_server.store.db import transaction
from workflow_server.store.deliveries import Delivery, DeliveryEnclosure, DeliveryStatus
from workflow_server.store.history import DELIVERIES, Act
from workflow_server.store.process_instances import InstanceStatus
from workflow_server.store.subscriptions import Subscription
from workflow_server.store.types import new_id

if TYPE_CHECKING:
    from workflow_server.content.content import Content
    from workflow_server.content.forms import Form
    from workflow_server.content.shared import MessageType
    from workflow_server.services.actors import Actor

RECEIVED_ON, FILES, REMARK = "paper_received_on", "paper_files", "paper_remark"
_LONGEST = 5_000
_ACCEPTED = ".pdf,.jpg,.jpeg,.png,.ofd,.doc,.docx"


class AnswerNotAwaited(InvalidState):
    """没有案件等待该答复"""


@dataclass(frozen=True, slots=True)
class Awaited:
    """A type of answer that a case waits for in a conversation, with the form to enter it."""

    type: MessageType
    form: Form
    wait: Subscription
    content: Content


def list_(actor: Actor, delivery_id: UUID) -> list[Awaited]:
    """Return the answers to a letter on paper that may be entered, for who may act on it."""
    delivery, is_sent, _ = deliveries.look_at(actor, delivery_id)
    return _awaited(actor, delivery) if is_sent else []


def _awaited(actor: Actor, delivery: Delivery) -> list[Awaited]:
    if delivery.status != DeliveryStatus.PAPER:
        return []
    if store.find_seen(access.sight(actor, acting=True), delivery.id, "sent") is None:
        return []
    host = process_instances.get(delivery.instance_id).organisation_id
    party = organisations.get(delivery.recipient_id).party
    found: dict[str, Awaited] = {}
    for wait in subscriptions.list_awaited(delivery.conversation, host):
        instance = process_instances.get(wait.instance_id)
        definition = process_definitions.get(instance.process_definition_id)
        content = definition_cache.content_of(definition.deployment_id)
        type_ = content.shared.messages.get(wait.message_type)
        if type_ is not None and party in type_.senders and access.sees_to_act(actor, instance.id):
            found.setdefault(type_.key, Awaited(type_, _form(type_), wait, content))
    return list(found.values())


def enter(
    actor: Actor,
    delivery_id: UUID,
    type_key: str,
    given: dict[str, Any],
    now: datetime,
    idempotency_key: str | None = None,
) -> Letter:
    """Enter an answer that came on paper: it arrives as if its sender had sent it here.

    What is received is what was typed of the parts that the content shows of such a letter,
    with `paper`: true, the day that it came and the ids of the files.
    """
    asked = history.asked(
        actor, idempotency_key, "paper_answers.enter", delivery_id, type_key, given
    )
    with transaction():
        delivery, is_sent, _ = deliveries.look_at(actor, delivery_id)
        first = history.first_answer(asked)
        if first is not None:
            return deliveries.get(actor, UUID(first["delivery_id"]))
        found = _awaited(actor, delivery) if is_sent else []
        meant = next((each for each in found if each.type.key == type_key), None)
        if meant is None:
            raise _not_awaited(delivery, type_key)
        answer = _enter(actor, delivery, meant, given, now, asked)
    return letters.read(actor, [answer])[0]


def _enter(
    actor: Actor,
    delivery: Delivery,
    meant: Awaited,
    given: dict[str, Any],
    now: datetime,
    asked: history.Asked | None,
) -> Delivery:
    case = process_instances.lock(meant.wait.instance_id).instance
    if subscriptions.find_open(meant.wait.id) is None or case.status != InstanceStatus.RUNNING:
        raise _not_awaited(delivery, meant.type.key)
    answers, files = _checked(actor, meant, given, now)
    attachments.adopt(files, case.id)
    sender = organisations.get(delivery.recipient_id)
    place = (meant.type.key, delivery.conversation, case.organisation_id, sender.id)
    if store.find_same(*place) is not None:
        raise deliveries.LetterRepeated(
            f"“{meant.type.label}”在这一往来中已经登记过。"
            f" Expected no '{meant.type.key}' of this sender yet, but one was entered already."
        )
    answer = _written(delivery, meant, answers, now)
    rows = [
        DeliveryEnclosure(
            delivery_id=answer.id, enclosed_id=id_, type="attachment", position=position
        )
        for position, id_ in enumerate(sorted(files))
    ]
    store.add(answer, rows)
    by = actor.stamp(case.organisation_id)
    payload = {
        **answer.payload,
        "documents": [],
        "sender": {"id": str(sender.id), "name": sender.name},
        "conversation": answer.conversation,
        "in_reply_to": answer.in_reply_to,
    }
    received = advance.receive(
        answer.type, answer.conversation, answer.recipient_id, payload, answer.id, now, by
    )
    if received.instance_id is None:
        raise _not_awaited(delivery, meant.type.key)
    told = {"delivery_id": str(answer.id), "answers": str(delivery.id)}
    act = Act(at=now, act=Event.DELIVERY_ENTERED, by=by, data=told)
    history.append_to_area(DELIVERIES, act, asked, {"delivery_id": str(answer.id)})
    return answer


def _written(
    delivery: Delivery, meant: Awaited, answers: Mapping[str, Any], now: datetime
) -> Delivery:
    parts = {key: value for key, value in answers.items() if key != REMARK}
    return Delivery(
        id=new_id(),
        type=meant.type.key,
        label=meant.type.label,
        conversation=delivery.conversation,
        in_reply_to=delivery.conversation,
        sender_id=delivery.recipient_id,
        recipient_id=meant.wait.organisation_id,
        instance_id=meant.wait.instance_id,
        received_instance_id=meant.wait.instance_id,
        element_id=meant.wait.element_id,
        payload={**parts, "paper": True},
        status=DeliveryStatus.ENTERED,
        sent_at=now,
        delivered_at=now,
        note=answers.get(REMARK) or None,
    )


def _checked(
    actor: Actor, meant: Awaited, given: dict[str, Any], now: datetime
) -> tuple[dict[str, Any], frozenset[UUID]]:
    seen = sources.Sources(meant.content, actor)
    result = forms.check(meant.form, given, {}, now=now, sources=seen.accepts)
    faults = list(result.faults)
    day = str(result.answers.get(RECEIVED_ON) or "")
    if day > now.astimezone(CHINA).date().isoformat():
        faults.append(Fault(f"#/answers/{RECEIVED_ON}", "收到日期不能晚于今天"))
    if faults:
        raise AnswersRefused(
            "填写的内容有误，请按各项提示修改。"
            " Expected answers that fit the form, but some do not.",
            faults,
        )
    filled = {key: value for key, value in result.answers.items() if value not in (None, "", [])}
    return filled, frozenset(seen.files)


def _form(type_: MessageType) -> Form:
    """Make the form in which a letter of a type is entered from its paper."""
    fields: list[dict[str, Any]] = [
        {
            "type": "datetime",
            "key": RECEIVED_ON,
            "subtype": "date",
            "dateLabel": "收到日期",
            "validate": {"required": True},
        },
        *(
            {
                "type": "textarea",
                "key": part,
                "label": label,
                "validate": {"maxLength": _LONGEST},
            }
            for part, label in type_.shows.items()
            if part.isidentifier()
        ),
        {
            "type": "filepicker",
            "key": FILES,
            "label": "扫描件",
            "accept": _ACCEPTED,
            "multiple": True,
            "validate": {"required": True},
        },
        {
            "type": "textfield",
            "key": REMARK,
            "label": "登记说明",
            "validate": {"maxLength": 500},
        },
    ]
    components = [{"id": f"Field_{index}", **each} for index, each in enumerate(fields)]
    source = {
        "type": "default",
        "id": "Form_paper_answer",
        "schemaVersion": 18,
        "title": type_.label,
        "components": components,
    }
    return forms.parse(f"paper/{type_.key.lower()}", orjson.dumps(source))


def _not_awaited(delivery: Delivery, type_key: str) -> AnswerNotAwaited:
    return AnswerNotAwaited(
        f"“{delivery.label}”这一往来中，没有办理中的案件等待此种答复，不能登记。"
        f" Expected a case to wait for '{type_key}' in this conversation, but none does."
    )
