"""Definitions and content, parsed once per process and kept: what is deployed never changes."""

from __future__ import annotations

from functools import lru_cache
from uuid import UUID

from workflow_server.content import bundle, content
from workflow_server.content.content import Content
from workflow_server.engine import definitions
from workflow_server.engine.definitions import Definition
from workflow_server.store import deployments, process_definitions


@lru_cache(maxsize=8)
def content_of(deployment_id: UUID) -> Content:
    """Return what a deployment means."""
    return content.load(bundle.read_zip(deployments.get_bundle(deployment_id)))


@lru_cache(maxsize=64)
def engine_of(definition_id: UUID) -> Definition:
    """Return what the engine runs of a process definition."""
    return definitions.restore(process_definitions.get_compiled(definition_id))
