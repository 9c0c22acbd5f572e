"""What is left of messages and payloads for administrators, who see no case content."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

_REFERENCE = re.compile(r"编号 ([0-9a-f]{12})")


def without(message: str) -> str:
    """Return a message with nothing of a case, but for the reference under which the log has it."""
    found = _REFERENCE.search(message)
    reference = f"（日志编号 {found.group(1)}）" if found else ""
    return (
        f"内容属于案件，不向管理员显示{reference}。"
        " What it says belongs to the case and is not shown to administrators."
    )


def name_of(error: str | None) -> str | None:
    """Return which kind of error it was, of what `described` wrote."""
    return None if error is None else error.partition(":")[0]


def described(name: str, reason: str) -> str:
    """Return an error as a job keeps it: its kind, which everybody may know, then what it says."""
    return f"{name}: {reason}"


def ids_of(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return the ids that a payload names at its top, which tell nothing of a case."""
    return {name: value for name, value in payload.items() if _is_id(value)}


def _is_id(value: Any) -> bool:
    try:
        return str(UUID(value)) == str(value)
    except (ValueError, TypeError, AttributeError):
        return False
