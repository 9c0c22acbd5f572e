"""Which versions of processes cases still run on."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import sqlalchemy as sa

from workflow_server.store.db import session
from workflow_server.store.process_instances import InstanceStatus, ProcessInstance


def count_running() -> Mapping[UUID, int]:
    """Return how many cases run, by the definition that they run on."""
    rows = session().execute(
        sa.select(ProcessInstance.process_definition_id, sa.func.count())
        .where(ProcessInstance.status == sa.literal_column(f"'{InstanceStatus.RUNNING}'"))
        .group_by(ProcessInstance.process_definition_id)
    )
    return {row[0]: row[1] for row in rows}
