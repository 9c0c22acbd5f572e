"""Shapes of the working-day calendar."""

from __future__ import annotations

from marshmallow import fields, validate

from workflow_server.api.shapes.base import Shape, page_of
from workflow_server.api.shapes.fields import Day, Flag, Moment, Shown, Text, Whole


class CalendarDayShape(Shape):
    """A day that differs from the plain week, or bears the name of a holiday."""

    day = Day(required=True)
    is_workday = Flag(required=True)
    name = Shown(required=True)
    source = Shown(required=True)
    version = fields.Integer(required=True)


class CalendarYearShape(Shape):
    """One year of the calendar."""

    year = fields.Integer(required=True)
    known = Flag(required=True, metadata={"description": "是否已全部公布；否则为暂定"})
    version = fields.Integer(required=True)
    warning = Shown(required=True, allow_none=True)
    days = fields.List(fields.Nested(CalendarDayShape), required=True)


class CalendarQuery(Shape):
    """Which year."""

    year = Whole(1949, 2200, required=True, metadata={"example": 2026})


class DayChangeShape(Shape):
    """One day as it was announced."""

    day = Day(required=True)
    is_workday = Flag(required=True)
    name = Text(longest=64, load_default="")


class CalendarChangeShape(Shape):
    """An announcement that is taken in."""

    changes = fields.List(
        fields.Nested(DayChangeShape),
        required=True,
        validate=validate.Length(1, 400, error="应为1至400天"),
    )
    source = Text(longest=500, shortest=1, required=True)
    known_until = Day(load_default=None, metadata={"description": "至此日为止已全部公布"})


class CalendarRevisionShape(Shape):
    """One version of the calendar."""

    version = fields.Integer(required=True)
    known_until = Day(required=True)
    source = Shown(required=True)
    made_at = Moment(required=True)


CalendarRevisionPage = page_of(CalendarRevisionShape, "CalendarRevisionPage")
