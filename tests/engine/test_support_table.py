"""Every row of docs/bpmn-support.md is true, and none is missing."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.engine.builder import Process
from tests.engine.constructs import (
    ATTACHED,
    BESIDE,
    CALLED,
    ELEMENTS,
    HOSTS,
    KINDS,
    PLACES,
    attached,
)
from tests.engine.refusing import refused
from workflow_server.engine.definitions import parse

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "bpmn-support.md"


def _rows(section: str) -> list[tuple[str, ...]]:
    """Return the rows of the table in a section of the page."""
    text = PAGE.read_text(encoding="utf-8").partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    lines = [line for line in text.splitlines() if line.startswith("| ")][1:]
    return [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines]


ROWS = _rows("Elements")
EVENT_ROWS = _rows("Events")
BOUNDARY_ROWS = _rows("Boundary events by activity")

DRAWN: list[tuple[str, str, str, Process, str]] = [
    *(
        (name, state, told, ELEMENTS[name](), BESIDE.get(name, ""))
        for name, state, told in ROWS
        if name in ELEMENTS
    ),
    *(
        (f"{place}, {kind}", state, told, PLACES[place](kind), "")
        for place, kind, state, told in EVENT_ROWS
    ),
    *(
        (f"{kind} on {host}", state, told, attached(host, kind), CALLED)
        for host, kind, state, told in BOUNDARY_ROWS
    ),
]


def _of(state: str) -> list[object]:
    return [pytest.param(*row[2:], id=row[0]) for row in DRAWN if row[1] == state]


def test_no_row_is_missing_and_none_is_there_twice() -> None:
    assert [row[0] for row in ROWS] == list(ELEMENTS)
    assert [row[:2] for row in EVENT_ROWS] == [(place, kind) for place in PLACES for kind in KINDS]
    assert [row[:2] for row in BOUNDARY_ROWS] == [
        (host, kind) for host in HOSTS for kind in ATTACHED
    ]
    assert {row[1] for row in DRAWN} == {"runs", "beside", "refused"}


def _tests(file: str) -> set[str]:
    tree = ast.parse((HERE / file).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize(("told", "process", "beside"), _of("runs"))
def test_what_runs_is_parsed_and_played_by_a_test(told: str, process: Process, beside: str) -> None:
    file, _, name = told.strip("`").partition("::")
    assert name in _tests(file)
    assert parse({"bpmn/x.bpmn": process.xml(beside)})


@pytest.mark.parametrize(("told", "process", "beside"), _of("refused"))
def test_what_is_refused_is_refused_with_these_words_at_its_element(
    told: str, process: Process, beside: str
) -> None:
    faults = refused(process, beside)
    assert "<br>".join(f.detail for f in faults if f.pointer.endswith(" x")) == told


@pytest.mark.parametrize(("told", "process", "beside"), _of("beside"))
def test_what_stands_beside_changes_nothing(told: str, process: Process, beside: str) -> None:
    (definition,) = parse({"bpmn/x.bpmn": process.xml(beside)})
    assert told == ""
    assert {element.type for element in definition.elements.values()} == {
        "startEvent",
        "userTask",
        "endEvent",
    }
