"""What happens to a running period, in days, working days and months, and how far it may go."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from workflow_server.rules.calendars import Calendar
from workflow_server.rules.deadline_sentences import explain
from workflow_server.rules.deadline_terms import Term, latest_extension, raw_end, read_term
from workflow_server.rules.deadlines import Rule, compute, reckon

D = date.fromisoformat
PLAIN = Calendar({}, D("2030-12-31"), 1)


def rule(amount: int, unit: Any, **more: Any) -> Rule:
    return Rule("R-X", amount, unit, pausable=True, excludable=True, **more)


def hold(began: str, ended: str) -> Term:
    return Term("hold", D(ended), began=D(began), ended=D(ended))


def left_out(days: int) -> Term:
    return Term("exclude", D("2026-02-03"), days=days)


@pytest.mark.parametrize(
    ("made", "start", "terms", "raw"),
    [
        (rule(10, "day"), "2026-03-02", [hold("2026-03-05", "2026-03-20")], "2026-03-27"),
        (rule(2, "month"), "2026-03-02", [hold("2026-03-31", "2026-04-30")], "2026-06-01"),
        (rule(5, "workday"), "2026-03-02", [hold("2026-03-04", "2026-03-11")], "2026-03-16"),
        (rule(5, "workday"), "2026-03-02", [hold("2026-03-07", "2026-03-08")], "2026-03-09"),
        (rule(5, "workday"), "2026-03-02", [left_out(2)], "2026-03-11"),
        (rule(1, "month"), "2026-01-31", [left_out(3)], "2026-03-03"),
    ],
)  # fmt: skip
def test_held_and_excluded_days_are_counted_as_the_rule_counts(
    made: Rule, start: str, terms: list[Term], raw: str
) -> None:
    assert raw_end(made, D(start), PLAIN, terms) == D(raw)


def test_an_extension_comes_before_what_is_held_after_it() -> None:
    made = rule(10, "day")
    extended = Term("extend", D("2026-03-03"), until=D("2026-04-01"), rule="R-X")
    later = hold("2026-03-20", "2026-03-25")
    assert raw_end(made, D("2026-03-02"), PLAIN, [extended, later]) == D("2026-04-06")
    assert raw_end(made, D("2026-03-02"), PLAIN, [later, extended]) == D("2026-04-01")


@pytest.mark.parametrize(
    ("made", "start", "latest"),
    [
        (rule(3, "month", max_extension="P3M"), "2025-11-30", "2026-05-30"),
        (rule(10, "day", max_extension="P1M"), "2026-03-02", "2026-04-12"),
        (rule(10, "day", max_extension="P2W"), "2026-03-02", "2026-03-26"),
        (rule(10, "day", max_extension="P30D"), "2026-03-02", "2026-04-11"),
    ],
)
def test_the_limit_of_an_extension_is_counted_from_the_first_end(
    made: Rule, start: str, latest: str
) -> None:
    extended = Term("extend", D("2026-03-03"), until=D("2026-03-20"), rule="R-X")
    assert latest_extension(made, D(start), PLAIN, [extended]) == D(latest)


def test_what_a_rule_does_not_allow_leaves_it_alone() -> None:
    firm = Rule("R-FIRM", 10, "day")
    terms = [hold("2026-03-05", "2026-03-20"), Term("exclude", D("2026-03-03"), days=2)]
    assert compute(firm, D("2026-03-02"), PLAIN, terms).raw == D("2026-03-12")


def test_the_extension_of_one_rule_does_not_lengthen_the_other() -> None:
    long, short = Rule("R-LONG", 2, "month"), Rule("R-SHORT", 1, "month")
    extended = Term("extend", D("2026-03-03"), until=D("2026-06-30"), rule="R-SHORT")
    first, due = reckon([short, long], D("2026-03-02"), PLAIN, [extended])
    assert (first, due.raw) == (1, D("2026-05-02"))


def test_a_term_is_kept_and_read_again() -> None:
    terms = [
        hold("2026-03-05", "2026-03-20"),
        Term("hold", D("2026-03-05"), "鉴定", began=D("2026-03-05")),
        Term("extend", D("2026-03-03"), "复杂", by=rule(1, "month"), rule="R-X"),
        Term("exclude", D("2026-03-03"), days=3),
    ]
    assert [read_term(each.as_json()) for each in terms] == terms


def test_brackets_inside_of_brackets_are_square() -> None:
    paused = Term("hold", D("2026-03-03"), "鉴定（第二次）", began=D("2026-03-03"))
    start, end = D("2026-03-02"), D("2026-03-12")
    said = explain(rule(10, "day"), start, end, end, PLAIN, False, [paused])
    assert "中止（鉴定［第二次］），" in said
