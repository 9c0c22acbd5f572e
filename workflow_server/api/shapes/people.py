"""Shapes of people, their posts and groups."""

from __future__ import annotations

from marshmallow import fields

from workflow_server.api.shapes.base import Paging, Shape, page_of
from workflow_server.api.shapes.fields import Day, Flag, Id, Shown, Text, Whole

#: What a sign-in is to be used for before anything else.
MUST = {
    "description": "须先完成的事项：password 修改口令、second-factor 启用第二验证因素",
    "example": [],
}
_CLEARANCE = {"description": "0 公开，1 内部，2 工作秘密"}


class PositionShape(Shape):
    """A post that somebody holds."""

    id = Id(required=True)
    organisation_id = Id(required=True)
    organisation_name = Shown(required=True)
    role = Shown(required=True)
    title = Shown(required=True, allow_none=True)
    department_id = Id(required=True, allow_none=True)
    is_head = Flag(required=True)
    acting_for_id = Id(required=True, allow_none=True)
    sees = Shown(
        required=True, metadata={"description": "own、department、organisation 或 jurisdiction"}
    )
    rights = fields.Function(
        lambda position: sorted(position.rights),
        metadata={"type": "array", "items": {"type": "string"}},
    )


class MeShape(Shape):
    """Who asks."""

    person_id = Id(required=True)
    name = Shown(required=True)
    administration = Shown(required=True, allow_none=True)
    positions = fields.List(fields.Nested(PositionShape), required=True)


class MyPositionShape(PositionShape):
    """A post that one holds oneself, with what its department and role are called."""

    department_name = Shown(required=True, allow_none=True)
    role_label = Shown(required=True, allow_none=True)


class MyselfShape(MeShape):
    """Who asks, with what they must do first."""

    login = Shown(required=True)
    positions = fields.List(fields.Nested(MyPositionShape), required=True)
    must = fields.List(Shown(), required=True, metadata=MUST)


class HolderShape(Shape):
    """A person at a post, for pickers."""

    person_id = Id(required=True)
    name = Shown(required=True)
    organisation_id = Id(required=True)
    organisation_name = Shown(required=True)
    role = Shown(required=True)
    title = Shown(required=True, allow_none=True)
    department_id = Id(required=True, allow_none=True)
    department_name = Shown(required=True, allow_none=True)
    is_head = Flag(required=True)


class HolderQuery(Paging):
    """What the list of people is narrowed to."""

    organisation_id = Id(load_default=None)
    role = Text(load_default=None)
    text = Text(load_default=None, metadata={"description": "在姓名和职务里查找"})
    person_id = Id(load_default=None)


class PersonShape(Shape):
    """A person as the administrators see them."""

    id = Id(required=True)
    login = Shown(required=True)
    name = Shown(required=True)
    active = Flag(required=True)
    administration = Shown(required=True, allow_none=True)
    clearance = fields.Integer(required=True, metadata=_CLEARANCE)
    minors_certified = Flag(required=True)


class PersonQuery(Paging):
    """What the directory is narrowed to."""

    text = Text(load_default=None, metadata={"description": "在登录名和姓名里查找"})


class NewPersonShape(Shape):
    """A new person."""

    login = Text(longest=100, shortest=1, required=True, metadata={"example": "zhang.san"})
    name = Text(longest=100, shortest=1, required=True)


class PersonChangeShape(Shape):
    """A person's name, and whether they can sign in."""

    name = Text(longest=100, shortest=1, required=True)
    active = Flag(required=True)


class GrantsShape(Shape):
    """What a person is granted; what is not named stays as it is."""

    clearance = Whole(0, 2, metadata=_CLEARANCE)
    minors_certified = Flag()


class PostShape(Shape):
    """A position to be given."""

    organisation_id = Id(required=True)
    role = Text(longest=100, shortest=1, required=True)
    title = Text(longest=200, load_default=None, allow_none=True)
    department_id = Id(load_default=None, allow_none=True)
    is_head = Flag(load_default=False)
    acting_for_id = Id(load_default=None, allow_none=True)
    since = Day(load_default=None, allow_none=True)
    until = Day(load_default=None, allow_none=True)


class HoldingShape(Shape):
    """A position that a person holds, held or will hold."""

    id = Id(required=True)
    person_id = Id(required=True)
    organisation_id = Id(required=True)
    role = Shown(required=True)
    title = Shown(required=True, allow_none=True)
    department_id = Id(required=True, allow_none=True)
    is_head = Flag(required=True)
    acting_for_id = Id(required=True, allow_none=True)
    since = Day(required=True, allow_none=True)
    until = Day(required=True, allow_none=True)


class PositionEndShape(Shape):
    """The first day on which a position is held no more; today when not given."""

    until = Day(load_default=None, allow_none=True)


class GroupShape(Shape):
    """A named set of people."""

    id = Id(required=True)
    key = Shown(required=True)
    name = Shown(required=True)
    organisation_id = Id(required=True, allow_none=True)


class NewGroupShape(Shape):
    """A new group."""

    key = Text(longest=100, shortest=1, required=True)
    name = Text(longest=200, shortest=1, required=True)
    organisation_id = Id(load_default=None, allow_none=True)


class MembersShape(Shape):
    """A group's name and who is in it."""

    name = Text(longest=200, shortest=1, required=True)
    person_ids = fields.List(Id(), required=True)


class MemberShape(Shape):
    """Somebody in a group."""

    id = Id(required=True)
    name = Shown(required=True)


class MembershipShape(Shape):
    """A group with its members."""

    group = fields.Nested(GroupShape, required=True)
    members = fields.List(fields.Nested(MemberShape), required=True)


PersonPage = page_of(PersonShape, "PersonPage")
HoldingPage = page_of(HoldingShape, "HoldingPage")
GroupPage = page_of(GroupShape, "GroupPage")
HolderPage = page_of(HolderShape, "HolderPage")
