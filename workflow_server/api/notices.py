"""Notices: what one was told of one's cases."""

from __future__ import annotations

from typing import Any

from workflow_server.api import door
from workflow_server.api.shapes.base import page
from workflow_server.api.shapes.notices import (
    NoticePage,
    NoticeQuery,
    NoticesReadShape,
    UnreadShape,
)
from workflow_server.services import notices

noun = door.Noun("notices", "提醒")


@noun.get("", NoticePage, query=NoticeQuery())
def list_notices(query: dict[str, Any]) -> dict[str, Any]:
    """提醒列表 · List your own notices, newest first."""
    found, total = notices.list_(door.actor(), **query)
    return page(found, total, query)


@noun.post("/read", UnreadShape(), takes=NoticesReadShape())
def read_notices(body: dict[str, Any]) -> dict[str, Any]:
    """标为已读 · Mark your notices as read: those named, or all. To ask again changes nothing."""
    return {"unread": notices.read(door.actor(), door.now(), body["ids"])}
