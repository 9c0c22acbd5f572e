"""People: whom pickers offer, who can sign in, which positions they hold, what they may see."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from workflow_server.api import door
from workflow_server.api.shapes.base import page, slice_of
from workflow_server.api.shapes.people import (
    GrantsShape,
    HolderPage,
    HolderQuery,
    HoldingPage,
    HoldingShape,
    NewPersonShape,
    PersonChangeShape,
    PersonPage,
    PersonQuery,
    PersonShape,
    PositionEndShape,
    PostShape,
)
from workflow_server.services import organisations, positions
from workflow_server.services import people as services
from workflow_server.services.positions import Post

noun = door.Noun("people", "人员")
posts = door.Noun("positions", "岗位")


@noun.get("", HolderPage, query=HolderQuery())
def list_people(query: dict[str, Any]) -> dict[str, Any]:
    """人员列表 · List the people of your organisations with their posts, by name."""
    found, total = organisations.list_people(door.actor(), **query)
    called = organisations.name_places(position for _, position in found)
    shown = [
        {
            "person_id": person.id,
            "name": person.name,
            "organisation_id": position.organisation_id,
            "organisation_name": called[position.organisation_id],
            "role": position.role,
            "title": position.title,
            "department_id": position.department_id,
            "department_name": called.get(position.department_id)
            if position.department_id
            else None,
            "is_head": position.is_head,
        }
        for person, position in found
    ]
    return page(shown, total, query)


@noun.get("/directory", PersonPage, query=PersonQuery())
def list_directory(query: dict[str, Any]) -> dict[str, Any]:
    """人员名册 · List everybody by login, with or without posts (administrators)."""
    found, total = services.list_(door.actor(), **query)
    return page(found, total, query)


@noun.post("", PersonShape(), takes=NewPersonShape(), status=201, keyed=True)
def add_person(body: dict[str, Any]) -> Any:
    """新增人员 · Add a person, without posts or a password (system administrator)."""
    key, now = door.idempotency_key(), datetime.now(UTC)
    return services.add(door.actor(), body["login"], body["name"], now, key)


@noun.get("/<uuid:person_id>", PersonShape())
def read_person(person_id: UUID) -> Any:
    """人员 · A person as the administrators see them."""
    return services.get(door.actor(), person_id)


@noun.put("/<uuid:person_id>", PersonShape(), takes=PersonChangeShape(), keyed=True)
def change_person(body: dict[str, Any], person_id: UUID) -> Any:
    """修改人员 · Change a name, or whether somebody can sign in (system administrator).

    Who no longer can gives open tasks back to their roles.
    """
    key, now = door.idempotency_key(), datetime.now(UTC)
    return services.change(door.actor(), person_id, body["name"], body["active"], now, key)


@noun.put("/<uuid:person_id>/grants", PersonShape(), takes=GrantsShape(), keyed=True)
def grant(body: dict[str, Any], person_id: UUID) -> Any:
    """授权 · Set clearance and the certificate for minors (security administrator).

    What is not named stays as it is. Administrators are made on the server itself only.
    """
    key, now = door.idempotency_key(), datetime.now(UTC)
    return services.grant(door.actor(), person_id, body, now, key)


@noun.get("/<uuid:person_id>/positions", HoldingPage, query=PersonQuery(only=("page", "page_size")))
def list_positions(query: dict[str, Any], person_id: UUID) -> dict[str, Any]:
    """人员的岗位 · List a person's positions, ended ones included (administrators)."""
    found = positions.list_of(services.get(door.actor(), person_id).id)
    return page(slice_of(found, query), len(found), query)


@noun.post("/<uuid:person_id>/positions", HoldingShape(), takes=PostShape(), status=201, keyed=True)
def give_position(body: dict[str, Any], person_id: UUID) -> Any:
    """任职 · Give a person a position; the same one in force stays one (security administrator)."""
    key, now = door.idempotency_key(), datetime.now(UTC)
    return positions.give(door.actor(), person_id, Post(**body), now, key)


@posts.post("/<uuid:position_id>/end", HoldingShape(), takes=PositionEndShape(), keyed=True)
def end_position(body: dict[str, Any], position_id: UUID) -> Any:
    """免职 · End a position, today or on a later day (security administrator).

    On that day its holder's open tasks go back to their roles.
    """
    key, now = door.idempotency_key(), datetime.now(UTC)
    return positions.end(door.actor(), position_id, body["until"], now, key)
