"""What ledgers name must be declared: kinds, fields, roles and kinds of organisations."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping

from workflow_server.content.ledgers import BUILT_IN, FILTERS, Figure, Ledger
from workflow_server.content.shared import FOLDER, RecordKind, Shared
from workflow_server.errors import Fault

FILE = f"{FOLDER}ledgers.json"


def check(content: Shared) -> Iterator[Fault]:
    """Yield what ledgers name that nobody has declared."""
    for index, ledger in enumerate(content.ledgers.values()):
        pointer = f"{FILE}#/ledgers/{index}"
        yield from _unknown(pointer, "parties", ledger.parties, content.parties, "没有哪个角色属于")
        yield from _unknown(pointer, "roles", ledger.roles, content.roles, "roles.json 里没有角色")
        kind = content.records.get(ledger.kind)
        if kind is None:
            yield Fault(f"{pointer}/kind", f"records.json 里没有台账种类“{ledger.kind}”")
            continue
        yield from _columns(pointer, ledger, kind)
        yield from _filters(pointer, ledger, kind)
        for position, figure in enumerate(ledger.figures.values()):
            yield from _figure(f"{pointer}/figures/{position}", figure, ledger, kind)


def _figure(pointer: str, figure: Figure, ledger: Ledger, kind: RecordKind) -> Iterator[Fault]:
    sentence = f"“{kind.key}”没有状态"
    yield from _unknown(pointer, "states", figure.states, kind.states, sentence)
    yield from _unknown(pointer, "except_states", figure.except_states, kind.states, sentence)
    for name in sorted(figure.read):
        field = kind.fields.get(name)
        if field is None:
            yield Fault(pointer, f"“{kind.key}”没有字段“{name}”")
        elif field.data_class is not None:
            yield Fault(pointer, f"字段“{name}”属于数据类别“{field.data_class}”，不能用来统计")
        elif name == figure.sum and field.type not in ("number", "money"):
            yield Fault(f"{pointer}/sum", f"字段“{name}”不是数字，不能相加")
    if figure.over is not None and (figure.over not in ledger.figures or figure.over == figure.key):
        yield Fault(f"{pointer}/over", f"这个台账没有另一个指标“{figure.over}”")


def _columns(pointer: str, ledger: Ledger, kind: RecordKind) -> Iterator[Fault]:
    known = {*BUILT_IN, *kind.fields}
    sentence = f"“{ledger.kind}”没有字段，也没有内建的栏"
    yield from _unknown(pointer, "columns", ledger.columns, known, sentence)
    for position, column in enumerate(ledger.columns):
        if column in ledger.columns[:position]:
            yield Fault(f"{pointer}/columns/{position}", f"栏“{column}”写了两次")


def _filters(pointer: str, ledger: Ledger, kind: RecordKind) -> Iterator[Fault]:
    chosen = fields_to_narrow_by(kind)
    for position, name in enumerate(ledger.filters):
        if name not in FILTERS and name not in chosen:
            yield Fault(
                f"{pointer}/filters/{position}",
                f"不能按“{name}”筛选：可用的有 {'、'.join(FILTERS)}，"
                "和不属于数据类别、从词表里选的字段",
            )


def fields_to_narrow_by(kind: RecordKind) -> Mapping[str, str]:
    """Return the fields of a kind that a ledger may be narrowed by, with their vocabularies.

    Not those of a class of data: who may not read a value must not find it out by asking.
    """
    return {
        field.key: field.vocabulary
        for field in kind.fields.values()
        if field.type == "choice" and field.vocabulary is not None and field.data_class is None
    }


def _unknown(
    pointer: str, member: str, given: tuple[str, ...], known: Container[str], sentence: str
) -> Iterator[Fault]:
    for position, name in enumerate(given):
        if name not in known:
            yield Fault(f"{pointer}/{member}/{position}", f"{sentence}“{name}”")
