"""Conditions that a case waits for: only its state knows, for nobody has to bring them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from workflow_server.engine import runtime
from workflow_server.services import definition_cache
from workflow_server.store.process_instances import InstanceStatus

if TYPE_CHECKING:
    from workflow_server.content.elements import ProcessExtensions
    from workflow_server.store.process_instances import ProcessInstance


def list_(instance: ProcessInstance, process: ProcessExtensions) -> list[str]:
    """Return the conditional events at which a case stands; costs nothing where none is drawn."""
    drawn = {each.id for each in process.elements.values() if each.event == "conditional"}
    if not drawn or instance.status != InstanceStatus.RUNNING or instance.state is None:
        return []
    engine = definition_cache.engine_of(instance.process_definition_id)
    found = runtime.positions(engine, instance.state, datetime.now(UTC))
    return [each.element_id for each in found if each.element_id in drawn]
