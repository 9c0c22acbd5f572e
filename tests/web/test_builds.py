"""A build of the pages' files takes the place of the one before while servers hand that one out."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from flask import Flask

from tests.web.test_feel_bundle import NODE, ROOT
from workflow_server.web import assets

PLACING = ROOT / "workflow_server" / "web" / "islands" / "placing.mjs"


def place(target: Path, manifest: dict[str, str], *others: str) -> dict[str, str]:
    """Place a build whose files hold their own names; return all files with their contents."""
    fresh = target.with_name("fresh")
    for name in (*manifest.values(), *others):
        (fresh / name).parent.mkdir(parents=True, exist_ok=True)
        (fresh / name).write_text(name)
    (fresh / "manifest.json").write_text(json.dumps(manifest))
    script = f"import {{ place }} from {str(PLACING)!r}; place({str(fresh)!r}, {str(target)!r});"
    subprocess.run([NODE, "--input-type=module", "-e", script], check=True, timeout=60)
    assert not fresh.exists()
    return {
        str(path.relative_to(target)): path.read_text()
        for path in target.rglob("*")
        if path.is_file()
    }


def names(found: dict[str, str]) -> set[str]:
    return found.keys() - {"manifest.json", "kept.json"}


def test_files_of_the_build_before_stay_and_older_ones_go(tmp_path: Path) -> None:
    target = tmp_path / "built"
    first = place(target, {"a.js": "a-1.js"}, "maps/one", "chunk-1.js")
    assert names(first) == {"a-1.js", "maps/one", "chunk-1.js"}
    second = place(target, {"a.js": "a-2.js"}, "chunk-1.js")
    assert names(second) == {"a-1.js", "a-2.js", "maps/one", "chunk-1.js"}
    assert json.loads(second["manifest.json"]) == {"a.js": "a-2.js"}
    third = place(target, {"a.js": "a-3.js"}, "chunk-1.js")
    assert names(third) == {"a-2.js", "a-3.js", "chunk-1.js"}
    assert not (target / "maps").exists()


def test_a_build_that_changes_nothing_leaves_every_byte(tmp_path: Path) -> None:
    target = tmp_path / "built"
    place(target, {"a.js": "a-1.js"})
    before = place(target, {"a.js": "a-2.js"})
    changed = (target / "manifest.json").stat().st_mtime_ns
    assert place(target, {"a.js": "a-2.js"}) == before
    assert (target / "manifest.json").stat().st_mtime_ns == changed


def test_what_an_older_builder_left_is_kept_for_one_build(tmp_path: Path) -> None:
    target = tmp_path / "built"
    target.mkdir()
    (target / "a-1.js").write_text("a-1.js")
    (target / "manifest.json").write_text('{"a.js": "a-1.js"}')
    assert names(place(target, {"a.js": "a-2.js"})) == {"a-1.js", "a-2.js"}


def test_a_running_server_follows_a_later_build(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "built"
    monkeypatch.setattr(assets, "BUILT", target)
    with app.test_request_context():
        with pytest.raises(assets.AssetsNotBuilt):
            assets.asset("a.js")
        place(target, {"a.js": "a-1.js"})
        assert assets.asset("a.js") == "/static/built/a-1.js"
        place(target, {"a.js": "a-2.js"})
        assert assets.asset("a.js") == "/static/built/a-2.js"
