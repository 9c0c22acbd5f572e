"""Patterns of forms: the ordinary ones are taken, those that may take long are refused."""

import time

import pytest

from workflow_server.content.forms.patterns import OPEN_TEXT, PatternRefused, compile_pattern


@pytest.mark.parametrize(
    "pattern",
    [
        "a{0,5000}a{0,5000}b",
        "a{0,300}a{0,300}b",
        "^a{0,20000}a{0,20000}b",
        "a*a*a*a*b",
        "(a?){50}b",
        "(a+)+$",
    ],
)
def test_what_may_take_long_is_refused(pattern: str) -> None:
    with pytest.raises(PatternRefused, match="耗时过长"):
        compile_pattern(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        r"^1[3-9]\d{9}$",
        r"^[^@\s]+@[^@\s]+\.[^@\s]+$",
        r"\w+@\w+\.\w+",
        r"^\d{17}[\dXx]$",
        r"\d{4}-\d{1,2}-\d{1,2}",
        r"^(\d{3,4}-)?\d{7,8}$",
        r"^[A-Z0-9]{18}$",
        r".{0,500}",
        r"^.{1,2000}$",
        r"^(甲|乙)\d{0,10}$",
    ],
)
def test_ordinary_patterns_are_taken(pattern: str) -> None:
    compile_pattern(pattern)


def test_the_worst_that_is_taken_ends() -> None:
    pattern, is_open = compile_pattern("a*a*a*b")
    assert is_open
    began = time.process_time()
    assert not pattern.search("a" * OPEN_TEXT)
    assert time.process_time() - began < 3
