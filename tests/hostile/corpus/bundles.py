"""Zips that want out of their folder, that are bombs, or that are no zips."""

from __future__ import annotations

import stat
import zipfile
from functools import partial

from tests.hostile.corpus.case import Case, packed, zip_of, zipped

FILE = stat.S_IFREG | 0o644


def entry(name: str, mode: int = FILE, method: int = zipfile.ZIP_DEFLATED) -> zipfile.ZipInfo:
    """Describe an entry."""
    made = zipfile.ZipInfo(name)
    made.create_system = 3
    made.external_attr = mode << 16
    made.compress_type = method
    return made


def lying() -> bytes:
    """Say that the one entry of a zip is ten bytes long."""
    data = packed((entry("bpmn/a.bpmn"), b" " * 30_000_000))
    return data.replace((30_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))


def encrypted() -> bytes:
    """Say that an entry is encrypted."""
    data = bytearray(packed((entry("bpmn/a.bpmn"), b"<x/>")))
    for magic, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(magic) + at] |= 1
    return bytes(data)


def damaged() -> bytes:
    """Change a byte of what is packed."""
    data = bytearray(packed((entry("bpmn/a.bpmn"), b"<x/>" * 1_000)))
    data[60] ^= 0xFF
    return bytes(data)


def overlapping() -> bytes:
    """Name one packed file many times over."""
    data = packed((entry("bpmn/a.bpmn"), b" " * 3_900_000))
    start, end = data.index(b"PK\x01\x02"), data.index(b"PK\x05\x06")
    directory, tail = data[start:end], bytearray(data[end:])
    entries = (
        b"".join(
            directory.replace(b"bpmn/a.bpmn", f"bpmn/{n:01}.bpmn".encode()[:11].ljust(11, b"n"))
            for n in range(9)
        )
        * 200
    )
    tail[8:12] = (1_800).to_bytes(2, "little") * 2
    tail[12:16] = len(entries).to_bytes(4, "little")
    return data[:start] + entries + bytes(tail)


NAMES = {
    "a path further up": "../../etc/cron.d/x",
    "a path further up inside": "bpmn/../../x.bpmn",
    "a path from the root": "/etc/passwd",
    "a drive": "C:/x.bpmn",
    "a share": "//server/share/x.bpmn",
    "backslashes": "bpmn\\..\\..\\x.bpmn",
    "dots alone": "bpmn/.../x.bpmn",
    "a hidden file": "bpmn/.htaccess",
    "a hidden folder": "bpmn/.git/config.json",
    "a program": "bpmn/a.py",
    "a program under another name": "bpmn/a.bpmn.exe",
    "no ending": "bpmn/Makefile",
    "no folder": "a.bpmn",
    "another folder": "workflow_server/app.json",
    "a folder in capitals": "BPMN/a.bpmn",
    "a space": "bpmn/a b.bpmn",
    "a Chinese name": "bpmn/流程.bpmn",
    "right to left": "bpmn/a\u202enpmb.bpmn",
    "letters that look the same": "bpmn/\u0430.bpmn",
    "control characters": "bpmn/\x07\x1b[2J.bpmn",
    "a line in its name": "bpmn/a\nb.bpmn",
    "a name of sixty thousand letters": "bpmn/" + "x" * 60_000 + ".bpmn",
    "folders by the hundred": "bpmn/" + "x/" * 100 + "a.bpmn",
    "an empty folder name": "bpmn//a.bpmn",
    "a stream of Windows": "bpmn/a.bpmn:x.json",
    "an option": "bpmn/-rf.bpmn",
    "a zip in a zip": "bpmn/a.zip",
}
PATHS = [
    zipped(f"a bundle with {name}", partial(zip_of, {path: b"x"}), path[:200], "路径|目录|文件")
    for name, path in NAMES.items()
]
KINDS = {
    "a link": stat.S_IFLNK | 0o777,
    "a device": stat.S_IFCHR | 0o666,
    "a disk": stat.S_IFBLK | 0o666,
    "a pipe": stat.S_IFIFO | 0o666,
    "a socket": stat.S_IFSOCK | 0o666,
}
FILES = [
    zipped(
        f"a bundle with {name}",
        partial(packed, (entry("bpmn/a.bpmn", mode), b"/etc/passwd")),
        "bpmn/a.bpmn",
        "链接",
    )
    for name, mode in KINDS.items()
]
WHOLE = [
    zipped("a bundle of nothing", lambda: b"", "zip", "zip"),
    zipped("a bundle of no files", lambda: zip_of({}), "zip", "没有文件"),
    zipped("a bundle of folders alone", lambda: packed((entry("bpmn/"), b"")), "zip", "没有文件"),
    zipped("a bundle that is no zip", lambda: b"\x1f\x8b\x08\0" + b"x" * 100, "zip", "zip"),
    zipped("a bundle cut off", lambda: zip_of({"bpmn/a.bpmn": b"<x/>" * 100})[:-30], "zip", "zip"),
    zipped(
        "a bundle without its beginning",
        lambda: zip_of({"bpmn/a.bpmn": b"<x/>" * 100})[40:],
        "zip",
        "zip",
    ),
    zipped("a bundle that is damaged", damaged, "zip", "zip"),
    zipped("a bundle that is encrypted", encrypted, "bpmn/a.bpmn", "加密"),
    zipped(
        "a bomb", lambda: packed((entry("bpmn/a.bpmn"), b" " * 200_000_000)), "bpmn/a.bpmn", "MB"
    ),
    zipped("a bomb that lies", lying, "", "MB|zip"),
    zipped("a bomb of one file many times over", overlapping, "", "MB|两次|zip|路径|文件"),
    zipped(
        "a bundle of many large files",
        lambda: zip_of({f"forms/f{n}.json": b" " * 3_900_000 for n in range(20)}),
        "",
        "MB",
    ),
    zipped(
        "a bundle of three thousand files",
        lambda: zip_of({f"forms/f{n}.json": b"{}" for n in range(3_000)}),
        "zip",
        "2000",
    ),
    zipped(
        "a bundle of forty thousand files",
        lambda: zip_of({f"forms/f{n}.json": b"" for n in range(40_000)}),
        "zip",
        "2000",
    ),
    zipped(
        "a bundle of more than sixty-four megabytes", lambda: b"PK" + b"x" * 65_000_000, "zip", "MB"
    ),
    zipped(
        "a bundle with one file twice",
        lambda: packed((entry("bpmn/a.bpmn"), b"<x/>"), (entry("bpmn/a.bpmn"), b"<y/>")),
        "bpmn/a.bpmn",
        "两次",
    ),
    zipped(
        "a bundle with one file in other letters",
        lambda: zip_of({"forms/a.json": b"{}", "forms/A.json": b"{}"}),
        "forms/",
        "大小写",
    ),
    zipped(
        "a bundle with a file that is a folder too",
        lambda: zip_of({"bpmn/a.bpmn": b"<x/>", "bpmn/a.bpmn/b.bpmn": b"<x/>"}),
        "bpmn/a.bpmn",
        ".",
    ),
    zipped(
        "a bundle packed by LZMA",
        lambda: packed((entry("bpmn/a.bpmn", method=zipfile.ZIP_LZMA), b"<x/>")),
        "bpmn/a.bpmn",
        "压缩",
    ),
    zipped(
        "a bundle packed by BZIP2",
        lambda: packed((entry("bpmn/a.bpmn", method=zipfile.ZIP_BZIP2), b"<x/>")),
        "bpmn/a.bpmn",
        "压缩",
    ),
]

CASES: list[Case] = [*PATHS, *FILES, *WHOLE]
