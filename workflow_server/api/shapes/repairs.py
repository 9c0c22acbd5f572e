"""Shapes of what a person does to a case that its diagram didn't foresee."""

from __future__ import annotations

from marshmallow import fields

from workflow_server.api.shapes.access import ReasonShape
from workflow_server.api.shapes.base import Shape
from workflow_server.api.shapes.fields import Id, Shown, Text


class PlaceShape(Shape):
    """A branch under way: where it stands, and the elements it can be moved to."""

    visit_id = Id(required=True)
    element_id = Shown(required=True)
    targets = fields.List(Shown(), required=True)


class PlacesShape(Shape):
    """All branches of a case under way."""

    items = fields.List(fields.Nested(PlaceShape), required=True)


class CaseMoveShape(ReasonShape):
    """Which branch to move where, and which others to take off with it."""

    visit_id = Id(required=True)
    to = Text(required=True, shortest=1, metadata={"description": "目标环节的标识"})
    besides = fields.List(Id(), load_default=list, metadata={"description": "一并撤回的环节"})


class FactShape(ReasonShape):
    """A shared fact and its new value."""

    name = Text(required=True, shortest=1, longest=120)
    value = fields.Raw(required=True, allow_none=True)
