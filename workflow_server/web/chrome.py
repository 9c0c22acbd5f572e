"""The frame around every page: who one is, the menu, what can be started, notices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import g, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from workflow_server.errors import WorkflowServerError
from workflow_server.rules.access import Right
from workflow_server.services import actors, definition_cache, myself, process_definitions, sites
from workflow_server.services.actors import Actor, Visitor
from workflow_server.services.definition_cache import Newest
from workflow_server.services.myself import MyPosition
from workflow_server.services.sites import Site
from workflow_server.store.db import settings

#: What is said once on the page that an act leads to.
NOTICES: Mapping[str, Any] = {
    "signed_out": _l("您已退出登录。"),
    "session_over": _l("登录已过期，请重新登录。"),
    "password_changed": _l("口令已修改，其他登录已退出。"),
    "factor_removed": _l("第二验证因素已停用。"),
    "token_revoked": _l("令牌已吊销。"),
    "completed": _l("任务已办结。"),
    "act_done": _l("已办理，记入办理记录。"),
    "act_gone": _l("该事项现在不能办理，案件已有变化。"),
    "clock_changed": _l("期限已调整，并记入办理记录。"),
    "case_suspended": _l("流程已暂停，恢复之前谁也不能办理。"),
    "case_resumed": _l("流程已恢复，暂停期间到来的已经接着处理。"),
    "case_cancelled": _l("流程已终止。"),
    "case_moved": _l("已移动到所选环节。"),
    "variable_set": _l("变量已修改。"),
    "element_skipped": _l("已跳过该环节。"),
    "next": _l("任务已办结。这是您的下一项待办。"),
    "claimed": _l("已领取，由您办理。"),
    "released": _l("已退回，其他人可以领取。"),
    "started": _l("已发起。"),
    "saved": _l("已保存。"),
    "acknowledged": _l("已签收，发件单位可以看到。"),
    "handed_over": _l("纸质送达情况已登记。"),
    "answer_entered": _l("书面答复已登记，案件继续办理。"),
    "answer_gone": _l("没有办理中的案件等待这一往来的答复，不能登记。"),
    "retried": _l("已安排重试，结果稍后显示。"),
    "restricted": _l("密级和标识已设定，立即生效。"),
    "recused": _l("回避已生效，其手上的任务已退回。"),
    "recusal_lifted": _l("回避已解除。"),
    "draft_begun": _l("草稿已建立，改动不影响正在运行的流程。"),
    "draft_closed": _l("草稿已关闭。"),
    "draft_rebased": _l("草稿已更新到最新版本。"),
    "register_taken_over": _l("旧台账已导入。"),
    "draft_filled": _l("已导入草稿。"),
    "proposed": _l("已提交审批，由他人审批后生效。"),
    "approved": _l("您已同意；还需要其他人审批。"),
    "deployed": _l("已部署，新的案件使用新版本，办理中的案件不受影响。"),
    "rejected": _l("已驳回。"),
    "withdrawn": _l("已撤回。"),
    "emergency_taken": _l("紧急查阅已开始，只能查看；安全审计员会看到。"),
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
    newest, site = _deployed()
    base: dict[str, Any] = {
        "demo": settings().demo,
        "site": site,
        "attachment_mb": settings().attachment_mb,
        "notice": notice,
        "me": None,
        "menu": (),
        "startables": (),
        "unread": 0,
    }
    if visitor is None or "frame" in g:
        return base | dict(g.get("frame", {}))
    me = myself.describe(visitor.actor, ())
    is_held_up = bool(visitor.token.scopes)
    g.frame = {
        "me": me,
        "chosen": me.positions[0] if visitor.actor.chosen else None,
        "positions": _all_positions(visitor) if visitor.actor.chosen else me.positions,
        "menu": () if is_held_up else menu(visitor.actor),
        "unread": 0 if is_held_up else visitor.unread,
        "startables": () if is_held_up else startables(visitor.actor, newest),
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


def startables(actor: Actor, newest: Newest | None) -> list[Startable]:
    """Return what the actor may start, in the words of the content."""
    definitions = newest.definitions if newest is not None else ()
    return [
        Startable(
            offer.label,
            url_for(
                "web.starts.show",
                key=definition.key,
                element=offer.element_id,
                role=offer.role,
                organisation=offer.organisation_id,
            ),
        )
        for definition in definitions
        for offer in process_definitions.list_starts(actor, definition)
    ]


def _deployed() -> tuple[Newest | None, Site]:
    """Return what is deployed by now; an error page must not ask a database that is away."""
    if "problem" in g:
        return None, sites.last_known()
    try:
        newest = definition_cache.newest()
        return newest, sites.of(newest)
    except WorkflowServerError:
        return None, sites.last_known()


def _entry(noun: str, label: str, icon: str) -> Entry:
    return Entry(label, url_for(f"web.{noun}.show"), icon, request.blueprint == f"web.{noun}")


def _all_positions(visitor: Visitor) -> Sequence[MyPosition]:
    """Return every position of a person, also those that were not chosen."""
    return myself.describe(actors.actor_of(visitor.actor.person_id), ()).positions
