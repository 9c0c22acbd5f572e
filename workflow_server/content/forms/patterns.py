"""Regular expressions of forms: only those whose time is bounded for every text."""

from __future__ import annotations

import re
from math import factorial
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

#: Characters of a text that a pattern with an open end (`+`, `*`, `{2,}`) is tried on.
OPEN_TEXT = 200
#: Characters of a text that any other pattern is tried on; a longer field costs in proportion.
_TEXT = 10_000
#: Steps that a pattern may take: about a second.
_STEPS = 100_000_000
_REPEATS = (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT)
_SINGLE = (codes.LITERAL, codes.NOT_LITERAL, codes.ANY, codes.IN, codes.AT)


class PatternRefused(ValueError):
    """The pattern cannot be used; the message says why, in Chinese."""


def compile_pattern(text: str) -> tuple[re.Pattern[str], bool]:
    """Compile a pattern and say whether it has an open end; refuse what may take for ever."""
    if len(text) > 500:
        raise PatternRefused("正则表达式超过 500 个字符")
    try:
        compiled = re.compile(text, re.ASCII)
        tree = parser.parse(text, re.ASCII)
    except (re.error, OverflowError, RecursionError) as error:
        raise PatternRefused(f"正则表达式有误：{error}") from error
    ways, opens = _ways(tree, inside_repeat=False)
    if _steps(tree, ways, opens) > _STEPS:
        raise PatternRefused("正则表达式在某些文字上耗时过长：可变长度的部分太多")
    return compiled, opens > 0


def _steps(tree: Any, ways: int, opens: int) -> int:
    """Bound the steps of a search, which starts anew at each character unless it is anchored."""
    anchored = len(tree) > 0 and tree[0] == (codes.AT, codes.AT_BEGINNING)
    starts = 1 if anchored else OPEN_TEXT if opens else _TEXT
    # Open ends share one text between them, in the order in which they are written.
    return ways * starts // factorial(opens if anchored or not opens else opens + 1)


def _ways(tree: Any, *, inside_repeat: bool) -> tuple[int, int]:
    """Bound the ways in which a text can be matched against the tree, and count open ends."""
    ways, opens = 1, 0
    for code, argument in tree:
        more, more_opens = _ways_of(code, argument, inside_repeat)
        ways, opens = ways * more, opens + more_opens
    return ways, opens


def _ways_of(code: Any, argument: Any, inside_repeat: bool) -> tuple[int, int]:
    if code in _SINGLE:
        return 1, 0
    if code is codes.SUBPATTERN:
        return _ways(argument[-1], inside_repeat=inside_repeat)
    if code is codes.BRANCH:
        return _ways_of_branches(argument[1], inside_repeat)
    if code in _REPEATS:
        return _ways_of_repeat(argument, inside_repeat)
    raise PatternRefused("正则表达式用了不支持的写法（反向引用或前后断言）")


def _ways_of_branches(branches: Any, inside_repeat: bool) -> tuple[int, int]:
    if inside_repeat:
        raise PatternRefused("正则表达式在某些文字上耗时过长：重复的部分里有“|”")
    found = [_ways(branch, inside_repeat=False) for branch in branches]
    # As many open ends as the branch with the fewest has, but one if any has one.
    opens = [count for _, count in found]
    return sum(ways for ways, _ in found), min(opens) or min(max(opens), 1)


def _ways_of_repeat(argument: Any, inside_repeat: bool) -> tuple[int, int]:
    least, most, body = argument
    if least != most and inside_repeat:
        raise PatternRefused("正则表达式在某些文字上耗时过长：重复的部分里还有可变的重复")
    is_open = most is codes.MAXREPEAT
    ways, opens = _ways(body, inside_repeat=inside_repeat or is_open or most > 1)
    spread = OPEN_TEXT if is_open else int(most) - int(least) + 1
    return ways * spread, opens + is_open
