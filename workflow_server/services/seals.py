"""Compares the bundles that the database keeps with what the history says was sealed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from uuid import UUID

from workflow_server.content import bundle as bundles
from workflow_server.content.bundle import Bundle
from workflow_server.content.refusals import ContentRefused
from workflow_server.errors import InvalidState, NotFound
from workflow_server.events import Event
from workflow_server.store import acts, deployments, proposals
from workflow_server.store.history import DEPLOYMENTS, area

#: What names the bundle in the data of an act.
_NAMED = {Event.CONTENT_DEPLOYED: "deployment_id", Event.PROPOSAL_MADE: "proposal_id"}

#: The row of an act, and the checksum that it tells.
Told = Mapping[UUID, tuple[int, str]]


class BundleAltered(InvalidState):
    """部署申请的内容被改动"""


def open_proposed(proposal_id: UUID) -> Bundle:
    """Return a proposed bundle; BundleAltered if it is not what was proposed."""
    data = proposals.get_bundle(proposal_id)
    proposed = _told(Event.PROPOSAL_MADE).get(proposal_id)
    kept = proposals.get(proposal_id).checksum
    if proposed is None or kept != proposed[1] or _checksum(data) != kept:
        raise BundleAltered(
            "数据库中的部署申请内容与提出时不同，不能部署；请驳回，并由审计管理员核验。"
            f" Expected the bundle of proposal {proposal_id} as it was proposed, but it is another."
        )
    return bundles.read_zip(data)


def find_breaks() -> Iterator[tuple[int, str]]:
    """Yield what does not fit the history: the number of the act's row (0: none), and the kind."""
    yield from _compare(
        "deployment",
        deployments.list_checksums(),
        deployments.get_bundle,
        Event.CONTENT_DEPLOYED,
    )
    yield from _compare(
        "proposal", proposals.list_checksums(), proposals.get_bundle, Event.PROPOSAL_MADE
    )


def _compare(
    what: str, kept: Mapping[UUID, str], read: Callable[[UUID], bytes], event: Event
) -> Iterator[tuple[int, str]]:
    # The acts are read after the rows: what came in between is looked for once more.
    told = _told(event)
    for id_, checksum in kept.items():
        seq, sealed = told.get(id_, (0, None))
        if sealed is None:
            yield seq, f"{what}_inserted"
        elif checksum != sealed or _checksum(read(id_)) != sealed:
            yield seq, f"{what}_altered"
    for id_, (seq, _) in told.items():
        if id_ not in kept and not _is_there(read, id_):
            yield seq, f"{what}_missing"


def _told(event: Event) -> Told:
    rows = acts.list_of(area(DEPLOYMENTS), event)
    name = _NAMED[event]
    return {UUID(data[name]): (seq, data["checksum"]) for seq, data in rows if name in data}


def _is_there(read: Callable[[UUID], bytes], id_: UUID) -> bool:
    try:
        read(id_)
    except NotFound:
        return False
    return True


def _checksum(data: bytes) -> str | None:
    try:
        return bundles.read_zip(data).checksum
    except ContentRefused:
        return None
