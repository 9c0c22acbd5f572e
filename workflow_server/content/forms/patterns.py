"""Regular expressions of forms: only those whose time is bounded for every text."""

from __future__ import annotations

import re
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

#: Characters of a text that a pattern with an open end (`+`, `*`, `{2,}`) is tried on.
OPEN_TEXT = 200
_WAYS = 10_000_000
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
    ways, is_open = _ways(tree, inside_repeat=False)
    if ways > _WAYS:
        raise PatternRefused("正则表达式在某些文字上耗时过长：可变长度的部分太多")
    return compiled, is_open


def _ways(tree: Any, *, inside_repeat: bool) -> tuple[int, bool]:
    """Bound the number of ways in which a text can be matched against the tree."""
    ways, is_open = 1, False
    for code, argument in tree:
        more, opens = _ways_of(code, argument, inside_repeat)
        ways, is_open = ways * more, is_open or opens
    return ways, is_open


def _ways_of(code: Any, argument: Any, inside_repeat: bool) -> tuple[int, bool]:
    if code in _SINGLE:
        return 1, False
    if code is codes.SUBPATTERN:
        return _ways(argument[-1], inside_repeat=inside_repeat)
    if code is codes.BRANCH:
        return _ways_of_branches(argument[1], inside_repeat)
    if code in _REPEATS:
        return _ways_of_repeat(argument, inside_repeat)
    raise PatternRefused("正则表达式用了不支持的写法（反向引用或前后断言）")


def _ways_of_branches(branches: Any, inside_repeat: bool) -> tuple[int, bool]:
    if inside_repeat:
        raise PatternRefused("正则表达式在某些文字上耗时过长：重复的部分里有“|”")
    found = [_ways(branch, inside_repeat=False) for branch in branches]
    return sum(ways for ways, _ in found), any(is_open for _, is_open in found)


def _ways_of_repeat(argument: Any, inside_repeat: bool) -> tuple[int, bool]:
    least, most, body = argument
    if least != most and inside_repeat:
        raise PatternRefused("正则表达式在某些文字上耗时过长：重复的部分里还有可变的重复")
    is_open = most is codes.MAXREPEAT
    ways, _ = _ways(body, inside_repeat=inside_repeat or most is codes.MAXREPEAT or most > 1)
    spread = OPEN_TEXT if is_open else min(int(most) - int(least) + 1, OPEN_TEXT)
    return ways * spread, is_open
