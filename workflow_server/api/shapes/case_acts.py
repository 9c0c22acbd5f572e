"""Shapes of the acts that a case offers."""

from __future__ import annotations

from marshmallow import fields

from workflow_server.api.shapes.base import Shape
from workflow_server.api.shapes.documents import PaperShape, PreviewShape
from workflow_server.api.shapes.fields import Answers, Id, Shown, Text
from workflow_server.api.shapes.tasks import CompletionInstanceShape, NextTaskShape, ReadsShape


class ActShape(Shape):
    """Something that you may do to a case just now."""

    element_id = Shown(required=True)
    visit_id = Id(
        required=True,
        metadata={"description": "所等待的这一次；同一事件同时等待多次时用以区分"},
    )
    label = Shown(required=True)
    role = Shown(required=True, metadata={"description": "以哪个角色办理"})
    form_key = Shown(required=True, allow_none=True)
    form = Answers(
        required=True, allow_none=True, metadata={"description": "form-js 的表单；无表单时为空"}
    )


class ActsShape(Shape):
    """The acts of a case that you may do just now."""

    items = fields.List(fields.Nested(ActShape), required=True)


class ActDeskShape(ActShape):
    """All that is needed to do an act."""

    reads = fields.List(fields.Nested(ReadsShape), required=True)
    context = Answers(
        required=True, metadata={"description": "表单的公式所用的案件事实，供浏览器计算"}
    )
    initial = Answers(required=True, metadata={"description": "表单从这里开始：案件里已有的内容"})
    previews = fields.List(fields.Nested(PaperShape), required=True)


class ActQuery(Shape):
    """Which of several waits of one event is meant; without it the oldest."""

    visit_id = Id(load_default=None)
    role = Text(load_default=None)


class DeedShape(Shape):
    """The answers of an act's form, and which act is meant."""

    answers = Answers(load_default=dict, metadata={"example": {"opinion": "同意"}})
    visit_id = Id(load_default=None, metadata={"description": "不填则为等待最久的一次"})
    role = Text(load_default=None, metadata={"description": "以哪个角色办理；不填则为第一个适合的"})


class ActPreviewShape(PreviewShape):
    """Which document is to be seen before an act is done, with which answers."""

    visit_id = Id(load_default=None)
    role = Text(load_default=None)


class DoneShape(Shape):
    """What became of an act."""

    instance = fields.Nested(CompletionInstanceShape, required=True)
    next_tasks = fields.List(fields.Nested(NextTaskShape), required=True)
