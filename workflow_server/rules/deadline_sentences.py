"""A period in one Chinese sentence: its rule, what happened to it, and why it ends when it does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from workflow_server.rules.calendars import Calendar
from workflow_server.rules.deadline_rules import Rule
from workflow_server.rules.deadline_terms import Term

_DIGITS = "零一二三四五六七八九"
#: Brackets inside of brackets are square.
_INNER = str.maketrans("（）", "［］")
_UNIT_LABELS = {"hour": "小时", "day": "日", "workday": "个工作日", "month": "个月"}


def opening(rule: Rule, start: str) -> str:
    """Tell from when how long by which text is counted."""
    basis = _bracketed(rule.basis)
    event = rule.start_event.removesuffix("之日")
    if rule.direction == "backward":
        return f"自{start}{event}之日向前推算{amount(rule)}{basis}"
    begun = f"{start}{event}之日" if event else start
    return f"自{begun}起算{amount(rule)}{basis}"


def amount(rule: Rule) -> str:
    """Write a period as laws write it: 二个月, 十五日, 二十四小时."""
    return _number_zh(rule.amount) + _UNIT_LABELS[rule.unit]


def explain(
    rule: Rule,
    start: date,
    raw: date,
    due: date,
    calendar: Calendar,
    provisional: bool,
    terms: Sequence[Term],
) -> str:
    """Tell the whole of a period of days in one sentence."""
    happened = "".join(_happened(term) for term in terms)
    tail = ending(rule, raw, due, calendar)
    if provisional:
        last = date_zh(calendar.known_until)
        tail += f"；{last}之后的放假安排尚未公布，本期限暂定"
    return f"{opening(rule, date_zh(start))}{happened}，{tail}。"


def ending(rule: Rule, raw: date, due: date, calendar: Calendar) -> str:
    """Tell on which day a period ends, and why not on the day before."""
    end, roll = ("最迟日", "提前至") if rule.direction == "backward" else ("届满日", "顺延至")
    if due != raw:
        return f"{end}{date_zh(raw)}为{calendar.describe(raw)}，{roll}{date_zh(due)}"
    if raw.weekday() >= 5 and rule.roll != "none" and calendar.is_workday(raw):
        return f"{end}为{date_zh(raw)}（{calendar.describe(raw)}），不{roll[:2]}"
    return f"{end}为{date_zh(raw)}"


def beside(rule: Rule, due: date, terms: Sequence[Term]) -> str:
    """Tell of a rule that applies too and ends later, and of its own extensions."""
    basis = _bracketed(rule.basis)
    longer = "".join(_happened(term) for term in terms if term.kind == "extend")
    return f"{rule.label or rule.code}{amount(rule)}{basis}{longer}，至{date_zh(due)}届满"


def date_zh(day: date) -> str:
    """Write a day as letters do."""
    return f"{day.year}年{day.month}月{day.day}日"


def _happened(term: Term) -> str:
    why = _bracketed(term.reason)
    began = date_zh(term.began) if term.began else ""
    ended = date_zh(term.ended) if term.ended else ""
    match term.kind:
        case "hold":
            return f"，{began}至{ended}中止{why}" if ended else f"，{began}起中止{why}，暂停计算"
        case "exclude":
            span = f"{began}至{ended}" if began and ended else ""
            days = f"{_number_zh(term.days)}日" if term.days else ""
            return f"，扣除{span}{'共' if span and days else ''}{days}{why}"
        case "extend":
            way = f"依{term.by.basis or term.by.label or term.by.code}" if term.by else ""
            until = f"延长{amount(term.by)}" if term.by else ""
            until = until or f"延长至{date_zh(term.until or term.at)}"
            return f"，{date_zh(term.at)}{way}{until}{why}"
        case "revise":
            return f"，起算日原为{began}，{date_zh(term.at)}更正{why}"
        case "restart":
            return f"，原自{began}起算的期限因变更取消{why}"
        case "add":
            return f"，{date_zh(term.at)}起一并适用{term.rule}{why}"


def _bracketed(text: str | None) -> str:
    return f"（{text.translate(_INNER)}）" if text else ""


def _number_zh(number: int) -> str:
    """Write a number in Chinese: 二, 十五, 一百八十."""
    if number >= 1000:
        return str(number)
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else _DIGITS[tens]) + "十"
    elif hundreds and ones:
        text += "零"
    return text + (_DIGITS[ones] if ones else "")
