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

from tests.dmn import dmn_building
from tests.dmn.dmn_building import given, knowledge, literal, model, needs, table
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


def test_rows_that_conflict_are_told_of_the_table_that_has_them() -> None:
    hidden = table(["x"], (["> 1"], ["1"]), (["? > 2"], ["2"]))
    data = model(
        given("x"),
        dmn_building.decision("a", hidden, needs("x")),
        knowledge("k", hidden, "x"),
        dmn_building.decision("b", literal("a + 1"), needs("a", "Decision")),
        dmn_building.decision("c", literal("k(x)"), needs("x"), needs("k", "Knowledge")),
    )
    found = decisions.parse(data)
    for asked, table_, line in (
        ("a", "“a”", 3),
        ("b", "“a”（为“b”）", 3),
        ("c", "“k”（为“c”）", 6),
    ):
        with pytest.raises(DecisionAmbiguous) as caught:
            decisions.decide(found[asked], {"x": 3}, NOW)
        rows = f"第 1 行（文件第 {line + 1} 行）、第 2 行（文件第 {line + 2} 行）"
        assert caught.value.message.startswith(f"决策表{table_}（UNIQUE）的{rows}同时符合")


def test_there_are_many_cases() -> None:
    assert len(CASES) >= 120
    assert {case["file"] for case in CASES} == {path.stem for path in FOLDER.glob("*.dmn")}
    assert len({(case["file"], case["decision"]) for case in CASES}) >= 60
