"""Shapes of notices."""

from __future__ import annotations

from marshmallow import fields

from workflow_server.api.shapes.base import Paging, Shape, page_of
from workflow_server.api.shapes.fields import Flag, Id, Moment, Shown


class NoticeShape(Shape):
    """A sentence to one person about a case, and whether they may open that."""

    id = Id(required=True, attribute="notice.id")
    kind = Shown(required=True, attribute="notice.kind")
    text = Shown(required=True, attribute="notice.text")
    instance_id = Id(required=True, attribute="notice.instance_id")
    deadline_id = Id(required=True, allow_none=True, attribute="notice.deadline_id")
    is_seen = Flag(required=True)
    given_at = Moment(required=True, attribute="notice.given_at")
    read_at = Moment(required=True, allow_none=True, attribute="notice.read_at")


class NoticeQuery(Paging):
    """What a list of notices is narrowed to."""

    unread = Flag(load_default=False)


class NoticesReadShape(Shape):
    """Which notices have been read; null: all."""

    ids = fields.List(Id(), load_default=None, allow_none=True)


class UnreadShape(Shape):
    """How many notices are left unread."""

    unread = fields.Integer(required=True)


NoticePage = page_of(NoticeShape, "NoticePage")
