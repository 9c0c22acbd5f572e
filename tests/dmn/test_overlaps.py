"""Rows of a UNIQUE table that overlap are told at the check, as far as literals tell."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest

from tests.dmn.dmn_building import decision, model, refused, table
from workflow_server.content import decisions


def unique(inputs: Sequence[str], *tests: Sequence[str], values: str = "") -> bytes:
    rules = [(row, ["1"]) for row in tests]
    return model(decision("d", table(inputs, *rules, values=values)))


@pytest.mark.parametrize(
    ("one", "other", "example"),
    [
        ("> 5", "< 10", "x = 7.5"),
        (">= 5", "5", "x = 5"),
        ("[1..5]", "[5..9]", "x = 5"),
        ("1, 2, 3", "[3..4]", "x = 3"),
        ("not(5)", "4", "x = 4"),
        ("-", "7", "x = 7"),
        ("-", "-", "任何输入"),
        ('"a","b"', '"b","c"', 'x = "b"'),
        ('not("a")', '"b"', 'x = "b"'),
        ('not("a")', 'not("b")', "x = …"),
        ("true", "-", "x = true"),
        ("null", "null, true", "x = null"),
        ('>= date("2026-01-01")', '< date("2026-03-01")', "x = 2026-01-01"),
        ('[date("2026-01-01")..date("2026-01-31")]', '@"2026-01-15"', "x = 2026-01-15"),
    ],
)
def test_rows_that_overlap_are_refused_with_both_lines(one: str, other: str, example: str) -> None:
    [(place, sentence)] = refused(unique(["x"], [one], [other]))
    assert place == "a.dmn:4 rule"
    assert "第 2 行（文件第 4 行）与第 1 行（文件第 3 行）同时符合" in sentence
    assert f"例如 {example}；" in sentence


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("> 5", "<= 5"),
        ("[1..5)", "[5..9]"),
        ("]5..7[", "7"),
        ("not(5)", "5"),
        ("not([1..5])", "3"),
        ('"a"', '"b"'),
        ('"a","b"', 'not("a","b")'),
        ("true", "false"),
        ("true", '"true"'),
        ("5", '"a"'),
        ('< date("2026-01-01")', '>= date("2026-01-01")'),
        # The day between is none.
        ('> date("2026-01-01")', '< date("2026-01-02")'),
        # What must be computed is told when it happens.
        ("> limit", "> 3"),
        ("? > 5", "-"),
        ('> date("2026-02-30")', "-"),
    ],
)
def test_rows_that_do_not_overlap_or_can_not_be_told_are_taken(one: str, other: str) -> None:
    assert decisions.parse(unique(["x"], [one], [other]))


def test_all_columns_have_to_overlap() -> None:
    assert decisions.parse(unique(["x", "y"], ["> 5", '"a"'], ["> 5", '"b"']))
    [(_, sentence)] = refused(unique(["x", "y"], ["> 5", '"a"'], ["> 7", "-"]))
    assert '例如 x = 8，y = "a"；' in sentence


def test_columns_that_hang_together_are_not_judged() -> None:
    assert decisions.parse(unique(["x", "x * 2"], ["> 5", "< 3"], ["> 5", "-"]))


def test_only_allowed_values_count() -> None:
    values = '<inputValues><text>"a","b"</text></inputValues>'
    assert decisions.parse(unique(["x"], ['not("a")'], ['not("b")'], values=values))
    assert refused(unique(["x"], ['not("a")'], ['"b"'], values=values))


def test_other_hit_policies_may_overlap() -> None:
    rules = [(["> 5"], ["1"]), (["> 3"], ["2"])]
    assert decisions.parse(model(decision("d", table(["x"], *rules, policy="FIRST"))))


def test_large_tables_are_judged_in_time() -> None:
    rows = [[f'"k{n}"', f"[{n}..{n + 2}]"] for n in range(400)]
    before = time.process_time()
    assert decisions.parse(unique(["x", "y"], *rows))
    found = refused(unique(["x", "y"], *rows, ['"k7"', "8"]))
    assert "第 401 行" in found[0][1]
    assert time.process_time() - before < 6
