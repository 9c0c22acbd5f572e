"""The sealed set of content files: three folders, checksummed, from disk or from a zip."""

from __future__ import annotations

import hashlib
import io
import os
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from workflow_server.content.refusals import ContentRefused
from workflow_server.errors import Fault

FOLDERS = ("bpmn", "documents", "forms")
MAXIMUM_FILES = 2_000
MAXIMUM_FILE_BYTES = 4_000_000
MAXIMUM_BYTES = 64_000_000
MAXIMUM_PATH = 200
MAXIMUM_LEVELS = 8

_SCENARIOS = "bpmn/_shared/scenarios/"
_ENDINGS: Mapping[str, frozenset[str]] = {
    "bpmn": frozenset({".bpmn", ".dmn", ".json"}),
    "forms": frozenset({".json"}),
    "documents": frozenset({".html", ".css", ".json", ".svg", ".png", ".jpg"}),
    _SCENARIOS: frozenset({".json", ".png", ".jpg", ".pdf"}),
}
_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
#: What each entry of a zip's directory begins with, and how many may look so.
_ENTRY = b"PK\x01\x02"
_MOST_ENTRIES = 4 * MAXIMUM_FILES
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_DAMAGED = (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, ValueError, OSError)
_EARLIEST = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Bundle:
    """Content files by path; the checksum covers every path and every byte, and names it."""

    files: Mapping[str, bytes] = field(compare=False, repr=False)
    checksum: str

    def under(self, prefix: str, suffix: str = "") -> Iterator[tuple[str, bytes]]:
        """Yield path and bytes of the files below a folder, in order of path."""
        for path, data in self.files.items():
            if path.startswith(prefix) and path.endswith(suffix):
                yield path, data


def from_files(files: Mapping[str, bytes]) -> Bundle:
    """Seal files that are at hand; refuse names and sizes that no bundle may have."""
    faults = list(_name_faults(files)) + list(_size_faults(files))
    if faults:
        raise _refused(faults)
    ordered = {path: files[path] for path in sorted(files)}
    digest = hashlib.sha256()
    for path, data in ordered.items():
        digest.update(f"{path}\0{hashlib.sha256(data).hexdigest()}\n".encode())
    return Bundle(ordered, digest.hexdigest())


def read_folder(root: Path) -> Bundle:
    """Seal the content folders below `root`; other folders and hidden files are not content."""
    files: dict[str, bytes] = {}
    faults: list[Fault] = []
    for folder in FOLDERS:
        if (root / folder).is_dir():
            _gather(root, root / folder, files, faults)
    if faults:
        raise _refused(faults)
    if not files:
        raise _refused([Fault(root.name or "/", "没有找到 bpmn、forms 或 documents 目录")])
    return from_files(files)


def read_zip(data: bytes) -> Bundle:
    """Seal the content of a zip file; what it declares about its sizes is not believed."""
    if len(data) > MAXIMUM_BYTES:
        raise _refused([Fault("zip", f"压缩包超过 {MAXIMUM_BYTES // 1_000_000} MB")])
    # Counted before the directory is read: what it takes in memory is a hundredfold.
    if data.count(_ENTRY) > _MOST_ENTRIES:
        raise _refused([Fault("zip", f"文件超过 {MAXIMUM_FILES} 个")])
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return from_files(_unpack(archive))
    except _DAMAGED as error:
        raise _refused([Fault("zip", "不是完好的 zip 压缩包")]) from error


