"""What an old register may bring into a ledger: which columns, and ties to which other records."""

from __future__ import annotations

from dataclasses import dataclass

from workflow_server.content.reading import Place

#: What stands above the columns that every record has.
HEADERS = {
    "number": "编号",
    "title": "标题",
    "state": "状态",
    "opened": "建立日期",
    "closed": "办结日期",
}
#: What else the column of the day may be called.
DAYS = ("登记日期", "日期")


@dataclass(frozen=True, slots=True)
class Tie:
    """A column of numbers of other records: the row is linked to each, from itself to them."""

    relation: str
    kind: str
    #: What stands above the column, unless a field gives its label.
    label: str = ""
    #: The field of the row that keeps the numbers as they were written.
    field: str | None = None


@dataclass(frozen=True, slots=True)
class TakeOver:
    """Which fields of the kind a register brings, in the order of its columns, and which ties."""

    columns: tuple[str, ...]
    ties: tuple[Tie, ...] = ()


def read(item: Place) -> TakeOver | None:
    """Read what a ledger declares of its take-over."""
    if item.value.get("take_over") is None:
        return None
    place = item.step("take_over")
    if not place.only("columns", "links"):
        return None
    ties = tuple(tie for each in place.items("links") if (tie := _tie(each)) is not None)
    return TakeOver(columns=place.texts("columns"), ties=ties)


def _tie(item: Place) -> Tie | None:
    if not item.only("relation", "kind", "label", "field"):
        return None
    named = item.text_or_none("field")
    return Tie(
        relation=item.text("relation"),
        kind=item.text("kind"),
        label=item.text_or_none("label") or "" if named is not None else item.text("label"),
        field=named,
    )
