"""Departments: renamed, put under others and closed; organisations list and add theirs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from workflow_server.api import door
from workflow_server.api.shapes.organisations import (
    ClosureShape,
    DepartmentShape,
    NameShape,
    ParentShape,
)
from workflow_server.services import administration, departments

noun = door.Noun("departments", "部门")


@noun.get("/<uuid:department_id>", DepartmentShape())
def read_department(department_id: UUID) -> Any:
    """部门 · One department."""
    return departments.get(department_id)


@noun.put("/<uuid:department_id>", DepartmentShape(), takes=NameShape(), keyed=True)
def rename_department(body: dict[str, Any], department_id: UUID) -> Any:
    """部门更名 · Give a department another name (system administrator)."""
    key, now = door.idempotency_key(), datetime.now(UTC)
    return departments.rename(door.actor(), department_id, body["name"], now, key)


@noun.put("/<uuid:department_id>/parent", DepartmentShape(), takes=ParentShape(), keyed=True)
def move_department(body: dict[str, Any], department_id: UUID) -> Any:
    """调整上级部门 · Put a department under another of its organisation (system administrator)."""
    key, now = door.idempotency_key(), datetime.now(UTC)
    return departments.move(door.actor(), department_id, body["parent_id"], now, key)


@noun.post("/<uuid:department_id>/closure", DepartmentShape(), takes=ClosureShape(), keyed=True)
def close_department(body: dict[str, Any], department_id: UUID) -> Any:
    """撤销部门 · Close a department without people and cases (system administrator)."""
    key, now = door.idempotency_key(), datetime.now(UTC)
    closed_on = body["closed_on"] or administration.day_of(now)
    return departments.close(door.actor(), department_id, closed_on, now, key)
