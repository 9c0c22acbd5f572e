"""Decision tables: columns, rows, hit policy, and what is plainly wrong with them."""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree

from workflow_server.content import xml
from workflow_server.content.decisions import literals, overlaps
from workflow_server.content.decisions.model import HIT_POLICIES, MAX_COLUMNS, MAX_RULES
from workflow_server.content.decisions.sheet import Node, Sheet, child, children, ours
from workflow_server.content.decisions.types import Type, Types

_ORDERED = ("PRIORITY", "OUTPUT ORDER")
#: What may stand in a table and in a row of it.
_BESIDE = ("description", "extensionElements")
_IN_TABLE = frozenset((*_BESIDE, "input", "output", "annotation", "rule"))
_IN_ROW = frozenset((*_BESIDE, "inputEntry", "outputEntry", "annotationEntry"))
#: What a literal is, by the type that would take it.
_LITERALS = {str: "string", int: "number", float: "number"}


@dataclass(slots=True)
class Table:
    """A table as the machine runs it, with the expressions that are in it."""

    node: Node = field(default_factory=dict)
    texts: list[tuple[etree._Element, str]] = field(default_factory=list)


def read(element: etree._Element, sheet: Sheet, types: Types) -> Table:
    """Read a decision table; what is wrong with it becomes faults of the sheet."""
    reader = _Reader(element, sheet, types)
    reader.read()
    return reader.table


