"""Marks of records that one process opens and others change or read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from workflow_server.content.elements import ElementExtensions, ProcessExtensions, RecordEffect
from workflow_server.content.shared import RecordKind
from workflow_server.content.trees import Tree, both, merged

#: The operation that reads a record whoever opened it.
READ = "read_record"


def are_shared(processes: Iterable[ProcessExtensions]) -> bool:
    """Tell whether any process reads or changes a record that another may have opened."""
    return any(
        _reads(element) or any(_names(effect) for effect in element.effects)
        for process in processes
        for element in process.elements.values()
    )


def shared(found: Iterable[Mapping[str, Tree]]) -> dict[str, Tree]:
    """Return the marks of the records of every kind, of those that each process has written."""
    together: dict[str, Tree] = {}
    for records in found:
        together = both(together, records)
    return together


def of_read(element: ElementExtensions, records: Mapping[str, Tree]) -> dict[str, Tree]:
    """Return the marks of the fact that an element reads a record into, by its name."""
    operation = element.operation
    if operation is None or operation.result is None or not _reads(element):
        return {}
    kinds = (each.value for each in operation.parameters if each.name == "kind")
    kind = next(kinds, "=")
    tree: Tree = {}
    for each in records if kind.startswith("=") else [kind]:
        tree = merged(tree, records.get(each, {}))
    return {operation.result: tree} if tree else {}


def _reads(element: ElementExtensions) -> bool:
    return element.operation is not None and element.operation.name == READ


def _names(effect: object) -> bool:
    return isinstance(effect, RecordEffect) and effect.of is not None


def own(kind: RecordKind) -> Tree:
    """Return the marks of the fields that a kind declares as classed."""
    return {
        declared.key: frozenset({declared.data_class})
        for declared in kind.fields.values()
        if declared.data_class
    }
