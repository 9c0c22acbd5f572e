"""What a template can ask for: Chinese dates, numbers, money, text and seals."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from typing import Any

from workflow_server.config import CHINA
from workflow_server.rendering import seals
from workflow_server.rendering.blanks import Blank

_DIGITS = "零一二三四五六七八九"
_UNITS = ("", "十", "百", "千")

#: One square of the page grid: 3号 type (16 pt) with its tracking.
CELL = 15.79
_TRACKING = -0.21
_BODY = 16.0
#: Squares in a row, and how far the date stands from the right edge (GB/T 9704 7.3.5.1).
_COLUMNS = 28
_DATE_INDENT = 4


def chinese_date(value: Any) -> str:
    """`2026-11-02` → 2026年11月2日: year in full, no zero padding (GB/T 9704 7.3.5.4)."""
    day = _moment(value)
    return f"{day.year}年{day.month}月{day.day}日"


def chinese_time(value: Any) -> str:
    """A moment in Shanghai: 2026年11月2日9时05分."""
    moment = _moment(value)
    if not isinstance(moment, datetime):
        return chinese_date(moment)
    return f"{chinese_date(moment)}{moment.hour}时{moment.minute:02d}分"


def _moment(value: Any) -> date:
    if isinstance(value, str):
        text = value.strip()
        value = date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
    if isinstance(value, datetime):
        return value.astimezone(CHINA) if value.tzinfo else value
    if isinstance(value, date):
        return value
    raise ValueError(f"不是日期：{value!r}")


def chinese_number(value: Any) -> str:
    """12 → 十二; up to 9999."""
    number = int(value)
    if not 0 <= number <= 9999:
        raise ValueError(f"不能写成中文数字：{value!r}")
    if number == 0:
        return _DIGITS[0]
    out = ""
    for place, digit in enumerate(reversed(str(number))):
        if digit != "0":
            out = _DIGITS[int(digit)] + _UNITS[place] + out
        elif out and not out.startswith(_DIGITS[0]):
            out = _DIGITS[0] + out
    return out.removeprefix("一") if out.startswith("一十") else out


def ordinal(value: Any, level: int = 1) -> str:
    """Number a heading by its level: 一、 （一） 1. （1） (GB/T 9704 7.3.3)."""
    number = int(value)
    match level:
        case 1:
            return f"{chinese_number(number)}、"
        case 2:
            return f"（{chinese_number(number)}）"
        case 3:
            return f"{number}."
        case 4:
            return f"（{number}）"
    raise ValueError(f"标题层次只有 1 至 4：{level!r}")


def yuan(value: Any) -> str:
    """Write an amount of 分 as 元: 123456 → 1,234.56元, 120000 → 1,200元."""
    fen = int(value)
    whole, rest = divmod(abs(fen), 100)
    sign = "-" if fen < 0 else ""
    return f"{sign}{whole:,}.{rest:02d}元" if rest else f"{sign}{whole:,}元"


def paragraphs(value: Any) -> list[str]:
    """Split typed text at its line ends; blank lines and typed indents fall away."""
    if value is None:
        return []
    lines = re.split(r"\r\n|[\n\r\u2028\u2029]", str(value))
    return [line.strip() for line in lines if line.strip()]


def width(text: Any) -> float:
    """Return how wide a line of body text is, in squares of the grid."""
    return sum(map(_advance, str(text))) / CELL


def _advance(sign: str) -> float:
    narrow = unicodedata.east_asian_width(sign) in ("Na", "H", "N")
    return (_BODY / 2 if narrow else _BODY) + _TRACKING


def signature_indent(name: Any, day: Any) -> float:
    """Return the right indent, in squares, of the signature block over its date.

    The date stands 4 squares from the right, the name is centred on it (GB/T 9704
    7.3.5.1); a name too long for that goes to the right edge and takes the date along.
    """
    overhang = max(0.0, (width(name) - width(day)) / 2)
    return max(0.0, _DATE_INDENT - overhang)


def fit(text: Any, millimetres: float, largest: float, smallest: float = 12.0) -> float:
    """Return the largest type size in pt at which one line fits; half points, no tracking."""
    squares = sum(0.5 if unicodedata.east_asian_width(c) in ("Na", "H") else 1 for c in str(text))
    size = millimetres / 25.4 * 72 / max(squares, 1)
    return max(smallest, min(largest, int(size * 2) / 2))


#: Where a day is to come, as a printed form has it.
_NO_DAY = "　　年　月　日"


def _unless_blank(write: Callable[..., str], empty: str = "") -> Callable[..., str]:
    """Return a filter that leaves blank what is not known yet: `empty` is room to write it."""

    @wraps(write)
    def written(value: Any, *more: Any, **named: Any) -> str:
        return empty if isinstance(value, Blank) else write(value, *more, **named)

    return written


FILTERS: dict[str, Callable[..., Any]] = {
    "chinese_date": _unless_blank(chinese_date, _NO_DAY),
    "chinese_time": _unless_blank(chinese_time, f"{_NO_DAY}　时　分"),
    "chinese_number": _unless_blank(chinese_number),
    "ordinal": _unless_blank(ordinal),
    "yuan": _unless_blank(yuan),
    "paragraphs": paragraphs,
    "width": width,
    "signature_indent": signature_indent,
    "fit": fit,
    "seal": seals.seal,
}
