"""Cells that are answered without a parser say what the parser says."""

from __future__ import annotations

from typing import Any

import pytest

from tests.dmn.dmn_building import decision, model, table
from workflow_server import feel
from workflow_server.content import decisions

CELLS = [
    '"a"', '"a","b"', '"a" , "b"', '""', "5", "-5", "5.5", "-0", "< 5", "<=5", "> -1", ">= 5.0",
    "[1..5]", "(1..5)", "]1..5[", "[ 1 .. 5 )", "[-2..0]", "1, 5", '"a", 5', '"a\\"b"',
    "true", '<"b"', '["a".."c"]',
]  # fmt: skip
VALUES: list[Any] = [
    None, True, False, "a", "b", "", "5", 'a"b', 0, 1, 5, 5.0, 5.5, -5, -1, 4.999, [], [5], ["a"],
    [1, 5], {}, {"a": 1},
]  # fmt: skip


@pytest.mark.parametrize("cell", CELLS)
def test_a_cell_answers_as_the_parser_does(cell: str) -> None:
    asked = decisions.parse(model(decision("d", table(["x"], ([cell], ["true"]), policy="FIRST"))))
    quick = [decisions.decide(asked["d"], {"x": value}, None) is True for value in VALUES]
    parsed = [feel.evaluate(f"x in ({cell})", {"x": value}) is True for value in VALUES]
    assert dict(zip(map(repr, VALUES), quick, strict=True)) == dict(
        zip(map(repr, VALUES), parsed, strict=True)
    )


@pytest.mark.parametrize(
    ("cell", "passing"),
    [('"a","b"', ["a", "b"]), ("[1..5)", [1, 4.999]), ("5", [5, 5.0]), ("> -1", [0, 1, 5, 5.5])],
)
def test_a_cell_lets_pass_what_it_says(cell: str, passing: list[Any]) -> None:
    asked = decisions.parse(model(decision("d", table(["x"], ([cell], ["true"])))))["d"]
    for value in passing:
        assert decisions.decide(asked, {"x": value}, None) is True
