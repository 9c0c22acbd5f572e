"""Shapes of organisations, people and their posts."""

from __future__ import annotations

from marshmallow import fields

from workflow_server.api.shapes.base import Paging, Shape, page_of
from workflow_server.api.shapes.fields import Flag, Id, Shown, Text


class PositionShape(Shape):
    """A post that somebody holds."""

    id = Id(required=True)
    organisation_id = Id(required=True)
    organisation_name = Shown(required=True)
    role = Shown(required=True)


class MeShape(Shape):
    """Who asks."""

    person_id = Id(required=True)
    name = Shown(required=True)
    administration = Shown(required=True, allow_none=True)
    positions = fields.List(fields.Nested(PositionShape), required=True)


class OrganisationShape(Shape):
    """A body that hosts cases or exchanges letters."""

    id = Id(required=True)
    key = Shown(required=True)
    name = Shown(required=True)
    short_name = Shown(required=True)
    code = Shown(required=True)
    party = Shown(required=True)
    region = Shown(required=True, allow_none=True)
    on_server = Flag(required=True)


class OrganisationQuery(Paging):
    """What the list of organisations is narrowed to."""

    party = Text(load_default=None)


class HolderShape(Shape):
    """A person at a post, for pickers."""

    person_id = Id(required=True)
    name = Shown(required=True)
    organisation_id = Id(required=True)
    role = Shown(required=True)
    title = Shown(required=True, allow_none=True)
    department_id = Id(required=True, allow_none=True)
    is_head = Flag(required=True)


class HolderQuery(Paging):
    """What the list of people is narrowed to."""

    organisation_id = Id(load_default=None)
    role = Text(load_default=None)


OrganisationPage = page_of(OrganisationShape, "OrganisationPage")
HolderPage = page_of(HolderShape, "HolderPage")
