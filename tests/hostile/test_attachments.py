"""Files that are not what they seem, under names that are no names: refused, not a byte kept."""

from __future__ import annotations

import io
import struct
import time
import zipfile
from random import Random

import pytest

from tests.hostile.world import PDF, World, refused, zip_of

# One database is enough: what is refused here never reaches the store.
pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)

HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
ELF = b"\x7fELF\x02\x01\x01" + b"\x00" * 64
EXE = b"MZ\x90\x00\x03\x00\x00\x00" + b"\x00" * 64
WORD = "word/document.xml"

NAMES = [
    "CON.pdf",
    "con.PDF",
    "NUL.tar.pdf",
    "lpt1.pdf",
    "x" * 5_000 + ".pdf",
    "字" * 201 + ".pdf",
    "a\x00.pdf",
    "a\nb.pdf",
    "a\r\nSet-Cookie: x=1.pdf",
    "函\u202efdp.exe.pdf",
    "C:\\x.pdf",
    "..",
    ".",
    ".pdf",
    "",
    "   ",
    "CON",
    "函.pdf.exe",
    "函.html",
    "函.svg",
    "函.pdf ",
    "函.pdf.",
]


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_a_name_that_is_none_is_refused_or_made_plain(world: World, name: str) -> None:
    answer = world.attach(PDF, name)
    if answer.status_code == 201:
        assert answer.json
        kept = answer.json["name"]
        assert kept.lower().endswith(".pdf")
        assert len(kept) <= 200
        assert kept.isprintable()
        assert not set(kept) & set('/\\:\x00\r\n"')
        assert kept.split(".")[0].strip().upper() not in ("CON", "NUL", "LPT1")
    else:
        refused(answer)


@pytest.mark.parametrize("name", ["../../x.pdf", "..\\..\\x.pdf", "/etc/cron.d/x.pdf", "a/b.pdf"])
def test_a_path_reaches_no_other_place(world: World, name: str) -> None:
    answer = world.attach(PDF, name)
    if answer.status_code == 201:
        assert answer.json
        assert answer.json["name"] in ("x.pdf", "b.pdf")
    else:
        refused(answer)


BYTES = {
    "html": HTML,
    "html after blanks": b"\n\n   " + HTML,
    "elf": ELF,
    "exe": EXE,
    "script": b"#!/bin/sh\nrm -rf ~\n",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "zip": zip_of({"x": b"x"}),
    "nothing": b"",
    "late pdf": b"x" * 5_000 + PDF,
}


@pytest.mark.parametrize("data", BYTES.values(), ids=BYTES)
@pytest.mark.parametrize("name", ["函.pdf", "图.png", "函.docx", "函.doc", "函.PDF"])
def test_bytes_of_another_kind_are_refused(untouched: World, data: bytes, name: str) -> None:
    refused(untouched.attach(data, name))


@pytest.mark.parametrize("seed", range(4))
def test_a_file_of_any_bytes_comes_in_whole(world: World, seed: int) -> None:
    data = PDF + Random(seed).randbytes(1_000_000) + b"\r\n--" * 20_000
    added = world.attach(data, "扫描件.pdf")
    assert added.status_code == 201, added.text
    assert added.json
    assert world.ann.get(f"/attachments/{added.json['id']}/file").data == data


def test_what_is_too_large_is_refused_and_dropped(untouched: World) -> None:
    refused(untouched.attach(PDF + b"x" * (4 * 1024 * 1024), "大.pdf"))


def test_a_word_file_with_macros_is_refused(untouched: World) -> None:
    data = zip_of({WORD: b"<x/>", "word/vbaProject.bin": b"x"})
    refused(untouched.attach(data, "函.docx"))


def entries(count: int) -> bytes:
    """Write a zip whose directory names very many files that are not there."""
    first = zip_of({WORD: b"<x/>"})
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        start = archive.start_dir
    local, directory = first[:start], first[start:-22]
    empty = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", *([0] * 6), *([0] * 3), 1, *([0] * 4), 0, 0)
    directory += (empty + b"x") * count
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, len(directory), len(local), 0)
    return local + directory + end


def test_a_directory_of_endless_length_is_refused_before_it_is_read(untouched: World) -> None:
    data = entries(80_000)
    before = time.process_time()
    refused(untouched.attach(data, "函.docx"))
    refused(untouched.propose(entries(400_000)))
    assert time.process_time() - before < 1


def test_a_zip_that_holds_itself_out_as_small_is_not_unpacked(untouched: World) -> None:
    bomb = zip_of({WORD: b"\x00" * 30_000_000})
    answer = untouched.attach(bomb, "函.docx.pdf")
    refused(answer)


@pytest.mark.parametrize("field", ["task_id", "organisation_id", "instance_id", "person_id", "id"])
@pytest.mark.parametrize("value", ["x", "", "\x00", "00000000-0000-0000-0000-000000000000"])
def test_a_place_that_is_none_is_refused(untouched: World, field: str, value: str) -> None:
    assert untouched.attach(PDF, "函.pdf", **{field: value}).status_code in (404, 422)


def test_what_comes_out_is_never_run_by_a_browser(world: World) -> None:
    out = world.ann.get(f"/attachments/{world.ids['attachment']}/file")
    assert out.headers["X-Content-Type-Options"] == "nosniff"
    assert out.headers["Content-Disposition"].startswith("attachment")
    assert "default-src 'self'" in out.headers["Content-Security-Policy"]
