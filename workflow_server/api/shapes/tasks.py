"""Shapes of tasks."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from workflow_server.api.shapes.base import Paging, Shape, page_of
from workflow_server.api.shapes.documents import DocumentShape, PaperShape
from workflow_server.api.shapes.fields import Answers, Choice, Day, Flag, Id, Moment, Shown, Text

_STATUS = ("open", "completed", "cancelled")


class TaskShape(Shape):
    """One person's piece of work, with the names that a reader needs."""

    id = Id(required=True, attribute="task.id")
    name = Shown(required=True, attribute="task.name")
    element_id = Shown(required=True, attribute="task.element_id")
    status = Choice(*_STATUS, required=True, attribute="task.status")
    role = Shown(required=True, allow_none=True, attribute="task.role")
    organisation_id = Id(required=True, attribute="task.organisation_id")
    organisation_name = Shown(required=True, attribute="organisation.name")
    assignee_id = Id(required=True, allow_none=True, attribute="task.assignee_id")
    assignee_name = Shown(required=True, allow_none=True)
    due_on = Day(required=True, allow_none=True, attribute="task.due_on")
    created_at = Moment(required=True, attribute="task.created_at")
    claimed_at = Moment(required=True, allow_none=True, attribute="task.claimed_at")
    completed_at = Moment(required=True, allow_none=True, attribute="task.completed_at")
    completed_by = Id(required=True, allow_none=True, attribute="task.completed_by")
    instance_id = Id(required=True, attribute="instance.id")
    business_key = Shown(required=True, allow_none=True, attribute="instance.business_key")
    process_key = Shown(required=True, attribute="definition.key")
    process_title = Shown(required=True, attribute="definition.title")
    process_version = fields.Integer(required=True, attribute="definition.version")


class ReadsShape(Shape):
    """One line of the case that is shown beside the form."""

    label = Shown(required=True)
    value = fields.Raw(required=True, allow_none=True)


class DeskShape(TaskShape):
    """All that is needed to work on a task."""

    form_key = Shown(required=True, allow_none=True)
    form = Answers(
        required=True, allow_none=True, metadata={"description": "form-js 的表单；无表单时为空"}
    )
    field_access = Answers(
        required=True, metadata={"description": "字段 → read、write、hidden 或 required"}
    )
    reads = fields.List(fields.Nested(ReadsShape), required=True)
    context = Answers(
        required=True, metadata={"description": "表单的公式所用的案件事实，供浏览器计算"}
    )
    draft = Answers(required=True, allow_none=True)
    draft_version = Shown(
        required=True,
        allow_none=True,
        metadata={"description": "草稿的版本，保存草稿时以 If-Match 送回；不能办理时为空"},
    )
    initial = Answers(
        required=True, metadata={"description": "没有草稿时表单从这里开始：案件里已有的内容"}
    )
    documents = fields.List(fields.Nested(DocumentShape), required=True)
    previews = fields.List(fields.Nested(PaperShape), required=True)
    may_complete = Flag(required=True)


class TaskQuery(Paging):
    """What a list of tasks is narrowed to."""

    mine = Flag(
        load_default=False, metadata={"description": "true：只列应由本人办理的（含可领取的）"}
    )
    status = Choice(*_STATUS, load_default="open")
    instance_id = Id(load_default=None)
    organisation_id = Id(load_default=None)
    role = Text(load_default=None)
    assignee_id = Id(load_default=None)
    process_key = Text(load_default=None)
    element_id = Text(load_default=None)
    due_by = Day(load_default=None, metadata={"description": "届满日不晚于"})
    text = Text(load_default=None, metadata={"description": "任务名称、流程名称或案号中含有的文字"})


class AssigneeShape(Shape):
    """Whom a task is given to, and why; nothing to take it oneself."""

    person_id = Id(load_default=None, metadata={"description": "指派给谁；不填则由本人领取"})
    reason = Text(
        load_default=None, longest=500, metadata={"description": "指派的理由；指派时必填"}
    )

    @validates_schema
    def check(self, data: dict[str, Any], **_more: Any) -> None:
        """Refuse to give a task away without a reason, and a reason without a person."""
        if data["person_id"] is not None and not (data["reason"] or "").strip():
            raise ValidationError("请填写指派的理由", "reason")
        if data["person_id"] is None and data["reason"] is not None:
            raise ValidationError("请填写指派给谁", "person_id")


class AnswersShape(Shape):
    """What a form produced; the form decides about its inside."""

    answers = Answers(required=True, metadata={"example": {"opinion": "同意"}})


class DraftShape(Shape):
    """Answers that are not finished."""

    answers = Answers(required=True, metadata={"example": {"opinion": "拟同意"}})


class NextTaskShape(Shape):
    """A task that an act has opened."""

    id = Id(required=True)
    element_id = Shown(required=True)
    name = Shown(required=True)
    organisation_id = Id(required=True)
    role = Shown(required=True, allow_none=True)
    assignee_id = Id(required=True, allow_none=True)
    mine = Flag(required=True, metadata={"description": "是否可由本人办理"})


class CompletionTaskShape(Shape):
    """The task as the completion left it."""

    id = Id(required=True)
    status = Choice(*_STATUS, required=True)
    completed_at = Moment(required=True)
    completed_by = Id(required=True)


class CompletionInstanceShape(Shape):
    """The instance as the completion left it."""

    id = Id(required=True)
    status = Choice("running", "suspended", "completed", "cancelled", required=True)


class CompletionShape(Shape):
    """What became of a completion."""

    task = fields.Nested(CompletionTaskShape, required=True)
    instance = fields.Nested(CompletionInstanceShape, required=True)
    next_tasks = fields.List(fields.Nested(NextTaskShape), required=True)


TaskPage = page_of(TaskShape, "TaskPage")
