"""Blobs on disk: what is told to be kept survives a power cut."""

from __future__ import annotations

from pathlib import Path

import pytest

from workflow_server.store import blobs


def test_a_new_folder_is_on_disk_before_what_lies_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []
    monkeypatch.setattr(blobs, "_sync_folder", synced.append)
    store = blobs.BlobStore(tmp_path)
    kept = store.put(b"first")
    folder = tmp_path / kept.sha256[:2]
    assert synced == [tmp_path, folder]
    store.keep(store.receive((b"first",), 5))
    assert synced == [tmp_path, folder, folder]
