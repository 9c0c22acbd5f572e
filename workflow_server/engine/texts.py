"""Checks the texts that a diagram holds: FEEL, ISO 8601 times and cycles."""

from __future__ import annotations

import re
from datetime import datetime

from workflow_server import feel

_DURATION = re.compile(
    r"P(?=.)(?:(\d{1,9})Y)?(?:(\d{1,9})M)?(?:(\d{1,9})W)?(?:(\d{1,9})D)?"
    r"(?:T(?=\d)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:\.\d{1,9})?)S)?)?",
    re.ASCII,
)
#: Days of each part of a duration, and how many a duration may have: a hundred years.
_DAYS = (366, 31, 7, 1, 1 / 24, 1 / 1440, 1 / 86400)
_MOST_DAYS = 36_600
_CYCLE = re.compile(r"R(\d{0,6})/(?:([^/P][^/]*)/)?([^/]+)", re.ASCII)


def expression(text: str | None) -> str:
    """Return FEEL without the "=" that may stand before it."""
    return (text or "").strip().removeprefix("=").strip()


def wrong_feel(text: str) -> str | None:
    """Return what is wrong with the syntax of a FEEL expression."""
    wrong = feel.check(text)
    return f"FEEL 表达式 {text!r:.80} 有误：{wrong}" if wrong else None


def wrong_time(kind: str, text: str) -> str | None:
    """Return what is wrong with a timer's text: "date", "duration" or "cycle", ISO or FEEL."""
    if not text:
        return "定时的时间是空的"
    if text.startswith("="):
        return wrong_feel(expression(text))
    if kind == "duration" and _days(text) is None:
        return (
            f"时长 {text!r:.80} 不是 ISO 8601（如 P15D、PT2H，不超过一百年），"
            "也不是以 = 开头的 FEEL"
        )
    if kind == "date" and not _is_moment(text):
        return f"时间 {text!r:.80} 不是 ISO 8601（如 2026-11-22T09:00:00+08:00），也不是 FEEL"
    if kind == "cycle" and not is_cycle(text):
        return (
            f"循环 {text!r:.80} 不是 ISO 8601（如 R3/PT10H、R/2026-11-22T09:00:00+08:00/P1D），"
            "也不是以 = 开头的 FEEL"
        )
    return None


def is_cycle(text: str) -> bool:
    """Tell whether a text is R<times>/<duration> or R<times>/<first time>/<duration>."""
    found = _CYCLE.fullmatch(text)
    if found is None or found[1] == "0" * len(found[1]) != "":
        return False
    # One of no length would ring for ever at the same moment.
    return (found[2] is None or _is_moment(found[2])) and (_days(found[3]) or 0) > 0


def next_cycle(text: str) -> str | None:
    """Return what is left of a cycle once it has rung, None if that was its last time."""
    found = _CYCLE.fullmatch(text)
    if found is None or found[1] == "1":
        return None
    rest = text.partition("/")[2]
    return f"R{int(found[1]) - 1 if found[1] else ''}/{rest}"


def _days(text: str) -> float | None:
    """Return how many days a duration has at most, None if it is none or beyond all measure."""
    found = _DURATION.fullmatch(text)
    if found is None:
        return None
    parts = zip(found.groups(), _DAYS, strict=True)
    days = sum(float(number or 0) * length for number, length in parts)
    return days if days <= _MOST_DAYS else None


def _is_moment(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
