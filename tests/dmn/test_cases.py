"""Decisions in the spirit of the DMN compatibility kit: files as data, answers in a table.

`cases/0…` are of level 2 (tables, literal expressions), `cases/01…` of level 3 (boxed logic).
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from workflow_server.content import decisions
from workflow_server.content.decisions import Decision, DecisionAmbiguous, DecisionFailed

FOLDER = Path(__file__).with_name("cases")
CASES = json.loads(FOLDER.with_suffix(".json").read_text(encoding="utf-8"))
NOW = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)


@cache
def decision(file: str, name: str) -> Decision:
    return decisions.parse((FOLDER / f"{file}.dmn").read_bytes(), f"{file}.dmn")[name]


def title(case: dict[str, Any]) -> str:
    return f"{case['file']}-{case['decision']}-{json.dumps(case['given'], ensure_ascii=False)}"


@pytest.mark.parametrize("case", [one for one in CASES if "expected" in one], ids=title)
def test_a_case_has_the_expected_answer(case: dict[str, Any]) -> None:
    asked = decision(case["file"], case["decision"])
    assert decisions.decide(asked, case["given"], NOW) == case["expected"]


@pytest.mark.parametrize("case", [one for one in CASES if "refused" in one], ids=title)
def test_a_case_is_refused_with_its_place(case: dict[str, Any]) -> None:
    asked = decision(case["file"], case["decision"])
    with pytest.raises((DecisionFailed, DecisionAmbiguous)) as caught:
        decisions.decide(asked, case["given"], NOW)
    assert case["refused"] in caught.value.message
    assert caught.value.faults[0].pointer.startswith(f"{case['file']}.dmn:")
    assert asked.name in caught.value.message


def test_there_are_many_cases() -> None:
    assert len(CASES) >= 120
    assert {case["file"] for case in CASES} == {path.stem for path in FOLDER.glob("*.dmn")}
    assert len({(case["file"], case["decision"]) for case in CASES}) >= 60
