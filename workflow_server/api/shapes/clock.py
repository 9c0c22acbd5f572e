"""Shapes of the business clock."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from workflow_server.api.shapes.base import Shape
from workflow_server.api.shapes.fields import Flag, Moment, Whole

_UNITS = ("days", "hours", "minutes", "seconds")


class ClockShape(Shape):
    """Business time, and how far it runs ahead of real time."""

    now = Moment(required=True)
    real_now = Moment(required=True)
    ahead_seconds = fields.Integer(required=True)
    movable = Flag(required=True, metadata={"description": "只在演示模式下可以调整"})


class MoveShape(Shape):
    """How far business time jumps ahead: by a span, or to a moment."""

    days = Whole(0, 3660, load_default=0, metadata={"example": 55})
    hours = Whole(0, 100_000, load_default=0)
    minutes = Whole(0, 100_000, load_default=0)
    seconds = Whole(0, 10_000_000, load_default=0)
    to = Moment(load_default=None, metadata={"description": "或：调到这一时刻"})

    @validates_schema
    def _one_way_only(self, data: dict[str, Any], **_: Any) -> None:
        by_span = any(data[unit] for unit in _UNITS)
        if by_span == (data["to"] is not None):
            raise ValidationError("请填写时长或时刻之一", "to")
