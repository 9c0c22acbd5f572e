"""Opens Excel files that strangers made: no bombs, no macros, no formulas, no endless sheets."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence

import python_calamine
from lxml import etree

from workflow_server.errors import Fault, InvalidInput

MOST_BYTES = 10 * 1024 * 1024
MOST_ROWS = 20_000
MOST_COLUMNS = 60
_MOST_PARTS = 200
_MOST_UNPACKED = 150 * 1024 * 1024
_SHEET_PART = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
#: What is kept of a workbook; anything else in the package has no business here.
_KEPT = re.compile(
    r"\[content_types\]\.xml|_rels/\.rels|xl/workbook\.xml|xl/_rels/workbook\.xml\.rels|"
    r"xl/sharedstrings\.xml|xl/styles\.xml|xl/worksheets/[^/]+\.xml",
    re.IGNORECASE,
)
_MACROS = re.compile(r"vbaproject|macrosheets|activex|\.bin$", re.IGNORECASE)
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")


class WorkbookRefused(InvalidInput):
    """Excel 文件不能接受"""


class Workbook:
    """A workbook whose inside was looked through before anything was read from it."""

    def __init__(self, name: str, data: bytes) -> None:
        if name.lower().rpartition(".")[2] != "xlsx":
            raise _refused("只接受 .xlsx 文件（不含宏）", "Expected an .xlsx file without macros")
        if len(data) > MOST_BYTES:
            raise _refused(
                f"文件超过{MOST_BYTES >> 20}MB", f"Expected at most {MOST_BYTES >> 20} MB"
            )
        parts = _unpack(data)
        self.faults: list[Fault] = []
        for path, part in parts.items():
            if _SHEET_PART.fullmatch(path):
                _check_sheet(path, part)
        try:
            self._book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(_pack(parts)))
            self.titles = list(self._book.sheet_names)
        except Exception as error:  # calamine has an exception for each of its layers
            raise _unreadable() from error

    def rows(self, title: str) -> Iterator[Sequence[object]]:
        """Yield the rows of a sheet from its first one on, as Excel keeps the values."""
        try:
            sheet = self._book.get_sheet_by_name(title)
            yield from sheet.to_python(skip_empty_area=False)
        except Exception as error:
            raise _unreadable() from error


def _unpack(data: bytes) -> dict[str, bytes]:
    """Return the parts, each as long as it says and all together not too long."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            infos = package.infolist()
            if len(infos) > _MOST_PARTS:
                raise _refused("文件内含过多部件", "Expected an ordinary workbook")
            if any(_MACROS.search(info.filename) for info in infos):
                raise _refused("文件含有宏或控件", "Expected a workbook without macros")
            kept = [info for info in infos if _KEPT.fullmatch(info.filename)]
            if sum(info.file_size for info in kept) > _MOST_UNPACKED:
                raise _refused("文件展开后过大", "Expected a workbook of ordinary size")
            return {info.filename: package.read(info) for info in kept}
    except (
        zipfile.BadZipFile,
        NotImplementedError,
        RuntimeError,
        ValueError,
        OSError,
        EOFError,
    ) as error:
        raise _unreadable() from error
    except Exception as error:
        if isinstance(error, WorkbookRefused):
            raise
        raise _unreadable() from error  # zlib.error and the like


def _pack(parts: dict[str, bytes]) -> bytes:
    # Packed anew: what reads it next sees exactly what was looked at, and no hidden rest.
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as package:
        for path, part in parts.items():
            if b"<!DOCTYPE" in part or b"<!ENTITY" in part:
                raise _refused("文件含有不允许的声明", "Expected no document type in a part")
            package.writestr(path, part)
    return out.getvalue()


def _check_sheet(path: str, part: bytes) -> None:
    """Refuse formulas, and cells so far out that a reader would reserve room up to there."""
    row = column = 0
    reader = etree.iterparse(
        io.BytesIO(part),
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        recover=False,
    )
    try:
        for event, element in reader:
            name = etree.QName(element).localname if isinstance(element.tag, str) else ""
            if event == "end":
                if name == "row":
                    element.clear()
                continue
            if name == "row":
                row, column = _number(element.get("r"), row + 1), 0
            elif name == "c":
                row, column = _place(element.get("r"), row, column + 1)
            elif name == "f":
                raise _refused(
                    f"第{row}行第{column}列是公式，请改为数值",
                    f"Expected values, but row {row}, column {column} is a formula",
                )
            if row > MOST_ROWS + 2 or column > MOST_COLUMNS:
                raise _refused(
                    f"工作表超过{MOST_ROWS}行或{MOST_COLUMNS}列",
                    f"Expected at most {MOST_ROWS} rows and {MOST_COLUMNS} columns",
                )
    except etree.XMLSyntaxError as error:
        raise _unreadable() from error


def _number(text: str | None, otherwise: int) -> int:
    if text is None:
        return otherwise
    return int(text) if text.isdecimal() and len(text) < 8 else MOST_ROWS * 2


def _place(reference: str | None, row: int, column: int) -> tuple[int, int]:
    if reference is None:
        return row, column
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise _unreadable()
    number = 0
    for letter in match[1]:
        number = number * 26 + ord(letter) - ord("A") + 1
    return int(match[2]), number


def _refused(chinese: str, english: str) -> WorkbookRefused:
    return WorkbookRefused(f"{chinese}。 {english}.", [Fault("#/file", f"{chinese} · {english}")])


def _unreadable() -> WorkbookRefused:
    return _refused("不是可以读取的 Excel 文件", "Expected a readable Excel workbook")
