"""How the number of a document or record is written: 〔year〕n号 from a pattern."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from workflow_server.errors import InvalidInput

_PLACE = re.compile(r"\{([a-z_]+)(?::0?([1-9]))?\}")
_BRACES = re.compile(r"[{}]")


def places(pattern: str) -> frozenset[str]:
    """Return the names that a pattern asks for."""
    return frozenset(match[1] for match in _PLACE.finditer(pattern))


def check(pattern: str) -> str | None:
    """Give what is wrong with a pattern in one sentence, or None."""
    if _BRACES.search(_PLACE.sub("", pattern)):
        return (
            f"Expected places such as {{year}} or {{n:4}} in '{pattern}', but a brace stands alone."
        )
    missing = {"year", "n"} - places(pattern)
    if missing:
        return f"Expected {{year}} and {{n}} in '{pattern}', but {sorted(missing)} are missing."
    return None


def format(pattern: str, fields: Mapping[str, Any], year: int, n: int) -> str:
    """Write a number: `{year}` and `{n}` (`{n:4}` pads with zeros), else fields of the issuer.

    Only plain names are replaced, so that a pattern cannot reach into the objects it is given.
    """
    values = {**fields, "year": year, "n": n}

    def write(match: re.Match[str]) -> str:
        value = values.get(match[1])
        if value is None or value == "":
            raise InvalidInput(
                f"编号格式“{pattern}”需要“{match[1]}”，但发文单位未提供。"
                f" Expected the issuer to have '{match[1]}', but it is missing."
            )
        return str(value).zfill(int(match[2] or 0))

    return _PLACE.sub(write, pattern)
