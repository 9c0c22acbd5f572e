"""Shapes of trials: who would get a task, and why."""

from __future__ import annotations

from marshmallow import fields, validate

from workflow_server.api.shapes.base import Shape
from workflow_server.api.shapes.fields import Answers, Choice, Flag, Id, Shown, Text
from workflow_server.content.grammar import STRATEGIES

#: So many elements can have been done in a case made up for a trial.
_DONE = 200


class TrialConditionsShape(Shape):
    """A case made up for a trial."""

    element_id = Text(required=True, metadata={"description": "人工任务的标识"})
    organisation_id = Id(required=True, metadata={"description": "承办单位"})
    starter_id = Id(load_default=None, metadata={"description": "发起人；由来函发起时不填"})
    answers = Answers(
        load_default=dict, metadata={"description": "元素标识 → 该元素最近一次填写的内容"}
    )
    facts = Answers(load_default=dict, metadata={"description": "假设的流程变量"})
    completed_by = fields.Dict(
        keys=Text(),
        values=Id(),
        load_default=dict,
        validate=validate.Length(max=_DONE, error=f"至多{_DONE}个环节"),
        metadata={"description": "元素标识 → 办理人，按办理的先后排列"},
    )
    secrecy = fields.Integer(
        load_default=1,
        strict=True,
        validate=validate.OneOf((0, 1, 2), error="密级只能是 0、1、2"),
        metadata={"description": "0 公开，1 内部，2 工作秘密"},
    )
    draft_id = Id(
        load_default=None, metadata={"description": "按哪一份草稿试算；不填则按现行的最新版本"}
    )
    minor = Flag(load_default=False, metadata={"description": "是否涉及未成年人"})


class CandidateShape(Shape):
    """Somebody who would be offered the task, in the post for which they were found."""

    person_id = Id(required=True)
    name = Shown(required=True)
    position_id = Id(required=True)
    role = Shown(required=True)
    title = Shown(required=True, allow_none=True)


class TrialShape(Shape):
    """What came of a trial."""

    process_key = Shown(required=True, attribute="source.key")
    process_version = fields.Integer(
        required=True,
        allow_none=True,
        attribute="source.version",
        metadata={"description": "草稿还没有版本"},
    )
    element_id = Shown(required=True, attribute="element.id")
    element_name = Shown(required=True, attribute="element.name")
    strategy = Choice(*STRATEGIES, required=True, attribute="assign.strategy")
    on_empty = Shown(required=True, attribute="assign.on_empty")
    self_rule = Shown(required=True, attribute="assign.self_rule")
    outcome = Choice(
        "assignee",
        "candidates",
        "role",
        "nobody",
        required=True,
        metadata={
            "description": "assignee：直接分给一人；candidates：由其中一人领取；"
            "role：由该角色的人领取；nobody：无人办理，流程停在此处等待处理"
        },
    )
    role = Shown(required=True, allow_none=True, attribute="choice.role")
    candidates = fields.List(
        fields.Nested(CandidateShape), required=True, attribute="choice.candidates"
    )
    reasons = fields.List(
        Shown(), required=True, attribute="choice.reasons", metadata={"description": "逐步的说明"}
    )
    problem = Shown(required=True, allow_none=True, attribute="choice.problem")
