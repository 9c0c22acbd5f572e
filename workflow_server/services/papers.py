"""Makes pages of a document kind and its data, in a process that can be stopped."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workflow_server.rendering.documents import Options, Rendered, TemplateSource
from workflow_server.rendering.pool import RenderPool
from workflow_server.store.db import settings

if TYPE_CHECKING:
    from workflow_server.content.documents import DocumentKind


def render(
    kind: DocumentKind, data: Mapping[str, Any], *, title: str, author: str, created: datetime
) -> Rendered:
    """Render one document; the same input gives the same bytes."""
    chosen = settings()
    pool = _pool(
        chosen.render_workers, chosen.render_seconds, chosen.render_memory_mb, chosen.fonts_dir
    )
    options = Options(created=created, title=title, author=author, attachment=dict(data))
    return pool.render(TemplateSource(kind.key, kind.files), data, options)


@cache
def _pool(workers: int, seconds: int, memory_mb: int, fonts_dir: Path) -> RenderPool:
    return RenderPool(workers, seconds, memory_mb, fonts_dir)