class _Reader:
    def __init__(self, element: etree._Element, sheet: Sheet, types: Types) -> None:
        self.element = element
        self.sheet = sheet
        self.types = types
        self.table = Table()

    def read(self) -> None:
        policy, aggregation = self.policy()
        inputs = [self.input(column) for column in children(self.element, "input")]
        outputs = self.outputs()
        if aggregation is not None and len(outputs) != 1:
            self.sheet.fault(self.element, "汇总的决策表只能有一个输出")
        if policy in _ORDERED:
            self.orders(policy, outputs)
        rows, lines = self.rows(inputs, outputs)
        self.table.node = {
            "kind": "table",
            "policy": policy,
            "aggregation": aggregation,
            "inputs": inputs,
            "outputs": outputs,
            "rows": rows,
            "lines": lines,
            "fallback": any(output["fallback"] for output in outputs),
        }
        if policy == "UNIQUE":
            self.overlaps(inputs, rows)

    def policy(self) -> tuple[str, str | None]:
        policy = self.element.get("hitPolicy", "UNIQUE")
        aggregation = self.element.get("aggregation")
        allowed = HIT_POLICIES.get(policy)
        if allowed is None:
            known = "、".join(HIT_POLICIES)
            self.sheet.fault(self.element, f"不支持命中策略 {policy}，可用：{known}")
        elif aggregation is not None and aggregation not in allowed:
            self.sheet.fault(self.element, f"命中策略 {policy} 不能汇总为 {aggregation}")
        return policy, aggregation

    def input(self, column: etree._Element) -> Node:
        expression = child(column, "inputExpression")
        text = "" if expression is None else self.sheet.text(expression)
        if not text:
            self.sheet.fault(column, "输入列缺少表达式")
        else:
            self.sheet.check(column, text)
            self.table.texts.append((column, text))
        type_ = self.types.of(expression)
        label = column.get("label") or text
        return {
            "text": text,
            "label": label,
            "at": self.sheet.place(column, label),
            "type": type_,
            "allowed": self.tests(column, "inputValues"),
        }

    def tests(self, column: etree._Element, name: str) -> str | None:
        """Return the allowed values of a column."""
        holder = child(column, name)
        text = "" if holder is None else self.sheet.text(holder)
        if holder is None or text in ("", "-"):
            return None
        self.sheet.check(holder, text, unary=True)
        return text

    def outputs(self) -> list[Node]:
        columns = children(self.element, "output")
        found: list[Node] = []
        for column in columns:
            name = " ".join((column.get("name") or "").split())
            if not name and len(columns) > 1:
                self.sheet.fault(column, "输出列缺少名称")
            elif name in [each["name"] for each in found] or name == "__proto__":
                self.sheet.fault(column, f"输出列“{name}”写了两次")
            elif name and len(columns) > 1:
                self.sheet.name(column, name)
            found.append(self.output(column, name))
        if not columns:
            self.sheet.fault(self.element, "决策表没有输出列")
        return found

    def output(self, column: etree._Element, name: str) -> Node:
        entry = child(column, "defaultOutputEntry")
        return {
            "name": name,
            "label": name or column.get("label") or "输出",
            "at": self.sheet.place(column),
            "type": self.types.of(column),
            "allowed": self.tests(column, "outputValues"),
            "order": None,
            "fallback": None if entry is None else self.cell(entry, unary=False) or None,
        }

    def orders(self, policy: str, outputs: list[Node]) -> None:
        """By the allowed values, as they are written, of the column or of its type."""
        for output in outputs:
            text = _allowed(output)
            if not text:
                continue
            if literals.literals(text) is None:
                self.sheet.fault(
                    self.element,
                    f"命中策略 {policy} 要求输出列“{output['label']}”的允许值逐个列出",
                )
            output["order"] = list(literals.split(text))
        if not any(output["order"] for output in outputs):
            self.sheet.fault(
                self.element, f"命中策略 {policy} 要求至少一个输出列写明允许值（outputValues）"
            )

    def rows(
        self, inputs: list[Node], outputs: list[Node]
    ) -> tuple[list[tuple[list[str], list[str]]], list[int]]:
        rules = children(self.element, "rule")
        if len(rules) > MAX_RULES or len(inputs) + len(outputs) > MAX_COLUMNS:
            self.sheet.fault(self.element, f"决策表超过 {MAX_RULES} 行或 {MAX_COLUMNS} 列")
            return [], []
        self.only(self.element, _IN_TABLE)
        rows, lines = [], []
        for number, rule in enumerate(rules, 1):
            self.only(rule, _IN_ROW)
            entries = children(rule, "inputEntry"), children(rule, "outputEntry")
            tests = [self.cell(each, unary=True) for each in entries[0]]
            values = [self.cell(each, unary=False) for each in entries[1]]
            if len(tests) != len(inputs) or len(values) != len(outputs):
                self.sheet.fault(rule, f"第 {number} 行的单元格数与列数不符")
            else:
                self.possible(entries[0], tests, inputs)
                self.fitting(entries[1], values, outputs)
            rows.append((tests, values))
            lines.append(self.sheet.place(rule, f"第 {number} 行"))
        return rows, lines

    def only(self, parent: etree._Element, allowed: frozenset[str]) -> None:
        """Refuse what would be passed over in silence: a row put inside another one."""
        place = xml.local_name(parent)
        for name, element in ours(parent):
            if name not in allowed:
                self.sheet.fault(element, f"{name} 放错了位置：{place} 里不能有它")

    def cell(self, entry: etree._Element, *, unary: bool) -> str:
        text = self.sheet.text(entry)
        if unary and text in ("", "-"):
            return "-"
        if text:
            self.sheet.check(entry, text, unary=unary)
            if unary and literals.is_impossible(text):
                self.sheet.fault(entry, f"没有值能符合 {text}，请检查两端")
            self.table.texts.append((entry, text))
        return text

    def possible(self, entries: list[etree._Element], tests: list[str], inputs: list[Node]) -> None:
        """Refuse texts that a column never has: most are misspelt."""
        for entry, test, column in zip(entries, tests, inputs, strict=True):
            allowed = literals.literals(_allowed(column)) or ()
            wanted = literals.literals(test) if allowed and test != "-" else None
            for value in wanted or ():
                if isinstance(value, str) and value not in allowed:
                    self.sheet.fault(
                        entry, f"“{value}”不在输入列“{column['label']}”的允许值里，永远不会符合"
                    )

    def fitting(
        self, entries: list[etree._Element], values: list[str], outputs: list[Node]
    ) -> None:
        """Refuse literals that are not of the column's type, or not allowed in it."""
        for entry, text, column in zip(entries, values, outputs, strict=True):
            found = literals.literals(text) if text else None
            if found is None or len(found) != 1 or text == "null":
                continue
            type_: Type = column["type"] or {}
            kind = _LITERALS.get(type(found[0]), "boolean")
            base = type_.get("base", kind)
            if base != kind:
                self.sheet.fault(entry, f"输出列“{column['label']}”的类型是 {base}，这里是 {kind}")
            allowed = literals.literals(_allowed(column))
            if allowed and found[0] not in allowed:
                self.sheet.fault(entry, f"{text} 不在输出列“{column['label']}”的允许值里")

    def overlaps(self, inputs: list[Node], rows: list[tuple[list[str], list[str]]]) -> None:
        """Refuse rows of a UNIQUE table that both match some input."""
        width = len(inputs)
        if any(len(tests) != width for tests, _ in rows):
            return
        rules = children(self.element, "rule")
        allowed = [_allowed(each) or None for each in inputs]
        texts = [each["text"] for each in inputs]
        for found in overlaps.find(texts, [tests for tests, _ in rows], allowed):
            first, second = rules[found.first], rules[found.second]
            self.sheet.fault(
                second,
                f"命中策略 UNIQUE：第 {found.second + 1} 行（文件第 {second.sourceline} 行）与"
                f"第 {found.first + 1} 行（文件第 {first.sourceline} 行）同时符合，"
                f"例如 {found.example}；请改条件，或改用 FIRST、ANY、PRIORITY",
            )


def _allowed(column: Node) -> str:
    """Return the allowed values of a column, else those of its type."""
    return column["allowed"] or (column["type"] or {}).get("allowed") or ""
