"""How a file goes out: its bytes under its own (Chinese) name, by both doors alike."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote

from flask import Response


def download(
    chunks: bytes | Iterable[bytes],
    name: str,
    media: str,
    size: int | None = None,
    *,
    is_inline: bool = False,
) -> Response:
    """Answer with a file, named as RFC 6266 and RFC 8187 write it; shown in the page if inline."""
    response = Response(chunks, mimetype=media)
    plain = re.sub(r"[^\w.() -]", "_", name, flags=re.ASCII)
    way = "inline" if is_inline else "attachment"
    response.headers["Content-Disposition"] = (
        f"{way}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    )
    if size is not None:
        response.content_length = size
    return response
