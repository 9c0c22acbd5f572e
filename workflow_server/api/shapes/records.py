"""Shapes of records and of the chains of links between records, documents and instances."""

from __future__ import annotations

from marshmallow import fields

from workflow_server.api.shapes.base import Paging, Shape, page_of
from workflow_server.api.shapes.fields import Answers, Choice, Flag, Id, Moment, Shown, Text


class RecordShape(Shape):
    """A business object of a declared kind."""

    id = Id(required=True)
    kind = Shown(required=True)
    organisation_id = Id(required=True)
    instance_id = Id(required=True, allow_none=True)
    number = Shown(required=True, allow_none=True)
    title = Shown(required=True)
    state = Shown(required=True)
    values = Answers(required=True, attribute="fields", data_key="fields")
    opened_at = Moment(required=True)
    updated_at = Moment(required=True)
    closed_at = Moment(required=True, allow_none=True)


class RecordQuery(Paging):
    """What a list of records is narrowed to."""

    kind = Text(load_default=None)
    state = Text(load_default=None)
    organisation_id = Id(load_default=None)
    instance_id = Id(load_default=None)
    text = Text(load_default=None, metadata={"description": "标题或编号中的文字"})
    closed = Flag(load_default=None)


class EndShape(Shape):
    """What stands at one end of a link."""

    type = Choice("record", "document", "instance", required=True)
    id = Id(required=True)
    organisation_id = Id(required=True)
    instance_id = Id(required=True, allow_none=True)
    number = Shown(required=True, allow_none=True)
    title = Shown(required=True)
    kind = Shown(required=True)
    state = Shown(required=True)


class LinkShape(Shape):
    """(from, relation, to)."""

    id = Id(required=True)
    from_id = Id(required=True)
    relation = Shown(required=True)
    to_id = Id(required=True)
    made_at = Moment(required=True)


class ChainShape(Shape):
    """What hangs together with one thing."""

    ends = fields.List(fields.Nested(EndShape), required=True)
    links = fields.List(fields.Nested(LinkShape), required=True)


class ChainQuery(Shape):
    """Where a chain begins."""

    of = Id(required=True, metadata={"description": "业务记录、文书或流程实例的标识"})


RecordPage = page_of(RecordShape, "RecordPage")
