"""DMN 1.3 decision tables: read, judged, and decided in one crossing into FEEL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lxml import etree

from workflow_server import feel
from workflow_server.content import xml
from workflow_server.content.refusals import ContentRefused
from workflow_server.errors import Fault, InvalidInput

NAMESPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"
MAX_RULES = 5_000
MAX_COLUMNS = 60
MAX_CELL = 2_000

#: Hit policies, and what aggregation each may have.
HIT_POLICIES: Mapping[str, frozenset[str]] = {
    "UNIQUE": frozenset(),
    "FIRST": frozenset(),
    "ANY": frozenset(),
    "RULE ORDER": frozenset(),
    "COLLECT": frozenset({"SUM", "MIN", "MAX", "COUNT"}),
}
_FEEL_URIS = frozenset(
    {
        "",
        "feel",
        "https://www.omg.org/spec/DMN/20191111/FEEL/",
    }
)

Row = dict[str, Any]


class DecisionRefused(ContentRefused):
    """决策表未通过检查"""


class DecisionAmbiguous(InvalidInput):
    """决策表有相互冲突的行"""


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision table; immutable, shared by all threads."""

    id: str
    name: str
    hit_policy: str
    aggregation: str | None
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    #: What each output is if no row matches; None where the table names nothing.
    defaults: tuple[str, ...] | None
    rule_ids: tuple[str, ...]
    table: feel.Table


def parse(data: bytes) -> Mapping[str, Decision]:
    """Read the decision tables of a DMN file by id; refuse it with every fault at once."""
    root = xml.parse("", data)
    faults: list[Fault] = []
    if xml.local_name(root) != "definitions" or xml.namespace(root) != NAMESPACE:
        faults.append(_fault(root, "不是 DMN 1.3 文件"))
    found: dict[str, Decision] = {}
    for element in root if not faults else ():
        name = xml.local_name(element)
        if name in ("businessKnowledgeModel", "decisionService"):
            faults.append(_fault(element, f"不支持 {name}，只支持决策表"))
        elif name == "decision":
            decision = _Reader(element, faults).decision()
            if decision is not None and decision.id in found:
                faults.append(_fault(element, f"决策“{decision.id}”写了两次"))
            elif decision is not None:
                found[decision.id] = decision
    if not found and not faults:
        faults.append(_fault(root, "文件里没有决策表"))
    if faults:
        raise DecisionRefused(
            f"Expected sound decision tables, but there are {len(faults)} faults", faults
        )
    return found


def decide(
    decision: Decision, context: Mapping[str, Any], now: datetime | None
) -> Row | list[Row] | None:
    """Decide: one row as {output: value}, a list of rows for COLLECT and RULE ORDER, or None.

    An aggregation gives one row. UNIQUE with several matching rows, and ANY with rows that
    disagree, are DecisionAmbiguous and name the rows.
    """
    matched = decision.table.rows(context, now=now)
    rows = [dict(zip(decision.outputs, values, strict=True)) for _, values in matched]
    if decision.aggregation is not None:
        return _aggregated(decision, rows)
    if decision.hit_policy in ("COLLECT", "RULE ORDER"):
        return rows
    if not rows:
        return _default(decision, context, now)
    _refuse_conflict(decision, [index for index, _ in matched], rows)
    return rows[0]


def _default(decision: Decision, context: Mapping[str, Any], now: datetime | None) -> Row | None:
    if decision.defaults is None:
        return None
    values = feel.evaluate_all(decision.defaults, context, now=now)
    return dict(zip(decision.outputs, values, strict=True))


def _refuse_conflict(decision: Decision, indexes: list[int], rows: list[Row]) -> None:
    if decision.hit_policy == "FIRST" or len(rows) == 1:
        return
    if decision.hit_policy == "ANY" and all(row == rows[0] for row in rows):
        return
    named = "、".join(f"第 {index + 1} 行" for index in indexes[:5])
    raise DecisionAmbiguous(
        f"Expected one row of decision '{decision.id}' ({decision.hit_policy}), "
        f"but {len(rows)} match",
        [Fault(decision.rule_ids[index], f"{named}同时符合") for index in indexes[:5]],
    )


def _aggregated(decision: Decision, rows: list[Row]) -> Row:
    output = decision.outputs[0]
    values = [row[output] for row in rows]
    if decision.aggregation == "COUNT":
        return {output: len(values)}
    if not values:
        return {output: None}
    for value in values:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise DecisionAmbiguous(
                f"Expected numbers to aggregate in decision '{decision.id}', but got {value!r}"
            )
    if decision.aggregation == "SUM":
        return {output: sum(values)}
    return {output: min(values) if decision.aggregation == "MIN" else max(values)}


