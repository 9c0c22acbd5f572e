"""docs/dmn.md quotes what the server says: each quoted sentence stands in the code."""

from __future__ import annotations

import re
from pathlib import Path

from workflow_server.content.decisions import HIT_POLICIES

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "dmn.md").read_text(encoding="utf-8")
CHINESE = re.compile(r"`([^`]*[\u4e00-\u9fff][^`]*)`")


def test_quoted_sentences_are_those_of_the_server() -> None:
    folder = ROOT / "workflow_server" / "content" / "decisions"
    code = "".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.py")))
    rows = [line for line in PAGE.splitlines() if line.startswith("| ")]
    quoted = [text for line in rows for text in CHINESE.findall(line)]
    assert len(quoted) > 25
    assert [text for text in quoted if text not in code] == []


def test_every_hit_policy_is_named() -> None:
    assert [policy for policy in HIT_POLICIES if policy not in PAGE] == []
