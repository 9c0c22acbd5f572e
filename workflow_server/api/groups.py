"""Groups: named sets of people that diagrams offer tasks to."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from workflow_server.api import door
from workflow_server.api.shapes.base import Paging, page, slice_of
from workflow_server.api.shapes.people import (
    GroupPage,
    MembershipShape,
    MembersShape,
    NewGroupShape,
)
from workflow_server.services import groups

noun = door.Noun("groups", "组")


@noun.get("", GroupPage, query=Paging())
def list_groups(query: dict[str, Any]) -> dict[str, Any]:
    """组列表 · List the groups of your organisations and those across all, by key."""
    found = groups.list_(door.actor())
    return page(slice_of(found, query), len(found), query)


@noun.post("", MembershipShape(), takes=NewGroupShape(), status=201, keyed=True)
def add_group(body: dict[str, Any]) -> Any:
    """新增组 · Add a group without members (system administrator)."""
    key, now = door.idempotency_key(), datetime.now(UTC)
    return groups.add(door.actor(), **body, now=now, idempotency_key=key)


@noun.get("/<uuid:group_id>", MembershipShape())
def read_group(group_id: UUID) -> Any:
    """组 · A group with its members."""
    return groups.get(door.actor(), group_id)


@noun.put("/<uuid:group_id>", MembershipShape(), takes=MembersShape(), keyed=True)
def change_group(body: dict[str, Any], group_id: UUID) -> Any:
    """修改组 · Set a group's name and members (system administrator)."""
    key, now = door.idempotency_key(), datetime.now(UTC)
    return groups.change(door.actor(), group_id, body["name"], body["person_ids"], now, key)
