"""Bytes on disk under the name of their SHA-256; written once, whole or not at all."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import BinaryIO

from workflow_server.errors import InvalidInput, NotFound, Unavailable
from workflow_server.store.db import settings

CHUNK = 1 << 18
_SHA256 = re.compile(r"[0-9a-f]{64}")
_INCOMING = "incoming"


class TooLarge(InvalidInput):
    """文件过大"""


class BlobLost(Unavailable):
    """文件暂时无法读取"""


@dataclass(frozen=True, slots=True)
class Blob:
    """What was written: its name and its length."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Incoming:
    """Bytes that arrived and wait to be kept or dropped."""

    blob: Blob
    path: Path


class BlobStore:
    """A folder of blobs, two characters of the hash deep.

    A blob may lie here without a row (the transaction was rolled back): that is waste, never
    harm. A row never stands without its blob, since the blob is on disk before the row is.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._incoming = root / _INCOMING
        self._incoming.mkdir(parents=True, exist_ok=True)

    def receive(self, chunks: Iterable[bytes], limit: int) -> Incoming:
        """Write a stream to a temporary file; refuse it as soon as it passes the limit."""
        handle, name = tempfile.mkstemp(dir=self._incoming)
        path = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                blob = _copy(chunks, file, limit)
                file.flush()
                os.fsync(file.fileno())
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return Incoming(blob, path)

    def keep(self, incoming: Incoming) -> Blob:
        """Give received bytes their lasting name, atomically."""
        target = self._path(incoming.blob.sha256)
        is_new = not target.parent.exists()
        target.parent.mkdir(exist_ok=True)
        if is_new:
            _sync_folder(self.root)
        incoming.path.replace(target)
        _sync_folder(target.parent)
        return incoming.blob

    def drop(self, incoming: Incoming) -> None:
        """Forget received bytes that were refused."""
        incoming.path.unlink(missing_ok=True)

    def put(self, data: bytes) -> Blob:
        """Write bytes that are at hand already."""
        blob = Blob(hashlib.sha256(data).hexdigest(), len(data))
        if self._path(blob.sha256).exists():
            return blob
        return self.keep(self.receive((data,), len(data)))

    def open(self, sha256: str) -> BinaryIO:
        """Open a blob to read; it is on disk whole or this refuses."""
        try:
            return self._path(sha256).open("rb")
        except FileNotFoundError as error:
            raise BlobLost(
                f"文件内容暂时无法读取。 Expected blob {sha256}, but it is not in the store."
            ) from error

    def read(self, sha256: str) -> Iterator[bytes]:
        """Read a blob in chunks; it is opened at once, so that a missing one refuses here."""
        return _chunks(self.open(sha256))

    def remove(self, sha256: str) -> None:
        """Delete a blob that no row names any more."""
        self._path(sha256).unlink()

    def sweep(self, before: float) -> int:
        """Remove temporary files older than a moment (seconds since 1970), left by a crash."""
        removed = 0
        for path in self._incoming.iterdir():
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < before:
                    path.unlink()
                    removed += 1
        return removed

    def _path(self, sha256: str) -> Path:
        if not _SHA256.fullmatch(sha256):
            raise NotFound(f"未找到文件。 Expected a SHA-256, but got '{sha256[:80]}'.")
        return self.root / sha256[:2] / sha256[2:]


@cache
def _store(root: Path) -> BlobStore:
    return BlobStore(root)


def blobs() -> BlobStore:
    """Return the blob store of the running app."""
    return _store(settings().blobs_dir)


def _copy(chunks: Iterable[bytes], file: BinaryIO, limit: int) -> Blob:
    digest, size = hashlib.sha256(), 0
    for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise TooLarge(
                f"文件超过 {limit / (1 << 20):g} MB 上限。"
                f" Expected at most {limit} bytes, but there are more."
            )
        digest.update(chunk)
        file.write(chunk)
    return Blob(digest.hexdigest(), size)


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while chunk := file.read(CHUNK):
            yield chunk


def _sync_folder(folder: Path) -> None:
    # Without this the new name may be lost at a power cut although the row is there.
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
