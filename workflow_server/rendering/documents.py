"""One document: its template, its data, and the PDF that comes of them.

Importing this module loads no PDF library: web processes name these types too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflow_server.rendering.sources import (
    ENTRY,
    Options,
    Rendered,
    RenderFailed,
    RenderTimeout,
    TemplateSource,
)

__all__ = [
    "ENTRY",
    "Options",
    "RenderFailed",
    "RenderTimeout",
    "Rendered",
    "TemplateSource",
    "render",
]


def render(source: TemplateSource, data: Mapping[str, Any], options: Options) -> Rendered:
    """Render in this process; same input, same bytes.

    A server renders through `pool.RenderPool`, which can stop a template that loops.
    """
    from workflow_server.rendering import pages, templates

    html = templates.fill(source, data)
    return pages.print_pdf(source, html, options)
