"""Files come in streamed, bounded and known by their bytes, or leave nothing behind."""

from __future__ import annotations

import io
import os
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.services.stage import NOW, Stage
from workflow_server.errors import NotFound, Unavailable
from workflow_server.services import attachments
from workflow_server.services.attachments import EmptyFile, OwnerUnclear
from workflow_server.services.file_types import ALLOWED, NameRefused, TypeRefused
from workflow_server.store.attachments import Attachment
from workflow_server.store.blobs import BlobStore, TooLarge, blobs
from workflow_server.store.types import new_id

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489")
CFB = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 504


@pytest.fixture
def stage(app: Flask) -> Stage:
    return Stage().build()


def zipped(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in ("[Content_Types].xml", "_rels/.rels", *names):
            archive.writestr(name, "<x/>")
    return buffer.getvalue()


def compound(*streams: str) -> bytes:
    return CFB + b"".join(stream.encode("utf-16-le") + b"\0" * 64 for stream in streams)


def add(stage: Stage, name: str, data: bytes = PDF, **more: Any) -> Attachment:
    return attachments.add(stage.clerk, [data], name, NOW, **more)


def on_disk() -> list[Path]:
    return [path for path in blobs().root.rglob("*") if path.is_file()]


def test_a_file_comes_in_and_out_again(stage: Stage) -> None:
    data = PDF + os.urandom(1_000_000)
    chunks = (data[start : start + 65_536] for start in range(0, len(data), 65_536))
    added = attachments.add(stage.clerk, chunks, "函 件.pdf", NOW)
    assert (added.name, added.media_type, added.size) == ("函 件.pdf", "application/pdf", len(data))
    found, stream = attachments.download(stage.clerk, added.id)
    assert found.sha256 == added.sha256
    assert b"".join(stream) == data


def test_equal_bytes_lie_on_disk_once(stage: Stage) -> None:
    add(stage, "a.pdf")
    add(stage, "b.pdf")
    (path,) = on_disk()
    assert path.parent.name + path.name == add(stage, "c.pdf").sha256


@pytest.mark.parametrize(
    ("name", "data", "media_type"),
    [
        ("a.png", PNG, "image/png"),
        ("A.PDF", PDF, "application/pdf"),
        ("a.jpg", bytes.fromhex("ffd8ffe000104a464946") + b"\0" * 40, "image/jpeg"),
        ("a.tif", b"II*\0" + b"\0" * 40, "image/tiff"),
        ("a.mp3", b"ID3\x03" + b"\0" * 40, "audio/mpeg"),
        ("a.mp4", b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"\0" * 40, "video/mp4"),
        ("a.ofd", zipped("OFD.xml"), "application/ofd"),
        ("a.doc", compound("WordDocument"), "application/msword"),
        ("a.wps", compound("WordDocument"), "application/vnd.ms-works"),
        ("a.xls", compound("Workbook"), "application/vnd.ms-excel"),
    ],
)
def test_allowed_files_are_known_by_their_bytes(
    stage: Stage, name: str, data: bytes, media_type: str
) -> None:
    assert add(stage, name, data).media_type == media_type


@pytest.mark.parametrize(
    ("extension", "entry"),
    [("docx", "word/document.xml"), ("xlsx", "xl/workbook.xml"), ("pptx", "ppt/presentation.xml")],
)
def test_office_files_are_known_in_any_order_of_their_entries(
    stage: Stage, extension: str, entry: str
) -> None:
    assert "openxmlformats" in add(stage, f"a.{extension}", zipped(entry)).media_type


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.exe", b"MZ" + b"\0" * 100),
        ("a.html", b"<html><script>alert(1)</script>"),
        ("a.svg", b"<svg onload='alert(1)'/>"),
        ("a.zip", zipped("a.txt")),
        ("a.pdf", b"<html><script>alert(1)</script>"),
        ("a.pdf", b"MZ" + b"\0" * 100),
        ("a.png", PDF),
        ("a.docx", zipped("xl/workbook.xml")),
        ("a.docx", b"PK\x03\x04 broken"),
        ("a.docm", zipped("word/document.xml")),
        ("a.docx", zipped("word/document.xml", "word/vbaProject.bin")),
        ("a.doc", compound("WordDocument", "_VBA_PROJECT")),
        ("a.doc", PDF),
        ("a", PDF),
    ],
)
def test_other_files_are_refused_and_leave_nothing(stage: Stage, name: str, data: bytes) -> None:
    with pytest.raises(TypeRefused):
        add(stage, name, data)
    assert on_disk() == []


