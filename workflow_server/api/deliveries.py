"""Deliveries: letters from one organisation to another."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from workflow_server.api import door
from workflow_server.api.shapes.base import page
from workflow_server.api.shapes.deliveries import (
    DeliveryPage,
    DeliveryQuery,
    DeliveryShape,
    HandOverShape,
    PaperAnswerShape,
    PaperAnswersShape,
)
from workflow_server.services import deliveries, paper_answers

noun = door.Noun("deliveries", "往来与送达")


@noun.get("", DeliveryPage, query=DeliveryQuery())
def list_deliveries(query: dict[str, Any]) -> dict[str, Any]:
    """往来列表 · List letters that your organisations sent or got, newest first."""
    found, total = deliveries.list_(door.actor(), **query)
    return page(found, total, query)


@noun.get("/<uuid:delivery_id>", DeliveryShape())
def read_delivery(delivery_id: UUID) -> Any:
    """往来 · One letter with its documents and attachments."""
    return deliveries.get(door.actor(), delivery_id)


@noun.post("/<uuid:delivery_id>/acknowledgement", DeliveryShape(), keyed=True)
def acknowledge_delivery(delivery_id: UUID) -> Any:
    """签收 · Write down that your organisation has seen a letter; the second time is a 409."""
    return deliveries.acknowledge(door.actor(), delivery_id, door.now(), door.idempotency_key())


@noun.post("/<uuid:delivery_id>/hand-over", DeliveryShape(), takes=HandOverShape(), keyed=True)
def hand_over_delivery(body: dict[str, Any], delivery_id: UUID) -> Any:
    """登记纸质送达 · Write down how a letter on paper reached who is not on this server."""
    key = door.idempotency_key()
    return deliveries.hand_over(door.actor(), delivery_id, body["note"], door.now(), key)


@noun.get("/<uuid:delivery_id>/paper-answers", PaperAnswersShape())
def list_paper_answers(delivery_id: UUID) -> dict[str, Any]:
    """可登记的书面答复 · The answers to a letter on paper that your case waits for."""
    return {"items": paper_answers.list_(door.actor(), delivery_id)}


@noun.post(
    "/<uuid:delivery_id>/paper-answers",
    DeliveryShape(),
    takes=PaperAnswerShape(),
    status=201,
    keyed=True,
)
def enter_paper_answer(body: dict[str, Any], delivery_id: UUID) -> Any:
    """登记书面答复 · Enter an answer that came on paper; the case goes on with it.

    409 when no case waits for such an answer in this conversation.
    """
    key = door.idempotency_key()
    actor, now = door.actor(), door.now()
    return paper_answers.enter(actor, delivery_id, body["type"], body["answers"], now, key)
