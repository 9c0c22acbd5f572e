"""Attachments: files that people bring, streamed in and out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from flask import Response
from werkzeug.datastructures import FileStorage

from workflow_server.api import door
from workflow_server.api.shapes.attachments import (
    AttachmentForm,
    AttachmentQuery,
    AttachmentShape,
    AttachmentsShape,
)
from workflow_server.services import attachments

noun = door.Noun("attachments", "附件")

_CHUNK = 256 * 1024


@noun.get("", AttachmentsShape(), query=AttachmentQuery())
def list_attachments(query: dict[str, Any]) -> dict[str, Any]:
    """案件的附件 · The files of a process instance."""
    return {"items": attachments.list_(door.actor(), query["instance_id"])}


@noun.post("", AttachmentShape(), form=AttachmentForm(), status=201, keyed=True)
def add_attachment(form: dict[str, Any]) -> Any:
    """上传附件 · Bring a file for a task, or for the form that starts a process.

    Its id is then the answer to a file field. The type is told from the content.
    """
    file = door.uploaded_file()
    return attachments.add(
        door.actor(),
        _chunks(file),
        file.filename or "",
        door.now(),
        **form,
        idempotency_key=door.idempotency_key(),
    )


@noun.get("/<uuid:attachment_id>", AttachmentShape())
def read_attachment(attachment_id: UUID) -> Any:
    """附件 · What a file is called, its type, size and checksum."""
    return attachments.get(door.actor(), attachment_id)


@noun.get("/<uuid:attachment_id>/file", media="application/octet-stream")
def download_attachment(attachment_id: UUID) -> Response:
    """下载附件 · The bytes of a file."""
    attachment, chunks = attachments.download(door.actor(), attachment_id)
    return door.download(chunks, attachment.name, attachment.media_type, attachment.size)


def _chunks(file: FileStorage) -> Iterator[bytes]:
    while chunk := file.stream.read(_CHUNK):
        yield chunk
