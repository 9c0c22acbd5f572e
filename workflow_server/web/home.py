"""Home: what is to be done, what was done, what one has started; language and identity."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from workflow_server import arrivals
from workflow_server.rules.access import Right
from workflow_server.services import definition_cache, due_days, process_definitions, worklists
from workflow_server.services.actors import Actor
from workflow_server.services.worklists import Narrowing
from workflow_server.web import chrome, door, texts

pages = door.pages("home")

PAGE_SIZE = 20
_YEAR = 365 * 24 * 3600
_LONGEST_SEARCH = 100


@dataclass(frozen=True, slots=True)
class Hint:
    """Something that somebody may do here, and where."""

    title: str
    text: str
    address: str
    icon: str


@pages.get("/")
def show() -> Response:
    """Show what is to be done; who has no post, and so no tasks, is told what there is."""
    actor = door.actor()
    if actor.administration is not None or not actor.positions:
        return door.render("home/hints.html", hints=hints(actor))
    tab = request.args.get("tab", "to_do")
    tab = tab if tab in ("to_do", "done", "started") else "to_do"
    narrowed, given = _narrowing()
    rows, total = _list(tab, actor, narrowed)
    return door.render(
        "home/show.html",
        tab=tab,
        rows=rows,
        total=total,
        page=door.page_number(),
        page_size=PAGE_SIZE,
        counts=worklists.count(actor),
        given=given,
        is_narrowed=any(given.values()),
        processes=process_definitions.list_(),
        organisations=_organisations(actor),
        made=worklists.list_made(
            actor, [row.instance.id for row in rows if not getattr(row, "records", None)]
        ),
        hints=hints(actor) if not rows else (),
    )


@pages.post("/language")
def set_language() -> ResponseReturnValue:
    """Remember the language of the interface."""
    chosen = request.form.get("language", "")
    response = redirect(door.local_path(request.form.get("back")), 303)
    if chosen in texts.LANGUAGES:
        response.set_cookie(
            texts.COOKIE, chosen, max_age=_YEAR, secure=request.is_secure, samesite="Lax"
        )
    return response


@pages.post("/identity")
def set_identity() -> ResponseReturnValue:
    """Act in one of one's positions from now on, or in all of them."""
    chosen = _id(request.form.get("position"))
    response = redirect(door.local_path(request.form.get("back")), 303)
    if chosen is None:
        response.delete_cookie(arrivals.IDENTITY_COOKIE)
        return response
    response.set_cookie(
        arrivals.IDENTITY_COOKIE,
        str(chosen),
        httponly=True,
        secure=request.is_secure,
        samesite="Lax",
    )
    return response


def hints(actor: Actor) -> list[Hint]:
    """Return what the actor may do here beside tasks, each with the way there."""
    startables = chrome.startables(actor, definition_cache.newest())
    found = [Hint(each.label, "", each.address, "plus") for each in startables]
    if actor.may(Right.PROPOSE) or actor.may(Right.APPROVE):
        text = _("查看流程图的各个版本，起草修改，提请发布或审批。")
        found.append(Hint(_("流程设计"), text, url_for("web.designs.show"), "sitemap"))
    if actor.administration == "system":
        text = _("处理异常和任务，查看部署和运行状况。")
        found.append(Hint(_("运行维护"), text, url_for("web.operations.show"), "activity"))
    if actor.positions and not actor.may(Right.PROPOSE):
        return found
    text = _("供程序调用的全部接口，可以在页面上逐项查阅。")
    found.append(Hint(_("接口说明"), text, url_for("api_description.read_page"), "code"))
    text = _("修改口令，设置第二验证因素，管理令牌，查看登录记录。")
    found.append(Hint(_("账号与安全"), text, url_for("web.account.show"), "lock"))
    return found


def _list(tab: str, actor: Actor, narrowed: Narrowing) -> tuple[Any, int]:
    page = door.page_number()
    if tab == "done":
        return worklists.list_done(actor, narrowed, page, PAGE_SIZE)
    if tab == "started":
        return worklists.list_started(actor, door.now(), narrowed, page, PAGE_SIZE)
    return worklists.list_to_do(actor, narrowed, page, PAGE_SIZE)


def _narrowing() -> tuple[Narrowing, dict[str, str]]:
    """Return what the list is narrowed to, and how that was asked for."""
    given = {
        name: request.args.get(name, "").strip()[:_LONGEST_SEARCH]
        for name in ("process", "organisation", "due", "text")
    }
    now = door.now()
    ends = {"overdue": due_days.today(now) - timedelta(days=1), "week": due_days.week_end(now)}
    narrowed = Narrowing(
        process_key=given["process"] or None,
        organisation_id=_id(given["organisation"]),
        due_by=ends.get(given["due"]),
        text=given["text"] or None,
    )
    return narrowed, given


def _organisations(actor: Actor) -> list[tuple[UUID, str]]:
    return sorted(
        {(each.organisation_id, each.organisation_name) for each in actor.positions},
        key=lambda each: each[1],
    )


def _id(given: str | None) -> UUID | None:
    try:
        return UUID(given or "")
    except ValueError:
        return None
