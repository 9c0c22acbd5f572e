"""The files of a draft: those of its base, with what the draft adds, changes and leaves out."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from workflow_server.content import bundle as bundles
from workflow_server.content.bundle import Bundle
from workflow_server.content.refusals import ContentRefused
from workflow_server.errors import Fault, InvalidState
from workflow_server.store import deployments, drafts
from workflow_server.store.drafts import Draft, DraftFile

SHARED = "bpmn/_shared/"
#: Whatever the file is now, it is to be overwritten.
ANY = "*"


class DraftFileChanged(InvalidState):
    """文件已被他人或另一窗口修改"""


@dataclass(frozen=True, slots=True)
class BaseFile:
    """A file as it was deployed."""

    content: bytes
    checksum: str


@dataclass(frozen=True, slots=True)
class FileInDraft:
    """A file of a draft, and how it differs from the base."""

    path: str
    #: "diagram", "form", "document", "decision" or "shared".
    kind: str
    #: "same", "added", "changed" or "removed".
    change: str
    size: int
    checksum: str | None
    changed_by: UUID | None = None
    changed_at: datetime | None = None


def kind_of(path: str) -> str:
    """Return what a content file is, by its path."""
    if path.endswith(".bpmn"):
        return "diagram"
    if path.endswith(".dmn"):
        return "decision"
    return {"forms": "form", "documents": "document"}.get(path.split("/", 1)[0], "shared")


def checksum_of(data: bytes) -> str:
    """Return by what a version of a file is told from another one."""
    return hashlib.sha256(data).hexdigest()


@lru_cache(maxsize=4)
def of_deployment(deployment_id: UUID) -> Mapping[str, BaseFile]:
    """Return the files of a deployment, which never change."""
    files = bundles.read_zip(deployments.get_bundle(deployment_id)).files
    return {path: BaseFile(data, checksum_of(data)) for path, data in files.items()}


def list_(draft: Draft) -> list[FileInDraft]:
    """Return every file of a draft by path, also those that it leaves out."""
    base = of_deployment(draft.base_id)
    found = {
        path: FileInDraft(path, kind_of(path), "same", len(file.content), file.checksum)
        for path, file in base.items()
    }
    for row in drafts.list_files(draft.id):
        found[row.path] = differing(row, row.path in base)
    return [found[path] for path in sorted(found)]


def differing(row: DraftFile, in_base: bool) -> FileInDraft:
    """Return what a row says of its file."""
    change = ("changed" if in_base else "added") if row.checksum is not None else "removed"
    return FileInDraft(
        row.path,
        kind_of(row.path),
        change,
        row.size,
        row.checksum,
        row.changed_by,
        row.changed_at,
    )


def contents(draft: Draft) -> dict[str, bytes]:
    """Return the bytes of every file that the draft has."""
    found = {path: file.content for path, file in of_deployment(draft.base_id).items()}
    for path, data in drafts.list_contents(draft.id).items():
        if data is None:
            found.pop(path, None)
        else:
            found[path] = data
    return found


def bundle_of(draft: Draft) -> Bundle:
    """Seal a draft as it would be deployed; ContentRefused if it is no bundle."""
    return bundles.from_files(contents(draft))


def check_path(path: str) -> None:
    """Refuse a path that no bundle may have."""
    faults = list(bundles.path_faults(path))
    if faults:
        raise _refused(faults)


def check_room(draft: Draft, files: Mapping[str, bytes | None]) -> None:
    """Refuse files that would make a draft larger than a bundle may be; None leaves one out."""
    added = {path: data for path, data in files.items() if data is not None}
    faults = [
        Fault(path, f"文件有 {len(data) / 1_000_000:.1f} MB，上限为 {_mb(_MOST)} MB")
        for path, data in added.items()
        if len(data) > _MOST
    ]
    sizes = {each.path: each.size for each in list_(draft) if each.checksum is not None}
    sizes = {path: size for path, size in sizes.items() if path not in files}
    sizes |= {path: len(data) for path, data in added.items()}
    if len(sizes) > bundles.MAXIMUM_FILES:
        faults.append(Fault("bundle", f"文件超过 {bundles.MAXIMUM_FILES} 个"))
    if sum(sizes.values()) > bundles.MAXIMUM_BYTES:
        faults.append(Fault("bundle", f"文件总共超过 {_mb(bundles.MAXIMUM_BYTES)} MB"))
    folded = {path.casefold(): path for path in sizes if path not in added}
    faults += [
        Fault(path, f"与 {folded[path.casefold()]} 只有大小写不同，请改名")
        for path in added
        if path.casefold() in folded
    ]
    if faults:
        raise _refused(faults)


def check_expected(path: str, found: str | None, expected: str | None) -> None:
    """Refuse to overwrite another version of a file than the one that was opened."""
    if expected == ANY or found == expected:
        return
    if expected is None:
        raise DraftFileChanged(
            f"草稿里已有 {path}，请换一个名称，或先打开它再修改。"
            f" Expected no file {path}, but there is one; send its checksum as If-Match."
        )
    raise DraftFileChanged(
        f"{path} 已被他人或另一窗口修改，您的修改尚未保存，也没有丢失；请选择保留哪一份。"
        f" Expected {path} as it was opened, but it is {found or 'gone'} now."
    )


def check_loss(found: FileInDraft, expected: str | None) -> None:
    """Refuse to take away another version than the one that was seen, or a changed one unseen."""
    if expected is None and found.change != "same":
        raise DraftFileChanged(
            f"{found.path} 在草稿中修改过，请先打开查看再删除、还原或改名。"
            f" Expected the checksum of {found.path} as If-Match: the draft changed it."
        )
    check_expected(found.path, found.checksum, expected or ANY)


def _mb(size: int) -> int:
    return size // 1_000_000


def _refused(faults: list[Fault]) -> ContentRefused:
    first = faults[0]
    return ContentRefused(
        f"{first.pointer}：{first.detail}。"
        f" Expected content files, but {first.pointer} is refused.",
        faults,
    )


_MOST = bundles.MAXIMUM_FILE_BYTES
