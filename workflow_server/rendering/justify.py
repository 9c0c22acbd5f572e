"""Justification of Chinese lines: slack is spread between characters, not only at spaces.

WeasyPrint 70.0 stretches spaces alone, which leaves most Chinese lines ragged. This module
replaces its private `justify_line`; the tests measure every line end, so that another
version of WeasyPrint cannot change it unseen.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from weasyprint.formatting_structure import boxes
from weasyprint.layout import inline
from weasyprint.text.ffi import TO_UNITS, ffi, pango
from weasyprint.text.line_break import Layout

from workflow_server.rendering.fonts.recipe import latin

#: Slack per gap beyond which a line stays as it is, in parts of the type size: a long
#: unbreakable word would otherwise tear the line apart.
MAX_STRETCH = 0.5
_LATIN = frozenset(map(chr, latin()))
#: Signs that are printed in pairs as one: no gap opens inside.
_JOINED = "—…"


class SpreadLayout(Layout):  # type: ignore[misc]
    """A line of text whose stretchable characters carry additional spacing."""

    def __init__(self, style: Any, text: str, spacing: float, gaps: list[bool]) -> None:
        super().__init__(style)
        self._spacing = spacing
        self._gaps = gaps
        self.set_text(text, justify=True)

    def set_text(self, text: str, justify: bool = False) -> None:
        """Set the text, then the spacing of every run of stretchable characters."""
        super().set_text(text, justify)
        if not justify or len(text) != len(self._gaps):
            return
        attributes = pango.pango_layout_get_attributes(self.layout)
        if attributes == ffi.NULL:
            attributes = ffi.gc(pango.pango_attr_list_new(), pango.pango_attr_list_unref)
        own = self.style["letter_spacing"]
        spacing = (0 if own == "normal" else own) + self._spacing
        for start, end in _byte_runs(text, self._gaps):
            attribute = pango.pango_attr_letter_spacing_new(round(spacing * TO_UNITS))
            attribute.start_index, attribute.end_index = start, end
            pango.pango_attr_list_change(attributes, attribute)
        pango.pango_layout_set_attributes(self.layout, attributes)


def _byte_runs(text: str, gaps: list[bool]) -> Iterator[tuple[int, int]]:
    """Yield the byte ranges of neighbouring characters that stretch."""
    position = 0
    start: int | None = None
    for sign, stretches in zip(text, gaps, strict=True):
        if stretches and start is None:
            start = position
        elif not stretches and start is not None:
            yield start, position
            start = None
        position += len(sign.encode())
    if start is not None:
        yield start, position


@dataclass(slots=True)
class _Piece:
    """A text box of the line, with the characters that may stretch."""

    box: Any
    gaps: list[bool]

    @property
    def halves(self) -> tuple[float, float]:
        """Half a gap at an edge belongs to the neighbour: Pango drops it at both ends."""
        return (0.5 if self.gaps[0] else 0.0), (0.5 if self.gaps[-1] else 0.0)


def _gaps(text: str) -> list[bool]:
    stretches = [sign not in _LATIN for sign in text]
    for place in range(len(text) - 1):
        if text[place] == text[place + 1] and text[place] in _JOINED:
            stretches[place] = stretches[place + 1] = False
    return stretches


def _pieces(box: Any) -> Iterator[_Piece]:
    if isinstance(box, boxes.TextBox):
        if box.text:
            yield _Piece(box, _gaps(box.text))
    elif isinstance(box, boxes.LineBox | boxes.InlineBox):
        for child in box.children:
            if child.is_in_normal_flow():
                yield from _pieces(child)


def justify_line(context: Any, line: Any, extra_width: float) -> None:
    """Spread the slack over the gaps between Chinese characters and at spaces."""
    pieces = list(_pieces(line))
    if not any(sign > "\u2e7f" for piece in pieces for sign in piece.box.text):
        _original(context, line, extra_width)
        return
    count: float = sum(sum(piece.gaps) for piece in pieces)
    count -= pieces[0].halves[0] + pieces[-1].halves[1]
    if count <= 0 or extra_width / count > line.style["font_size"] * MAX_STRETCH:
        return
    known = {id(piece.box): piece for piece in pieces}
    _spread(line, extra_width / count, known, 0.0, [True])


def _spread(
    box: Any, spacing: float, known: dict[int, _Piece], advance: float, first: list[bool]
) -> float:
    """Move and widen the boxes of a line; return how far the next one moves."""
    if isinstance(box, boxes.TextBox):
        piece = known.get(id(box))
        if piece is None:
            box.position_x += advance
            return advance
        before, after = piece.halves
        lead, first[0] = (0.0 if first[0] else before), False
        box.position_x += advance + lead * spacing
        own = (sum(piece.gaps) - before - after) * spacing
        box.width += own
        box.pango_layout = SpreadLayout(box.style, box.text, spacing, piece.gaps)
        box.pango_layout.deactivate()
        return advance + (lead + after) * spacing + own
    if isinstance(box, boxes.LineBox | boxes.InlineBox):
        box.position_x += advance
        start = advance
        for child in box.children:
            if child.is_in_normal_flow():
                advance = _spread(child, spacing, known, advance, first)
        box.width += advance - start
        return advance
    box.translate(advance, 0)
    return advance


_original = inline.justify_line


def install() -> None:
    """Put this justification in place of WeasyPrint's; twice does no harm."""
    inline.justify_line = justify_line
