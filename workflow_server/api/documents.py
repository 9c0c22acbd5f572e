"""Documents: the papers of cases, as data and as PDF."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from workflow_server.api import door
from workflow_server.api.shapes.base import page
from workflow_server.api.shapes.documents import DocumentPage, DocumentQuery, DocumentShape
from workflow_server.services import documents

noun = door.Noun("documents", "文书")


@noun.get("", DocumentPage, query=DocumentQuery())
def list_documents(query: dict[str, Any]) -> dict[str, Any]:
    """文书列表 · List documents of your organisations and those delivered to them."""
    found, total = documents.list_(door.actor(), **query)
    return page(found, total, query)


@noun.get("/<uuid:document_id>", DocumentShape())
def read_document(document_id: UUID) -> Any:
    """文书 · One document: number, state, recipient, pages."""
    return documents.get(door.actor(), document_id)


@noun.get("/<uuid:document_id>/file", media="application/pdf")
def download_document(document_id: UUID) -> Response:
    """下载文书 · The PDF; 503 with Retry-After while it is being produced."""
    document, chunks = documents.download(door.actor(), document_id)
    return door.download(chunks, document.filename, "application/pdf", document.size)
