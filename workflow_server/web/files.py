"""Papers and attachments, shown in a page: what may be read, and nothing that could act."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from flask import Response, url_for

from workflow_server.downloads import download
from workflow_server.services import access, attachments, documents, organisations
from workflow_server.web import door

pages = door.pages("files")

PDF = "application/pdf"
#: What a browser draws without running anything of it.
PICTURES = frozenset({"image/jpeg", "image/png"})
#: A file that somebody brought may show itself, and nothing else: no script, no form, no address.
_SANDBOX = "sandbox; default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'"
#: A browser's own viewer of PDF does not start in a sandbox; scripts in it never reach the page.
_VIEWER = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"


@pages.get("/documents/<uuid:document_id>")
def show_document(document_id: UUID) -> Response:
    """Show a paper in the page; while it is being produced the page waits for it."""
    document = documents.get(door.actor(), document_id)
    recipient = organisations.get(document.recipient_id) if document.recipient_id else None
    return door.render(
        "files/document.html",
        document=document,
        sees_case=access.sees_instance(door.actor(), document.instance_id),
        sender=organisations.get(document.organisation_id),
        recipient=recipient,
    )


@pages.get("/documents/<uuid:document_id>/file")
def read_document(document_id: UUID) -> Response:
    """The PDF for the browser's own viewer, which also prints it."""
    document, chunks = documents.download(door.actor(), document_id)
    return _sent(chunks, document.filename, PDF, document.size, is_inline=True)


@pages.get("/attachments/<uuid:attachment_id>")
def show_attachment(attachment_id: UUID) -> Response:
    """Show a file that somebody brought: PDF and pictures in the page, all to be downloaded."""
    attachment = attachments.get(door.actor(), attachment_id)
    case_id = attachment.instance_id
    return door.render(
        "files/attachment.html",
        attachment=attachment,
        sees_case=case_id is not None and access.sees_instance(door.actor(), case_id),
        is_paper=attachment.media_type == PDF,
        is_picture=attachment.media_type in PICTURES,
        source=url_for("web.files.read_attachment", attachment_id=attachment_id),
    )


@pages.get("/attachments/<uuid:attachment_id>/file")
def read_attachment(attachment_id: UUID) -> Response:
    """The bytes: shown if they are a picture or a PDF, else only to be downloaded."""
    attachment, chunks = attachments.download(door.actor(), attachment_id)
    media = attachment.media_type
    is_inline = media == PDF or media in PICTURES
    return _sent(chunks, attachment.name, media, attachment.size, is_inline=is_inline)


def _sent(
    chunks: Iterable[bytes], name: str, media: str, size: int | None, *, is_inline: bool
) -> Response:
    response = download(chunks, name, media, size, is_inline=is_inline)
    response.headers["Content-Security-Policy"] = _VIEWER if media == PDF else _SANDBOX
    return response
