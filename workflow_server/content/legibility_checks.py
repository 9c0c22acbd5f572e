"""Characters that make a reader of content see something else than the machine reads."""

from __future__ import annotations

import re
from collections.abc import Iterator

from workflow_server.content.bundle import Bundle
from workflow_server.errors import Fault

_TEXTS = (".bpmn", ".dmn", ".json", ".html", ".css", ".svg")
#: What turns the direction of text, has no width, or speaks to a terminal. What joins letters
#: of Mongolian or Uyghur words is none of it.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f\x80-\x9f\xad\u200b\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)
#: The same, written as JSON, XML and HTML write characters by their number.
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})|&#x0*([0-9a-fA-F]{1,6});|&#0*([0-9]{1,7});")


def check(bundle: Bundle) -> Iterator[Fault]:
    """Yield the first hidden character of each text file of a bundle."""
    for path, data in bundle.files.items():
        if path.endswith(_TEXTS):
            yield from _first(path, data.decode("utf-8", "replace").removeprefix("\ufeff"))


def _first(path: str, text: str) -> Iterator[Fault]:
    places = [match.span() for match in [_HIDDEN.search(text)] if match is not None]
    places += [each.span() for each in _ESCAPED.finditer(text) if _HIDDEN.match(_character(each))]
    if places:
        start, end = min(places)
        line = text.count("\n", 0, start) + 1
        shown = ascii(text[start:end])[1:-1]
        yield Fault(f"{path}:{line}", f"含有看不见的字符 {shown}，看到的与实际不同，请删除")


def _character(escaped: re.Match[str]) -> str:
    hexadecimal = escaped[1] or escaped[2]
    number = int(hexadecimal, 16) if hexadecimal else int(escaped[3])
    return chr(number) if number <= 0x10FFFF else ""
