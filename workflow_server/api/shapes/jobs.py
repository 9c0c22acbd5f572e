"""Shapes of jobs and incidents."""

from __future__ import annotations

from marshmallow import fields

from workflow_server.api.shapes.base import Paging, Shape, page_of
from workflow_server.api.shapes.fields import Answers, Choice, Flag, Id, Moment, Shown, Text

_STATUS = ("ready", "running", "done", "failed")


class JobShape(Shape):
    """One deferred act."""

    id = Id(required=True)
    kind = Shown(required=True)
    status = Choice(*_STATUS, required=True)
    payload = Answers(required=True)
    instance_id = Id(required=True, allow_none=True)
    due_at = Moment(required=True)
    created_at = Moment(required=True)
    attempts = fields.Integer(required=True)
    held_until = Moment(required=True, allow_none=True)
    finished_at = Moment(required=True, allow_none=True)
    error = Shown(required=True, allow_none=True)


class JobQuery(Paging):
    """What a list of jobs is narrowed to."""

    status = Choice(*_STATUS, load_default=None)
    kind = Text(load_default=None)
    instance_id = Id(load_default=None)


class IncidentShape(Shape):
    """Something that needs a person."""

    id = Id(required=True)
    instance_id = Id(required=True, allow_none=True)
    element_id = Shown(required=True, allow_none=True)
    job_id = Id(required=True, allow_none=True)
    delivery_id = Id(
        required=True,
        allow_none=True,
        metadata={"description": "无人接收的往来 · the letter that no case has taken"},
    )
    message = Shown(required=True)
    raised_at = Moment(required=True)
    resolved_at = Moment(required=True, allow_none=True)
    resolved_by = Id(required=True, allow_none=True)


class IncidentQuery(Paging):
    """What a list of incidents is narrowed to."""

    open = Flag(load_default=None, metadata={"description": "true：未解决的"})
    instance_id = Id(load_default=None)


JobPage = page_of(JobShape, "JobPage")
IncidentPage = page_of(IncidentShape, "IncidentPage")
