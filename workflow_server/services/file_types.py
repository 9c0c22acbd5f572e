"""What kind of file somebody brought, by its bytes; refuses what an office does not file."""

from __future__ import annotations

import re
import unicodedata
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import filetype

from workflow_server.errors import InvalidInput

LONGEST_NAME = 200
_OOXML = "application/vnd.openxmlformats-officedocument."
_MOST_ENTRIES = 10_000
#: What each entry of a zip's directory begins with.
_ENTRY = b"PK\x01\x02"
#: Names that are devices on Windows, whatever their extension.
_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])\s*(\.|$)", re.IGNORECASE)
_CHUNK = 1 << 20
_CFB = bytes.fromhex("d0cf11e0a1b11ae1")

#: Media type by extension, where the first bytes tell it.
_PLAIN: Mapping[str, str] = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "mp4": "video/mp4",
    "mp3": "audio/mpeg",
}
#: Zipped formats: the media type, and the entry that only this kind has.
_ZIPPED: Mapping[str, tuple[str, str]] = {
    "docx": (f"{_OOXML}wordprocessingml.document", "word/document.xml"),
    "xlsx": (f"{_OOXML}spreadsheetml.sheet", "xl/workbook.xml"),
    "pptx": (f"{_OOXML}presentationml.presentation", "ppt/presentation.xml"),
    "ofd": ("application/ofd", "OFD.xml"),
}
#: Old office formats: the media type, and the stream that only this kind has.
_COMPOUND: Mapping[str, tuple[str, str]] = {
    "doc": ("application/msword", "WordDocument"),
    "wps": ("application/vnd.ms-works", "WordDocument"),
    "xls": ("application/vnd.ms-excel", "Workbook"),
    "et": ("application/vnd.ms-excel", "Workbook"),
    "ppt": ("application/vnd.ms-powerpoint", "PowerPoint Document"),
}
ALLOWED = (*_PLAIN, *_ZIPPED, *_COMPOUND)


class NameRefused(InvalidInput):
    """文件名有误"""


class TypeRefused(InvalidInput):
    """不接受此类文件"""


def check_name(name: str) -> str:
    """Return a file name as it is kept; refuse paths, control characters and endless names."""
    clean = unicodedata.normalize("NFC", name).strip()
    if re.search(r"[/\\:]", clean) or clean in ("", ".", ".."):
        raise NameRefused(
            f"文件名“{name[:60]}”不能为空，也不能包含路径。"
            f" Expected a plain file name, but got {name[:60]!r}."
        )
    # Cc and Cf: control characters, and those that turn the reading direction to hide ".exe".
    if any(unicodedata.category(character) in ("Cc", "Cf", "Cs") for character in clean):
        raise NameRefused(
            f"文件名含有不可见字符。 Expected a printable file name, but got {name[:60]!r}."
        )
    if len(clean) > LONGEST_NAME:
        raise NameRefused(
            f"文件名超过{LONGEST_NAME}个字。"
            f" Expected at most {LONGEST_NAME} characters in a file name, but there are more."
        )
    if clean.startswith("."):
        raise NameRefused(
            f"文件名“{clean[:60]}”不能以点开头。 Expected a name before the extension, but none."
        )
    if _DEVICE.match(clean):
        raise NameRefused(
            f"文件名“{clean[:60]}”在 Windows 上是设备名，请改名。"
            f" Expected a name that every system can keep, but got {clean[:60]!r}."
        )
    return clean


def identify(name: str, path: Path) -> str:
    """Return the media type of a file whose bytes are what its extension says."""
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    if extension not in ALLOWED:
        raise TypeRefused(
            f"不接受“.{extension[:20]}”文件，可上传：{'、'.join(ALLOWED)}。"
            f" Expected one of {', '.join(ALLOWED)}, but got '.{extension[:20]}'."
        )
    if extension in _PLAIN:
        return _plain(extension, path)
    if extension in _ZIPPED:
        return _zipped(extension, path)
    return _compound(extension, path)


def fits(accept: str, name: str, media_type: str) -> bool:
    """Tell whether a file is of the kinds that an `accept` names: `.pdf, image/*`; "" is all."""
    wanted = [each.strip().lower() for each in accept.split(",") if each.strip()]
    family = media_type.partition("/")[0]
    kinds = (media_type, f"{family}/*", "*/*")
    return not wanted or any(
        name.lower().endswith(each) if each.startswith(".") else each in kinds for each in wanted
    )


def _plain(extension: str, path: Path) -> str:
    found = filetype.guess_mime(str(path))
    if found != _PLAIN[extension]:
        raise _mismatch(extension)
    return _PLAIN[extension]


def _zipped(extension: str, path: Path) -> str:
    media_type, mark = _ZIPPED[extension]
    # Counted before the directory is read: what it takes in memory is a hundredfold.
    if _count_entries(path) > _MOST_ENTRIES:
        raise _mismatch(extension)
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise _mismatch(extension) from error
    if mark not in names:
        raise _mismatch(extension)
    if any(entry.lower().endswith("vbaproject.bin") for entry in names):
        raise _has_macros()
    return media_type


def _count_entries(path: Path) -> int:
    """Count what looks like an entry of a zip's directory: at least as many as there are."""
    count, tail = 0, b""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            window = tail + chunk
            count += window.count(_ENTRY)
            tail = window[-(len(_ENTRY) - 1) :]
    return count


def _compound(extension: str, path: Path) -> str:
    media_type, mark = _COMPOUND[extension]
    found = _marks_in(path, (mark, "_VBA_PROJECT"))
    if mark not in found:
        raise _mismatch(extension)
    if "_VBA_PROJECT" in found:
        raise _has_macros()
    return media_type


def _marks_in(path: Path, marks: Iterable[str]) -> set[str]:
    """Find which stream names a compound file holds: they stand in it in UTF-16."""
    wanted = {mark: mark.encode("utf-16-le") for mark in marks}
    longest = max(map(len, wanted.values()))
    found: set[str] = set()
    with path.open("rb") as file:
        tail = file.read(len(_CFB))
        if tail != _CFB:
            return found
        while chunk := file.read(_CHUNK):
            window = tail + chunk
            found |= {mark for mark, encoded in wanted.items() if encoded in window}
            tail = window[-longest:]
    return found


def _mismatch(extension: str) -> TypeRefused:
    return TypeRefused(
        f"文件内容与扩展名“.{extension}”不符。"
        f" Expected the content of a '.{extension}' file, but it is something else."
    )


def _has_macros() -> TypeRefused:
    return TypeRefused(
        "文件含有宏，请另存为不含宏的文件后上传。 Expected a file without macros, but it has some."
    )
