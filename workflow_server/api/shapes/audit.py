"""Shapes of the trail as auditors read it."""

from __future__ import annotations

from marshmallow import fields

from workflow_server.api.shapes.base import Paging, Shape, page_of
from workflow_server.api.shapes.fields import (
    Answers,
    Choice,
    Flag,
    Hex,
    Id,
    Moment,
    Shown,
    Text,
    Whole,
)


class TrailQuery(Shape):
    """What acts are narrowed to."""

    person_id = Id(load_default=None)
    act = Text(load_default=None, metadata={"example": "TaskCompleted"})
    area = Text(load_default=None, metadata={"description": "管理区域，或 views（案件查阅）"})
    organisation_id = Id(
        load_default=None, metadata={"description": "以该单位身份所为，或该单位承办的案件"}
    )
    instance_id = Id(load_default=None)
    since = Moment(load_default=None)
    until = Moment(load_default=None)
    outcome = Choice("done", "refused", load_default=None)


class EventQuery(Paging, TrailQuery):
    """Which acts, and which page of them."""


class ExportQuery(TrailQuery):
    """Which acts, and how they are written."""

    format = Choice("jsonl", "csv", load_default="jsonl")


class EventShape(Shape):
    """One act as an auditor sees it: `data` is null for a case's own acts."""

    at = Moment(required=True)
    chain = Shown(required=True, metadata={"description": "instance、views 或管理区域"})
    chain_id = Id(required=True)
    seq = fields.Integer(required=True)
    act = Shown(required=True)
    outcome = Choice("done", "refused", required=True)
    instance_id = Id(required=True, allow_none=True)
    task_id = Id(required=True, allow_none=True)
    element_id = Shown(required=True, allow_none=True)
    person_id = Id(required=True, allow_none=True)
    person_name = Shown(required=True, allow_none=True)
    position_id = Id(required=True, allow_none=True)
    role = Shown(required=True, allow_none=True)
    title = Shown(required=True, allow_none=True)
    organisation_id = Id(required=True, allow_none=True)
    organisation_name = Shown(required=True, allow_none=True)
    on_behalf_of = Id(required=True, allow_none=True)
    on_behalf_of_name = Shown(required=True, allow_none=True)
    address = Shown(required=True, allow_none=True)
    data = Answers(required=True, allow_none=True)
    data_digest = Shown(
        required=True,
        allow_none=True,
        metadata={"description": "以服务器密钥计算，不能据以猜测内容"},
    )


class AnchorShape(Shape):
    """All chains that went on, bound together."""

    seq = fields.Integer(required=True)
    at = Moment(required=True)
    heads = fields.Integer(required=True)
    hash = Hex(required=True)


class VerifyShape(Shape):
    """What to prove; nothing named means everything."""

    instance_id = Id(load_default=None, allow_none=True)
    area = Text(load_default=None, allow_none=True)
    since_anchor = Whole(1, load_default=None, allow_none=True)


class FindingShape(Shape):
    """What is wrong, and where."""

    chain = Shown(required=True)
    chain_id = Id(required=True, allow_none=True)
    instance_id = Id(required=True, allow_none=True)
    seq = fields.Integer(required=True)
    kind = Shown(required=True, metadata={"example": "altered"})
    detail = Shown(required=True)


class ReportShape(Shape):
    """What was proved, and what is wrong."""

    chains = fields.Integer(required=True)
    rows = fields.Integer(required=True)
    anchors = fields.Integer(required=True)
    is_complete = Flag(required=True)
    findings = fields.List(fields.Nested(FindingShape), required=True)
    last_anchor = fields.List(fields.Raw(), required=True, allow_none=True)


EventPage = page_of(EventShape, "AuditEventPage")
AnchorPage = page_of(AnchorShape, "AnchorPage")
