"""What a scenario demands of an act and of its end, compared with what is there."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from typing import Any

import pikepdf

#: A text that must contain this one, in place of one that must be equal.
CONTAINS = "$contains"
#: The lists of the API that a person may be said to see something in, and their addresses.
LISTS = {
    name: f"/api/{name.replace('_', '-')}"
    for name in (
        "deadlines",
        "deliveries",
        "documents",
        "notices",
        "process_instances",
        "records",
        "tasks",
    )
}


class ScenarioFailed(Exception):
    """The scenario could not be played to its end, or something it expects is missing."""


def demand(what: str, expected: Sequence[str], found: Sequence[str]) -> int:
    """Compare two lists of names; return how many were compared."""
    missing = Counter(expected) - Counter(found)
    if missing:
        raise ScenarioFailed(
            f"missing {what}: {', '.join(missing)}; there is: {', '.join(found) or 'none'}"
        )
    return len(expected)


def demand_rows(name: str, wanted: Sequence[Any], rows: Iterable[Any]) -> int:
    """Find a row of its own for each that is wanted; return how many were compared."""
    left = list(rows)
    for each in wanted:
        found = next((row for row in left if fits(each, row)), None)
        if found is None:
            raise ScenarioFailed(
                f"missing in {name}: {_told(each)}; there is: {_alike(each, left)}"
            )
        left.remove(found)
    return len(wanted)


def refuse_rows(name: str, unwanted: Sequence[Any], rows: Sequence[Any]) -> int:
    """See that no row is like any of these; return how many were compared."""
    for each in unwanted:
        if any(fits(each, row) for row in rows):
            raise ScenarioFailed(f"should not be in {name}: {_told(each)}")
    return len(unwanted)


def demand_text(paper: Mapping[str, Any], pdf: bytes) -> int:
    """See that a paper says some words and lacks others; return how many were compared.

    Its data are searched: they are embedded in it, and all that it says comes of them.
    """
    says, lacks = paper.get("says", ()), paper.get("lacks", ())
    with pikepdf.open(BytesIO(pdf)) as opened:
        data = json.loads(opened.attachments["data.json"].get_file().read_bytes())
    text = json.dumps(data, ensure_ascii=False)
    for word in says:
        if word not in text:
            raise ScenarioFailed(f"the paper {paper['kind']} does not say '{word}'")
    for word in lacks:
        if word in text:
            raise ScenarioFailed(f"the paper {paper['kind']} says '{word}'")
    return len(says) + len(lacks)


def fits(wanted: Any, found: Any) -> bool:
    """Tell whether something is as wanted; of an object only the members named are compared."""
    if isinstance(wanted, dict) and set(wanted) == {CONTAINS}:
        return str(wanted[CONTAINS]) in _told(found)
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(
            key in found and fits(value, found[key]) for key, value in wanted.items()
        )
    if isinstance(wanted, list):
        return (
            isinstance(found, list)
            and len(wanted) == len(found)
            and all(fits(one, other) for one, other in zip(wanted, found, strict=True))
        )
    return bool(wanted == found)


def pairs(expected: Mapping[str, Any]) -> list[str]:
    """Return "name: value" for each; where there are several of a name, it has a list."""
    return [
        f"{name}: {value}"
        for name, given in expected.items()
        for value in (given if isinstance(given, list) else [given])
    ]


def _told(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _alike(wanted: Any, rows: Sequence[Any]) -> str:
    """Tell of each row the members that were asked about."""
    names = [name for name in wanted if name != CONTAINS] if isinstance(wanted, dict) else []
    shown = [_told({name: row.get(name) for name in names}) for row in rows]
    return "; ".join(shown[:12]) or "none"
