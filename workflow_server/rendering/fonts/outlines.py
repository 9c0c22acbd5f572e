"""Glyph outlines of a source font become one small TrueType font of our own."""

from __future__ import annotations

from copy import copy
from pathlib import Path
from typing import Any

from fontTools.fontBuilder import FontBuilder
from fontTools.misc.transform import Transform
from fontTools.pens.boundsPen import ControlBoundsPen
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

from workflow_server.rendering.fonts.recipe import (
    ASCENT,
    DESCENT,
    FULL_WIDTH_SIGNS,
    SPACES,
    UNITS_PER_EM,
    Face,
    frequency_order,
    wanted,
)

#: 2012-07-01, the day GB/T 9704-2012 came into force, in seconds since 1904: any fixed
#: moment does, but it must be fixed, or no two builds are alike.
TIMESTAMP = 3_423_945_600
_MAX_ERROR = 1.0


def make(face: Face, source: Path, repertoire: frozenset[int], target: Path) -> int:
    """Write the font of `face` to `target` and return how many characters it has."""
    font = TTFont(source, fontNumber=face.index, lazy=True)
    cmap: dict[int, str] = font.getBestCmap()
    asked = wanted(face.characters, repertoire, frozenset(cmap))
    codes = frequency_order(asked | SPACES.keys())
    builder = _builder(face, font, cmap, codes)
    builder.font.save(target, reorderTables=True)
    return len(codes)


def characters(source: Path) -> frozenset[int]:
    """Return the code points that a font file maps."""
    with TTFont(source, lazy=True) as font:
        return frozenset(font.getBestCmap())


def _builder(face: Face, font: Any, cmap: dict[int, str], codes: list[int]) -> Any:
    """Put tables together in the order in which fontTools wants them."""
    names = [f"u{code:X}" for code in codes]
    drawn = _glyphs(font, cmap, codes)
    glyphs = {name: glyph for name, (glyph, _) in zip(names, drawn, strict=True)}
    widths = {name: width for name, (_, width) in zip(names, drawn, strict=True)}
    glyphs[".notdef"], widths[".notdef"] = _notdef(), UNITS_PER_EM
    builder = FontBuilder(UNITS_PER_EM, isTTF=True)
    builder.setupGlyphOrder([".notdef", *names])
    builder.setupCharacterMap(dict(zip(codes, names, strict=True)))
    builder.setupGlyf(glyphs)
    bearings = {name: getattr(glyph, "xMin", 0) for name, glyph in glyphs.items()}
    builder.setupHorizontalMetrics({name: (widths[name], bearings[name]) for name in glyphs})
    _finish(builder, face)
    return builder


def _glyphs(font: Any, cmap: dict[int, str], codes: list[int]) -> list[tuple[Any, int]]:
    scale = UNITS_PER_EM / font["head"].unitsPerEm
    outlines = font.getGlyphSet()
    cubic = "glyf" not in font
    drawn = []
    for code in codes:
        if code in SPACES:
            drawn.append((TTGlyphPen(None).glyph(), SPACES[code]))
            continue
        name = cmap[code]
        glyph = None if cubic or chr(code) in FULL_WIDTH_SIGNS else _scaled(font, name, scale)
        drawn.append(glyph or _drawn(outlines, name, code, scale, cubic))
    return drawn


def _scaled(font: Any, name: str, scale: float) -> tuple[Any, int] | None:
    """Take over the points of a simple TrueType glyph; None for one made of others.

    Five times as fast as drawing it anew, and there are 80,000 rare characters.
    """
    glyph = font["glyf"][name]
    if glyph.numberOfContours < 0:
        return None
    if glyph.numberOfContours > 0:
        # A copy, because glyphs made of others still need this one as it was.
        glyph = copy(glyph)
        glyph.coordinates = glyph.coordinates.copy()
        if scale != 1:
            glyph.coordinates.scale((scale, scale))
            glyph.coordinates.toInt()
        glyph.removeHinting()
    return glyph, round(font["hmtx"][name][0] * scale)


def _drawn(outlines: Any, name: str, code: int, scale: float, cubic: bool) -> tuple[Any, int]:
    width = outlines[name].width * scale
    placed = Transform(scale, 0, 0, scale, 0, 0)
    if chr(code) in FULL_WIDTH_SIGNS and round(width) != UNITS_PER_EM:
        placed = _squared(outlines, name, code, placed, width)
        width = UNITS_PER_EM
    pen = TTGlyphPen(None)
    # PostScript outlines run the other way round and are cubic; TrueType ones stay as they are.
    sink: Any = Cu2QuPen(pen, _MAX_ERROR, reverse_direction=True) if cubic else pen
    recorded = DecomposingRecordingPen(outlines)
    outlines[name].draw(recorded)
    recorded.replay(TransformPen(sink, placed))
    return pen.glyph(), round(width)


def _squared(outlines: Any, name: str, code: int, placed: Transform, width: float) -> Transform:
    """Give a narrow sign its full square: dashes are stretched, quotes hug their text."""
    bounds = ControlBoundsPen(outlines)
    outlines[name].draw(bounds)
    left, _, right, _ = bounds.bounds
    sign = chr(code)
    if sign == "—":
        stretch = UNITS_PER_EM / (right - left)
        return Transform(stretch, 0, 0, placed[3], -left * stretch, 0)
    shift = (UNITS_PER_EM - width) / 2
    if sign in "“‘":
        shift = UNITS_PER_EM - width
    elif sign in "”’":
        shift = 0
    return Transform(placed[0], 0, 0, placed[3], shift, 0)


def _notdef() -> Any:
    """Draw the empty box that shows a missing character."""
    pen = TTGlyphPen(None)
    for near, far, turn in ((0.08, 0.92, False), (0.14, 0.86, True)):
        low, high = -0.12 + near, 0.88 - (1 - far)
        corners = [(near, low), (near, high), (far, high), (far, low)]
        points = [(round(x * UNITS_PER_EM), round(y * UNITS_PER_EM)) for x, y in corners]
        points = points[::-1] if turn else points
        pen.moveTo(points[0])
        for point in points[1:]:
            pen.lineTo(point)
        pen.closePath()
    return pen.glyph()


def _finish(builder: Any, face: Face) -> None:
    """Give every face the same box, names and dates; the faces differ by family name alone."""
    builder.setupHorizontalHeader(ascent=ASCENT, descent=DESCENT, lineGap=0)
    builder.setupNameTable({"familyName": face.family, "styleName": "Regular",
                            "uniqueFontIdentifier": face.family, "fullName": face.family,
                            "psName": face.family.replace(" ", "")})  # fmt: skip
    builder.setupOS2(
        sTypoAscender=ASCENT, sTypoDescender=DESCENT, sTypoLineGap=0,
        usWinAscent=ASCENT, usWinDescent=-DESCENT, fsType=0, fsSelection=0x40,
        usWeightClass=400, xAvgCharWidth=UNITS_PER_EM,
    )  # fmt: skip
    builder.setupPost(keepGlyphNames=False, underlinePosition=-100,
                      underlineThickness=50)  # fmt: skip
    builder.font["head"].created = TIMESTAMP
    builder.font["head"].modified = TIMESTAMP
    builder.font.recalcTimestamp = False
