"""Trees of marks: which marks stand at which place of a value."""

from __future__ import annotations

from collections.abc import Mapping

#: Dotted path below a value ("" is itself; rows of a list have no step) -> its marks.
Tree = Mapping[str, frozenset[str]]


def merged(one: Tree, other: Tree) -> dict[str, frozenset[str]]:
    """Return a tree with the marks of both."""
    paths = [*one, *(path for path in other if path not in one)]
    return {path: one.get(path, frozenset()) | other.get(path, frozenset()) for path in paths}


def both(one: Mapping[str, Tree], other: Mapping[str, Tree]) -> dict[str, Tree]:
    """Return the trees of both, by name."""
    keys = one.keys() | other.keys()
    return {key: merged(one.get(key, {}), other.get(key, {})) for key in sorted(keys)}


def join(name: str, path: str) -> str:
    """Return the path of what stands at a path below a name."""
    return f"{name}.{path}" if path else name
