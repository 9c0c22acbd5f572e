"""Records: business objects of the kinds that content declares."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from workflow_server.api import door
from workflow_server.api.shapes.base import page
from workflow_server.api.shapes.records import ChainShape, RecordPage, RecordQuery, RecordShape
from workflow_server.services import links, records

noun = door.Noun("records", "业务记录")


@noun.get("", RecordPage, query=RecordQuery())
def list_records(query: dict[str, Any]) -> dict[str, Any]:
    """业务记录列表 · List records, newest first."""
    found, total = records.list_(door.actor(), **query)
    return page(found, total, query)


@noun.get("/<uuid:record_id>", RecordShape())
def read_record(record_id: UUID) -> Any:
    """业务记录 · One record with its fields."""
    return records.get(door.actor(), record_id)


@noun.get("/<uuid:record_id>/links", ChainShape())
def read_record_links(record_id: UUID) -> Any:
    """关联链 · Everything that hangs together with a record, walked both ways."""
    return links.chain(door.actor(), record_id)
