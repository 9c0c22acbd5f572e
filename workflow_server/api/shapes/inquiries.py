"""Shapes of inquiry records."""

from __future__ import annotations

from workflow_server.api.shapes.base import Paging, Shape, page_of
from workflow_server.api.shapes.fields import Choice, Id, Moment, Shown, Text

#: How somebody asks.
MANNERS = ("in_person", "telephone", "writing", "electronic", "other")


class RecordInquiryShape(Shape):
    """Who asked about or spoke for a case, when, how and what."""

    organisation_id = Id(required=True)
    instance_id = Id(load_default=None, allow_none=True)
    inquirer = Text(shortest=1, required=True)
    inquirer_unit = Text(shortest=1, required=True)
    inquirer_post = Text(load_default=None, allow_none=True)
    manner = Choice(*MANNERS, required=True)
    content = Text(longest=4000, shortest=1, required=True)
    occurred_at = Moment(required=True)
    corrects_id = Id(
        load_default=None, allow_none=True, metadata={"description": "被更正的记录；原记录不变"}
    )


class InquiryShape(Shape):
    """A record; who asked and what was said is null for the audit administrator."""

    id = Id(required=True)
    organisation_id = Id(required=True)
    instance_id = Id(required=True, allow_none=True)
    inquirer = Shown(required=True, allow_none=True)
    inquirer_unit = Shown(required=True, allow_none=True)
    inquirer_post = Shown(required=True, allow_none=True)
    manner = Shown(required=True)
    content = Shown(required=True, allow_none=True)
    occurred_at = Moment(required=True)
    recorded_by = Id(required=True)
    recorded_at = Moment(required=True)
    corrects_id = Id(required=True, allow_none=True)


class InquiryQuery(Paging):
    """What a list of records is narrowed to."""

    organisation_id = Id(load_default=None)
    instance_id = Id(load_default=None)


InquiryPage = page_of(InquiryShape, "InquiryPage")
