"""What is left of a value that may not be read: the last digits, a surname, a district, a year."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

#: What stands for a value of which nothing may be read.
HIDDEN = "***"
#: How values of a class may be masked.
KINDS = ("all", "keep_last_4", "initial", "district", "year")
#: A text this long keeps its last four characters; of a shorter one too little would be hidden.
_LONG_ENOUGH = 8
_KEPT = 4
_LONGEST_DISTRICT = 20
_DISTRICT = re.compile(r"(?<![小社校园院厂库景地片辖])[区县旗]")
_BELOW_DISTRICT = re.compile(r"[0-9０-９路街巷弄号村镇乡幢栋楼室]")
_YEAR = re.compile(r"([0-9]{4})-[0-9]{2}")


def mask(kind: str, value: Any) -> Any:
    """Return what is left of a value; of a list or an object, of each value in it.

    Nothing stays nothing. A kind that is not known hides all.
    """
    if value is None or value == "":
        return value
    if isinstance(value, list):
        return [mask(kind, item) for item in value]
    if isinstance(value, dict):
        return {name: mask(kind, item) for name, item in value.items()}
    if isinstance(value, bool | float):
        return HIDDEN
    return _MASKS.get(kind, _all)(str(value))


def _all(text: str) -> str:
    return HIDDEN


def _keep_last_4(text: str) -> str:
    bare = text.strip()
    if len(bare) < _LONG_ENOUGH:
        return HIDDEN
    return "*" * (len(bare) - _KEPT) + bare[-_KEPT:]


def _initial(text: str) -> str:
    bare = text.strip()
    return f"{bare[0]}××" if len(bare) > 1 else "×"


def _district(text: str) -> str:
    found = _DISTRICT.search(text[:_LONGEST_DISTRICT])
    if found is None or _BELOW_DISTRICT.search(text[: found.end()]):
        return HIDDEN
    return text[: found.end()] + HIDDEN


def _year(text: str) -> str:
    found = _YEAR.match(text)
    return f"{found.group(1)}年" if found else HIDDEN


_MASKS: Mapping[str, Callable[[str], str]] = {
    "all": _all,
    "keep_last_4": _keep_last_4,
    "initial": _initial,
    "district": _district,
    "year": _year,
}