class _Reader:
    """Reads one decision; faults gather in a list that others share."""

    def __init__(self, element: etree._Element, faults: list[Fault]) -> None:
        self.element = element
        self.faults = faults
        self.id = element.get("id") or ""
        self.name = element.get("name") or self.id

    def decision(self) -> Decision | None:
        before = len(self.faults)
        table = self.element.find(f"{{{NAMESPACE}}}decisionTable")
        if not self.id:
            self.fault(self.element, "决策缺少 id")
        if self.element.find(f".//{{{NAMESPACE}}}requiredDecision") is not None:
            self.fault(self.element, "不支持依赖别的决策，请写在同一张表里")
        if table is None:
            self.fault(self.element, "只支持决策表，不支持别的决策逻辑")
            return None
        policy, aggregation = self.policy(table)
        inputs = tuple(self.inputs(table))
        outputs = tuple(self.outputs(table))
        if aggregation is not None and len(outputs) != 1:
            self.fault(table, "汇总的决策表只能有一个输出")
        rows = list(self.rows(table, len(inputs), len(outputs)))
        defaults = self.defaults(table)
        if len(self.faults) > before:
            return None
        return Decision(
            id=self.id,
            name=self.name,
            hit_policy=policy,
            aggregation=aggregation,
            inputs=inputs,
            outputs=outputs,
            defaults=defaults,
            rule_ids=tuple(identity for identity, _, _ in rows),
            table=feel.Table(
                inputs, [(tests, values) for _, tests, values in rows], first_only=policy == "FIRST"
            ),
        )

    def policy(self, table: etree._Element) -> tuple[str, str | None]:
        policy = table.get("hitPolicy", "UNIQUE")
        aggregation = table.get("aggregation")
        allowed = HIT_POLICIES.get(policy)
        if allowed is None:
            self.fault(table, f"不支持命中策略 {policy}，可用：{'、'.join(HIT_POLICIES)}")
        elif aggregation is not None and aggregation not in allowed:
            self.fault(table, f"命中策略 {policy} 不能汇总为 {aggregation}")
        return policy, aggregation

    def inputs(self, table: etree._Element) -> Iterator[str]:
        for column in self.children(table, "input"):
            expression = column.find(f"{{{NAMESPACE}}}inputExpression")
            text = "" if expression is None else self.text(expression)
            if not text:
                self.fault(column, "输入列缺少表达式")
            else:
                self.syntax(column, text, unary=False)
            yield text

    def outputs(self, table: etree._Element) -> Iterator[str]:
        columns = self.children(table, "output")
        seen: set[str] = set()
        for column in columns:
            name = column.get("name") or (self.id if len(columns) == 1 else "")
            if not name:
                self.fault(column, "输出列缺少名称")
            elif name in seen:
                self.fault(column, f"输出列“{name}”写了两次")
            seen.add(name)
            yield name
        if not columns:
            self.fault(table, "决策表没有输出列")

    def rows(
        self, table: etree._Element, inputs: int, outputs: int
    ) -> Iterator[tuple[str, list[str], list[str]]]:
        rules = self.children(table, "rule")
        if len(rules) > MAX_RULES or inputs + outputs > MAX_COLUMNS:
            self.fault(table, f"决策表超过 {MAX_RULES} 行或 {MAX_COLUMNS} 列")
            return
        for index, rule in enumerate(rules):
            tests = [self.cell(one, unary=True) for one in self.children(rule, "inputEntry")]
            values = [self.cell(one, unary=False) for one in self.children(rule, "outputEntry")]
            if len(tests) != inputs or len(values) != outputs:
                self.fault(rule, f"第 {index + 1} 行的单元格数与列数不符")
            yield rule.get("id") or f"rule {index + 1}", tests, values

    def defaults(self, table: etree._Element) -> tuple[str, ...] | None:
        found = [
            column.find(f"{{{NAMESPACE}}}defaultOutputEntry")
            for column in self.children(table, "output")
        ]
        if all(entry is None for entry in found):
            return None
        cells = ["" if one is None else self.cell(one, unary=False) for one in found]
        return tuple(cell or "null" for cell in cells)

    def cell(self, entry: etree._Element, *, unary: bool) -> str:
        text = self.text(entry)
        if unary and text in ("", "-"):
            return "-"
        if text:
            self.syntax(entry, text, unary=unary)
        return text

    def text(self, holder: etree._Element) -> str:
        language = holder.get("expressionLanguage", "")
        if language not in _FEEL_URIS:
            self.fault(holder, f"表达式语言只能是 FEEL，不能是 {language[:60]}")
        text = (holder.findtext(f"{{{NAMESPACE}}}text") or "").strip()
        if len(text) > MAX_CELL:
            self.fault(holder, f"单元格超过 {MAX_CELL} 个字符")
            return ""
        return text

    def syntax(self, element: etree._Element, text: str, *, unary: bool) -> None:
        wrong = feel.check(text, unary=unary)
        if wrong is not None:
            self.fault(element, f"FEEL 语法错误：{wrong}")

    def children(self, parent: etree._Element, name: str) -> list[etree._Element]:
        return parent.findall(f"{{{NAMESPACE}}}{name}")

    def fault(self, element: etree._Element, detail: str) -> None:
        if len(self.faults) < 200:
            self.faults.append(_fault(element, detail))


def _fault(element: etree._Element, detail: str) -> Fault:
    name = element.get("id") or xml.local_name(element)
    return Fault(f":{element.sourceline or 0} {name}", detail)
