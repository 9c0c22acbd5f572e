"""Makes pages of templates that are being written: apart from those that cases wait for."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workflow_server.errors import Unavailable
from workflow_server.rendering.documents import Options, Rendered, TemplateSource
from workflow_server.rendering.pool import RenderPool
from workflow_server.store.db import settings

if TYPE_CHECKING:
    from workflow_server.content.documents import DocumentKind

#: How long one may take: what nobody approved yet may never end.
SECONDS = 3
#: Held while one is made: a web process makes no two at a time.
TURN = threading.Lock()


class DraftPreviewBusy(Unavailable):
    """正在预览另一份草稿"""


def preview(
    kind: DocumentKind, data: Mapping[str, Any], *, title: str, author: str, created: datetime
) -> Rendered:
    """Render a draft's document in a process of its own; refuse at once while it is busy."""
    options = Options(created=created, title=title, author=author, variant="")
    if not TURN.acquire(blocking=False):
        raise DraftPreviewBusy(
            "正在预览另一份草稿的文书，请稍候再试。"
            " Expected no other draft's paper being made, but there is one; try again soon."
        )
    try:
        return _chosen().render(TemplateSource(kind.key, kind.files), data, options)
    finally:
        TURN.release()


def _chosen() -> RenderPool:
    chosen = settings()
    seconds = min(SECONDS, chosen.render_seconds)
    return _pool(seconds, chosen.render_memory_mb, chosen.fonts_dir)


@cache
def _pool(seconds: int, memory_mb: int, fonts_dir: Path) -> RenderPool:
    return RenderPool(1, seconds, memory_mb, fonts_dir)