def write_zip(bundle: Bundle) -> bytes:
    """Pack a bundle; the same bundle gives the same bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for path in sorted(bundle.files):
            entry = zipfile.ZipInfo(path, _EARLIEST)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(entry, bundle.files[path])
    return target.getvalue()


def _gather(root: Path, folder: Path, files: dict[str, bytes], faults: list[Fault]) -> None:
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda item: item.name):
            path = Path(entry.path).relative_to(root).as_posix()
            if entry.name.startswith("."):
                continue
            if len(files) > MAXIMUM_FILES or path.count("/") > MAXIMUM_LEVELS:
                faults.append(Fault(path, f"文件超过 {MAXIMUM_FILES} 个或目录层数过多"))
                return
            if entry.is_symlink():
                faults.append(Fault(path, "不接受链接，请换成文件本身"))
            elif entry.is_dir():
                _gather(root, Path(entry.path), files, faults)
            elif entry.is_file() and entry.stat().st_size <= MAXIMUM_FILE_BYTES:
                files[path] = Path(entry.path).read_bytes()
            else:
                faults.append(Fault(path, _TOO_LARGE))


def _unpack(archive: zipfile.ZipFile) -> dict[str, bytes]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if not entries:
        raise _refused([Fault("zip", "压缩包里没有文件")])
    if len(entries) > MAXIMUM_FILES:
        raise _refused([Fault("zip", f"文件超过 {MAXIMUM_FILES} 个")])
    faults = [fault for entry in entries for fault in _entry_faults(entry)]
    if faults:
        raise _refused(faults)
    files: dict[str, bytes] = {}
    total = 0
    for entry in entries:
        with archive.open(entry) as stream:
            content = stream.read(MAXIMUM_FILE_BYTES + 1)
        total += len(content)
        if len(content) > MAXIMUM_FILE_BYTES or total > MAXIMUM_BYTES:
            raise _refused([Fault(entry.filename, _TOO_LARGE)])
        if entry.filename in files:
            raise _refused([Fault(entry.filename, "同一个文件在压缩包里出现了两次")])
        files[entry.filename] = content
    return files


def _entry_faults(entry: zipfile.ZipInfo) -> Iterator[Fault]:
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        yield Fault(entry.filename, "不接受链接或设备文件，请换成文件本身")
    if entry.compress_type not in _PACKINGS:
        yield Fault(entry.filename, "压缩方式不受支持，请用普通的 zip 压缩")
    if entry.flag_bits & 0x1:
        yield Fault(entry.filename, "文件已加密，无法读取")
    if entry.file_size > MAXIMUM_FILE_BYTES:
        yield Fault(entry.filename, _TOO_LARGE)
    yield from path_faults(entry.filename)


def _name_faults(files: Mapping[str, bytes]) -> Iterator[Fault]:
    folded: dict[str, str] = {}
    for path in sorted(files):
        yield from path_faults(path)
        other = folded.setdefault(path.casefold(), path)
        if other != path:
            yield Fault(path, f"与 {other} 只有大小写不同，请改名")


def path_faults(path: str) -> Iterator[Fault]:
    """Yield what is wrong with the path of a content file."""
    parts = path.split("/")
    if len(path) > MAXIMUM_PATH or len(parts) > MAXIMUM_LEVELS:
        yield Fault(path[:MAXIMUM_PATH], f"路径超过 {MAXIMUM_PATH} 个字符或 {MAXIMUM_LEVELS} 层")
    elif not all(_PART.fullmatch(part) for part in parts):
        yield Fault(path, "路径只能由字母、数字、点、下划线和连字符组成，不能是绝对路径或含 ..")
    elif len(parts) < 2 or parts[0] not in FOLDERS:
        yield Fault(path, "不在 bpmn、forms 或 documents 目录里")
    elif Path(path).suffix not in _endings(path):
        known = "、".join(sorted(_endings(path)))
        yield Fault(path, f"不认识这种文件，这里只能放 {known}")


def _endings(path: str) -> frozenset[str]:
    return _ENDINGS[_SCENARIOS if path.startswith(_SCENARIOS) else path.split("/", 1)[0]]


def _size_faults(files: Mapping[str, bytes]) -> Iterator[Fault]:
    if len(files) > MAXIMUM_FILES:
        yield Fault("bundle", f"文件超过 {MAXIMUM_FILES} 个")
    if sum(map(len, files.values())) > MAXIMUM_BYTES:
        yield Fault("bundle", f"文件总共超过 {MAXIMUM_BYTES // 1_000_000} MB")
    for path, data in files.items():
        if len(data) > MAXIMUM_FILE_BYTES:
            yield Fault(path, _TOO_LARGE)


_TOO_LARGE = f"文件超过 {MAXIMUM_FILE_BYTES // 1_000_000} MB，或不是普通文件"


def _refused(faults: list[Fault]) -> ContentRefused:
    return ContentRefused(
        f"Expected a bundle of content files, but {faults[0].pointer} is refused", faults
    )
