"""docs/feel-functions.md says what every built-in function answers; here each row is asked."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from workflow_server import feel

PAGE = Path(__file__).resolve().parents[2] / "docs" / "feel-functions.md"
NOW = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)
ROW = re.compile(r"\| `(?P<asked>.+?)` \| (?:`(?P<answer>.+?)`|\*refused\*) \| (?P<remark>.*?) ?\|")
ROWS = [
    match
    for line in PAGE.read_text(encoding="utf-8").splitlines()
    if (match := ROW.fullmatch(line.replace(r"\|", "¦"))) is not None
]
#: DMN 1.3, chapter 10.3.4, and what 1.4 added.
FUNCTIONS = """
date · date and time · time · number · string · duration · years and months duration · @ · not · is
substring · string length · upper case · lower case · substring before · substring after · replace
contains · starts with · ends with · matches · split · string join
list contains · count · min · max · sum · mean · all · any · sublist · append · concatenate
insert before · remove · list replace · reverse · index of · union · distinct values · flatten
product · median · stddev · mode
decimal · floor · ceiling · round up · round down · round half up · round half down · abs · modulo
sqrt · log · exp · odd · even · now · today
before · after · meets · met by · overlaps · overlaps before · overlaps after · finishes
finished by · includes · during · starts · started by · coincides
day of year · day of week · month of year · week of year · sort
get value · get entries · context · context put · context merge
"""


def _shown(text: str) -> str:
    return text.replace("¦", "|")


@pytest.mark.parametrize("row", [each for each in ROWS if each["answer"]], ids=lambda r: r["asked"])
def test_a_function_answers_as_the_page_says(row: re.Match[str]) -> None:
    found = feel.evaluate(_shown(row["asked"]), {}, now=NOW)
    assert json.dumps(found, ensure_ascii=False) == _shown(row["answer"])


@pytest.mark.parametrize(
    "row", [each for each in ROWS if not each["answer"]], ids=lambda r: r["asked"]
)
def test_what_the_page_says_is_refused_is_refused_with_a_reason(row: re.Match[str]) -> None:
    assert row["remark"]
    with pytest.raises(feel.FeelError):
        feel.evaluate(_shown(row["asked"]), {}, now=NOW)


def test_every_function_stands_on_the_page() -> None:
    names = [name.strip() for line in FUNCTIONS.splitlines() for name in line.split("·")]
    asked = "\n".join(_shown(row["asked"]) for row in ROWS)
    missing = [name for name in names if name and not _is_called(name, asked)]
    assert missing == []


def _is_called(name: str, asked: str) -> bool:
    pattern = '@"' if name == "@" else rf"(?<!\w )(?<!\w){re.escape(name)}\("
    return re.search(pattern, asked) is not None


def test_every_line_of_the_tables_is_a_row() -> None:
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line[:3] == "| `"]
    assert len(lines) == len(ROWS) > 330
