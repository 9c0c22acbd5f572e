"""Definitions and content, parsed once per process and kept: what is deployed never changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from workflow_server.content import bundle, content
from workflow_server.content.content import Content
from workflow_server.engine import definitions
from workflow_server.engine.definitions import Definition
from workflow_server.store import deployments, process_definitions
from workflow_server.store.db import session
from workflow_server.store.process_definitions import ProcessDefinition


@lru_cache(maxsize=8)
def content_of(deployment_id: UUID) -> Content:
    """Return what a deployment means; a part that nobody asks for is never read."""
    return content.of(bundle.read_zip(deployments.get_bundle(deployment_id)))


@dataclass(frozen=True, slots=True)
class Newest:
    """What is deployed by now."""

    deployment_id: UUID
    #: The newest definition of every process, by key, those that left the content included.
    definitions: Sequence[ProcessDefinition]

    @property
    def content(self) -> Content:
        """What the newest deployment means."""
        return content_of(self.deployment_id)


def newest() -> Newest | None:
    """Return what is deployed by now; read once for each deployment, which one is asked anew."""
    found = deployments.find_newest_id()
    return None if found is None else _newest(found)


@lru_cache(maxsize=8)
def _newest(deployment_id: UUID) -> Newest:
    rows = tuple(process_definitions.list_newest())
    for row in rows:
        # Kept beyond the session: it must neither refresh nor write them.
        session().expunge(row)
    return Newest(deployment_id, rows)


def read_ahead() -> None:
    """Read all of the newest deployment before somebody asks: it takes seconds."""
    found = newest()
    if found is not None:
        found.content.read_whole()


@lru_cache(maxsize=64)
def engine_of(definition_id: UUID) -> Definition:
    """Return what the engine runs of a process definition."""
    return definitions.restore(process_definitions.get_compiled(definition_id))
