"""What hangs together with a case: its letters both ways, and the linked records and cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from workflow_server.services import access, cases, definition_cache, deliveries, links
from workflow_server.services.actors import Actor
from workflow_server.services.letters import Letter
from workflow_server.store import cases as case_rows
from workflow_server.store import process_instances
from workflow_server.store.deliveries import DeliveryStatus
from workflow_server.store.links import End, Link

#: Of one case no more letters than this are shown.
MOST = 200


@dataclass(frozen=True, slots=True)
class Exchanged:
    """A letter of a case; `other` is the case on the other side, if the actor sees that."""

    letter: Letter
    #: Whether this case sent it.
    is_sent: bool
    other: UUID | None


@dataclass(frozen=True, slots=True)
class Tie:
    """A link between two things that the actor sees."""

    link: Link
    source: End
    target: End


@dataclass(frozen=True, slots=True)
class Thread:
    """All that hangs together with a case, as far as the actor may see it."""

    letters: Sequence[Exchanged]
    ties: Sequence[Tie]
    #: Number and title of every case that is named here.
    cases: Mapping[UUID, tuple[str | None, str]]
    #: What the kinds of records are called.
    kinds: Mapping[str, str]
    #: What the relations of links are called; one that the content does not name has its own word.
    relations: Mapping[str, str]


def of(actor: Actor, instance_id: UUID) -> Thread:
    """Return the thread of a case that the actor may see; NotFound otherwise."""
    row = cases.find(actor, instance_id)
    chain = links.chain_of_seen_case(actor, instance_id)
    found, _ = deliveries.list_(actor, instance_id=instance_id, page_size=MOST)
    theirs = {_other(each, instance_id) for each in found} - {None, instance_id}
    seen = process_instances.list_seen(access.sight(actor), [each for each in theirs if each])
    letters = [
        Exchanged(
            each,
            each.delivery.instance_id == instance_id
            and each.delivery.status != DeliveryStatus.ENTERED,
            other if (other := _other(each, instance_id)) in seen else None,
        )
        for each in reversed(found)
    ]
    ends = {end.id: end for end in chain.ends}
    ties = [Tie(link, ends[link.from_id], ends[link.to_id]) for link in chain.links]
    named = {end.instance_id for tie in ties for end in (tie.source, tie.target)} | seen
    shared = definition_cache.content_of(row.definition.deployment_id).shared
    return Thread(
        letters,
        ties,
        case_rows.list_numbers([each for each in named if each is not None]),
        {key: kind.label for key, kind in shared.records.items()},
        {key: relation.label for key, relation in shared.relations.items()},
    )


def _other(letter: Letter, instance_id: UUID) -> UUID | None:
    delivery = letter.delivery
    is_sent = delivery.instance_id == instance_id
    return delivery.received_instance_id if is_sent else delivery.instance_id
