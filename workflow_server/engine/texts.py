"""Checks the texts that a diagram holds: FEEL, ISO 8601 times and cycles."""

from __future__ import annotations

import re
from datetime import datetime

from workflow_server import feel

_DURATION = re.compile(
    r"P(?=.)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?", re.ASCII
)
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
    if kind == "duration" and not _DURATION.fullmatch(text):
        return f"时长 {text!r:.80} 不是 ISO 8601（如 P15D、PT2H），也不是以 = 开头的 FEEL"
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
    return (found[2] is None or _is_moment(found[2])) and bool(_DURATION.fullmatch(found[3]))


def next_cycle(text: str) -> str | None:
    """Return what is left of a cycle once it has rung, None if that was its last time."""
    found = _CYCLE.fullmatch(text)
    if found is None or found[1] == "1":
        return None
    rest = text.partition("/")[2]
    return f"R{int(found[1]) - 1 if found[1] else ''}/{rest}"


def _is_moment(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
