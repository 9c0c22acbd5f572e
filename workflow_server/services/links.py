"""Ties records, documents and instances together, and walks the chain both ways."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from workflow_server.errors import InvalidInput, NotFound
from workflow_server.services import access, legibility
from workflow_server.services.situation import Situation
from workflow_server.store import links as store
from workflow_server.store import process_instances
from workflow_server.store.links import End, Link

if TYPE_CHECKING:
    from workflow_server.content.elements import LinkEffect
    from workflow_server.services.actors import Actor

#: A chain longer than this is cut off: nobody reads it, and a ring of cases never ends.
LONGEST_CHAIN = 500


class LinkRefused(InvalidInput):
    """关联无法建立"""


@dataclass(frozen=True, slots=True)
class Chain:
    """What hangs together with one thing, as far as the actor may see it."""

    ends: tuple[End, ...]
    links: tuple[Link, ...]


def apply(effect: LinkEffect, situation: Situation) -> None:
    """Link two things, or one thing and each of a list; a link that exists stays as it is."""
    source, target = situation.feel([effect.source, effect.target])
    sources, targets = _ids(source, effect.source), _ids(target, effect.target)
    ends = store.find_ends({*sources, *targets})
    for missing in [id_ for id_ in (*sources, *targets) if id_ not in ends]:
        raise LinkRefused(
            f"无法建立关联“{effect.relation}”：{missing} 既不是业务记录、文书，也不是流程实例。"
            f" Expected both ends of link '{effect.relation}' to exist, but {missing} does not."
        )
    for from_id in sources:
        for to_id in targets:
            _add(ends[from_id], effect.relation, ends[to_id], situation)


def chain(actor: Actor, start: UUID) -> Chain:
    """Walk the links from one thing in both directions, breadth first.

    What belongs to cases that the actor may not see is neither shown nor walked through, except
    a paper in a letter that they see; nor are papers whose classes of data they don't read.
    """
    seen = _visible(actor, {start})
    if start not in seen:
        raise NotFound(f"未找到。 Expected {start}, but there is none.")
    return _walk(actor, seen)


def chain_of_case(actor: Actor, instance_id: UUID) -> Chain:
    """Walk the links from a case, and from all records and papers of it, like `chain` does."""
    access.see_instance(actor, instance_id)
    return chain_of_seen_case(actor, instance_id)


def chain_of_seen_case(actor: Actor, instance_id: UUID) -> Chain:
    """Walk the links from a case of which it is known that the actor may see it."""
    ids = {instance_id, *store.list_of_case(instance_id)}
    return _walk(actor, _visible(actor, ids, frozenset({instance_id})))


def _walk(actor: Actor, seen: dict[UUID, End]) -> Chain:
    links: dict[UUID, Link] = {}
    front = set(seen)
    while front and len(seen) < LONGEST_CHAIN:
        touching = store.list_touching(front)
        links.update((link.id, link) for link in touching)
        beyond = {end for link in touching for end in (link.from_id, link.to_id)} - seen.keys()
        found = _visible(actor, set(sorted(beyond)[: LONGEST_CHAIN - len(seen)]))
        seen |= found
        front = set(found)
    shown = [link for link in links.values() if {link.from_id, link.to_id} <= seen.keys()]
    return Chain(
        tuple(seen.values()), tuple(sorted(shown, key=lambda link: (link.made_at, link.id)))
    )


def _visible(actor: Actor, ids: set[UUID], known: frozenset[UUID] = frozenset()) -> dict[UUID, End]:
    """Return what somebody sees of these; of the `known` cases it is known that they do."""
    if not ids:
        return {}
    sight = access.sight(actor)
    found = store.find_ends(ids).values()
    asked = {end.instance_id for end in found if end.instance_id is not None} - known
    cases = known | process_instances.list_seen(sight, asked)
    papers = {end.id for end in found if end.type == "document"}
    legible = legibility.list_legible(actor, papers)
    return {
        end.id: end
        for end in found
        if (end.id in legible if end.type == "document" else end.instance_id in cases)
        or (end.instance_id is None and end.organisation_id in sight.organisations)
    }


def _add(source: End, relation: str, target: End, situation: Situation) -> None:
    if source.id == target.id:
        raise LinkRefused(
            f"不能与自身建立关联“{relation}”。"
            f" Expected two ends of link '{relation}', but both are {source.id}."
        )
    if store.find(source.id, relation, target.id) is not None:
        return
    store.add(
        Link(
            from_type=source.type,
            from_id=source.id,
            relation=relation,
            to_type=target.type,
            to_id=target.id,
            instance_id=situation.instance.id,
            made_at=situation.now,
        )
    )


def _ids(value: Any, expression: str) -> list[UUID]:
    values = value if isinstance(value, list) else [value]
    try:
        return [UUID(str(item)) for item in values]
    except ValueError as error:
        raise LinkRefused(
            f"关联的一端“{expression}”没有得到编号，得到的是 {str(value)[:60]}。"
            f" Expected '{expression}' to give an id, but it gave {str(value)[:60]!r}."
        ) from error
