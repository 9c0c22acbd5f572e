"""Recusals from a case: ordered, lifted, listed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from workflow_server.api import door
from workflow_server.api.shapes.access import (
    ReasonShape,
    RecusalGivenShape,
    RecusalPage,
    RecusalShape,
)
from workflow_server.api.shapes.base import Paging, page
from workflow_server.services import recusals

noun = door.Noun("recusals", "回避", prefix="/api/process-instances")


@noun.post(
    "/<uuid:instance_id>/recusals",
    RecusalShape(),
    takes=RecusalGivenShape(),
    status=201,
    keyed=True,
)
def order_recusal(body: dict[str, Any], instance_id: UUID) -> Any:
    """决定回避 · Keep a person from a case from now on."""
    return recusals.order(
        door.actor(),
        instance_id,
        body["person_id"],
        body["reason"],
        door.now(),
        door.idempotency_key(),
    )


@noun.get("/<uuid:instance_id>/recusals", RecusalPage, query=Paging())
def list_recusals(query: dict[str, Any], instance_id: UUID) -> dict[str, Any]:
    """回避列表 · Who is or was recused from a case."""
    found, total = recusals.list_(door.actor(), instance_id, **query)
    return page(found, total, query)


@noun.post(
    "/<uuid:instance_id>/recusals/<uuid:recusal_id>/lifting",
    RecusalShape(),
    takes=ReasonShape(),
    keyed=True,
)
def lift_recusal(body: dict[str, Any], instance_id: UUID, recusal_id: UUID) -> Any:
    """解除回避 · Let a recused person come back to a case."""
    return recusals.lift(
        door.actor(),
        instance_id,
        recusal_id,
        body["reason"],
        door.now(),
        door.idempotency_key(),
    )
