"""Shapes of process instances."""

from __future__ import annotations

from marshmallow import fields

from workflow_server.api.shapes.base import Paging, Shape, page_of
from workflow_server.api.shapes.fields import Answers, Choice, Id, Moment, Shown, Text, Utf8
from workflow_server.api.shapes.tasks import NextTaskShape

_STATUS = ("running", "suspended", "completed", "cancelled")


class InstanceShape(Shape):
    """One run of a process."""

    id = Id(required=True, attribute="instance.id")
    process_key = Shown(required=True, attribute="definition.key")
    process_title = Shown(required=True, attribute="definition.title")
    process_version = fields.Integer(required=True, attribute="definition.version")
    process_definition_id = Id(required=True, attribute="definition.id")
    organisation_id = Id(required=True, attribute="instance.organisation_id")
    business_key = Shown(required=True, allow_none=True, attribute="instance.business_key")
    parent_id = Id(required=True, allow_none=True, attribute="instance.parent_id")
    department_id = Id(required=True, allow_none=True, attribute="instance.department_id")
    secrecy = fields.Integer(required=True, attribute="instance.secrecy")
    minor = fields.Boolean(required=True, attribute="instance.minor")
    flags = fields.List(Shown(), required=True, attribute="instance.flags")
    status = Choice(*_STATUS, required=True, attribute="instance.status")
    started_at = Moment(required=True, attribute="instance.started_at")
    started_by = Id(required=True, allow_none=True, attribute="instance.started_by")
    ended_at = Moment(required=True, allow_none=True, attribute="instance.ended_at")
    outcome = Shown(required=True, allow_none=True, attribute="instance.outcome")
    outcome_label = Shown(required=True, allow_none=True, attribute="instance.outcome_label")


class InstanceQuery(Paging):
    """What a list of instances is narrowed to."""

    status = Choice(*_STATUS, load_default=None)
    process_key = Text(load_default=None)
    organisation_id = Id(load_default=None)
    business_key = Text(load_default=None)
    parent_id = Id(load_default=None, metadata={"description": "由哪个实例调用"})


class StartShape(Shape):
    """Which process to start, where, and what its start form was answered."""

    process_key = Text(shortest=1, required=True, metadata={"example": "my_process"})
    answers = Answers(load_default=dict)
    organisation_id = Id(
        load_default=None, metadata={"description": "承办单位；缺省为本人有权发起的第一个单位"}
    )
    element_id = Text(
        load_default=None, metadata={"description": "从哪个开始事件发起；缺省为本人可用的第一个"}
    )
    role = Text(
        load_default=None, metadata={"description": "以哪个岗位角色发起；缺省为可以发起的第一个"}
    )


class StartedShape(InstanceShape):
    """A new instance and the tasks that wait in it."""

    next_tasks = fields.List(fields.Nested(NextTaskShape), required=True)


class HistoryShape(Shape):
    """One act: who did what, in which post, for whom; each hash covers the one before it."""

    seq = fields.Integer(required=True)
    at = Moment(required=True)
    act = Shown(required=True, metadata={"example": "TaskCompleted"})
    person_id = Id(required=True, allow_none=True)
    person_name = Shown(required=True, allow_none=True)
    position_id = Id(required=True, allow_none=True)
    role = Shown(required=True, allow_none=True)
    title = Shown(required=True, allow_none=True)
    organisation_id = Id(required=True, allow_none=True)
    organisation_name = Shown(required=True, allow_none=True)
    on_behalf_of = Id(required=True, allow_none=True)
    on_behalf_of_name = Shown(required=True, allow_none=True)
    element_id = Shown(required=True, allow_none=True)
    task_id = Id(required=True, allow_none=True)
    data = Answers(required=True, allow_none=True)


class VariablesShape(Shape):
    """What an instance holds."""

    variables = Answers(required=True)


class DiagramShape(Shape):
    """The drawing that an instance runs, and where it is in it, by element id."""

    xml = Utf8(required=True)
    current = fields.List(Shown(), required=True)
    completed = fields.List(Shown(), required=True)
    incidents = fields.List(Shown(), required=True)


InstancePage = page_of(InstanceShape, "ProcessInstancePage")
HistoryPage = page_of(HistoryShape, "HistoryPage")
