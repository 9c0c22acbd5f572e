"""Shapes of attachments."""

from __future__ import annotations

from marshmallow import fields

from workflow_server.api.shapes.base import Shape
from workflow_server.api.shapes.fields import Id, Moment, Shown


class AttachmentShape(Shape):
    """A file that somebody brought; its id is the answer to a file field."""

    id = Id(required=True)
    name = Shown(required=True)
    media_type = Shown(required=True)
    size = fields.Integer(required=True, metadata={"description": "字节数"})
    sha256 = Shown(required=True)
    organisation_id = Id(required=True)
    instance_id = Id(required=True, allow_none=True)
    task_id = Id(required=True, allow_none=True)
    person_id = Id(required=True)
    added_at = Moment(required=True)


class AttachmentForm(Shape):
    """Where a file belongs: to a task, or to an organisation of one's own."""

    task_id = Id(load_default=None)
    organisation_id = Id(load_default=None)


class AttachmentQuery(Shape):
    """Whose files."""

    instance_id = Id(required=True)


class AttachmentsShape(Shape):
    """The files of an instance, oldest first."""

    items = fields.List(fields.Nested(AttachmentShape), required=True)
