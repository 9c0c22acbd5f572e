"""Drafts, issues and serves the papers of a case, and renders them in a job."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from workflow_server.config import CHINA
from workflow_server.errors import (
    Fault,
    InvalidInput,
    InvalidState,
    NotFound,
    Unavailable,
    WorkflowServerError,
)
from workflow_server.services import (
    access,
    definition_cache,
    document_parts,
    jobs,
    legibility,
    masking,
    numbers,
    open_words,
    papers,
    views,
)
from workflow_server.services.situation import Situation
from workflow_server.store import documents as store
from workflow_server.store import erasures, organisations
from workflow_server.store.blobs import blobs
from workflow_server.store.db import session
from workflow_server.store.documents import Document, DocumentStatus
from workflow_server.store.types import new_id

if TYPE_CHECKING:
    from workflow_server.content.documents import DocumentKind
    from workflow_server.content.elements import DocumentEffect
    from workflow_server.services.actors import Actor

RENDER_JOB = "render_document"


class UnknownDocumentKind(InvalidInput):
    """未声明的文书种类"""


class RequiredPartsMissing(InvalidInput):
    """文书缺少必备内容"""


class DocumentNotIssued(InvalidState):
    """文书尚未制发"""


class PagesNotMade(Unavailable):
    """文书未能生成"""


class DocumentErased(InvalidState):
    """文书内容已清除"""


class DocumentNotReady(Unavailable):
    """文书正在生成"""


@dataclass(frozen=True, slots=True)
class _Parts:
    """What the expressions of a document kind and of the effect gave."""

    data: dict[str, Any]
    recipient_id: UUID | None
    series: str | None
    title: str
    filename: str


def apply(effect: DocumentEffect, situation: Situation) -> None:
    """Draft, issue or serve a document.

    Issuing checks the required parts (every missing one is named), draws the number, freezes
    the data and leaves the pages to a job. Serving marks the issued one as handed over.
    """
    kind = situation.content.documents.get(effect.kind)
    if kind is None:
        raise UnknownDocumentKind(
            f"未声明文书种类“{effect.kind}”。"
            f" Expected document kind '{effect.kind}' to be declared, but it is not."
        )
    if effect.moment == "serve":
        _serve(effect, kind, situation)
    else:
        _make(effect, kind, situation, issue=effect.moment == "issue")


def get(actor: Actor, document_id: UUID) -> Document:
    """Return a document of a case that the actor sees, or of a letter that they see."""
    document = store.find(document_id)
    if document is not None and legibility.may_read(actor, document):
        return document
    raise NotFound(f"未找到文书。 Expected document {document_id}, but there is none.")


def list_(
    actor: Actor,
    *,
    instance_id: UUID | None = None,
    kind: str | None = None,
    page: int = 1,
    page_size: int = 50,
) -> tuple[list[Document], int]:
    """Return the documents of cases that the actor sees, and of letters that they see."""
    return store.list_(
        access.sight(actor),
        legible=legibility.condition(actor),
        instance_id=instance_id,
        kind=kind,
        page=page,
        page_size=page_size,
    )


def download(actor: Actor, document_id: UUID) -> tuple[Document, Iterator[bytes]]:
    """Return a document and its PDF, chunk by chunk; refuse while it is being produced."""
    document = get(actor, document_id)
    if document.status == DocumentStatus.ERASED:
        raise DocumentErased(
            f"“{document.title}”的内容已从本系统清除。"
            f" Expected a document with its text, but that of {document_id} was erased."
        )
    if document.sha256 is None:
        raise DocumentNotReady(
            f"“{document.title}”正在生成，请稍后再试。"
            f" Expected document {document_id} to be rendered, but it is still being produced."
        )
    classes = masking.sensitive_in(document)
    views.note(actor, document.instance_id, "document", document.id, classes)
    return document, blobs().read(document.sha256)


@jobs.handles(RENDER_JOB)
def render(payload: Mapping[str, Any], _now: datetime) -> jobs.WriteDown | None:
    """Render a document from its frozen data; doing it again gives the same bytes."""
    document = store.get(UUID(payload["document_id"]))
    if document.rendered_at is not None or document.status == DocumentStatus.ERASED:
        return None
    kind = definition_cache.content_of(document.deployment_id).documents[document.kind]
    author = organisations.get(document.organisation_id).name
    title, data, created = document.title, document.data, document.made_at
    document_id, number = document.id, document.number or ""
    # Pages take their time: no snapshot is held meanwhile.
    session().rollback()
    try:
        rendered = papers.render(kind, data, title=title, author=author, created=created)
    except WorkflowServerError as error:
        raise PagesNotMade(f"文书“{title}”{number}未能生成：{error.message}") from error
    blob = blobs().put(rendered.pdf)

    def write_down() -> None:
        done = store.lock(document_id)
        if done.status == DocumentStatus.ERASED:
            # Its case was emptied while the pages were made: they are not to lie there again.
            erasures.unlink({blob.sha256})
            return
        done.sha256, done.size, done.pages = blob.sha256, blob.size, rendered.pages
        done.rendered_at = _now

    return write_down


def _make(effect: DocumentEffect, kind: DocumentKind, situation: Situation, *, issue: bool) -> None:
    parts = _parts(effect, kind, situation, issue=issue)
    named = legibility.named_in(kind, [parts.title, parts.filename, parts.data], situation)
    document_id = new_id()
    number = None
    if issue and parts.series is not None:
        given = numbers.draw(situation, parts.series, given_to="document", given_to_id=document_id)
        number = given.text
    issued_on = situation.now.astimezone(CHINA).date() if issue else None
    document = Document(
        id=document_id,
        kind=kind.key,
        title=parts.title,
        number=number,
        organisation_id=situation.instance.organisation_id,
        recipient_id=parts.recipient_id,
        instance_id=situation.instance.id,
        deployment_id=situation.definition.deployment_id,
        element_id=situation.visit.element_id,
        person_id=situation.actor.person_id if situation.actor else None,
        status=DocumentStatus.ISSUED if issue else DocumentStatus.DRAFT,
        data=document_parts.frozen(
            kind, parts.data, situation.organisation, parts.title, number, issued_on
        ),
        filename=parts.filename,
        made_at=situation.now,
        issued_on=issued_on,
        readers=named.readers,
    )
    _supersede_draft(kind.key, situation)
    store.add(document, named.rows(document_id))
    jobs.enqueue(
        RENDER_JOB,
        {"document_id": str(document_id)},
        instance_id=document.instance_id,
        subject_id=document_id,
        now=situation.now,
    )
    situation.variables.setdefault("documents", {})[kind.key] = _facts(document)


def _serve(effect: DocumentEffect, kind: DocumentKind, situation: Situation) -> None:
    shown = _shown(kind.key, situation)
    if shown.get("status") not in (DocumentStatus.ISSUED, DocumentStatus.SERVED):
        raise DocumentNotIssued(
            f"“{kind.title}”尚未制发，不能送达。"
            f" Expected document '{kind.key}' to be issued, but it is not."
        )
    (to,) = situation.feel([effect.to])
    document = store.get(UUID(shown["id"]))
    document.status = DocumentStatus.SERVED
    document.served_at = situation.now
    document.recipient_id = document_parts.organisation_id(to, kind) or document.recipient_id
    situation.variables["documents"][kind.key] = _facts(document)


def _parts(
    effect: DocumentEffect, kind: DocumentKind, situation: Situation, *, issue: bool
) -> _Parts:
    """Evaluate all that a document needs in one crossing; refuse one that lacks a part."""
    required = kind.required if issue else ()
    to, name, filename, series, *values = situation.feel(
        [
            effect.to,
            effect.name,
            kind.filename,
            kind.series if issue else None,
            *kind.data.values(),
            *(part.value for part in required),
        ]
    )
    data = dict(zip(kind.data, values, strict=False))
    missing = [
        Fault(f"documents/{kind.key}/{part.part}", part.message)
        for part, value in zip(required, values[len(kind.data) :], strict=True)
        if document_parts.is_empty(value)
    ]
    if missing:
        raise RequiredPartsMissing(
            f"“{kind.title}”不能制发：{'；'.join(fault.detail for fault in missing)}。"
            f" Expected the required parts of '{kind.key}', but {len(missing)} are missing.",
            missing,
        )
    title = open_words.masked(str(name), situation) if name else kind.title
    filename = open_words.masked(str(filename or title), situation)
    left_out = {document_parts.REDACTIONS: data.get(document_parts.REDACTIONS)}
    called = document_parts.redacted({**left_out, "title": title, "filename": filename})
    return _Parts(
        data,
        document_parts.organisation_id(to, kind),
        _series(series, kind, issue),
        called["title"],
        document_parts.clean_filename(called["filename"]),
    )


def _series(value: Any, kind: DocumentKind, issue: bool) -> str | None:
    if not issue or kind.series is None:
        return None
    if isinstance(value, str) and value:
        return value
    raise InvalidInput(
        f"“{kind.title}”的编号序列不明：{value!r}。"
        f" Expected the key of a series for document '{kind.key}', but got {value!r}."
    )


def _supersede_draft(key: str, situation: Situation) -> None:
    shown = _shown(key, situation)
    if shown.get("status") == DocumentStatus.DRAFT:
        store.get(UUID(shown["id"])).status = DocumentStatus.SUPERSEDED


def _shown(key: str, situation: Situation) -> Mapping[str, Any]:
    shown: Mapping[str, Any] = situation.variables.get("documents", {}).get(key, {})
    return shown


def _facts(document: Document) -> dict[str, Any]:
    """Return what expressions may read of a document."""
    served = document.served_at
    return {
        "id": str(document.id),
        "title": document.title,
        "number": document.number,
        "issued_on": document.issued_on.isoformat() if document.issued_on else None,
        "served_on": served.astimezone(CHINA).date().isoformat() if served else None,
        "status": document.status,
    }
