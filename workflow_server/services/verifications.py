"""Proves the history: its chains, the anchors that bind them, and the inquiry records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from heapq import merge
from itertools import chain, groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from workflow_server.errors import Fault, InvalidInput, NotFound
from workflow_server.services import seals
from workflow_server.services.anchors import OVERLAP
from workflow_server.services.chain_walks import Break, Finding, Walk
from workflow_server.store import anchors, chains, history, inquiries

#: After so many findings a walk goes on counting no further.
MOST_FINDINGS = 1000
#: How often progress is told, in rows.
_STEP = 20_000


class UnknownAnchor(InvalidInput):
    """没有该锚定"""


class UnknownArea(InvalidInput):
    """没有该管理区域"""


@dataclass(slots=True)
class Report:
    """What was proved, and what is wrong."""

    chains: int = 0
    rows: int = 0
    anchors: int = 0
    findings: list[Finding] = field(default_factory=list)
    #: Whether all that was asked for was read.
    is_complete: bool = True
    #: Where the anchors end: keep it elsewhere, and the newest anchors cannot be cut off.
    last_anchor: tuple[int, str] | None = None


#: Told now and then how many chains and rows were read.
Progress = Callable[[int, int], None]


def verify(
    *,
    instance_id: UUID | None = None,
    area: str | None = None,
    since: int | None = None,
    known: tuple[int, str] | None = None,
    limit: int | None = None,
    progress: Progress | None = None,
) -> Report:
    """Prove one instance's chains, an area's, what went on after an anchor, or everything.

    `known` is an anchor (number and hash) as it was kept elsewhere. With `limit` no more rows
    than that are read. Reads in small portions, while others write. What was never written is
    not whole: NotFound for an instance without any trace, UnknownArea for no area.
    """
    if area is not None:
        check_area(area)
    work = _Verification(limit, progress)
    if instance_id is not None:
        work.one(instance_id)
        work.one(history.views_of(instance_id))
        if not work.report.chains and not work.report.findings:
            raise NotFound(
                "没有该流程实例的任何留痕，请核对编号。"
                f" Expected process instance {instance_id}, but nothing tells of it."
            )
    elif area is not None:
        work.one(history.area(area))
    elif since is not None:
        work.after(since)
    else:
        work.everything()
    if area == inquiries.AREA or (instance_id is None and area is None):
        work.inquiries()
    if area == history.DEPLOYMENTS or (instance_id is None and area is None):
        work.sealed()
    work.known(known)
    return work.report


def check_area(area: str, *further: str, pointer: str = "#/area") -> None:
    """Refuse what is no area, nor one of some further words, with a list of what is."""
    words = (*history.AREAS, *further)
    if area not in words:
        known = "、".join(words)
        raise UnknownArea(
            f"没有管理区域“{area}”，应为以下之一：{known}。"
            f" Expected an area, but '{area}' is none.",
            [Fault(pointer, f"应为以下之一：{known}")],
        )


def find_break(chain_id: UUID) -> int | None:
    """Return the number of the first row of a chain that is not what was written, or None."""
    work = _Verification(None, None)
    work.one(chain_id)
    return min((found.seq for found in work.report.findings), default=None)


class _Verification:
    def __init__(self, limit: int | None, progress: Progress | None) -> None:
        self.report = Report()
        self._limit = limit
        self._progress = progress
        self._told = 0

    def everything(self) -> None:
        """Walk every chain and every anchor, side by side in the order of their ids."""
        for chain_id, parts in groupby(_side_by_side(), key=itemgetter(0)):
            if self._is_over():
                return
            anchored, end, rows = _parted(parts)
            self._walk(chain_id, Walk(anchored), rows, end)
        self._anchors(0)

    def one(self, chain_id: UUID) -> None:
        """Walk one chain, and prove the anchors that bind it."""
        anchored = chains.list_anchored(chain_id)
        if anchored or chains.find_end(chain_id) or chains.find_hash(chain_id, 1):
            self._walk(chain_id, Walk(anchored), chains.iterate_rows_of(chain_id), None)
        for seq, _, _ in anchored:
            self._anchor(seq)

    def after(self, since: int) -> None:
        """Walk what was written after an anchor, on the ground that it laid."""
        anchor = anchors.find(since)
        if anchor is None:
            raise UnknownAnchor(
                f"没有第{since}次锚定。 Expected the number of an anchor, but {since} is none."
            )
        for chain_id in chains.list_touched(anchor.at - OVERLAP, since):
            if self._is_over():
                return
            anchored = chains.list_anchored(chain_id)
            ground = [each for each in anchored if each[0] <= since]
            _, length, head = ground[-1] if ground else (0, 0, b"")
            if length and chains.find_hash(chain_id, length) != head:
                self._find(chain_id, Break("rewritten", length, ground[-1][0]))
            rows = chains.iterate_rows_of(chain_id, length)
            self._walk(chain_id, Walk(anchored, length, head), rows, None)
        self._anchors(since)

    def inquiries(self) -> None:
        """Compare the inquiry records with what was written into their chain."""
        for seq, kind in inquiries.find_breaks():
            self._find(history.area(inquiries.AREA), Break(kind, seq))

    def sealed(self) -> None:
        """Compare deployments and proposals with what their chain says was sealed."""
        for seq, kind in seals.find_breaks():
            self._find(history.area(history.DEPLOYMENTS), Break(kind, seq))

    def known(self, kept: tuple[int, str] | None) -> None:
        """Compare an anchor that was kept elsewhere, and say where the anchors end."""
        last = anchors.find_last()
        self.report.last_anchor = (last.seq, last.hash.hex()) if last is not None else None
        if kept is None:
            return
        found = anchors.find(kept[0])
        if found is None:
            self._find(None, Break("anchor_missing", kept[0]))
        elif found.hash.hex() != kept[1].lower():
            self._find(None, Break("anchor_altered", kept[0]))

    def _walk(
        self,
        chain_id: UUID,
        walk: Walk,
        rows: Iterable[Any],
        end: tuple[int, bytes] | None,
    ) -> None:
        for found in walk.read(self._count(rows)):
            self._find(chain_id, found)
        self.report.chains += 1
        if self._is_over():
            self.report.is_complete = False
            return
        if end is None or end != (walk.length, walk.head):
            # Somebody may have written in the meantime: the end is read first, then the rest.
            end = chains.find_end(chain_id)
            further = chains.iterate_rows_of(chain_id, walk.length)
            if not walk.is_broken:
                for found in walk.read(self._up_to(end, further)):
                    self._find(chain_id, found)
        if walk.length == 0 and walk.anchored_length and not (end is not None and end[0]):
            seq, length = walk.anchored_length
            self._find(chain_id, Break("chain_missing", 1, seq, length))
            return
        if end is None and walk.length:
            self._find(chain_id, Break("end_missing", walk.length))
        for found in walk.close(end):
            self._find(chain_id, found)

    def _up_to(self, end: tuple[int, bytes] | None, rows: Iterable[Any]) -> Iterator[Any]:
        for row in self._count(rows):
            if end is not None and row["seq"] > end[0] and self._has_grown(row, end):
                return
            yield row

    def _has_grown(self, row: Any, end: tuple[int, bytes]) -> bool:
        now = chains.find_end(row["chain_id"])
        return now is not None and now[0] > end[0]

    def _anchors(self, after: int) -> None:
        before = anchors.find(after)
        expected, digest = after + 1, before.hash if before is not None else b""
        for seq, at, heads, hash_ in anchors.iterate(after):
            for missing in range(expected, min(seq, expected + MOST_FINDINGS)):
                self._find(None, Break("anchor_missing", missing))
            if expected == seq and not _binds(seq, at, digest, heads, hash_):
                self._find(None, Break("anchor_altered", seq))
            expected, digest = seq + 1, hash_
            self.report.anchors += 1

    def _anchor(self, seq: int) -> None:
        anchor = anchors.find(seq)
        before = anchors.find(seq - 1)
        self.report.anchors += 1
        if anchor is None or (before is None and seq > 1):
            self._find(None, Break("anchor_missing", seq if anchor is None else seq - 1))
            return
        digest = before.hash if before is not None else b""
        if not _binds(seq, anchor.at, digest, anchor.heads, anchor.hash):
            self._find(None, Break("anchor_altered", seq))

    def _count(self, rows: Iterable[Any]) -> Iterator[Any]:
        for row in rows:
            self.report.rows += 1
            yield row
            if self.report.rows - self._told >= _STEP and self._progress is not None:
                self._told = self.report.rows
                self._progress(self.report.chains, self.report.rows)
            if self._is_over():
                return

    def _is_over(self) -> bool:
        over = self._limit is not None and self.report.rows >= self._limit
        if over:
            self.report.is_complete = False
        return over

    def _find(self, chain_id: UUID | None, found: Break) -> None:
        if len(self.report.findings) >= MOST_FINDINGS:
            self.report.is_complete = False
            return
        name, instance_id = _name(chain_id)
        self.report.findings.append(
            Finding(name, chain_id, instance_id, found.seq, found.kind, found.words)
        )


_ANCHORED, _END, _ROW = 0, 1, 2


def _side_by_side() -> Iterator[tuple[UUID, int, Any]]:
    return merge(
        ((each[0], _ANCHORED, each[1:]) for each in chains.iterate_anchored()),
        ((each[0], _END, each[1:]) for each in chains.iterate_ends()),
        ((each[0], _END, each[1:]) for each in chains.iterate_ends_of_areas()),
        ((row["chain_id"], _ROW, row) for row in chains.iterate_rows()),
        key=itemgetter(0, 1),
    )


def _parted(
    parts: Iterator[tuple[UUID, int, Any]],
) -> tuple[list[tuple[int, int, bytes]], tuple[int, bytes] | None, Iterator[Any]]:
    """Part what is known of a chain (its anchored heads, its end) from its rows, unread."""
    anchored, end = [], None
    for part in parts:
        if part[1] == _ANCHORED:
            anchored.append(part[2])
        elif part[1] == _END:
            end = part[2]
        else:
            return anchored, end, (each[2] for each in chain([part], parts))
    return anchored, end, iter(())


def _binds(seq: int, at: Any, before: bytes, heads: int, hash_: bytes) -> bool:
    digest, count = anchors.begin_hash(seq, at, before), 0
    for chain_id, length, head in anchors.iterate_heads(seq):
        digest.update(anchors.hashed(chain_id, length, head))
        count += 1
    return bool(digest.digest() == hash_ and count == heads)


def _name(chain_id: UUID | None) -> tuple[str, UUID | None]:
    """Return what a chain is called, and the instance that it is about."""
    if chain_id is None:
        return "anchors", None
    name, instance_id = chains.find_name(chain_id)
    if name is not None:
        return name, instance_id
    known = {history.area(each): each for each in history.AREAS}
    return (known[chain_id], None) if chain_id in known else ("instance", chain_id)
