"""What a task may show and take of its form: hidden fields are not in it, nor their answers."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

#: Fields of these rights are not the task's to fill in.
_SHUT = frozenset({"hidden", "read"})
_FIELD = r"this\.([\w.]+)"
_COPIED = re.compile(rf"=\s*(?:{_FIELD}|get value\(\s*names\s*,\s*{_FIELD}\s*\))\s*")


def without_hidden(source: Mapping[str, Any], access: Mapping[str, str]) -> Mapping[str, Any]:
    """Return the form as a task may show it: hidden fields, with all they bring, are gone."""
    hidden = {path for path, right in access.items() if right == "hidden"}
    return _without(source, hidden, "") if hidden else source


def is_hidden(path: str, access: Mapping[str, str]) -> bool:
    """Tell whether a field, or what it stands in, is hidden."""
    return any(access.get(place) == "hidden" for place in _places(path))


def is_shut(path: str, access: Mapping[str, str]) -> bool:
    """Tell whether a field, or what it stands in, is not the task's to fill in."""
    return any(access.get(place) in _SHUT for place in _places(path))


def copies_shut(value: str, access: Mapping[str, str]) -> bool:
    """Tell whether a value only hands on a field that is not the task's: it stays as it was."""
    copied = _COPIED.fullmatch(value) if access else None
    return copied is not None and is_shut(copied.group(1) or copied.group(2), access)


def shut_paths(access: Mapping[str, str]) -> frozenset[str]:
    """Return the fields that are not the task's to fill in."""
    return frozenset(path for path, right in access.items() if right in _SHUT)


def without(answers: Any, paths: Collection[str], place: str = "") -> Any:
    """Return answers without those at some places; rows of a list have no step."""
    if not paths:
        return answers
    if isinstance(answers, list):
        return [without(item, paths, place) for item in answers]
    if isinstance(answers, dict):
        placed = {name: f"{place}.{name}" if place else name for name in answers}
        return {
            name: without(item, paths, placed[name])
            for name, item in answers.items()
            if placed[name] not in paths
        }
    return answers


def _places(path: str) -> Iterator[str]:
    """Return a path and what it stands in, from the outside."""
    steps = path.split(".")
    return (".".join(steps[:count]) for count in range(1, len(steps) + 1))


def _without(parent: Mapping[str, Any], hidden: Collection[str], place: str) -> dict[str, Any]:
    kept = []
    for component in parent.get("components", ()):
        path = component.get("key") or component.get("path")
        full = f"{place}.{path}" if place and path else path or place
        if path and full in hidden:
            continue
        kept.append(_without(component, hidden, full) if "components" in component else component)
    return {**parent, "components": kept}
