"""The import rule of docs/architecture.md holds, and one place commits."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "workflow_server"
SOURCES = sorted(PACKAGE.rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_no_import_goes_up_or_sideways() -> None:
    command = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run(
        [command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr


def test_only_one_place_commits() -> None:
    commits = {name_of(path) for path in SOURCES if re.search(r"\.commit\(", path.read_text())}
    assert commits == {"workflow_server/store/db.py"}


def test_only_services_open_a_transaction() -> None:
    openers = {
        path.relative_to(PACKAGE).parts[0]
        for path in SOURCES
        if re.search(r"\btransaction\(\)", path.read_text())
    }
    assert openers <= {"services", "store"}


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_a_file_keeps_to_its_size_and_has_a_door_sign(path: Path) -> None:
    text = path.read_text()
    tree = ast.parse(text)
    assert ast.get_docstring(tree) or not text.strip(), "the module needs one line on its door"
    assert text.count("\n") <= 400 or "migrations" in path.parts, "400 lines are the ceiling"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= 60 or "migrations" in path.parts, f"{node.name} has {length} lines"
