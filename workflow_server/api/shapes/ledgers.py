"""Shapes of ledgers, of their figures and of old registers that come in."""

from __future__ import annotations

from marshmallow import fields

from workflow_server.api.shapes.base import Shape
from workflow_server.api.shapes.fields import Day, Flag, Id, Shown, Text, Whole


class LedgerShape(Shape):
    """A ledger that one has."""

    key = Shown(required=True)
    label = Shown(required=True)
    kind = Shown(required=True)
    takes_over = Flag(required=True)


class LedgersShape(Shape):
    """All of them, in the order of the content."""

    items = fields.List(fields.Nested(LedgerShape), required=True)


class FiguresQuery(Shape):
    """What the rows are narrowed to; days and year are those of the ledger's cohort."""

    year = Whole(least=1900, most=2200, load_default=None)
    first = Day(load_default=None)
    last = Day(load_default=None)
    state = Text(load_default=None)
    organisation_id = Id(load_default=None)
    text = Text(load_default=None)


class PartShape(Shape):
    """One of what a figure is made up of."""

    label = Shown(required=True)
    value = fields.Float(required=True)


class AmountShape(Shape):
    """How much there is in one unit."""

    unit = Shown(required=True)
    value = fields.Float(required=True)


class FigureShape(Shape):
    """What one figure comes to."""

    key = Shown(required=True)
    label = Shown(required=True)
    group = Shown(required=True)
    value = fields.Float(required=True)
    share = fields.Decimal(required=True, allow_none=True, as_string=True)
    over = Shown(required=True, allow_none=True)
    parts = fields.List(fields.Nested(PartShape), required=True)
    gap = fields.Float(required=True, allow_none=True)
    amounts = fields.List(fields.Nested(AmountShape), required=True)


class FiguresShape(Shape):
    """All figures of a ledger, in the order of the content."""

    items = fields.List(fields.Nested(FigureShape), required=True)


class RegisterForm(Shape):
    """Whose register it is, and whether to say only what the file would do."""

    dry_run = Flag(load_default=False, metadata={"description": "true：只检查，不写入"})
    organisation_id = Id(
        load_default=None, metadata={"description": "台账所属单位；只有一个时可以不写"}
    )


class RegisterChangeShape(Shape):
    """One record that a row adds or changes."""

    row = fields.Integer(required=True)
    what = Shown(required=True, metadata={"description": "added 或 changed"})
    number = Shown(required=True)
    title = Shown(required=True)
    before = fields.Dict(required=True)
    after = fields.Dict(required=True)


class TakenOverShape(Shape):
    """What a register did or would do; the first 500 changes one by one."""

    dry_run = Flag(required=True)
    organisation_id = Id(required=True)
    added = fields.Integer(required=True)
    changed = fields.Integer(required=True)
    unchanged = fields.Integer(required=True)
    changes = fields.List(fields.Nested(RegisterChangeShape), required=True)
