"""Who and what still needs a role, whatever the content says of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa

from workflow_server.store.db import run
from workflow_server.store.people import Person, PositionRow, in_force
from workflow_server.store.process_instances import ProcessInstance
from workflow_server.store.tasks import Task


def count_people(roles: Sequence[str], today: date) -> dict[str, int]:
    """Return how many active people hold each of these roles today."""
    query = (
        sa.select(PositionRow.role, sa.func.count(sa.distinct(PositionRow.person_id)))
        .join(Person, Person.id == PositionRow.person_id)
        .where(PositionRow.role.in_(roles), Person.active, in_force(today))
        .group_by(PositionRow.role)
    )
    return {row[0]: row[1] for row in run(query)}


def count_open_tasks(roles: Sequence[str]) -> dict[str, int]:
    """Return how many open tasks each of these roles is offered or named in."""
    query = (
        sa.select(Task.role, sa.func.count())
        .join(ProcessInstance, ProcessInstance.id == Task.instance_id)
        .where(Task.role.in_(roles), Task.status == "open")
        .group_by(Task.role)
    )
    return {row[0]: row[1] for row in run(query)}
