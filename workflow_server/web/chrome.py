"""The frame around every page: who one is, the menu, what can be started, notices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import g, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from workflow_server.rules.access import Right
from workflow_server.services import actors, myself, process_definitions
from workflow_server.services.actors import Actor, Visitor
from workflow_server.services.myself import MyPosition
from workflow_server.store.db import settings

#: What is said once on the page that an act leads to.
NOTICES: Mapping[str, Any] = {
    "signed_out": _l("您已退出登录。"),
    "completed": _l("任务已办结。"),
    "started": _l("已发起。"),
    "saved": _l("已保存。"),
}

#: From here on the business clock counts as moved.
_AHEAD = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the menu."""

    label: str
    address: str
    icon: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class Startable:
    """Something that one may start; the label is the content's."""

    label: str
    address: str


def frame() -> dict[str, Any]:
    """Return what the layout needs; called by Flask for every template."""
    notice = NOTICES.get(request.args.get("notice", ""))
    visitor: Visitor | None = g.get("visitor")
    base: dict[str, Any] = {
        "demo": settings().demo,
        "notice": notice,
        "me": None,
        "menu": (),
        "startables": (),
    }
    if visitor is None or "frame" in g:
        return base | dict(g.get("frame", {}))
    me = myself.describe(visitor.actor, ())
    g.frame = {
        "me": me,
        "chosen": me.positions[0] if visitor.actor.chosen else None,
        "positions": _all_positions(visitor) if visitor.actor.chosen else me.positions,
        "menu": menu(visitor.actor),
        "startables": startables(visitor.actor),
        "moved_to": visitor.now if visitor.now - datetime.now(UTC) > _AHEAD else None,
    }
    return base | dict(g.frame)


def menu(actor: Actor) -> list[Entry]:
    """Return where the actor can go."""
    entries = [_entry("home", _("首页"), "home")]
    if actor.positions:
        entries += [
            _entry("cases", _("案件"), "folder"),
            _entry("letters", _("函件"), "mail"),
            _entry("ledgers", _("台账"), "table"),
        ]
    if actor.may(Right.PROPOSE) or actor.may(Right.APPROVE):
        entries.append(_entry("designs", _("流程设计"), "sitemap"))
    if actor.administration == "system":
        entries.append(_entry("operations", _("运行维护"), "activity"))
    return entries


def startables(actor: Actor) -> list[Startable]:
    """Return what the actor may start, in the words of the content."""
    return [
        Startable(
            offer.label,
            url_for(
                "web.starts.show",
                key=definition.key,
                element=offer.element_id,
                organisation=offer.organisation_id,
            ),
        )
        for definition in process_definitions.list_()
        for offer in process_definitions.list_starts(actor, definition)
    ]


def _entry(noun: str, label: str, icon: str) -> Entry:
    return Entry(label, url_for(f"web.{noun}.show"), icon, request.blueprint == f"web.{noun}")


def _all_positions(visitor: Visitor) -> Sequence[MyPosition]:
    """Return every position of a person, also those that were not chosen."""
    return myself.describe(actors.actor_of(visitor.actor.person_id), ()).positions
