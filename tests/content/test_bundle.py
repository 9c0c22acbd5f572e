"""A bundle is sealed the same wherever it comes from, and refuses what could do harm."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from workflow_server.content import bundle
from workflow_server.content.refusals import ContentRefused

FILES: Mapping[str, bytes] = {
    "bpmn/a/a.bpmn": b"<a/>",
    "bpmn/_shared/roles.json": b"{}",
    "forms/a/one.json": b"{}",
    "documents/letter/template.html": b"<p>x</p>",
}


def on_disk(root: Path, files: Mapping[str, bytes] = FILES) -> Path:
    for path, data in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    return root


def zipped(*entries: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return target.getvalue()


def refusal(data: bytes) -> str:
    with pytest.raises(ContentRefused) as caught:
        bundle.read_zip(data)
    return " ".join(f"{fault.pointer} {fault.detail}" for fault in caught.value.faults)


def test_folder_zip_and_files_give_the_same_checksum(tmp_path: Path) -> None:
    folder = bundle.read_folder(on_disk(tmp_path))
    assert folder == bundle.from_files(FILES)
    assert bundle.read_zip(bundle.write_zip(folder)) == folder


def test_the_checksum_changes_with_a_byte_and_with_a_name() -> None:
    sealed = bundle.from_files(FILES).checksum
    assert bundle.from_files({**FILES, "bpmn/a/a.bpmn": b"<b/>"}).checksum != sealed
    moved = {path.replace("a.bpmn", "b.bpmn"): data for path, data in FILES.items()}
    assert bundle.from_files(moved).checksum != sealed


def test_the_order_of_files_does_not_matter() -> None:
    backwards = dict(reversed(FILES.items()))
    assert bundle.from_files(backwards) == bundle.from_files(FILES)
    assert bundle.write_zip(bundle.from_files(backwards)) == bundle.write_zip(
        bundle.from_files(FILES)
    )


def test_other_folders_and_hidden_files_are_not_content(tmp_path: Path) -> None:
    on_disk(tmp_path)
    on_disk(tmp_path, {"src/x.py": b"", "bpmn/.hidden/x.exe": b"", "forms/.gitkeep": b""})
    assert bundle.read_folder(tmp_path) == bundle.from_files(FILES)


def test_a_folder_without_content_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContentRefused):
        bundle.read_folder(tmp_path)


@pytest.mark.parametrize("target", ["file", "folder"])
def test_a_link_in_a_folder_is_refused(tmp_path: Path, target: str) -> None:
    root = on_disk(tmp_path / "root")
    secret = tmp_path / "secret"
    if target == "file":
        secret.write_text("{}")
    else:
        secret.mkdir()
    (root / "forms/a/link.json").symlink_to(secret)
    with pytest.raises(ContentRefused) as caught:
        bundle.read_folder(root)
    assert caught.value.faults[0].pointer == "forms/a/link.json"


@pytest.mark.parametrize(
    "path",
    [
        "/bpmn/a.bpmn",
        "bpmn/../../etc/a.bpmn",
        "../bpmn/a.bpmn",
        "bpmn/./a.bpmn",
        "bpmn//a.bpmn",
        "bpmn\\a.bpmn",
        "C:/bpmn/a.bpmn",
        "bpmn/a b.bpmn",
        "bpmn/线索.bpmn",
        "bpmn/a.bpmn\n",
        "bpmn/.hidden.bpmn",
        "a.bpmn",
        "scripts/a.bpmn",
        "bpmn/a.py",
        "bpmn/a",
        "forms/a.html",
        "documents/a/a.js",
        "bpmn/photo.jpg",
        f"bpmn/{'x' * 300}.bpmn",
        f"bpmn/{'x/' * 10}a.bpmn",
    ],
)
def test_a_path_that_no_content_file_has_is_refused(path: str) -> None:
    with pytest.raises(ContentRefused):
        bundle.from_files({path: b"x"})


def test_scenarios_may_carry_photos_and_papers() -> None:
    paths = ("photo.jpg", "scan.pdf", "case.json")
    bundle.from_files({f"bpmn/_shared/scenarios/{path}": b"x" for path in paths})


def test_names_that_differ_in_case_only_are_refused() -> None:
    with pytest.raises(ContentRefused) as caught:
        bundle.from_files({"forms/a/One.json": b"{}", "forms/a/one.json": b"{}"})
    assert "大小写" in caught.value.faults[0].detail


def test_too_large_and_too_many_files_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "MAXIMUM_FILE_BYTES", 10)
    monkeypatch.setattr(bundle, "MAXIMUM_FILES", 3)
    with pytest.raises(ContentRefused) as caught:
        bundle.from_files({**FILES, "forms/b.json": b"x" * 11})
    assert {fault.pointer for fault in caught.value.faults} == {"bundle", "forms/b.json"}


def test_a_large_file_in_a_folder_is_refused_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundle, "MAXIMUM_FILE_BYTES", 3)
    with pytest.raises(ContentRefused) as caught:
        bundle.read_folder(on_disk(tmp_path))
    assert "bpmn/a/a.bpmn" in {fault.pointer for fault in caught.value.faults}


def test_what_is_no_zip_is_refused() -> None:
    assert "zip" in refusal(b"hello")
    assert "zip" in refusal(bundle.write_zip(bundle.from_files(FILES))[:-30])


def test_a_damaged_zip_entry_is_refused() -> None:
    data = bytearray(bundle.write_zip(bundle.from_files(FILES)))
    start = data.index(b"documents/letter/template.html") + len("documents/letter/template.html")
    data[start] ^= 0xFF
    refusal(bytes(data))


def test_a_zip_packed_in_another_way_is_refused() -> None:
    entry = zipfile.ZipInfo("forms/a.json")
    entry.compress_type = zipfile.ZIP_LZMA
    assert "压缩方式" in refusal(zipped((entry, b"{}")))


def test_a_zip_that_climbs_out_is_refused() -> None:
    assert "../../x.json" in refusal(zipped(("forms/../../x.json", b"{}")))


def test_a_zip_with_a_link_is_refused() -> None:
    entry = zipfile.ZipInfo("forms/a/link.json")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    assert "链接" in refusal(zipped((entry, b"/etc/passwd")))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_zip_that_holds_a_file_twice_is_refused() -> None:
    assert "两次" in refusal(zipped(("forms/a.json", b"{}"), ("forms/a.json", b"[]")))


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = zipped(("forms/a.json", b"0" * (bundle.MAXIMUM_FILE_BYTES + 1)))
    assert len(bomb) < 20_000
    assert "MB" in refusal(bomb)


def test_a_zip_that_lies_about_its_size_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = zipped(("forms/a.json", b"0" * 5_000))
    monkeypatch.setattr(bundle, "MAXIMUM_FILE_BYTES", 4_000)
    lying = honest.replace((5_000).to_bytes(4, "little"), (100).to_bytes(4, "little"))
    refusal(lying)


def test_too_many_entries_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "MAXIMUM_FILES", 2)
    assert "2" in refusal(zipped(*((f"forms/f{n}.json", b"{}") for n in range(3))))
