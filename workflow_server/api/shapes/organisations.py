"""Shapes of the tree of organisations, their departments and their successions."""

from __future__ import annotations

from marshmallow import fields

from workflow_server.api.shapes.base import Paging, Shape, page_of
from workflow_server.api.shapes.fields import Choice, Day, Flag, Id, Shown, Text, Whole

_KEY = {"example": "city_office", "description": "小写字母、数字和下划线，以字母开头"}
_LEVEL = {"description": "1 最高或国家级，2 省级，3 市级，4 县级"}


class OrganisationShape(Shape):
    """A body that hosts cases or exchanges letters, and where it stands in the tree."""

    id = Id(required=True)
    key = Shown(required=True)
    name = Shown(required=True)
    short_name = Shown(required=True)
    code = Shown(required=True)
    party = Shown(required=True)
    region = Shown(required=True, allow_none=True)
    on_server = Flag(required=True)
    parent_id = Id(required=True, allow_none=True)
    level = fields.Integer(required=True, allow_none=True, metadata=_LEVEL)
    opened_on = Day(required=True, allow_none=True)
    closed_on = Day(required=True, allow_none=True)


class OrganisationQuery(Paging):
    """What the list of organisations is narrowed to."""

    party = Text(load_default=None)
    parent_id = Id(load_default=None)
    open = Flag(
        load_default=None, metadata={"description": "true 只要未撤销的，false 只要已撤销的"}
    )
    text = Text(load_default=None, metadata={"description": "在名称和简称里查找"})


class _Particulars(Shape):
    region = Text(longest=12, load_default=None, allow_none=True)
    level = Whole(1, 4, load_default=None, allow_none=True, metadata=_LEVEL)
    on_server = Flag(load_default=True)
    opened_on = Day(load_default=None, allow_none=True)
    other_fields = fields.Dict(
        attribute="fields",
        data_key="fields",
        keys=Text(longest=100, shortest=1),
        values=Text(longest=500),
        load_default=dict,
        metadata={"description": "地址、电话等，供文书和编号使用"},
    )


class ParticularsShape(_Particulars):
    """What of an organisation may change without a succession."""


class DescribedShape(_Particulars):
    """A new organisation."""

    key = Text(longest=100, shortest=1, required=True, metadata=_KEY)
    name = Text(longest=200, shortest=1, required=True)
    short_name = Text(longest=100, load_default=None, allow_none=True)
    code = Text(longest=50, load_default="")
    party = Text(longest=100, shortest=1, required=True)
    parent_id = Id(load_default=None, allow_none=True)


class ParentShape(Shape):
    """Under what it stands; null for nothing."""

    parent_id = Id(required=True, allow_none=True)


class ClosureShape(Shape):
    """The first day on which it is no more; today when not given."""

    closed_on = Day(load_default=None, allow_none=True)


class DepartmentShape(Shape):
    """A part of an organisation."""

    id = Id(required=True)
    organisation_id = Id(required=True)
    key = Shown(required=True)
    name = Shown(required=True)
    parent_id = Id(required=True, allow_none=True)
    closed_on = Day(required=True, allow_none=True)


class NewDepartmentShape(Shape):
    """A new department."""

    key = Text(longest=100, shortest=1, required=True, metadata=_KEY)
    name = Text(longest=200, shortest=1, required=True)
    parent_id = Id(load_default=None, allow_none=True)


class NameShape(Shape):
    """Another name."""

    name = Text(longest=200, shortest=1, required=True)


class SuccessorShape(Shape):
    """Who goes on: an organisation that there is, or a new one; and what goes to it."""

    organisation_id = Id(load_default=None, allow_none=True)
    organisation = fields.Nested(DescribedShape, load_default=None, allow_none=True)
    department_ids = fields.List(Id(), load_default=list)
    instance_ids = fields.List(Id(), load_default=list)


class NewSuccessionShape(Shape):
    """A renaming (name, short_name, code), a merger (one successor) or a split (several)."""

    kind = Choice("rename", "merge", "split", required=True)
    on = Day(required=True)
    reason = Text(longest=500, load_default=None, allow_none=True)
    name = Text(longest=200, shortest=1, load_default=None, allow_none=True)
    short_name = Text(longest=100, shortest=1, load_default=None, allow_none=True)
    code = Text(longest=50, load_default=None, allow_none=True)
    successors = fields.List(fields.Nested(SuccessorShape), load_default=list)
    move_positions = Flag(
        load_default=True, metadata={"description": "原单位人员是否以原角色转入承继单位"}
    )


class SuccessionShape(Shape):
    """What became of an organisation."""

    id = Id(required=True)
    kind = Shown(required=True)
    organisation_id = Id(required=True)
    successor_id = Id(required=True)
    on = Day(required=True)
    names = fields.Dict(required=True, metadata={"description": "前后的名称、简称和代字"})
    reason = Shown(required=True, allow_none=True)


class SuccessionsShape(Shape):
    """The successions that an organisation was part of, oldest first."""

    items = fields.List(fields.Nested(SuccessionShape), required=True)


OrganisationPage = page_of(OrganisationShape, "OrganisationPage")
DepartmentPage = page_of(DepartmentShape, "DepartmentPage")
