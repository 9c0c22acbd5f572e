"""Shapes of deadlines."""

from __future__ import annotations

from marshmallow import fields

from workflow_server.api.shapes.access import ReasonShape
from workflow_server.api.shapes.base import Paging, Shape, page_of
from workflow_server.api.shapes.fields import Answers, Choice, Day, Flag, Id, Moment, Shown, Text
from workflow_server.services.clock_changes import LONGEST_BASIS, NEEDS

_STATUS = ("running", "overdue", "paused", "met", "met_late", "cancelled")


class DeadlineShape(Shape):
    """A clock by a dated rule, with the sentence that explains its date."""

    id = Id(required=True, attribute="deadline.id")
    name = Shown(required=True, attribute="deadline.name")
    label = Shown(required=True, attribute="deadline.label")
    rule = Shown(required=True, attribute="deadline.rule")
    status = Choice(*_STATUS, required=True, attribute="deadline.status")
    light = Shown(required=True)
    days_left = fields.Integer(required=True)
    started_at = Shown(required=True, attribute="deadline.started_at")
    raw_due = Day(required=True, attribute="deadline.raw_due")
    due = Day(required=True, attribute="deadline.due")
    due_at = Moment(required=True, attribute="deadline.due_at")
    provisional = Flag(required=True, attribute="deadline.provisional")
    explanation = Shown(required=True, attribute="deadline.explanation")
    organisation_id = Id(required=True, attribute="deadline.organisation_id")
    instance_id = Id(required=True, attribute="deadline.instance_id")
    element_id = Shown(required=True, attribute="deadline.element_id")
    record_id = Id(required=True, allow_none=True, attribute="deadline.record_id")
    opened_at = Moment(required=True, attribute="deadline.opened_at")
    stopped_at = Moment(required=True, allow_none=True, attribute="deadline.stopped_at")
    rules = fields.List(Shown(), required=True)
    terms = fields.List(Answers(), required=True, attribute="deadline.terms")
    stopped_for = Shown(required=True, allow_none=True, attribute="deadline.stopped_for")
    revisions = fields.List(Answers(), required=True, attribute="deadline.revisions")


class DeadlineQuery(Paging):
    """What a list of deadlines is narrowed to."""

    organisation_id = Id(load_default=None)
    instance_id = Id(load_default=None)
    record_id = Id(load_default=None)
    status = Choice(*_STATUS, load_default=None)


class ClockChangeShape(ReasonShape):
    """How a clock is changed by hand, why, and on which legal ground."""

    operation = Choice(*NEEDS, required=True)
    basis = Text(required=True, shortest=1, longest=LONGEST_BASIS)
    day = Day(load_default=None, metadata={"description": "延长到哪一天，或更正后的起算日"})
    days = fields.Integer(load_default=None, metadata={"description": "扣除的天数"})


class OutlookShape(Shape):
    """What a clock would be after a change, with the sentence that explains it."""

    due = Day(required=True)
    provisional = Flag(required=True)
    explanation = Shown(required=True)
    status = Choice(*_STATUS, required=True)


class AlertShape(Shape):
    """A warning that a deadline gave."""

    id = Id(required=True)
    due = Day(required=True)
    days_before = fields.Integer(required=True)
    text = Shown(required=True)
    given_at = Moment(required=True)


class AlertsShape(Shape):
    """The warnings that a deadline gave, oldest first."""

    items = fields.List(fields.Nested(AlertShape), required=True)


DeadlinePage = page_of(DeadlineShape, "DeadlinePage")
