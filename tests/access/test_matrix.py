"""docs/access-matrix.md is true: one test for each of its cells."""

from __future__ import annotations

import pytest

from tests.access import cast as people
from tests.access import columns as performed
from tests.access import content
from tests.access.matrix import MARKS, PAGE, PROBES, TWICE, Cell, Row, cells
from tests.access.world import World

assert performed.TABLES
CELLS = list(cells(PAGE.read_text("utf-8")))


def _name(cell: Cell) -> str:
    return f"{cell.row.key}-{cell.table}-{cell.column}"


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True, scope="session")
@pytest.mark.parametrize("cell", CELLS, ids=_name)
def test_the_program_does_what_the_page_says(world: World, cell: Cell) -> None:
    _check(world, cell)


@pytest.mark.parametrize("databases", ["postgresql"], indirect=True, scope="session")
@pytest.mark.parametrize("cell", [each for each in CELLS if each.row.key in TWICE], ids=_name)
def test_it_does_so_on_postgresql_too(world: World, cell: Cell) -> None:
    _check(world, cell)


def _check(world: World, cell: Cell) -> None:
    found = PROBES[cell.table, cell.column](world, cell.row)
    assert found == cell.mark, (
        f"docs/access-matrix.md:{cell.line} says {cell.mark} where the program does {found}"
    )


def test_every_column_is_performed_and_everything_performed_has_a_column() -> None:
    assert {(cell.table, cell.column) for cell in CELLS} == PROBES.keys()


def test_every_table_has_every_role_every_administrator_and_nobody() -> None:
    rows = {*(role["key"] for role in content.roles()), *people.ADMINISTRATIONS, people.NOBODY}
    told: dict[str, list[str]] = {}
    for cell in CELLS:
        table = told.setdefault(cell.table, [])
        if cell.row.key not in table:
            table.append(cell.row.key)
    assert {table for table, keys in told.items() if set(keys) != rows} == set()


def test_every_cell_bears_one_of_the_marks() -> None:
    assert [cell for cell in CELLS if cell.mark not in MARKS] == []


def test_each_way_of_seeing_is_tried_on_both_databases() -> None:
    ways = {role.get("sees", "own") for role in content.roles()}
    tried = {role.get("sees", "own") for role in content.roles() if role["key"] in TWICE}
    assert tried == ways


def test_no_cell_stands_twice() -> None:
    assert len(CELLS) == len({(cell.table, cell.column, cell.row.key) for cell in CELLS})


def test_roles_are_told_by_the_names_that_the_content_gives_them() -> None:
    text = PAGE.read_text("utf-8")
    unnamed = [r["key"] for r in content.roles() if f"| {r['label']} `{r['key']}` |" not in text]
    assert unnamed == []


@pytest.mark.parametrize(
    "text",
    [
        "# T · 表\n| role<br>人 | a<br>甲 |\n|---|---|\n| 无名 | ✓ |\n",
        "# T · 表\n| role<br>人 | a<br>甲 |\n|---|---|\n| 某 `x` | ✓ | ✓ |\n",
    ],
)
def test_a_row_that_cannot_be_read_is_a_fault(text: str) -> None:
    with pytest.raises(AssertionError, match="line 4"):
        list(cells(text))


def test_a_table_is_read_cell_by_cell() -> None:
    text = "## T · 表\n\n| role<br>人 | a<br>甲 |\n|---|---|\n| 某 `x` | ✕ |\n"
    assert list(cells(text)) == [Cell("T", "a", Row("x"), "✕", 5)]
