"""Walks one chain of the history and names the row that is not what was written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any
from uuid import UUID

from workflow_server.events import Event
from workflow_server.store.history import digest_left, hash_row

#: How far a row that belongs elsewhere is looked for.
LOOK_AHEAD = 1000

#: What can be wrong with a row, in the words that a person reads.
WORDS = {
    "altered": "内容被改动 was altered",
    "missing": "缺失 is missing",
    "inserted": "系插入，原本不存在 was inserted",
    "reordered": "次序被调换 was put out of order",
    "rewritten": "与锚定{anchor}不符，至此有行被改写"
    " does not fit anchor {anchor}: rows up to here were rewritten",
    "chain_missing": "整条链被删除（锚定{anchor}时有{length}条）"
    " the whole chain is gone, though anchor {anchor} bound {length} rows",
    "end_missing": "链的末端记录被删除 what keeps the chain's end is gone",
    "anchor_altered": "锚定被改动或伪造 the anchor was altered or forged",
    "anchor_missing": "锚定缺失 the anchor is missing",
    "inquiry_altered": "过问记录内容被改动 the inquiry record was altered",
    "inquiry_missing": "过问记录被删除 the inquiry record is gone",
    "deployment_altered": "部署的内容被改动 what was deployed was altered",
    "deployment_missing": "部署被删除 the deployment is gone",
    "deployment_inserted": "部署系插入 the deployment was inserted",
    "proposal_altered": "部署申请的内容被改动 what was proposed was altered",
    "proposal_missing": "部署申请被删除 the proposal is gone",
    "proposal_inserted": "部署申请系插入 the proposal was inserted",
    "inquiry_inserted": "过问记录系插入 the inquiry record was inserted",
}

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Break:
    """What is wrong, and at which row."""

    kind: str
    seq: int
    anchor: int | None = None
    length: int | None = None

    @property
    def words(self) -> str:
        """What is wrong, in Chinese and English."""
        return WORDS[self.kind].format(anchor=self.anchor, length=self.length)


class Walk:
    """Reads the rows of a chain in turn; `length` and `head` say how far it came."""

    def __init__(
        self, anchored: Sequence[tuple[int, int, bytes]] = (), length: int = 0, head: bytes = b""
    ) -> None:
        self.length = length
        self.head = head
        self.rows = 0
        self.is_broken = False
        self._anchored = {length: (anchor, head) for anchor, length, head in anchored}
        self._is_rewritten = False
        self._before: bytes | None = None
        #: Acts that say nothing more: what is left of each, until an erasure accounts for it.
        self._emptied: dict[int, tuple[str, Break]] = {}

    @property
    def anchored_length(self) -> tuple[int, int] | None:
        """How far the chain had come when it was last anchored, and which anchor that was."""
        if not self._anchored:
            return None
        length = max(self._anchored)
        return self._anchored[length][0], length

    def read(self, rows: Iterable[Row]) -> Iterator[Break]:
        """Prove rows; yield the breaks."""
        waiting = iter(rows)
        while (row := next(waiting, None)) is not None:
            self.rows += 1
            if self.is_broken:
                # Every row after this one stands where it should not: one break is told.
                self._go_on(row)
                continue
            if row["seq"] != self.length + 1:
                yield from self._gap(row)
            elif row["hash"] != hash_row(self.head, row):
                following = list(islice(waiting, LOOK_AHEAD))
                waiting = chain(following, waiting)
                found = self._classify(row, following)
                self.is_broken = found.kind != "altered"
                if _says_nothing(row) and not self.is_broken:
                    self._emptied[row["seq"]] = digest_left(row).hex(), found
                else:
                    yield found
            elif row["act"] == Event.CASE_ERASED:
                self._account(row)
            yield from self._compare(row)
            self._go_on(row)

    def _go_on(self, row: Row) -> None:
        self._before = self.head
        self.length, self.head = row["seq"], row["hash"]

    def close(self, end: tuple[int, bytes] | None) -> Iterator[Break]:
        """Compare the chain's end with what is kept of it, and with the anchors."""
        yield from (found for _, found in self._emptied.values())
        told = self.is_broken
        if end is not None and not told and end != (self.length, self.head):
            told = True
            if self.length < end[0]:
                yield Break("missing", self.length + 1)
            else:
                yield Break("inserted" if self.length > end[0] else "altered", end[0] + 1)
        beyond = [length for length in self._anchored if length > self.length]
        if beyond and not told:
            yield Break("missing", self.length + 1, self._anchored[min(beyond)][0])

    def _account(self, erasure: Row) -> None:
        """Take acts as whole that an erasure emptied: it bound what was to be left of them."""
        for seq, digest in erasure["data"]["acts"]:
            if seq in self._emptied and self._emptied[seq][0] == digest:
                del self._emptied[seq]

    def _gap(self, row: Row) -> Iterator[Break]:
        if row["seq"] <= self.length:
            self.is_broken = True
            yield Break("inserted", row["seq"])
            return
        for seq in range(self.length + 1, min(row["seq"], self.length + 1 + LOOK_AHEAD)):
            yield Break("missing", seq)

    def _compare(self, row: Row) -> Iterator[Break]:
        anchor, head = self._anchored.get(row["seq"], (None, None))
        if head is not None and row["hash"] != head and not self._is_rewritten:
            self._is_rewritten = True
            if not self.is_broken:
                yield Break("rewritten", row["seq"], anchor)

    def _classify(self, row: Row, following: Sequence[Row]) -> Break:
        seq = row["seq"]
        if self._before is not None and _fits(self._before, row, seq - 1):
            return Break("inserted", seq - 1)
        for place, other in enumerate(following, start=1):
            if _fits(self.head, other, seq):
                return self._displaced(row, following, place)
        if following and _fits(row["hash"], following[0], seq + 2):
            return Break("missing", seq)
        return Break("altered", seq)

    def _displaced(self, row: Row, following: Sequence[Row], place: int) -> Break:
        """Tell insertion from exchange: row `seq` was found `place` rows further on."""
        seq = row["seq"]
        if place == 1 and _fits(following[0]["hash"], row, seq + 1):
            return Break("reordered", seq)
        after = following[place : place + 1]
        shifted = not after or _fits(following[place - 1]["hash"], after[0], seq + 1)
        return Break("inserted" if shifted else "reordered", seq)


def _says_nothing(row: Row) -> bool:
    return row["data"] is None and row["answer"] is None


def _fits(head: bytes, row: Row, seq: int) -> bool:
    return bool(row["hash"] == hash_row(head, {**row, "seq": seq}))


@dataclass(frozen=True, slots=True)
class Finding:
    """A break with the chain where it is: an instance's, an area's, views', or the anchors'."""

    chain: str
    chain_id: UUID | None
    instance_id: UUID | None
    seq: int
    kind: str
    detail: str
