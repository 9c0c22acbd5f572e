"""What all shapes share: unknown keys are refused, lists come in pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from marshmallow import RAISE, Schema, fields, types

from workflow_server.api.shapes.fields import Shown, Whole

PAGE_SIZE = 50
_MESSAGES = {"unknown": "不认识的字段", "type": "应为一个对象"}


class Shape(Schema):
    """A shape that refuses what it does not know."""

    error_messages = _MESSAGES

    class Meta(Schema.Meta):
        unknown: ClassVar[types.UnknownOption] = RAISE


class Paging(Shape):
    """Which page of a list, and how long."""

    page = Whole(1, 1_000_000, load_default=1, metadata={"description": "第几页，从 1 起"})
    page_size = Whole(1, 200, load_default=PAGE_SIZE, metadata={"description": "每页多少项"})


class FaultShape(Shape):
    """One thing wrong, and where."""

    pointer = Shown(required=True, metadata={"example": "#/answers/served_at"})
    detail = Shown(required=True, metadata={"example": "请填写送达时间"})


class ProblemShape(Shape):
    """RFC 9457: why a request was refused."""

    type = Shown(required=True, metadata={"example": "/api/problems/invalid-input"})
    title = Shown(required=True, metadata={"example": "输入有误"})
    status = fields.Integer(required=True, metadata={"example": 422})
    detail = Shown(required=True)
    code = Shown(required=True, metadata={"example": "invalid-input"})
    reference = Shown(metadata={"description": "只在 500 时有：日志中的编号"})
    errors = fields.List(fields.Nested(FaultShape))


def page_of(item: type[Shape], name: str) -> Shape:
    """Make the shape of one page of a list."""
    made = Shape.from_dict(
        {
            "items": fields.List(fields.Nested(item), required=True),
            "page": fields.Integer(required=True, metadata={"example": 1}),
            "page_size": fields.Integer(required=True, metadata={"example": PAGE_SIZE}),
            "total": fields.Integer(required=True, metadata={"example": 1}),
        },
        name=name,
    )
    shape = made()
    assert isinstance(shape, Shape)
    return shape


def slice_of(rows: Sequence[Any], query: Mapping[str, Any]) -> Sequence[Any]:
    """Cut one page out of a list that is short by nature and comes whole."""
    first = (query["page"] - 1) * query["page_size"]
    return rows[first : first + query["page_size"]]


def page(items: Iterable[Any], total: int, query: Mapping[str, Any]) -> dict[str, Any]:
    """Wrap the items of a list as its page."""
    return {
        "items": list(items),
        "page": query["page"],
        "page_size": query["page_size"],
        "total": total,
    }
