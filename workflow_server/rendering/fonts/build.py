"""Build every face of the recipe, several at a time, into one directory."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from workflow_server.rendering.fonts import (
    CONFIGURATION,
    MANIFEST,
    configuration,
    is_built,
)
from workflow_server.rendering.fonts.packages import extract, locate
from workflow_server.rendering.fonts.recipe import FACES, PACKAGES, REPERTOIRE, Face, recipe_key

Report = Callable[[str], None]


def build(out: Path, *, packages: Path | None = None, report: Report = print) -> bool:
    """Make the fonts in `out` unless they are there; say whether anything was made.

    The packages are kept in `packages` (default `out`/packages), to be used offline.
    """
    if is_built(out):
        return False
    started = time.monotonic()
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out, prefix="building-") as place:
        work = Path(place)
        sources = _sources(packages or out / "packages", work, report)
        made = _make_all(sources, work, report)
        _put_in_place(out, work, made)
    report(f"字体已生成：{out}（{time.monotonic() - started:.0f} 秒）")
    return True


def _sources(store: Path, work: Path, report: Report) -> dict[str, Path]:
    sources: dict[str, Path] = {}
    for package in PACKAGES:
        report(f"字体软件包 {package.name} {package.version} …")
        members = [face.member for face in FACES if face.package is package]
        sources.update(extract(locate(package, store), members, work))
    return sources


def _make_all(sources: dict[str, Path], work: Path, report: Report) -> dict[str, int]:
    from workflow_server.rendering.fonts.outlines import characters

    repertoire = characters(sources[REPERTOIRE.member])
    jobs = [(face, sources[face.member], repertoire, work / face.file) for face in FACES]
    context = multiprocessing.get_context("spawn")
    made: dict[str, int] = {}
    with context.Pool(min(len(jobs), os.cpu_count() or 1)) as pool:
        for face, count, seconds in pool.imap_unordered(_make_one, jobs):
            made[face.family] = count
            done = f"{len(made)}/{len(jobs)}"
            report(f"[{done}] {face.family}: {count} 字，{seconds:.0f} 秒")
    return made


def _make_one(job: tuple[Face, Path, frozenset[int], Path]) -> tuple[Face, int, float]:
    from workflow_server.rendering.fonts.outlines import make

    started = time.monotonic()
    count = make(*job)
    return job[0], count, time.monotonic() - started


def _put_in_place(out: Path, work: Path, made: dict[str, int]) -> None:
    """Move the finished fonts; the manifest comes last, so that half a build never counts."""
    (out / MANIFEST).unlink(missing_ok=True)
    for stale in out.glob("*.ttf"):
        stale.unlink()
    shutil.rmtree(out / "cache", ignore_errors=True)
    entries = []
    for face in FACES:
        path = (work / face.file).rename(out / face.file)
        data = path.read_bytes()
        entries.append({
            "file": face.file, "bytes": len(data), "characters": made[face.family],
            "sha256": hashlib.sha256(data).hexdigest(),
        })  # fmt: skip
    (out / CONFIGURATION).write_text(configuration(out), encoding="utf-8")
    manifest = {"key": recipe_key(), "fonts": entries}
    (out / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
