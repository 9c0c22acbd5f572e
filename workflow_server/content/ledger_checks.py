"""What ledgers name must be declared: kinds, fields, roles and kinds of organisations."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping

from workflow_server.content.ledgers import BUILT_IN, FILTERS, Ledger
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
