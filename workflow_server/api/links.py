"""Links: the chain between records, documents and process instances."""

from __future__ import annotations

from typing import Any

from workflow_server.api import door
from workflow_server.api.shapes.records import ChainQuery, ChainShape
from workflow_server.services import links

noun = door.Noun("links", "关联")


@noun.get("", ChainShape(), query=ChainQuery())
def read_chain(query: dict[str, Any]) -> Any:
    """关联链 · Everything that hangs together with one record, document or instance."""
    return links.chain(door.actor(), query["of"])
