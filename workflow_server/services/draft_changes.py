"""What a draft changes, file by file, and how it takes in what others deployed or sent."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from lxml import etree

from workflow_server.content import bundle as bundles
from workflow_server.content import xml
from workflow_server.content.bundle import Bundle
from workflow_server.content.refusals import ContentRefused
from workflow_server.errors import Fault, InvalidState
from workflow_server.events import Event
from workflow_server.services import draft_files, drafts, proposals
from workflow_server.services.actors import Actor
from workflow_server.store import deployments
from workflow_server.store import drafts as rows
from workflow_server.store.db import transaction
from workflow_server.store.drafts import Draft

#: Lines of a difference that are shown; more is cut, and said.
MOST_LINES = 2_000
_LONGEST_TEXT = 400_000
_TEXTS = (".json", ".html", ".css", ".dmn", ".svg")
_BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"


class RebaseUndecided(InvalidState):
    """有文件双方都作了修改，需要选择保留哪一份"""


@dataclass(frozen=True, slots=True)
class ElementChange:
    """An element of a diagram that is new, other, gone, or drawn elsewhere ("moved")."""

    element_id: str
    type: str
    name: str
    change: str


@dataclass(frozen=True, slots=True)
class FileChange:
    """How one file differs."""

    path: str
    kind: str
    change: str
    #: A unified difference of a text; None for what is no text or too long.
    text: str | None = None
    is_cut: bool = False
    #: For diagrams.
    elements: Sequence[ElementChange] = ()


@dataclass(frozen=True, slots=True)
class Rebase:
    """What was deployed since a draft was begun."""

    newest_id: UUID
    is_needed: bool
    #: Files that others changed and the draft did not: they are taken over.
    theirs: Sequence[str]
    #: Files that both changed: one must be chosen.
    both: Sequence[str]


def of_draft(actor: Actor, draft_id: UUID) -> list[FileChange]:
    """Return how each changed file of a draft differs from its base."""
    draft = drafts.see(actor, draft_id)
    base = draft_files.of_deployment(draft.base_id)
    before = {path: file.content for path, file in base.items()}
    return list(between(before, draft_files.contents(draft)))


def of_proposal(actor: Actor, whole: proposals.Whole) -> list[FileChange]:
    """Return how each file of a proposal differs from what it is compared with."""
    compared_with = whole.changes.get("compared_with")
    _, data = proposals.bundle_of(actor, whole.proposal.id)
    base = draft_files.of_deployment(UUID(compared_with)) if compared_with else {}
    before = {path: file.content for path, file in base.items()}
    return list(between(before, bundles.read_zip(data).files))


def between(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> Iterator[FileChange]:
    """Yield how each file that differs does so, by path."""
    for path in sorted(before.keys() | after.keys()):
        old, new = before.get(path), after.get(path)
        if old != new:
            yield _change(path, old, new)


def rebase_of(actor: Actor, draft_id: UUID) -> Rebase:
    """Return what bringing a draft up to date would do."""
    return _rebase(drafts.see(actor, draft_id))


def rebase(actor: Actor, draft_id: UUID, keep: Mapping[str, str], now: datetime) -> Rebase:
    """Bring a draft up to date; `keep` says "mine" or "theirs" for each file that both changed."""
    with transaction():
        draft = drafts.hold(actor, draft_id)
        found = _rebase(draft)
        undecided = [path for path in found.both if keep.get(path) not in ("mine", "theirs")]
        if undecided:
            raise RebaseUndecided(
                f"有{len(undecided)}个文件双方都作了修改，请逐一选择保留哪一份。"
                " Expected a choice for each file that both changed, but some have none.",
                [Fault(path, "请选择保留草稿的还是新部署的") for path in undecided],
            )
        mine = {
            path: data
            for path, data in rows.list_contents(draft.id).items()
            if path not in found.both or keep[path] == "mine"
        }
        rows.drop_files(draft.id)
        draft.base_id = found.newest_id
        drafts.put_all(actor, draft, mine, now)
        drafts.tell(actor, Event.CONTENT_DRAFT_REBASED, draft, now)
    return found


def incoming(draft: Draft, files: Mapping[str, bytes], *, whole: bool) -> list[FileChange]:
    """Return what taking files into a draft would change in it."""
    before = draft_files.contents(draft)
    after = dict(files) if whole else {**before, **files}
    return list(between(before, after))


def take_in(
    actor: Actor,
    draft_id: UUID,
    bundle: Bundle,
    now: datetime,
    *,
    whole: bool,
    dry_run: bool,
) -> list[FileChange]:
    """Take the files of a zip into a draft; `whole` leaves out what the zip does not have.

    A dry run only tells what would change.
    """
    if dry_run:
        return incoming(drafts.see(actor, draft_id), bundle.files, whole=whole)
    with transaction():
        draft = drafts.hold(actor, draft_id)
        changes = incoming(draft, bundle.files, whole=whole)
        put = {each.path: bundle.files.get(each.path) for each in changes}
        drafts.put_all(actor, draft, put, now)
        drafts.tell(actor, Event.CONTENT_DRAFT_FILLED, draft, now)
    return changes


def uploaded(name: str, data: bytes) -> Mapping[str, bytes | None]:
    """Return what an uploaded zip or single diagram changes of what is deployed now.

    A diagram takes the place of the one with the same process, if there is one.
    """
    if len(data) > bundles.MAXIMUM_BYTES:
        most = bundles.MAXIMUM_BYTES // 1_000_000
        raise _refused("file", f"文件超过上限 {most} MB")
    if data[:2] == b"PK":
        files = bundles.read_zip(data).files
        gone = dict.fromkeys(_deployed().keys() - files.keys())
        return {**files, **gone}
    if name.endswith(".bpmn") or data.lstrip()[:1] == b"<":
        return {_path_of(name, data): data}
    raise _refused("file", "只接受流程包（.zip）或流程图（.bpmn）")


def _path_of(name: str, data: bytes) -> str:
    root = xml.parse(name or "diagram.bpmn", data)
    keys = _processes(root)
    if not keys:
        raise _refused(f"{name}:1", "文件里没有流程（bpmn:process）")
    for path, known in _deployed().items():
        if path.endswith(".bpmn") and keys & _processes(xml.parse(path, known)):
            return path
    key = min(keys)
    return f"bpmn/{key}/{key}.bpmn"


def _processes(root: etree._Element) -> set[str]:
    found = (each.get("id") for each in root.iterfind(f"{{{_BPMN}}}process"))
    return {key for key in found if key}


def _deployed() -> Mapping[str, bytes]:
    newest = deployments.find_newest()
    if newest is None:
        return {}
    return {path: file.content for path, file in draft_files.of_deployment(newest.id).items()}


def _rebase(draft: Draft) -> Rebase:
    newest = deployments.find_newest()
    assert newest is not None
    old = draft_files.of_deployment(draft.base_id)
    new = draft_files.of_deployment(newest.id)
    others = {path for path in old.keys() | new.keys() if old.get(path) != new.get(path)}
    now_new = {path: file.content for path, file in new.items()}
    mine = rows.list_contents(draft.id)
    both = {path for path in others & mine.keys() if mine[path] != now_new.get(path)}
    return Rebase(newest.id, newest.id != draft.base_id, sorted(others - both), sorted(both))


def _change(path: str, old: bytes | None, new: bytes | None) -> FileChange:
    change = "added" if old is None else "removed" if new is None else "changed"
    kind = draft_files.kind_of(path)
    if kind == "diagram":
        return FileChange(path, kind, change, elements=list(_elements(path, old, new)))
    if not path.endswith(_TEXTS) or max(len(old or b""), len(new or b"")) > _LONGEST_TEXT:
        return FileChange(path, kind, change)
    lines = list(
        difflib.unified_diff(_lines(old), _lines(new), "before", "after", lineterm="", n=3)
    )[2:]
    return FileChange(path, kind, change, "\n".join(lines[:MOST_LINES]), len(lines) > MOST_LINES)


def _lines(data: bytes | None) -> list[str]:
    return (data or b"").decode("utf-8", "replace").splitlines()


def _elements(path: str, old: bytes | None, new: bytes | None) -> Iterator[ElementChange]:
    before, after = _drawn(path, old), _drawn(path, new)
    for key in [*after, *(before.keys() - after.keys())]:
        told, was = after.get(key), before.get(key)
        known = told or was
        assert known is not None
        if was is None or told is None:
            yield ElementChange(key, known[0], known[1], "added" if was is None else "removed")
        elif was[2] != told[2]:
            yield ElementChange(key, told[0], told[1], "changed")
        elif was[3] != told[3]:
            yield ElementChange(key, told[0], told[1], "moved")


def _drawn(path: str, data: bytes | None) -> dict[str, tuple[str, str, Any, Any]]:
    """Return each element by id: its type, name, what stands in it, and where it is drawn."""
    if data is None:
        return {}
    try:
        root = xml.parse(path, data)
    except ContentRefused:
        return {}
    places = {
        shape.get("bpmnElement"): etree.tostring(shape, method="c14n")
        for shape in root.iter("{*}BPMNShape", "{*}BPMNEdge")
    }
    return {
        key: (xml.local_name(each), each.get("name") or "", _inside(each), places.get(key))
        for each in root.iter(f"{{{_BPMN}}}*")
        if (key := each.get("id")) is not None and xml.local_name(each) != "definitions"
    }


def _inside(element: etree._Element) -> Any:
    """Return what stands in an element without what stands in the elements inside it."""
    inner = [
        _inside(child)
        for child in element
        if child.get("id") is None and xml.local_name(child) not in ("incoming", "outgoing")
    ]
    return (element.tag, sorted(element.attrib.items()), (element.text or "").strip(), inner)


def _refused(pointer: str, detail: str) -> ContentRefused:
    return ContentRefused(
        f"{detail}。 Expected a content file, but {pointer} is refused.", [Fault(pointer, detail)]
    )
