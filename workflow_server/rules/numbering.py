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


def parse(pattern: str, fields: Mapping[str, Any], text: str) -> tuple[int, int] | None:
    """Return year and n of a number that an issuer wrote by a pattern; None of any other."""
    written = {"year": r"(?P<year>\d{4})", "n": r"(?P<n>\d{1,9})"}
    whole, at = "", 0
    for match in _PLACE.finditer(pattern):
        name = match[1]
        place = re.escape(str(fields.get(name) or ""))
        if name in written:
            place = written[name]
            written[name] = f"(?P={name})"
        whole += re.escape(pattern[at : match.start()]) + place
        at = match.end()
    found = re.fullmatch(whole + re.escape(pattern[at:]), text, re.ASCII)
    if found is None or int(found["n"]) == 0:
        return None
    year, n = int(found["year"]), int(found["n"])
    return (year, n) if format(pattern, fields, year, n) == text else None
