"""What goes into a document and what comes out, and how it is refused."""

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
    #: The archive format; empty for a file that nobody keeps.
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


def _place(key: str, file: str, line: int | None) -> str:
    """Name a place in a template; the layouts belong to no template."""
    path = f"documents/{file}" if file.startswith("base/") else f"documents/{key}/{file}"
    return f"{path}:{line}" if line else path


def failed(key: str, file: str, line: int | None, detail: str) -> RenderFailed:
    """Make the refusal that names template, file and line."""
    place = _place(key, file, line)
    return RenderFailed(f"文书模板有误（{place}）：{detail}", [Fault(place, detail)])


def late(key: str, file: str, line: int | None, seconds: float) -> RenderTimeout:
    """Make the refusal of a document that took too long."""
    place, detail = _place(key, file, line), f"超过 {seconds:g} 秒未完成，已终止"
    return RenderTimeout(f"文书生成超时（{place}）：{detail}", [Fault(place, detail)])
