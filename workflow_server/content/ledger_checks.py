"""What ledgers name must be declared: kinds, fields, roles and kinds of organisations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator, Mapping

from workflow_server.content.ledgers import BUILT_IN, FILTERS, Figure, Ledger, Linked
from workflow_server.content.shared import FOLDER, RecordKind, Shared
from workflow_server.content.take_overs import DAYS, HEADERS, TakeOver
from workflow_server.errors import Fault

FILE = f"{FOLDER}ledgers.json"
#: Types of fields that one cell of a register holds.
IN_CELLS = ("text", "number", "money", "date", "boolean", "choice", "organisation", "person")


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
            yield from _linked(f"{pointer}/figures/{position}/linked", figure.linked, content)
        yield from _take_over(f"{pointer}/take_over", ledger, kind, content)
        dated = kind.fields.get(ledger.cohort or "")
        if ledger.cohort is not None and (
            dated is None or dated.type != "date" or dated.data_class is not None
        ):
            yield Fault(f"{pointer}/cohort", f"“{ledger.cohort}”不是不属于数据类别的日期字段")
        yield from _due(f"{pointer}/due", ledger, kind)


def _due(pointer: str, ledger: Ledger, kind: RecordKind) -> Iterator[Fault]:
    for name, done in ledger.due.items():
        dated = kind.fields.get(name)
        if name not in ledger.columns or dated is None or dated.type != "date":
            yield Fault(f"{pointer}/{name}", f"“{name}”不是这个台账的日期栏")
        if done not in kind.fields:
            yield Fault(f"{pointer}/{name}", f"“{kind.key}”没有字段“{done}”")


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
        elif name == figure.per and field.type not in ("text", "choice"):
            yield Fault(f"{pointer}/per", f"字段“{name}”不是文字，不能作为单位")
    others = ledger.figures.keys() - {figure.key}
    if figure.over is not None and figure.over not in others:
        yield Fault(f"{pointer}/over", f"这个台账没有另一个指标“{figure.over}”")
    yield from _unknown(pointer, "parts", figure.parts, others, "这个台账没有另一个指标")
    for key in others & {figure.over, *figure.parts}:
        if ledger.figures[key].per is not None:
            yield Fault(pointer, f"指标“{key}”分单位相加，不能作为总数或分项")


def _linked(pointer: str, linked: Linked | None, content: Shared) -> Iterator[Fault]:
    if linked is None:
        return
    kind = content.records.get(linked.kind)
    if kind is None:
        yield Fault(f"{pointer}/kind", f"records.json 里没有台账种类“{linked.kind}”")
        return
    sentence = f"“{kind.key}”没有状态"
    yield from _unknown(pointer, "states", linked.states, kind.states, sentence)
    yield from _unknown(pointer, "except_states", linked.except_states, kind.states, sentence)
    yield from _unknown(pointer, "filled", linked.filled, kind.fields, f"“{kind.key}”没有字段")
    for name in linked.filled:
        if name in kind.fields and kind.fields[name].data_class is not None:
            yield Fault(f"{pointer}/filled", f"字段“{name}”属于数据类别，不能用来统计")


def _take_over(pointer: str, ledger: Ledger, kind: RecordKind, content: Shared) -> Iterator[Fault]:
    """Yield what a register cannot bring: what is not declared, is classed, or fits in no cell."""
    if ledger.take_over is None:
        return
    columns = ledger.take_over.columns
    for position, name in enumerate(columns):
        field = kind.fields.get(name)
        here = f"{pointer}/columns/{position}"
        if field is None:
            yield Fault(here, f"“{kind.key}”没有字段“{name}”")
        elif field.data_class is not None:
            yield Fault(here, f"字段“{name}”属于数据类别“{field.data_class}”，不能从旧台账接管")
        elif field.type not in IN_CELLS:
            yield Fault(here, f"字段“{name}”的类型 {field.type} 不能写在一格里")
        elif name in HEADERS:
            yield Fault(here, f"“{name}”不能是栏的标识：每条记录都有这一栏")
        if name in columns[:position]:
            yield Fault(here, f"栏“{name}”写了两次")
    ties = ledger.take_over.ties
    for position, tie in enumerate(ties):
        here = f"{pointer}/links/{position}"
        if tie.relation in [each.relation for each in ties[:position]]:
            yield Fault(f"{here}/relation", f"关联“{tie.relation}”写了两次")
        if tie.kind not in content.records:
            yield Fault(f"{here}/kind", f"records.json 里没有台账种类“{tie.kind}”")
        kept = kind.fields.get(tie.field) if tie.field is not None else None
        if tie.field is not None and (kept is None or kept.type != "text" or tie.field in columns):
            yield Fault(f"{here}/field", f"“{tie.field}”应为不在栏里的文字字段")
    yield from _headers(pointer, ledger.take_over, kind)


def _headers(pointer: str, declared: TakeOver, kind: RecordKind) -> Iterator[Fault]:
    """Yield what stands above two columns: a register could bring neither."""
    names = {*declared.columns, *(tie.field or "" for tie in declared.ties if not tie.label)}
    labels = [kind.fields[name].label for name in names if name in kind.fields]
    labels += [tie.label for tie in declared.ties if tie.label]
    for label, count in Counter([*HEADERS.values(), *DAYS, *labels]).items():
        if count > 1:
            yield Fault(pointer, f"“{label}”是两栏的名称")


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
        if field.type in ("choice", "text")
        and field.vocabulary is not None
        and field.data_class is None
    }


def _unknown(
    pointer: str, member: str, given: tuple[str, ...], known: Container[str], sentence: str
) -> Iterator[Fault]:
    for position, name in enumerate(given):
        if name not in known:
            yield Fault(f"{pointer}/{member}/{position}", f"{sentence}“{name}”")
