"""Opens CSV files that strangers made: UTF-8 or GB 18030, and no endless lines."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from workflow_server.errors import Fault
from workflow_server.services.workbooks import (
    MOST_BYTES,
    MOST_COLUMNS,
    MOST_ROWS,
    Workbook,
    WorkbookRefused,
)

#: What a CSV file's one table is called: it has no name of its own.
TITLE = "CSV"


class CsvFile:
    """A CSV file as if it were a workbook of one sheet."""

    titles = (TITLE,)

    def __init__(self, data: bytes) -> None:
        if len(data) > MOST_BYTES:
            raise _refused(
                f"文件超过{MOST_BYTES >> 20}MB", f"Expected at most {MOST_BYTES >> 20} MB"
            )
        self._text = _decoded(data)

    def rows(self, title: str) -> Iterator[Sequence[object]]:
        """Yield the lines, each as the texts of its cells."""
        try:
            for count, line in enumerate(csv.reader(io.StringIO(self._text, newline=""))):
                if count > MOST_ROWS + 1 or len(line) > MOST_COLUMNS:
                    raise _refused(
                        f"表格超过{MOST_ROWS}行或{MOST_COLUMNS}列",
                        f"Expected at most {MOST_ROWS} rows and {MOST_COLUMNS} columns",
                    )
                yield line
        except csv.Error as error:
            raise _refused("不是可以读取的 CSV 文件", "Expected a readable CSV file") from error


def open_table(name: str, data: bytes) -> Workbook | CsvFile:
    """Open a workbook or a CSV file, by what it is called."""
    return CsvFile(data) if name.lower().endswith(".csv") else Workbook(name, data)


def _decoded(data: bytes) -> str:
    # Excel in Chinese writes GB 18030 unless it is told otherwise.
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise _refused(
        "CSV 文件的编码无法识别，请另存为 UTF-8", "Expected a CSV file in UTF-8 or GB 18030"
    )


def _refused(chinese: str, english: str) -> WorkbookRefused:
    return WorkbookRefused(f"{chinese}。 {english}.", [Fault("#/file", f"{chinese} · {english}")])
