"""The layout of an old register as a file: which columns a ledger's take-over has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workflow_server.content.shared import Field, Option
from workflow_server.content.take_overs import DAYS, HEADERS, Tie
from workflow_server.services.cells import NO, YES
from workflow_server.services.ledgers import Sheet

#: Between the numbers of several other records in one cell.
BETWEEN = "、"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what of a record it is, its header, what it takes and what is to be written."""

    #: "number", "title", "state", "opened", "closed", a field of the kind, or "link:<index>".
    name: str
    header: str
    #: A type of fields, or "state" or "links".
    type: str
    explained: str
    required: bool = False
    options: Sequence[Option] = ()
    tie: Tie | None = None
    aliases: tuple[str, ...] = ()


def columns_of(sheet: Sheet) -> list[Column]:
    """Return the columns of a ledger's take-over; what every record has comes first.

    Fields that hold something classed are left out: without a case nothing would mask them.
    """
    declared = sheet.ledger.take_over
    if declared is None:
        return []
    fields = [
        _field(sheet, sheet.kind.fields[name])
        for name in declared.columns
        if name not in sheet.marked
    ]
    ties = [_tie(sheet, index, tie) for index, tie in enumerate(declared.ties)]
    return [*_built_in(sheet), *fields, *ties]


_AGAIN = "在本台账内不重复；再次导入时按它找到同一条"


def _built_in(sheet: Sheet) -> list[Column]:
    states = [Option(each, each) for each in sheet.kind.states]
    found = [
        Column("number", HEADERS["number"], "text", _AGAIN, True),
        Column("title", HEADERS["title"], "text", "一句话说明是什么", True),
    ]
    if states:
        found.append(Column("state", HEADERS["state"], "state", "从列表中选", True, states))
    day = "何时登记，如 2025-03-18"
    found.append(Column("opened", HEADERS["opened"], "date", day, True, aliases=DAYS))
    found.append(Column("closed", HEADERS["closed"], "date", "空着则尚未办结"))
    return found


_EXPLAINED = {
    "number": "数字",
    "money": "金额，单位元",
    "date": "如 2025-03-18",
    "boolean": f"{YES} 或 {NO}",
    "choice": "从列表中选",
    "organisation": "系统里单位的名称、简称或标识",
    "person": "本单位人员的姓名或登录名",
}


def _field(sheet: Sheet, field: Field) -> Column:
    options: Sequence[Option] = ()
    if field.vocabulary is not None:
        options = sheet.content.shared.vocabularies.get(field.vocabulary, ())
    plain = "text" if field.type == "choice" else field.type
    kind = "choice" if options else plain
    return Column(field.key, field.label, kind, _EXPLAINED.get(kind, ""), options=options)


def _tie(sheet: Sheet, index: int, tie: Tie) -> Column:
    label = tie.label or (sheet.kind.fields[tie.field].label if tie.field is not None else "")
    other = sheet.content.shared.records[tie.kind].label
    told = f"“{other}”的编号，几个之间用“{BETWEEN}”隔开"
    return Column(f"link:{index}", label, "links", told, tie=tie)
