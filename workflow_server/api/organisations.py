"""Organisations and people: whom letters go to, and whom pickers offer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from workflow_server.api import door
from workflow_server.api.shapes.base import page, slice_of
from workflow_server.api.shapes.people import (
    HolderPage,
    HolderQuery,
    OrganisationPage,
    OrganisationQuery,
    OrganisationShape,
)
from workflow_server.services import organisations

noun = door.Noun("organisations", "单位")
people = door.Noun("people", "人员")


@noun.get("", OrganisationPage, query=OrganisationQuery())
def list_organisations(query: dict[str, Any]) -> dict[str, Any]:
    """单位列表 · List organisations by name; a letter may go to any of them."""
    found = organisations.list_(query["party"])
    return page(slice_of(found, query), len(found), query)


@noun.get("/<uuid:organisation_id>", OrganisationShape())
def read_organisation(organisation_id: UUID) -> Any:
    """单位 · One organisation."""
    return organisations.get(organisation_id)


@people.get("", HolderPage, query=HolderQuery())
def list_people(query: dict[str, Any]) -> dict[str, Any]:
    """人员列表 · List the people of your organisations with their posts, by name."""
    found = organisations.list_people(door.actor(), query["organisation_id"], query["role"])
    shown = [
        {
            "person_id": person.id,
            "name": person.name,
            "organisation_id": position.organisation_id,
            "role": position.role,
            "title": position.title,
            "department_id": position.department_id,
            "is_head": position.is_head,
        }
        for person, position in slice_of(found, query)
    ]
    return page(shown, len(found), query)
