"""Cells that can be understood without computing: which values pass them, as sets."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from math import inf
from typing import Any

_PIECE = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\](){},]|[^"\[\](){},]+')
_TEXT = re.compile(r'"([^"\\]*)"')
_NUMBER = r"-?\d+(?:\.\d+)?"
_DAY = r'(?:date\(\s*"\d{4}-\d\d-\d\d"\s*\)|@"\d{4}-\d\d-\d\d")'
_POINT = re.compile(f"{_NUMBER}|{_DAY}")
_COMPARED = re.compile(f"(<=|>=|<|>)\\s*({_NUMBER}|{_DAY})")
_RANGE = re.compile(
    f"([\\[(\\]])\\s*({_NUMBER}|{_DAY})\\s*\\.\\.\\s*({_NUMBER}|{_DAY})\\s*([\\])\\[])"
)
_ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_WORDS = {"true": True, "false": False, "null": None}


@dataclass(frozen=True, slots=True)
class Values:
    """Single values: these, or all but these."""

    values: frozenset[Any]
    but: bool = False


@dataclass(frozen=True, slots=True)
class Interval:
    """From a bound to a bound; days are counted as whole numbers."""

    low: float
    high: float
    low_in: bool
    high_in: bool

    @property
    def is_empty(self) -> bool:
        """Whether nothing lies in it."""
        return self.low > self.high or (
            self.low == self.high and not (self.low_in and self.high_in)
        )

    def meet(self, other: Interval) -> Interval:
        """Return what lies in both."""
        low, high = max(self.low, other.low), min(self.high, other.high)
        return Interval(
            low,
            high,
            all(one.low_in for one in (self, other) if one.low == low),
            all(one.high_in for one in (self, other) if one.high == high),
        )


@dataclass(frozen=True, slots=True)
class Ranges:
    """Numbers or days, as intervals that may touch."""

    kind: str
    parts: tuple[Interval, ...]


#: What passes a cell; None if it can't be told without computing.
Passing = Values | Ranges | None
#: Everything passes.
ANYTHING = Values(frozenset(), but=True)


@lru_cache(maxsize=16_384)
def split(text: str) -> tuple[str, ...]:
    """Split a list of tests or values at its own commas."""
    parts, depth, current = [], 0, ""
    for piece in _PIECE.findall(text):
        if piece == "," and depth == 0:
            parts.append(current.strip())
            current = ""
            continue
        # Ranges may open with ] and close with [: they are even in the end.
        depth += (piece in "({[") - (piece in ")}]") if len(piece) == 1 else 0
        current += piece
    return (*parts, current.strip())


@lru_cache(maxsize=16_384)
def passing(text: str) -> Passing:
    """Return which values pass a cell."""
    if text in ("-", ""):
        return ANYTHING
    negated = re.fullmatch(r"not\s*\((.*)\)", text, re.DOTALL)
    found = _union(split(negated[1] if negated else text))
    if negated is None or found is None:
        return found
    return _complement(found)


def is_impossible(text: str) -> bool:
    """Whether no value passes a cell, such as `[5..1]`."""
    found = passing(text)
    return isinstance(found, Ranges) and all(part.is_empty for part in found.parts)


def literals(text: str) -> tuple[Any, ...] | None:
    """Return the values of a plain list of literals, or None if it is something else."""
    found = []
    for part in split(text):
        value = _value(part)
        if value is None:
            return None
        found.append(value[0])
    return tuple(found)


def witness(one: Passing, other: Passing) -> tuple[Any] | bool | None:
    """Return a value that passes both (boxed), False if there is none, None if unknown."""
    if isinstance(one, Values) and isinstance(other, Values):
        return _common(one, other)
    if one == ANYTHING or other == ANYTHING:
        there = other if one == ANYTHING else one
        return _within(there.parts, there.kind) if isinstance(there, Ranges) else None
    if not isinstance(one, Ranges) or not isinstance(other, Ranges) or one.kind != other.kind:
        # A text never passes a test of numbers; what else there is needs to be computed.
        return False if _is_plain(one) and _is_plain(other) else None
    near = (
        a.meet(b) for a in one.parts for b in other.parts if a.low <= b.high and b.low <= a.high
    )
    return _within(near, one.kind)


def _is_plain(there: Passing) -> bool:
    return isinstance(there, Ranges) or (isinstance(there, Values) and not there.but)


def _common(one: Values, other: Values) -> tuple[Any] | bool:
    if one.but and other.but:
        return ("…",)
    if one.but or other.but:
        some, excluded = (other, one) if one.but else (one, other)
        left = some.values - excluded.values
    else:
        left = one.values & other.values
    return (min(left, key=repr),) if left else False


def _within(parts: Any, kind: str) -> tuple[Any] | bool:
    for part in parts:
        if not part.is_empty:
            return (_some(part, kind),)
    return False


def _some(part: Interval, kind: str) -> Any:
    if part.low_in and part.low != -inf:
        found = part.low
    elif part.high_in and part.high != inf:
        found = part.high
    elif part.low == -inf:
        found = 0.0 if part.high == inf else part.high - 1
    else:
        found = part.low + 1 if part.high == inf else (part.low + part.high) / 2
    return date.fromordinal(int(found)) if kind == "date" else _short(found)


def _short(number: float) -> float | int:
    return int(number) if number == int(number) else number


def _union(parts: tuple[str, ...]) -> Passing:
    values: set[Any] = set()
    ranges: list[Interval] = []
    kinds: set[str] = set()
    for part in parts:
        single = _TEXT.fullmatch(part)
        if single or part in _WORDS:
            values.add(single[1] if single else _Word(part))
            kinds.add("value")
            continue
        interval = _interval(part)
        if interval is None:
            return None
        kinds.add(interval[0])
        ranges.append(interval[1])
    if len(kinds) != 1:
        return None
    return Values(frozenset(values)) if values else Ranges(kinds.pop(), tuple(ranges))


class _Word(str):
    """true, false or null, which are no texts of that spelling."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Word) and str.__eq__(self, other)

    def __hash__(self) -> int:
        return hash(("word", str(self)))


