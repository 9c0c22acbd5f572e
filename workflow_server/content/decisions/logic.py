"""Boxed logic: literal expressions, contexts, invocations, functions, lists, relations, tables."""

from __future__ import annotations

from typing import Any

from lxml import etree

from workflow_server.content.decisions import tables
from workflow_server.content.decisions.sheet import REMARKS, Node, Sheet, child, children, ours
from workflow_server.content.decisions.types import Types, shape

#: Kinds of logic, and who reads each.
KINDS = {
    "literalExpression": "_literal_expression",
    "context": "_context",
    "invocation": "_invocation",
    "functionDefinition": "_function_definition",
    "list": "_list",
    "relation": "_relation",
    "decisionTable": "_decision_table",
}


class Logic:
    """Reads boxed logic into nodes that scripts/feel/decisions.js runs."""

    def __init__(self, sheet: Sheet, types: Types) -> None:
        self.sheet = sheet
        self.types = types
        #: Every expression of the logic being read, and the names that it makes for itself.
        self.texts: list[tuple[etree._Element, str]] = []
        self.local: set[str] = set()
        #: Functions that are invoked by name, with what they are given.
        self.calls: list[tuple[etree._Element, str, frozenset[str]]] = []

    def find(self, holder: etree._Element, what: str, label: str = "") -> Node | None:
        """Read the one logic of an element."""
        found = [(name, element) for name, element in ours(holder) if name in KINDS]
        if len(found) != 1:
            self.sheet.fault(holder, f"{what}缺少逻辑" if not found else f"{what}有几个逻辑")
            return None
        return self.read(*found[0], label)

    def read(self, kind: str, element: etree._Element, label: str = "") -> Node | None:
        """Read one logic."""
        if kind not in KINDS:
            self.sheet.fault(element, f"不支持 {kind}，可用：{'、'.join(sorted(KINDS))}")
            return None
        before = len(self.sheet.faults)
        node: Node = {"at": self.sheet.place(element, label), "type": self.types.of(element)}
        node |= getattr(self, KINDS[kind])(element)
        return node if len(self.sheet.faults) == before else None

    def function(self, element: etree._Element, label: str = "") -> Node:
        """Read a function: its parameters, and what it answers."""
        if element.get("kind", "FEEL") != "FEEL":
            self.sheet.fault(element, f"函数只能是 FEEL，不能是 {element.get('kind')}")
        parameters: list[Node] = []
        for each in children(element, "formalParameter"):
            type_ = self.types.of(each)
            name = self.sheet.name(each, each.get("name") or "", shape(type_))
            if not name or name in [one["name"] for one in parameters]:
                self.sheet.fault(each, "参数缺少名称，或名称重复")
            self.local.add(name)
            parameters.append({"name": name, "type": type_})
        return {
            "kind": "function",
            "at": self.sheet.place(element),
            "parameters": parameters,
            "body": self.find(element, "函数", label),
            "returns": None,
            "type": None,
        }

    def names_of(self, node: Node | None) -> Any:
        """Return the names within what a node answers."""
        if node is None or node.get("type") is not None:
            return shape(node["type"]) if node else 1
        match node["kind"]:
            case "context" if node["result"] is None:
                return {each["name"]: self.names_of(each["body"]) for each in node["entries"]}
            case "relation":
                return [dict.fromkeys(node["columns"], 1)]
            case "table" if len(node["outputs"]) > 1:
                return [{each["name"]: 1 for each in node["outputs"]}]
        return 1

    def _literal_expression(self, element: etree._Element) -> Node:
        if child(element, "importedValues") is not None:
            self.sheet.fault(element, "不支持引入别处的值（importedValues）")
        text = self.sheet.text(element)
        if not text:
            self.sheet.fault(element, "缺少表达式")
        else:
            self.sheet.check(element, text)
            self.texts.append((element, text))
        return {"kind": "text", "text": text}

    def _context(self, element: etree._Element) -> Node:
        entries: list[Node] = []
        result = None
        for entry in children(element, "contextEntry"):
            variable = child(entry, "variable")
            name = "" if variable is None else variable.get("name") or ""
            body = self.find(entry, f"上下文项“{name}”" if name else "上下文的结果", name)
            if variable is None:
                if result is not None or entry is not children(element, "contextEntry")[-1]:
                    self.sheet.fault(entry, "只有上下文的最后一项可以没有名称")
                result = body
                continue
            name = self.sheet.name(variable, name, self.names_of(body))
            if not name or name in [each["name"] for each in entries]:
                self.sheet.fault(entry, "上下文项缺少名称，或名称重复")
            self.local.add(name)
            self.sheet.parts.add(name)
            entries.append({"name": name, "body": body, "type": self.types.of(variable)})
        return {"kind": "context", "entries": entries, "result": result}

    def _invocation(self, element: etree._Element) -> Node:
        target = child(element, "literalExpression")
        bindings: list[Node] = []
        for binding in children(element, "binding"):
            parameter = child(binding, "parameter")
            name = "" if parameter is None else " ".join((parameter.get("name") or "").split())
            if not name or name in [each["name"] for each in bindings]:
                self.sheet.fault(binding, "调用的参数缺少名称，或名称重复")
            bindings.append({"name": name, "body": self.find(binding, f"参数“{name}”", name)})
        if target is None:
            self.sheet.fault(element, "调用没有写明函数")
            return {}
        names = frozenset(str(each["name"]) for each in bindings)
        called = self.read("literalExpression", target)
        if called is not None:
            self.calls.append((element, called["text"], names))
        return {"kind": "call", "target": called, "bindings": bindings}

    def _function_definition(self, element: etree._Element) -> Node:
        return self.function(element)

    def _list(self, element: etree._Element) -> Node:
        items = [self.read(name, each) for name, each in ours(element) if name not in REMARKS]
        return {"kind": "list", "items": items}

    def _relation(self, element: etree._Element) -> Node:
        columns = []
        for column in children(element, "column"):
            name = self.sheet.name(column, column.get("name") or "")
            if not name or name in columns:
                self.sheet.fault(column, "关系的列缺少名称，或名称重复")
            self.sheet.parts.add(name)
            columns.append(name)
        rows = []
        for number, row in enumerate(children(element, "row"), 1):
            cells = [self.read(name, each) for name, each in ours(row) if name not in REMARKS]
            if len(cells) != len(columns):
                self.sheet.fault(row, f"第 {number} 行的单元格数与列数不符")
            rows.append(cells)
        return {"kind": "relation", "columns": columns, "rows": rows}

    def _decision_table(self, element: etree._Element) -> Node:
        table = tables.read(element, self.sheet, self.types)
        self.texts.extend(table.texts)
        self.sheet.parts.update(each["name"] for each in table.node["outputs"])
        return table.node
