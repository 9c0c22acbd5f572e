"""Records as the page of a case shows them: their kinds and fields in words."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from workflow_server.services import record_words, records
from workflow_server.services.actors import Actor
from workflow_server.services.record_words import Fact
from workflow_server.store.records import Record

if TYPE_CHECKING:
    from workflow_server.content.shared import Shared


@dataclass(frozen=True, slots=True)
class Known:
    """A record of a case, its kind and its fields in words."""

    record: Record
    label: str
    facts: Sequence[Fact]


def list_known(
    actor: Actor, instance_id: UUID, near: Collection[UUID], shared: Shared, most: int
) -> list[Known]:
    """Return the records of a case, oldest first; of the cases near it where it has none.

    A case that only calls others keeps nothing of its own: what it is about is theirs.
    """
    found, _ = records.list_(actor, instance_ids=[instance_id], page_size=most)
    if not found and near:
        found, _ = records.list_(actor, instance_ids=near, page_size=most)
    words = record_words.of(found, shared)
    labels = {key: kind.label for key, kind in shared.records.items()}
    return [
        Known(each, labels.get(each.kind, each.kind), words.facts(each)) for each in reversed(found)
    ]
