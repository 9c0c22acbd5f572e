"""Reads what expressions and forms give as people and departments; what it can't be is refused."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from workflow_server.store.directory import MOST


class Unusable(Exception):
    """What a choice was given is of no use to it; the message says so to the designer."""


def people_in(value: Any) -> tuple[UUID, ...]:
    """Return the people that a value names, in its order, each once; nothing is nobody."""
    if value is None:
        return ()
    given = value if isinstance(value, list | tuple) else [value]
    if len(given) > MOST:
        raise Unusable(f"选人结果有{len(given)}人，最多{MOST}人，请改按角色分派")
    found = [_id(each) for each in given if each is not None]
    return tuple(dict.fromkeys(found))


def one_in(value: Any) -> UUID | None:
    """Return the one id that a value gives, or None."""
    found = people_in(value)
    if len(found) > 1:
        raise Unusable(f"应只给出一个编号，却给出了{len(found)}个")
    return found[0] if found else None


def text_in(value: Any) -> str | None:
    """Return the text that a value gives, or None."""
    if value is None or isinstance(value, str):
        return value or None
    raise Unusable(f"应给出文字，却得到 {shown(value)}")


def shown(value: Any) -> str:
    """Return a value as a sentence may show it: short."""
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:40]}…"


def _id(value: Any) -> UUID:
    if isinstance(value, str):
        try:
            return UUID(value)
        except ValueError:
            pass
    raise Unusable(f"选人结果应为人员编号，却得到 {shown(value)}")
