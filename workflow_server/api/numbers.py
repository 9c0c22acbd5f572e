"""Numbers: the register of what was given, and what was voided."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from workflow_server.api import door
from workflow_server.api.shapes.base import page
from workflow_server.api.shapes.numbers import (
    NumberPage,
    NumberQuery,
    NumberShape,
    VoidShape,
)
from workflow_server.services import numbers

noun = door.Noun("numbers", "编号登记")


@noun.get("", NumberPage, query=NumberQuery())
def list_numbers(query: dict[str, Any]) -> dict[str, Any]:
    """编号登记簿 · List the numbers your organisations gave: by year (newest), series, number."""
    found, total = numbers.list_register(door.actor(), **query)
    return page(found, total, query)


@noun.post("/<uuid:number_id>/void", NumberShape(), takes=VoidShape(), keyed=True)
def void_number(body: dict[str, Any], number_id: UUID) -> Any:
    """作废编号 · Void a number; it stays in the register, never given again (numbers.void)."""
    key = door.idempotency_key()
    return numbers.void(door.actor(), number_id, body["reason"], door.now(), key)
