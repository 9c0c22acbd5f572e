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

#: How long a preview waits for a process that is free: who types on asks again anyway.
PREVIEW_WAIT_SECONDS = 1.5


def render(
    kind: DocumentKind, data: Mapping[str, Any], *, title: str, author: str, created: datetime
) -> Rendered:
    """Render one document; the same input gives the same bytes."""
    options = Options(created=created, title=title, author=author, attachment=dict(data))
    return _chosen().render(TemplateSource(kind.key, kind.files), data, options)


def preview(
    kind: DocumentKind, data: Mapping[str, Any], *, title: str, author: str, created: datetime
) -> Rendered:
    """Render a document to be looked at once; refuse at once where others keep all busy."""
    options = Options(created=created, title=title, author=author, variant="")
    return _chosen().render(
        TemplateSource(kind.key, kind.files), data, options, wait=PREVIEW_WAIT_SECONDS
    )


def warm() -> None:
    """Let a process start in the background: who opened a form with papers looks at one soon."""
    _chosen().warm_soon()


def _chosen() -> RenderPool:
    chosen = settings()
    return _pool(
        chosen.render_workers, chosen.render_seconds, chosen.render_memory_mb, chosen.fonts_dir
    )


@cache
def _pool(workers: int, seconds: int, memory_mb: int, fonts_dir: Path) -> RenderPool:
    return RenderPool(workers, seconds, memory_mb, fonts_dir)
