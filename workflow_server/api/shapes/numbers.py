"""Shapes of the register of numbers."""

from __future__ import annotations

from marshmallow import fields

from workflow_server.api.shapes.base import Paging, Shape, page_of
from workflow_server.api.shapes.fields import Id, Moment, Shown, Text, Whole


class NumberShape(Shape):
    """One number that was given, and to what."""

    id = Id(required=True)
    organisation_id = Id(required=True)
    series = Shown(required=True)
    year = fields.Integer(required=True)
    n = fields.Integer(required=True)
    text = Shown(required=True)
    given_to = Shown(required=True)
    given_to_id = Id(required=True)
    instance_id = Id(required=True, allow_none=True)
    given_at = Moment(required=True)
    voided_at = Moment(required=True, allow_none=True)
    void_reason = Shown(required=True, allow_none=True)


class NumberQuery(Paging):
    """What the register is narrowed to."""

    organisation_id = Id(load_default=None)
    series = Text(longest=200, load_default=None)
    year = Whole(1949, 2200, load_default=None, metadata={"example": 2026})


class VoidShape(Shape):
    """Why a number is voided."""

    reason = Text(longest=2000, shortest=1, required=True)


NumberPage = page_of(NumberShape, "NumberPage")
