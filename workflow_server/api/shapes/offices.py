"""Shapes of offices that come in from Excel files."""

from __future__ import annotations

from marshmallow import fields

from workflow_server.api.shapes.base import Shape
from workflow_server.api.shapes.fields import Flag, Shown


class ImportForm(Shape):
    """Whether to say only what the file would do."""

    dry_run = Flag(load_default=False, metadata={"description": "true：只检查，不写入"})


class ChangeShape(Shape):
    """One thing that a row adds or changes."""

    sheet = Shown(required=True)
    row = fields.Integer(required=True)
    what = Shown(required=True, metadata={"description": "added 或 changed"})
    name = Shown(required=True)
    before = fields.Dict(required=True)
    after = fields.Dict(required=True)


class ImportedShape(Shape):
    """What a file did or would do; `left` rows wait for the other administrator."""

    dry_run = Flag(required=True)
    added = fields.Integer(required=True)
    changed = fields.Integer(required=True)
    unchanged = fields.Integer(required=True)
    left = fields.Integer(required=True)
    changes = fields.List(fields.Nested(ChangeShape), required=True)