def test_the_refusal_names_what_may_be_brought(stage: Stage) -> None:
    with pytest.raises(TypeRefused, match=ALLOWED[0]):
        add(stage, "a.exe", b"MZ")


@pytest.mark.parametrize(
    "name",
    [
        "../../x.pdf",
        "..\\x.pdf",
        "/etc/passwd",
        "C:x.pdf",
        "",
        "   ",
        "..",
        ".pdf",
        "a\0.pdf",
        "a\n.pdf",
        "a\u202efdp.exe",
        "长" * 201 + ".pdf",
    ],
)
def test_a_name_that_is_no_plain_name_is_refused(stage: Stage, name: str) -> None:
    with pytest.raises(NameRefused):
        add(stage, name)
    assert on_disk() == []


def test_an_empty_file_is_refused(stage: Stage) -> None:
    with pytest.raises(EmptyFile):
        add(stage, "a.pdf", b"")
    assert on_disk() == []


def test_a_file_that_is_too_large_is_refused_before_it_is_read_whole(stage: Stage) -> None:
    read = 0

    def endless() -> Iterator[bytes]:
        nonlocal read
        while True:
            read += 1
            yield b"\0" * (1 << 20)

    with pytest.raises(TooLarge, match="50 MB"):
        attachments.add(stage.clerk, endless(), "a.pdf", NOW)
    assert read == 51
    assert on_disk() == []


def test_an_upload_that_breaks_off_leaves_nothing(stage: Stage) -> None:
    def broken() -> Iterator[bytes]:
        yield PDF
        raise ConnectionError

    with pytest.raises(ConnectionError):
        attachments.add(stage.clerk, broken(), "a.pdf", NOW)
    assert on_disk() == []


def test_what_a_crash_left_is_swept_after_a_day(stage: Stage) -> None:
    incoming = blobs().root / "incoming"
    for name, age in (("old", 2 * 86_400), ("new", 60)):
        (incoming / name).write_bytes(b"x")
        os.utime(incoming / name, (time.time() - age,) * 2)
    assert attachments.sweep() == 1
    assert [path.name for path in on_disk()] == ["new"]


def test_a_file_belongs_to_the_task_it_was_brought_for(stage: Stage) -> None:
    task_id = stage.add_task()
    added = add(stage, "a.pdf", task_id=task_id)
    assert (added.task_id, added.instance_id) == (task_id, stage.instance_id)
    assert attachments.list_(stage.clerk, stage.instance_id) == [added]
    with pytest.raises(NotFound):
        attachments.add(stage.owner, [PDF], "a.pdf", NOW, task_id=task_id)
    with pytest.raises(NotFound):
        attachments.list_(stage.owner, stage.instance_id)


def test_a_file_for_another_organisation_is_refused(stage: Stage) -> None:
    with pytest.raises(OwnerUnclear):
        add(stage, "a.pdf", organisation_id=stage.shop)


def test_another_organisation_does_not_find_it(stage: Stage) -> None:
    added = add(stage, "a.pdf")
    with pytest.raises(NotFound):
        attachments.get(stage.owner, added.id)
    with pytest.raises(NotFound):
        attachments.download(stage.outsider, added.id)


def test_a_lost_blob_is_said_to_be_unavailable(stage: Stage) -> None:
    added = add(stage, "a.pdf")
    on_disk()[0].unlink()
    with pytest.raises(Unavailable):
        attachments.download(stage.clerk, added.id)


@pytest.mark.parametrize("name", ["../../etc/passwd", "A" * 64, "0" * 63])
def test_only_a_hash_opens_a_blob(tmp_path: Path, name: str) -> None:
    with pytest.raises(NotFound):
        BlobStore(tmp_path).open(name)


def test_putting_the_same_bytes_twice_is_one_blob(tmp_path: Path) -> None:
    store = BlobStore(tmp_path)
    assert store.put(b"x") == store.put(b"x")
    assert b"".join(store.read(store.put(b"x").sha256)) == b"x"


def test_ids_of_files_are_found_in_nested_answers(stage: Stage) -> None:
    added = add(stage, "a.pdf", task_id=stage.add_task())
    elsewhere = add(stage, "b.pdf")
    values = [{"files": [str(added.id), "x" * 36]}, str(added.id), str(elsewhere.id), 12, None]
    with stage.acting({}) as situation:
        assert attachments.find_mentioned(values, situation) == [added]
        other = replace(situation, instance=replace(situation.instance, id=new_id()))
        assert attachments.find_mentioned(values, other) == []