def _complement(found: Values | Ranges) -> Passing:
    if isinstance(found, Values):
        return Values(found.values, but=True) if not found.but else None
    left = [Interval(-inf, inf, False, False)]
    for part in found.parts:
        below = Interval(-inf, part.low, False, not part.low_in)
        above = Interval(part.high, inf, not part.high_in, False)
        left = [each.meet(side) for each in left for side in (below, above)]
    return Ranges(found.kind, tuple(each for each in left if not each.is_empty))


def _interval(text: str) -> tuple[str, Interval] | None:
    compared, between = _COMPARED.fullmatch(text), _RANGE.fullmatch(text)
    if _POINT.fullmatch(text):
        kind, point = _point(text)
        return None if point is None else (kind, Interval(point, point, True, True))
    if compared:
        kind, point = _point(compared[2])
        if point is None:
            return None
        closed = compared[1].endswith("=")
        if compared[1].startswith("<"):
            return kind, _whole(kind, Interval(-inf, point, False, closed))
        return kind, _whole(kind, Interval(point, inf, closed, False))
    if between:
        (kind, low), (other, high) = _point(between[2]), _point(between[3])
        if low is None or high is None or kind != other:
            return None
        return kind, _whole(kind, Interval(low, high, between[1] == "[", between[4] == "]"))
    return None


def _whole(kind: str, part: Interval) -> Interval:
    """Days are whole: after the first is from the second on."""
    if kind != "date":
        return part
    low = part.low if part.low_in or part.low == -inf else part.low + 1
    high = part.high if part.high_in or part.high == inf else part.high - 1
    return Interval(low, high, low != -inf, high != inf)


def _point(text: str) -> tuple[str, float | None]:
    day = _ISO_DAY.search(text)
    if day is None:
        return "number", float(text)
    try:
        return "date", float(date.fromisoformat(day[0]).toordinal())
    except ValueError:
        return "date", None


def _value(text: str) -> tuple[Any] | None:
    single = _TEXT.fullmatch(text)
    if single:
        return (single[1],)
    if re.fullmatch(_NUMBER, text):
        return (_short(float(text)),)
    return (_Word(text),) if text in _WORDS else None
