"""Letters as a reader sees them: classed values masked, enclosures that they may read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from workflow_server.services import attachments, legibility, masking
from workflow_server.store import deliveries as store
from workflow_server.store import organisations
from workflow_server.store.attachments import Attachment
from workflow_server.store.deliveries import Delivery, DeliveryEnclosure
from workflow_server.store.documents import Document
from workflow_server.store.organisations import Organisation

if TYPE_CHECKING:
    from workflow_server.services.actors import Actor


@dataclass(frozen=True, slots=True)
class Letter:
    """A delivery with the names and enclosures that people want to see."""

    delivery: Delivery
    sender: Organisation
    recipient: Organisation
    documents: tuple[Document, ...]
    attachments: tuple[Attachment, ...]


def read(actor: Actor, found: Sequence[Delivery]) -> list[Letter]:
    """Return letters that somebody sees, with those of their enclosures that they may read."""
    rows = masking.deliveries(actor, found)
    enclosures = store.list_enclosures([row.id for row in rows]) if rows else []
    papers = {row.id: row for row in legibility.list_readable(actor, _ids("document", enclosures))}
    files = {
        row.id: row for row in attachments.list_readable(actor, _ids("attachment", enclosures))
    }
    parties = {id_ for row in rows for id_ in (row.sender_id, row.recipient_id)}
    names = organisations.list_by_id(parties) if parties else {}
    return [
        Letter(
            row,
            names[row.sender_id],
            names[row.recipient_id],
            tuple(papers[e.enclosed_id] for e in _of(row, enclosures) if e.enclosed_id in papers),
            tuple(files[e.enclosed_id] for e in _of(row, enclosures) if e.enclosed_id in files),
        )
        for row in rows
    ]


def _ids(type_: str, enclosures: Sequence[DeliveryEnclosure]) -> set[UUID]:
    return {each.enclosed_id for each in enclosures if each.type == type_}


def _of(row: Delivery, enclosures: Sequence[DeliveryEnclosure]) -> list[DeliveryEnclosure]:
    return [enclosure for enclosure in enclosures if enclosure.delivery_id == row.id]
