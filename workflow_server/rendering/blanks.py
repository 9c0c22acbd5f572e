"""What is not known yet in a paper that is only looked at: nothing is printed, nothing fails."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Blank(str):
    """A value that is not there yet: empty text, no rows, neither more nor less than a number."""

    __slots__ = ()

    def __lt__(self, other: object) -> bool:
        return False

    __le__ = __gt__ = __ge__ = __lt__

    def __getattr__(self, name: str) -> Blank:
        """Return what it will hold one day: as blank as itself."""
        if name.startswith("_"):
            raise AttributeError(name)
        return self


BLANK = Blank()


def blanked(value: Any) -> Any:
    """Return data in which everything that is null is blank."""
    if value is None:
        return BLANK
    if isinstance(value, Mapping):
        return {name: blanked(item) for name, item in value.items()}
    if isinstance(value, list):
        return [blanked(item) for item in value]
    return value
