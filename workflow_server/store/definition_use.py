"""Which versions of processes cases still run on."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import sqlalchemy as sa

from workflow_server.store.db import session
from workflow_server.store.process_instances import InstanceStatus, ProcessInstance

_RUNNING = sa.text("status = 'running'")

#: Only of what runs: a case that is over leaves nothing here.
sa.Index(
    "ix_process_instances_running",
    ProcessInstance.process_definition_id,
    sqlite_where=_RUNNING,
    postgresql_where=_RUNNING,
)


def count_running() -> Mapping[UUID, int]:
    """Return how many cases run, by the definition that they run on."""
    rows = session().execute(
        sa.select(ProcessInstance.process_definition_id, sa.func.count())
        .where(ProcessInstance.status == sa.literal_column(f"'{InstanceStatus.RUNNING}'"))
        .group_by(ProcessInstance.process_definition_id)
    )
    return {row[0]: row[1] for row in rows}
