"""Every file of the corpus is refused, with its place and a reason, in little time and memory."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.hostile.corpus import trial
from tests.hostile.corpus.cases import every

NAMES = [case.name for case in every()]
#: CPU seconds and bytes that the check of one may take, and characters of all that is told.
SECONDS = 3.0
BYTES = 250_000_000
CHARACTERS = 150_000
#: CPU seconds of all of them.
TOGETHER = 60.0
CHINESE = re.compile("[\u4e00-\u9fff]")
#: What only a programmer understands.
INSIDES = re.compile(r"Traceback|File \"|NoneType|<class '|object at 0x|Error\b|Exception")


@pytest.fixture(scope="module")
def told() -> dict[str, dict[str, Any]]:
    """Try all of it in a process of its own, which may not take more memory than it is given."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.hostile.corpus.trial"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=900,
        check=True,
    )
    return {each["name"]: each for each in trial.tried(done.stdout)}


def test_there_are_more_than_three_hundred_ideas() -> None:
    assert len(set(NAMES)) == len(NAMES) > 300


def test_what_is_around_them_has_no_fault(told: dict[str, dict[str, Any]]) -> None:
    assert told["sound"]["faults"] == []


@pytest.mark.parametrize("name", NAMES)
def test_it_is_refused_at_its_place_with_a_reason(
    told: dict[str, dict[str, Any]], name: str
) -> None:
    one = told[name]
    assert one["error"] == ""
    there = [detail for pointer, detail in one["faults"] if _is_at(pointer, one["place"])]
    assert there, one["faults"][:5]
    assert any(re.search(one["word"], detail) for detail in there), there[:5]
    assert all(CHINESE.search(detail) for _, detail in one["faults"])
    assert not any(INSIDES.search(detail) for _, detail in one["faults"])
    assert sum(len(pointer) + len(detail) for pointer, detail in one["faults"]) < CHARACTERS


@pytest.mark.parametrize("name", NAMES)
def test_it_is_refused_in_little_time_and_memory(
    told: dict[str, dict[str, Any]], name: str
) -> None:
    assert told[name]["seconds"] < SECONDS
    assert told[name]["bytes"] < BYTES


def test_all_of_them_take_little_time(told: dict[str, dict[str, Any]]) -> None:
    assert sum(one.get("seconds", 0) for one in told.values()) < TOGETHER


def _is_at(pointer: str, place: str) -> bool:
    """Tell whether a pointer names the place: line 1 is not line 12, nor task a task ab."""
    rest = pointer.removeprefix(place)
    return pointer.startswith(place) and not re.match(r"\w", rest if place[-1:].isalnum() else "")
