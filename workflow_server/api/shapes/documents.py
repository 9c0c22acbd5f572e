"""Shapes of documents."""

from __future__ import annotations

from marshmallow import fields

from workflow_server.api.shapes.base import Paging, Shape, page_of
from workflow_server.api.shapes.fields import Answers, Choice, Day, Id, Moment, Shown, Text


class DocumentShape(Shape):
    """A paper of a case; its pages are there once `rendered_at` is."""

    id = Id(required=True)
    kind = Shown(required=True)
    title = Shown(required=True)
    number = Shown(required=True, allow_none=True)
    status = Choice("draft", "superseded", "issued", "served", "erased", required=True)
    organisation_id = Id(required=True)
    recipient_id = Id(required=True, allow_none=True)
    instance_id = Id(required=True)
    element_id = Shown(required=True)
    person_id = Id(required=True, allow_none=True)
    filename = Shown(required=True)
    made_at = Moment(required=True)
    issued_on = Day(required=True, allow_none=True)
    served_at = Moment(required=True, allow_none=True)
    rendered_at = Moment(required=True, allow_none=True)
    sha256 = Shown(required=True, allow_none=True)
    size = fields.Integer(required=True, allow_none=True)
    pages = fields.Integer(required=True, allow_none=True)


class DocumentQuery(Paging):
    """What a list of documents is narrowed to."""

    instance_id = Id(load_default=None)
    kind = Text(load_default=None)


class PaperShape(Shape):
    """A paper that the answers of a form end up in, and that can be looked at before."""

    kind = Shown(required=True)
    title = Shown(required=True)


class PreviewShape(Shape):
    """Which document is to be seen before it is made, with which answers."""

    kind = Text(shortest=1, required=True)
    answers = Answers(load_default=dict)


class StartPreviewShape(PreviewShape):
    """The same of a start: which one, and in which organisation; without them the first."""

    element_id = Text(load_default=None)
    organisation_id = Id(load_default=None)
    role = Text(load_default=None)


DocumentPage = page_of(DocumentShape, "DocumentPage")
