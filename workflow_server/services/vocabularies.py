"""Shared vocabularies: what pickers of words offer, as one deployment knows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from workflow_server.content.shared import Option
from workflow_server.errors import NotFound
from workflow_server.services import definition_cache
from workflow_server.store import deployments, process_definitions


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The entries that one key stands for, in the order in which they were written."""

    key: str
    entries: Sequence[Option]


def list_(definition_id: UUID | None = None) -> list[Vocabulary]:
    """Return the vocabularies by key: of the newest deployment, or of a process definition's."""
    found = _known(definition_id)
    return [Vocabulary(key, found[key]) for key in sorted(found)]


def get(key: str, definition_id: UUID | None = None) -> Vocabulary:
    """Return one vocabulary of the newest deployment, or of a process definition's."""
    found = _known(definition_id)
    if key not in found:
        raise NotFound(f"Expected vocabulary '{key}', but there is none")
    return Vocabulary(key, found[key])


def _known(definition_id: UUID | None) -> Mapping[str, Sequence[Option]]:
    if definition_id is not None:
        deployment_id = process_definitions.get(definition_id).deployment_id
    else:
        newest = deployments.find_newest()
        if newest is None:
            return {}
        deployment_id = newest.id
    return definition_cache.content_of(deployment_id).shared.vocabularies
