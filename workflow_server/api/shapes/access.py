"""Shapes of what binds people to cases, or keeps them away."""

from __future__ import annotations

from marshmallow import fields

from workflow_server.api.shapes.base import Paging, Shape, page_of
from workflow_server.api.shapes.fields import Choice, Id, Moment, Shown, Text, Whole
from workflow_server.rules.access import WORK_SECRET
from workflow_server.services.restrictions import LONGEST_FLAG, LONGEST_REASON

_REASON = {"description": "记入案件的办理记录"}


class RestrictionsShape(Shape):
    """A case's secrecy and flags, set by hand; the diagram may say something stricter."""

    secrecy = Whole(
        0, WORK_SECRET, required=True, metadata={"description": "0 公开，1 内部，2 工作秘密"}
    )
    minor = fields.Boolean(required=True, metadata={"description": "涉及未成年人"})
    flags = fields.List(
        Text(longest=LONGEST_FLAG, shortest=1),
        load_default=list,
        metadata={"description": "其他标识"},
    )
    reason = Text(longest=LONGEST_REASON, shortest=1, required=True, metadata=_REASON)


class RecusalGivenShape(Shape):
    """Who must have nothing to do with a case, and why."""

    person_id = Id(required=True)
    reason = Text(longest=LONGEST_REASON, shortest=1, required=True, metadata=_REASON)


class ReasonShape(Shape):
    """Why."""

    reason = Text(longest=LONGEST_REASON, shortest=1, required=True, metadata=_REASON)


class RecusalShape(Shape):
    """A recusal; lifted, it stays on record."""

    id = Id(required=True)
    person_id = Id(required=True)
    reason = Shown(required=True)
    ordered_by = Id(required=True)
    ordered_at = Moment(required=True)
    lifted_by = Id(required=True, allow_none=True)
    lifted_at = Moment(required=True, allow_none=True)
    lifted_reason = Shown(required=True, allow_none=True)


RecusalPage = page_of(RecusalShape, "RecusalPage")


class EmergencyShape(Shape):
    """Emergency access to a case: for auditors without anything of the case."""

    id = Id(required=True)
    person_id = Id(required=True)
    instance_id = Id(required=True)
    organisation_id = Id(required=True)
    reason = Shown(required=True)
    taken_at = Moment(required=True)
    expires_at = Moment(required=True)
    reviewed_at = Moment(required=True, allow_none=True)
    reviewed_by = Id(required=True, allow_none=True)


class EmergencyQuery(Paging):
    """What a list of emergency accesses is narrowed to."""

    reviewed = Choice("true", "false", load_default=None)


EmergencyPage = page_of(EmergencyShape, "EmergencyPage")
