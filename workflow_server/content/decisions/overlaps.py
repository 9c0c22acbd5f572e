"""Rows of a UNIQUE table that both match some input, as far as literals tell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from workflow_server.content.decisions import literals

#: Comparisons of cells; what a larger table has is told when it happens.
_MOST_COMPARED = 200_000
_MOST_TOLD = 20
_WORD = re.compile(r"[^\W\d]\w*")
_STRING = re.compile(r'"[^"]*"')


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two rows, by index, and an input that both match."""

    first: int
    second: int
    example: str


def find(
    inputs: Sequence[str], rows: Sequence[Sequence[str]], allowed: Sequence[str | None]
) -> list[Overlap]:
    """Return pairs of rows that overlap for certain; columns must not hang together."""
    if not _are_independent(inputs):
        return []
    columns = [_Column(i, [row[i] for row in rows], allowed[i]) for i in range(len(inputs))]
    if sum(column.cost for column in columns) > _MOST_COMPARED:
        return []
    found: list[Overlap] = []
    for first, second in _pairs(columns, len(rows)):
        shown = [
            f"{name} = {_shown(column.example(first, second))}"
            for name, column in zip(inputs, columns, strict=True)
            if rows[first][column.index] != "-" or rows[second][column.index] != "-"
        ]
        found.append(Overlap(first, second, "，".join(shown) or "任何输入"))
        if len(found) == _MOST_TOLD:
            break
    return found


def _are_independent(inputs: Sequence[str]) -> bool:
    """Whether no two columns speak of the same thing; else one may shut what the other opens."""
    seen: set[str] = set()
    for text in inputs:
        words = set(_WORD.findall(_STRING.sub("", text))) - {"date", "and", "time", "number"}
        if seen & words:
            return False
        seen |= words
    return True


class _Column:
    """One column: which of its cells share a value, by bit masks of rows."""

    def __init__(self, index: int, cells: Sequence[str], allowed: str | None) -> None:
        self.index = index
        self.cells = cells
        self.rows: dict[str, int] = {}
        for number, text in enumerate(cells):
            self.rows[text] = self.rows.get(text, 0) | 1 << number
        self._allowed = literals.ANYTHING if allowed is None else literals.passing(allowed)
        self._passing = {text: literals.passing(text) for text in self.rows}
        self._single = {} if allowed is not None else dict(_singles(self.rows))
        computed = len(self.rows) - len(self._single)
        self.cost = computed * (computed // 2 + len(self._single))

    def overlapping(self) -> dict[str, int]:
        """Return, by cell, the rows whose cells share a value with it for certain."""
        found = dict.fromkeys(self.rows, 0)
        by_value: dict[Any, int] = {}
        for one, values in self._single.items():
            for value in values:
                by_value[value] = by_value.get(value, 0) | self.rows[one]
        for one, values in self._single.items():
            for value in values:
                found[one] |= by_value[value]
        computed = [one for one in self.rows if one not in self._single]
        for i, one in enumerate(computed):
            for other in (*computed[i:], *self._single):
                if self._common(one, other):
                    found[one] |= self.rows[other]
                    found[other] |= self.rows[one]
        return found

    def example(self, first: int, second: int) -> Any:
        """Return a value that the cells of two rows share."""
        return self._common(self.cells[first], self.cells[second])

    def _common(self, one: str, other: str) -> tuple[Any] | bool | None:
        left, right = self._passing[one], self._passing[other]
        if not isinstance(self._allowed, literals.Values) or self._allowed.but:
            return literals.witness(left, right)
        for value in self._allowed.values:
            single = literals.Values(frozenset({value}))
            if literals.witness(left, single) and literals.witness(right, single):
                return (value,)
        return False


def _singles(cells: Iterable[str]) -> Iterator[tuple[str, frozenset[Any]]]:
    """Yield the cells that are plain values: they are found by them, not compared."""
    for text in cells:
        found = literals.passing(text)
        if isinstance(found, literals.Values) and not found.but:
            yield text, found.values


def _pairs(columns: Sequence[_Column], rows: int) -> Iterator[tuple[int, int]]:
    masks = [column.overlapping() for column in columns]
    for first in range(rows):
        left = (1 << rows) - (1 << first + 1)
        for column, mask in zip(columns, masks, strict=True):
            left &= mask[column.cells[first]]
        while left:
            second = (left & -left).bit_length() - 1
            yield first, second
            left &= left - 1


def _shown(example: Any) -> str:
    value = example[0] if isinstance(example, tuple) else "…"
    if isinstance(value, str) and type(value) is str and value != "…":
        return f'"{value}"'
    return str(value)
