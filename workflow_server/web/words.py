"""States, lights and facts in words, the same on every page."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask import Flask
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from workflow_server.services.deadlines import DeadlineView
from workflow_server.services.record_words import UNDECLARED, Fact
from workflow_server.web import formats

CASE_STATES: Mapping[str, Any] = {
    "running": _l("办理中"),
    "suspended": _l("已暂停"),
    "completed": _l("已办结"),
    "cancelled": _l("已终止"),
}
CASE_COLOURS: Mapping[str, str] = {
    "running": "blue",
    "suspended": "yellow",
    "completed": "green",
    "cancelled": "secondary",
}
SECRECIES: Mapping[int, Any] = {0: _l("公开"), 1: _l("内部"), 2: _l("工作秘密")}
DOCUMENT_STATES: Mapping[str, Any] = {
    "draft": _l("草稿"),
    "issued": _l("已制发"),
    "served": _l("已送达"),
    "superseded": _l("已被取代"),
    "erased": _l("内容已清除"),
}
LETTER_STATES: Mapping[str, Any] = {
    "waiting": _l("待送达"),
    "delivered": _l("已送达"),
    "unclaimed": _l("已送达，尚未受理"),
    "acknowledged": _l("已签收"),
    "paper": _l("纸质送达"),
    "entered": _l("纸质来函"),
    "recalled": _l("已收回"),
}
CLOCK_COLOURS: Mapping[str, str] = {
    "overdue": "red",
    "met": "green",
    "met_late": "orange",
    "paused": "secondary",
    "cancelled": "secondary",
}
_YUAN = Decimal(100)


def register(app: Flask) -> None:
    """Give templates these words as filters."""
    filters = app.jinja_env.filters
    filters["case_state"] = lambda key: str(CASE_STATES.get(key, key))
    filters["case_colour"] = lambda key: CASE_COLOURS.get(key, "secondary")
    filters["secrecy"] = lambda degree: str(SECRECIES.get(degree, degree))
    filters["document_state"] = lambda key: str(DOCUMENT_STATES.get(key, key))
    filters["letter_state"] = lambda key: str(LETTER_STATES.get(key, key))
    filters["clock_colour"] = clock_colour
    filters["clock_words"] = clock_words
    filters["fact"] = fact_text
    filters["told"] = lambda value: _text(UNDECLARED, value)


def clock_colour(view: DeadlineView) -> str:
    """Return the colour of a clock; a right that has ended is nobody's fault."""
    return "secondary" if _has_lapsed(view) else CLOCK_COLOURS.get(view.light, view.light)


def clock_words(view: DeadlineView) -> str:
    """Say in words how a clock stands, so that nobody must know its colour."""
    stopped = {"met": _("已按期完成"), "met_late": _("逾期完成"), "cancelled": _("已撤销")}
    if _has_lapsed(view):
        return str(_("已届满"))
    if view.light == "paused":
        return str(_("已中止计算"))
    if view.light in stopped:
        return str(stopped[view.light])
    if view.light == "overdue":
        return str(_("已逾期 %(days)s 天", days=max(-view.days_left, 0)))
    if view.days_left == 0:
        return str(_("今天届满"))
    return str(_("还有 %(days)s 天", days=view.days_left))


def _has_lapsed(view: DeadlineView) -> bool:
    return view.light == "overdue" and bool(view.deadline.rule_row.get("silent"))


def fact_text(fact: Fact) -> str:
    """Write a field of a record, or a part of a letter, as one text."""
    return _text(fact.type, fact.value)


def _text(kind: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return str(_("是") if value else _("否"))
    if isinstance(value, list):
        return "、".join(_text(kind, each) for each in value)
    if isinstance(value, dict):
        return "；".join(f"{key}：{_text('text', each)}" for key, each in value.items())
    if kind == "money" and isinstance(value, int | float):
        return f"{Decimal(str(value)) / _YUAN:,.2f}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if kind == "date" and isinstance(value, str):
        return formats.day_told(value)
    if kind == "datetime" or (kind == UNDECLARED and "T" in str(value)[:16]):
        return formats.moment_told(str(value))
    return str(value)
