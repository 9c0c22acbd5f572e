"""What WeasyPrint does twice is done once: a third of the time of a document.

Both are private places of WeasyPrint 70.0 and pydyf; the same bytes come out of every run,
and the tests render with them in place.
"""

from __future__ import annotations

import zlib
from typing import Any

import pydyf
from weasyprint.pdf import fonts, stream

#: Level 9 takes twice as long for one percent less.
_LEVEL = 6


class LeanFont(fonts.Font):  # type: ignore[misc]
    """A font of the document; its file, up to 30 MB, is not copied before it is subset."""

    def __init__(self, *arguments: Any) -> None:
        fonts.get_hb_object_data = _nothing
        try:
            super().__init__(*arguments)
        finally:
            fonts.get_hb_object_data = _read_font_file

    def subset(self, *arguments: Any) -> None:
        """Subset the font; take the whole file only where no subset could be made."""
        self.file_content: bytes
        super().subset(*arguments)
        if not self.file_content:
            self.file_content = _read_font_file(self.hb_face)


def _nothing(*_: Any) -> bytes:
    return b""


def _packed(self: Any) -> bytes:
    """Return a stream object; asked again for the same content, it is not compressed again."""
    content: bytes = b"\n".join(pydyf._to_bytes(item) for item in self.stream)
    extra = pydyf.Dictionary(self.extra.copy())
    if self.compress:
        extra["Filter"] = "/FlateDecode"
        known = getattr(self, "packed_content", None)
        if known is None or known[0] != content:
            known = self.packed_content = content, zlib.compress(content, _LEVEL)
        content = known[1]
    extra["Length"] = len(content)
    header: bytes = extra.data
    return b"\n".join((header, b"stream", content, b"endstream"))


_read_font_file = fonts.get_hb_object_data


def install() -> None:
    """Put both in place; twice does no harm."""
    stream.Font = LeanFont
    pydyf.Stream.data = property(_packed)
