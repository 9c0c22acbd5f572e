"""The trail as the audit administrator reads, exports and proves it, without case content."""

from __future__ import annotations

from typing import Any

from flask import Response, stream_with_context

from workflow_server.api import door
from workflow_server.api.shapes.audit import (
    AnchorPage,
    EventPage,
    EventQuery,
    ExportQuery,
    ReportShape,
    VerifyShape,
)
from workflow_server.api.shapes.base import Paging, page
from workflow_server.services import audits
from workflow_server.store.acts import Filter

noun = door.Noun("audit", "审计")

_MEDIA = {"jsonl": "application/x-ndjson", "csv": "text/csv"}


@noun.get("/events", EventPage, query=EventQuery())
def list_events(query: dict[str, Any]) -> dict[str, Any]:
    """审计记录 · Acts of all chains, newest first (audit administrators); reading is kept too."""
    paging = {name: query.pop(name) for name in ("page", "page_size")}
    found, total = audits.list_(door.actor(), Filter(**query), door.now(), **paging)
    return page(found, total, paging)


@noun.get("/export", media="application/x-ndjson", query=ExportQuery())
def export_events(query: dict[str, Any]) -> Response:
    """导出审计记录 · The same acts, oldest first, as JSON lines or CSV (audit administrators)."""
    form = query.pop("format")
    chunks = audits.export(door.actor(), Filter(**query), form, door.now())
    # The rows are read while they are sent.
    return door.download(stream_with_context(chunks), f"trail.{form}", _MEDIA[form])


@noun.get("/anchors", AnchorPage, query=Paging())
def list_anchors(query: dict[str, Any]) -> dict[str, Any]:
    """锚定 · The anchors, newest first (audit administrators): keep their hashes elsewhere."""
    found, total = audits.list_anchors(door.actor(), **query)
    return page(found, total, query)


@noun.post("/verifications", ReportShape(), takes=VerifyShape(), status=201, keyed=True)
def verify_trail(body: dict[str, Any]) -> dict[str, Any]:
    """核验 · Prove one instance, one area, what came after an anchor, or as much as fits."""
    key = door.idempotency_key()
    return audits.verify(door.actor(), door.now(), **body, idempotency_key=key)
