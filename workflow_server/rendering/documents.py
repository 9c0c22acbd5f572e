"""One document: its template, its data, and the PDF that comes of them.

Importing this module loads no PDF library: web processes name these types too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workflow_server.errors import Fault, InvalidInput, Unavailable

#: The file of a template that is rendered; all others are reached from it.
ENTRY = "template.html"


@dataclass(frozen=True, slots=True)
class TemplateSource:
    """The files of one template, `base/…` included; nothing else can be reached."""

    key: str
    files: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Options:
    """What the PDF says about itself; `created` decides its bytes, so take the day of issue."""

    created: datetime
    title: str = ""
    author: str = ""
    attachment: dict[str, Any] | None = None
    variant: str = "pdf/a-3b"


@dataclass(frozen=True, slots=True)
class Rendered:
    """A finished PDF."""

    pdf: bytes
    pages: int


class RenderFailed(InvalidInput):
    """文书无法生成"""


class RenderTimeout(Unavailable):
    """文书生成超时"""


def failed(key: str, file: str, line: int | None, detail: str) -> RenderFailed:
    """Make the refusal that names template, file and line."""
    place = f"documents/{key}/{file}" if not file.startswith("base/") else f"documents/{file}"
    place = f"{place}:{line}" if line else place
    return RenderFailed(f"文书模板有误（{place}）：{detail}", [Fault(place, detail)])


def render(source: TemplateSource, data: Mapping[str, Any], options: Options) -> Rendered:
    """Render in this process; same input, same bytes.

    A server renders through `pool.RenderPool`, which can stop a template that loops.
    """
    from workflow_server.rendering import pages, templates

    html = templates.fill(source, data)
    return pages.print_pdf(source, html, options)
