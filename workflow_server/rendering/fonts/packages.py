"""Debian packages as a source of font files: fetched once, checked, read without dpkg."""

from __future__ import annotations

import hashlib
import io
import lzma
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from workflow_server.errors import Unavailable
from workflow_server.rendering.fonts.recipe import Package

_AR_MAGIC = b"!<arch>\n"


class PackageMissing(Unavailable):
    """缺少字体软件包"""


def locate(package: Package, store: Path) -> Path:
    """Return the checked .deb of `package`, from `store` or by `apt-get download`."""
    found = _cached(package, store)
    if found is not None:
        return found
    store.mkdir(parents=True, exist_ok=True)
    reason = _download(package, store)
    found = _cached(package, store)
    if found is not None:
        return found
    raise PackageMissing(
        f"缺少字体软件包 {package.name} {package.version}（{reason}）。请将文件 {package.file} "
        f"放入目录 {store}，sha256 = {package.sha256}；可从任一 Debian 镜像的 {package.pool} "
        f"取得 (Expected {package.file} with this checksum in {store}, but it is not there)"
    )


def _cached(package: Package, store: Path) -> Path | None:
    for path in sorted(store.glob(f"{package.name}_*.deb")):
        with path.open("rb") as stream:
            if hashlib.file_digest(stream, "sha256").hexdigest() == package.sha256:
                return path
    return None


def _download(package: Package, store: Path) -> str:
    """Fetch the exact version with apt; return why it is not there when it is not."""
    if shutil.which("apt-get") is None:
        return "本机没有 apt-get"
    reason = _ask_apt(package, store)
    # A new machine has no list of packages yet; without the right to fetch one, it stays so.
    if reason is not None and _run_apt("update", place=store).returncode == 0:
        reason = _ask_apt(package, store)
    return reason or "下载的文件校验和不符"


def _ask_apt(package: Package, store: Path) -> str | None:
    with tempfile.TemporaryDirectory(dir=store) as place:
        run = _run_apt("download", f"{package.name}={package.version}", place=Path(place))
        for path in Path(place).glob("*.deb"):
            path.rename(store / package.file)
            return None
    lines = [line for line in run.stderr.splitlines() if line.startswith("E:")]
    return "; ".join(lines) or f"apt-get download 返回 {run.returncode}"


def _run_apt(act: str, *names: str, place: Path) -> subprocess.CompletedProcess[str]:
    command = ["apt-get", act, "-q", *names]
    return subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)  # noqa: S603


def extract(deb: Path, members: Iterable[str], target: Path) -> dict[str, Path]:
    """Unpack the named files of a .deb into `target`; links are not followed."""
    missing = set(members)
    out: dict[str, Path] = {}
    with deb.open("rb") as stream, tarfile.open(fileobj=_data_member(stream), mode="r|") as tar:
        for entry in tar:
            name = entry.name.removeprefix("./")
            source = tar.extractfile(entry) if name in missing and entry.isreg() else None
            if source is None:
                continue
            out[name] = target / name.rsplit("/", 1)[1]
            with out[name].open("wb") as sink:
                shutil.copyfileobj(source, sink)
            missing.discard(name)
            if not missing:
                return out
    raise PackageMissing(f"Expected {sorted(missing)} in {deb.name}, but they are not there")


def _data_member(stream: IO[bytes]) -> IO[bytes]:
    """Find `data.tar.*` inside the ar archive that a .deb is, and open it."""
    if stream.read(len(_AR_MAGIC)) != _AR_MAGIC:
        raise PackageMissing("Expected a Debian package, but the file is no ar archive")
    while header := stream.read(60):
        name = header[:16].decode("ascii").strip().rstrip("/")
        size = int(header[48:58])
        if name.startswith("data.tar"):
            return _decompressed(name, stream, size)
        stream.seek(size + size % 2, io.SEEK_CUR)
    raise PackageMissing("Expected data.tar in the package, but there is none")


def _decompressed(name: str, stream: IO[bytes], size: int) -> IO[bytes]:
    if name == "data.tar.xz":
        # The data member is the last one of a .deb, so reading on to the end is right.
        return lzma.open(stream)
    if name == "data.tar":
        return io.BytesIO(stream.read(size))
    raise PackageMissing(f"Expected an xz-compressed package, but it holds {name}")
