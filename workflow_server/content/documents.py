"""Document kinds: what stands in documents/<kind>/document.json, and the files beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from workflow_server.content import reading
from workflow_server.content.bundle import Bundle
from workflow_server.content.reading import Place
from workflow_server.content.refusals import ContentRefused
from workflow_server.errors import Fault

LAYOUTS = ("instrument", "letter", "form", "official")
BASE = "base"
TEMPLATE = "template.html"

_FOLDER = "documents/"
_DESCRIPTION = "document.json"


@dataclass(frozen=True, slots=True)
class RequiredPart:
    """A part that the document may not lack: `value` is "=FEEL", null or empty is lacking."""

    part: str
    value: str
    message: str


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """One kind of document; `files` are its own and, under base/, the shared layouts.

    `series` is the key of a series, or "=FEEL" that gives one.
    """

    key: str
    title: str
    layout: str
    series: str | None = None
    required: tuple[RequiredPart, ...] = ()
    data: Mapping[str, str] = field(default_factory=dict)
    seal: bool = False
    filename: str | None = None
    #: Classes of data that stand in it: only who reads all of them sees it.
    classes: tuple[str, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)


def read(bundle: Bundle) -> Mapping[str, DocumentKind]:
    """Read every document kind by key; refuse the bundle with every fault it has."""
    kinds, faults = read_with_faults(bundle)
    if faults:
        raise ContentRefused(
            f"Expected complete document kinds, but {faults[0].pointer} is refused", faults
        )
    return kinds


def read_with_faults(bundle: Bundle) -> tuple[Mapping[str, DocumentKind], tuple[Fault, ...]]:
    """Read what can be read, and return every fault beside it."""
    folders = _folders(bundle)
    base = {f"{BASE}/{name}": data for name, data in folders.pop(BASE, {}).items()}
    faults: list[Fault] = []
    kinds = {key: _kind(key, files, base, faults) for key, files in folders.items()}
    return kinds, tuple(faults)


def _folders(bundle: Bundle) -> dict[str, dict[str, bytes]]:
    folders: dict[str, dict[str, bytes]] = {}
    for path, data in bundle.under(_FOLDER):
        folder, _, name = path.removeprefix(_FOLDER).partition("/")
        folders.setdefault(folder, {})[name or folder] = data
    return folders


def _kind(
    key: str, files: Mapping[str, bytes], base: Mapping[str, bytes], faults: list[Fault]
) -> DocumentKind:
    path = f"{_FOLDER}{key}/{_DESCRIPTION}"
    if not reading.KEY.fullmatch(key):
        faults.append(Fault(f"{_FOLDER}{key}", "目录名须由小写字母、数字和下划线组成，以字母开头"))
    if TEMPLATE not in files:
        faults.append(Fault(f"{_FOLDER}{key}/{TEMPLATE}", "缺少文书模板 template.html"))
    if _DESCRIPTION not in files:
        faults.append(Fault(path, "缺少文书说明 document.json"))
        return DocumentKind(key, key, LAYOUTS[0])
    own = {name: data for name, data in files.items() if name != _DESCRIPTION}
    place = reading.parse(path, files[_DESCRIPTION], faults)
    if place is None:
        return DocumentKind(key, key, LAYOUTS[0])
    return _describe(key, place, {**own, **base})


def _describe(key: str, place: Place, files: Mapping[str, bytes]) -> DocumentKind:
    known = ("title", "layout", "series", "required", "data", "seal", "filename", "classes")
    if not place.only(*known):
        return DocumentKind(key, key, LAYOUTS[0], files=files)
    layout = place.text("layout")
    if layout and layout not in LAYOUTS:
        place.refuse(f"版式只能是 {'、'.join(LAYOUTS)}", "layout")
    return DocumentKind(
        key=key,
        title=place.text("title"),
        layout=layout,
        series=place.text_or_none("series"),
        required=tuple(_required(item) for item in place.items("required") if _is_part(item)),
        data=_data(place),
        seal=place.flag("seal"),
        filename=place.text_or_none("filename"),
        classes=place.texts("classes"),
        files=files,
    )


def _is_part(item: Place) -> bool:
    return item.only("part", "value", "message")


def _required(item: Place) -> RequiredPart:
    return RequiredPart(item.text("part"), item.text("value"), item.text("message"))


def _data(place: Place) -> Mapping[str, str]:
    data: dict[str, str] = {}
    for name, item in place.members("data"):
        if isinstance(item.value, str):
            data[name] = item.value
        else:
            item.refuse("须是文字，或以 = 开头的 FEEL 表达式")
    return data
