"""Which draft of a task somebody has before them, so that nobody writes over another one."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from workflow_server.errors import InvalidState
from workflow_server.services import secret_keys
from workflow_server.store import tasks as store

#: Any version will do.
ANY = "*"


class DraftChangedElsewhere(InvalidState):
    """草稿在别处改过"""


def of(draft: dict[str, Any] | None) -> str:
    """Return the version of a draft; it tells nothing of what stands in it."""
    text = json.dumps(draft, sort_keys=True, ensure_ascii=False)
    return secret_keys.digest(text.encode())[:32]


def check(task_id: UUID, expected: str | None, draft: dict[str, Any]) -> None:
    """Refuse to write over a draft that is not the expected one; the same text is none other.

    Asked while the instance is locked. None: whoever writes does not care, like a program.
    """
    if expected in (None, ANY):
        return
    if of(store.get_draft(task_id)) not in (expected, of(draft)):
        raise DraftChangedElsewhere(
            "草稿已在另一窗口或另一台设备上修改，未予覆盖。"
            " Expected the draft that this text was written on, but it was changed elsewhere."
        )
