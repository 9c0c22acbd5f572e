"""Fonts, templates over the real layouts, and measures taken from the finished PDF."""

from __future__ import annotations

import io
import os
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pdfplumber
import pytest

from workflow_server import config
from workflow_server.rendering import fonts
from workflow_server.rendering.documents import Options, Rendered, TemplateSource
from workflow_server.rendering.pool import RenderPool

ROOT = Path(__file__).parents[2]
CREATED = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
MM = 72 / 25.4

PARAGRAPH = (
    "本院在履行公益监督职责中发现，织里镇多处农贸市场周边道路盲道被占用、路侧消防通道堵塞，"
    "存在损害社会公共利益的情形。本院于2026年3月12日依法立案，4月18日邀请人大代表参加公开听证；"
    "群众通过“12345”热线反映26件次，不符合《建筑设计防火规范》（GB 50016—2014）的要求——均未得到"
    "根本解决……现已调查终结。"
)


@pytest.fixture(scope="session", autouse=True)
def fonts_dir() -> Iterator[Path]:
    """Use the built fonts; where there are none, say how they are made."""
    chosen = config.load(os.environ).fonts_dir
    directory = chosen if chosen.is_absolute() else ROOT / chosen
    if not fonts.is_built(directory):
        pytest.fail(
            "The document fonts are not built. Run: "
            f"python -m workflow_server.rendering.fonts build --out {directory}",
        )
    os.environ["WORKFLOW_SERVER_FONTS_DIR"] = str(directory)
    return directory


@pytest.fixture(scope="session")
def base_files() -> dict[str, bytes]:
    place = ROOT / "documents" / "base"
    return {f"base/{path.name}": path.read_bytes() for path in sorted(place.iterdir())}


@pytest.fixture(scope="session")
def template(base_files: dict[str, bytes]) -> Callable[..., TemplateSource]:
    """Make a template source from its HTML and further files, over the real layouts."""

    def make(html: str, **files: bytes) -> TemplateSource:
        return TemplateSource("sample", {**base_files, **files, "template.html": html.encode()})

    return make


@pytest.fixture(scope="session")
def pool() -> Iterator[RenderPool]:
    with RenderPool(workers=1, seconds=20, memory_mb=700) as made:
        yield made


@pytest.fixture
def options() -> Options:
    return Options(created=CREATED, title="样本", author="某某院")


@dataclass(frozen=True)
class Page:
    """Characters by row, and filled boxes, in millimetres from the upper left corner."""

    rows: list[list[dict[str, Any]]]
    boxes: list[dict[str, float]]

    @property
    def lines(self) -> list[str]:
        return ["".join(char["text"] for char in row) for row in self.rows]

    def row(self, start: str) -> list[dict[str, Any]]:
        return next(row for row, text in zip(self.rows, self.lines, strict=True)
                    if text.startswith(start))  # fmt: skip


def measure(pdf: bytes) -> list[Page]:
    """Read the pages of a PDF: rows from the top, characters from the left."""
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        return [_page(page) for page in document.pages]


def _page(page: Any) -> Page:
    rows: dict[float, list[dict[str, Any]]] = defaultdict(list)
    for char in page.chars:
        place = {
            "text": char["text"], "font": char["fontname"].split("+")[-1],
            "left": char["x0"] / MM, "right": char["x1"] / MM,
            "top": char["top"] / MM, "bottom": char["bottom"] / MM, "size": char["size"],
        }  # fmt: skip
        key = next((key for key in rows if abs(key - place["bottom"]) < 1.5), place["bottom"])
        rows[key].append(place)
    ordered = [sorted(rows[key], key=lambda char: char["left"]) for key in sorted(rows)]
    boxes = [
        {"left": box["x0"] / MM, "right": box["x1"] / MM, "top": box["top"] / MM,
         "bottom": box["bottom"] / MM}
        for box in [*page.rects, *page.curves, *page.lines]
    ]  # fmt: skip
    return Page(ordered, boxes)


@pytest.fixture(scope="session")
def measured() -> Callable[[Rendered], list[Page]]:
    return lambda made: measure(made.pdf)


@pytest.fixture(scope="session")
def paragraph() -> str:
    return PARAGRAPH


@pytest.fixture
def data() -> dict[str, Any]:
    return {
        "organisation": {"name": "某某市某某区人民检察院"},
        "number": "某检建〔2026〕12号",
        "recipient": "某某区综合行政执法局",
        "issued_on": "2026-11-02",
        "seal": True,
        "facts": "\n".join([PARAGRAPH] * 5),
    }
