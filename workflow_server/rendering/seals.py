"""A placeholder for an organisation's seal, drawn from its name; not a seal of anyone."""

from __future__ import annotations

import base64
from functools import lru_cache
from html import escape

_RED = "#d7000f"
_RADIUS = 20.4
_SWEEP = 236.0


@lru_cache(maxsize=256)
def seal(name: str, note: str = "样章") -> str:
    """Return a data address of an SVG: red circle of 42 mm, the name on an arc, a note inside.

    Neither star nor emblem: which one stands there is for the office's own seal to say.
    """
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" width="42mm" height="42mm" '
        'viewBox="-21 -21 42 42">',
        f'<circle r="{_RADIUS}" fill="none" stroke="{_RED}" stroke-width="1.2"/>',
        f'<g fill="{_RED}" font-family="Doc Title, Doc Title More, Doc Latin Bold, Doc Rare A" '
        'text-anchor="middle">',
        *_arc(str(name)),
        f'<text y="-1" font-size="3.4" letter-spacing="0.8">{escape(note)}</text>',
        "</g></svg>",
    ]
    data = base64.b64encode("".join(parts).encode()).decode()
    return f"data:image/svg+xml;base64,{data}"


def _arc(name: str) -> list[str]:
    """Set the name along the upper arc, smaller the longer it is."""
    count = max(len(name), 1)
    size = min(5.2, 2 * 3.1416 * 16.0 * (_SWEEP / 360) / count)
    size = max(size, 2.4)
    step = min(26.0, _SWEEP / count)
    first = -step * (count - 1) / 2
    height = _RADIUS - 1.6 - size * 0.88
    return [
        f'<text transform="rotate({first + step * place:.2f})" y="{-height:.2f}" '
        f'font-size="{size:.2f}">{escape(sign)}</text>'
        for place, sign in enumerate(name)
    ]
