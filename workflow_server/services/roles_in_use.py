"""Keeps content from giving up a role that people still hold or open tasks still wait for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from workflow_server.config import CHINA
from workflow_server.content.content import Content
from workflow_server.errors import Fault
from workflow_server.store import role_use, roles

PLACE = "bpmn/_shared/roles.json"


def faults(loaded: Content) -> Iterator[Fault]:
    """Yield a fault for each role that is in force, is used, and does not stand in the content."""
    gone = [role for role in roles.list_() if role.key not in loaded.shared.roles]
    if not gone:
        return
    keys = [role.key for role in gone]
    people = role_use.count_people(keys, datetime.now(CHINA).date())
    tasks = role_use.count_open_tasks(keys)
    for role in gone:
        held, waiting = people.get(role.key, 0), tasks.get(role.key, 0)
        if held or waiting:
            yield Fault(
                PLACE,
                f"角色“{role.label}”（{role.key}）仍有{held}人任职、{waiting}个待办任务，不能取消；"
                f"请保留该角色，待任职终止、任务办结后再取消。 Expected role '{role.key}' to stay:"
                f" {held} people hold it, {waiting} open tasks wait for it.",
            )
