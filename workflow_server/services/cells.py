"""What a cell of a spreadsheet says: a text, a number, a day, yes or no; and where a fault is.

Readers raise ValueError with a sentence where a cell cannot be read.
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date
from typing import TypeGuard

from workflow_server.errors import Fault

YES, NO = "是", "否"
_LONGEST = 500
#: Numbers from here on lose their last digits on the way, or find no room where they are kept.
_TOO_LARGE = 10**15
#: Before and after it nothing of an office has happened: a year of two digits is no year.
_YEARS = range(1900, 2201)
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_ERROR = re.compile(r"#(REF|N/A|NAME|VALUE|DIV/0|NULL|NUM)[!?]?")
#: How an amount of money or another number may be written as text.
_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,6})?")


def is_empty(cell: object) -> bool:
    """Tell whether a cell says nothing."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _is_whole(cell: object) -> TypeGuard[int | float]:
    if isinstance(cell, bool):
        return False
    if isinstance(cell, int) or (isinstance(cell, float) and cell.is_integer()):
        return -_TOO_LARGE < cell < _TOO_LARGE
    return False


def text(cell: object) -> str:
    """Return a text; a whole number is one, too."""
    if _is_whole(cell):
        return str(int(cell))
    if not isinstance(cell, str):
        raise ValueError("应为文字 · Expected text")
    text = cell.strip()
    if _ERROR.fullmatch(text) or _UNPRINTABLE.search(text):
        raise ValueError("含有错误值或不可见字符 · An error value or invisible characters")
    if len(text) > _LONGEST:
        raise ValueError(f"超过{_LONGEST}个字 · Longer than {_LONGEST} characters")
    return text


def whole(cell: object) -> int:
    """Return a whole number."""
    if isinstance(cell, str) and cell.strip().isdecimal() and len(cell) < 10:
        return int(cell)
    if _is_whole(cell) and abs(cell) < 10**9:
        return int(cell)
    raise ValueError("应为整数 · Expected a whole number")


def flag(cell: object) -> bool:
    """Return yes or no."""
    found = {YES: True, NO: False}.get(str(cell).strip(), cell)
    if isinstance(found, bool):
        return found
    raise ValueError(f"应为“{YES}”或“{NO}” · Expected yes or no")


def number(cell: object) -> int | float:
    """Return a number, whole where it is whole."""
    if isinstance(cell, str) and _NUMBER.fullmatch(cell.strip().replace(",", "")):
        cell = float(cell.strip().replace(",", ""))
    if _is_whole(cell):
        return int(cell)
    if isinstance(cell, float) and -_TOO_LARGE < cell < _TOO_LARGE:
        return cell
    raise ValueError("应为数字 · Expected a number")


def money(cell: object) -> int:
    """Return an amount that is written in yuan, in whole fen."""
    amount = round(number(cell) * 100, 6)
    if not float(amount).is_integer():
        raise ValueError("应为金额（元），最多两位小数 · Expected an amount in yuan")
    return int(amount)


def day(cell: object) -> str:
    """Return a day as ISO writes it."""
    if isinstance(cell, str) and len(parts := re.findall(r"\d+", cell)) == 3:
        with suppress(ValueError, OverflowError):
            cell = date(*map(int, parts))
    if isinstance(cell, date) and cell.year in _YEARS:
        # Of a moment the day.
        return date(cell.year, cell.month, cell.day).isoformat()
    raise ValueError("应为日期，如 2026-07-01 · Expected a day such as 2026-07-01")


def fault(title: str, row: int, letter: str, header: str, sentence: str) -> Fault:
    """Return what is wrong with a cell, and where that is."""
    where = f"“{title}”表第{row}行“{header}”列"
    return Fault(
        f"{title}!{letter}{row}",
        f"{where}：{sentence} (sheet {title}, row {row}, column {letter or header})",
    )


def letter(index: int) -> str:
    """Return what a column is called, the first one being 0."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
