"""Who reads a paper: by the classes of data in it, and by the flags of its case."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from workflow_server.content.lineage import Lineage
from workflow_server.content.shared import ANYBODY, DataClass
from workflow_server.rules.access import subtree_of
from workflow_server.services import access, masking, open_words
from workflow_server.store import deliveries
from workflow_server.store import documents as store
from workflow_server.store.documents import HANDLING, Document, DocumentClass, Reader

if TYPE_CHECKING:
    from workflow_server.content.documents import DocumentKind
    from workflow_server.services.actors import Actor
    from workflow_server.services.situation import Situation


@dataclass(frozen=True, slots=True)
class Named:
    """What of the classes in a paper its rows keep."""

    #: Who reads it whatever the flags are; None if everybody does.
    readers: str | None
    #: Class, flag and readers of what a flag of the case hides.
    flagged: tuple[tuple[str, str, str], ...]

    def rows(self, document_id: UUID) -> list[DocumentClass]:
        """Return the rows that stand beside the document."""
        return [
            DocumentClass(document_id=document_id, data_class=key, flag=flag, readers=readers)
            for key, flag, readers in self.flagged
        ]


def condition(actor: Actor) -> store.Condition:
    """Return the condition that the classes of data in a document are the actor's to read."""
    above = {
        (*below, each.role) for each in actor.positions if (below := subtree_of(each)) is not None
    }
    return store.legible_to(Reader(actor.person_id, frozenset(actor.posts), frozenset(above)))


def may_read(actor: Actor, document: Document, *, acting: bool = False) -> bool:
    """Tell whether somebody reads a document, in its case or in a letter that came."""
    sight = access.sight(actor, acting=acting)
    is_legible = store.is_legible(document.id, condition(actor))
    is_ours = is_legible and sight.sees(document.instance_id)
    return is_ours or deliveries.reached(document.id, sight)


def list_readable(actor: Actor, ids: Collection[UUID]) -> list[Document]:
    """Return those of these documents that somebody reads."""
    return store.list_readable(ids, access.sight(actor), condition(actor)) if ids else []


def list_legible(actor: Actor, ids: Collection[UUID]) -> set[UUID]:
    """Return which of these documents somebody reads."""
    return store.list_legible(ids, access.sight(actor), condition(actor)) if ids else set()


def named_in(kind: DocumentKind, texts: Iterable[Any], situation: Situation) -> Named:
    """Return the classes in a paper, as the diagram names them and as its texts show.

    Under a flag that is set, the document has its own say of what it makes of a value; the
    value itself hides it. A flag that is set later hides all that names a class of it.
    """
    content = situation.content
    held = content.lineages.get(situation.process.process_id, Lineage())
    keys = {mark for value in kind.data.values() for mark in held.made_of(value)}
    keys |= set(kind.classes)
    shown = open_words.classes_in(list(texts), situation)
    active = masking.active(content, situation).keys()
    every = content.shared.classes.values()
    always = [
        each for each in every if each.key in kind.classes or (each.key in keys and not each.flag)
    ]
    flagged = [
        (each.key, each.flag, _roles([each]))
        for each in every
        if each.flag and (each.key in shown or (each.key in keys and each.key not in active))
    ]
    return Named(_roles(always) if always else None, tuple(flagged))


def _roles(classes: Collection[DataClass]) -> str:
    """Return who reads all of some classes, as rows keep it."""
    bounded = [each for each in classes if ANYBODY not in each.readers]
    allowed = [set(each.readers) for each in bounded]
    roles = set.intersection(*allowed) if allowed else {ANYBODY}
    at_work = {role for each in bounded for role in each.handlers}
    kept = (f"{role}{HANDLING}" if role in at_work else role for role in sorted(roles))
    return f" {' '.join(kept)} "
