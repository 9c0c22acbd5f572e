"""Reads a DMN file into its decisions; refuses it with every fault at once."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from workflow_server import feel
from workflow_server.content import xml
from workflow_server.content.decisions import requirements
from workflow_server.content.decisions.logic import KINDS, Logic
from workflow_server.content.decisions.model import MAX_PARTS, NAMESPACE, Decision, DecisionRefused
from workflow_server.content.decisions.requirements import Part
from workflow_server.content.decisions.sheet import REMARKS, Sheet, child, ours
from workflow_server.content.decisions.types import Types, shape

_PARTS = ("inputData", "decision", "businessKnowledgeModel")
#: What may stand in a file without being run: remarks, and what draws it.
_BESIDE = REMARKS | {
    "itemDefinition",
    "knowledgeSource",
    "textAnnotation",
    "association",
    "group",
    "elementCollection",
    "performanceIndicator",
    "organizationUnit",
}
_WITHIN = REMARKS | {
    "variable",
    "informationRequirement",
    "knowledgeRequirement",
    "authorityRequirement",
    "supportedObjective",
    "impactedPerformanceIndicator",
    "decisionMaker",
    "decisionOwner",
    "usingProcess",
    "usingTask",
}
#: Expressions that one answer may need beside those of the tables.
_LEAST_COST = 20


def parse(data: bytes, path: str = "") -> Mapping[str, Decision]:
    """Read the decisions of a DMN file by id; refuse it with every fault at once."""
    root = xml.parse(path, data)
    sheet = Sheet(path)
    found: Mapping[str, Decision] = {}
    if xml.local_name(root) != "definitions" or xml.namespace(root) != NAMESPACE:
        sheet.fault(root, "不是 DMN 1.3 文件")
    else:
        found = _Reader(root, sheet).decisions()
    if sheet.faults:
        raise DecisionRefused(
            f"Expected sound decisions, but there are {len(sheet.faults)} faults", sheet.faults
        )
    return found


class _Reader:
    def __init__(self, root: etree._Element, sheet: Sheet) -> None:
        self.root = root
        self.sheet = sheet
        self.types = Types(sheet, root)
        self.parts: dict[str, Part] = {}

    def decisions(self) -> dict[str, Decision]:
        for name, element in ours(self.root):
            if name in _PARTS:
                self.part(name, element)
            elif name not in _BESIDE:
                known = "、".join(_PARTS)
                self.sheet.fault(element, f"不支持 {name}，可用：{known}")
        if len(self.parts) > MAX_PARTS:
            self.sheet.fault(self.root, f"文件里的决策、输入和业务知识模型超过 {MAX_PARTS} 个")
            return {}
        if not any(part.kind == "decision" for part in self.parts.values()):
            self.sheet.fault(self.root, "文件里没有决策")
        for part in self.parts.values():
            requirements.read(part, self.parts, self.sheet)
        circular = requirements.refuse_circles(self.parts, self.sheet)
        self.logic()
        cost = _LEAST_COST + self.sheet.check_syntax()
        if circular or self.sheet.faults:
            return {}
        decided = [part for part in self.parts.values() if part.kind == "decision"]
        return {part.id: self.decision(part, cost) for part in decided}

    def part(self, kind: str, element: etree._Element) -> None:
        variable = child(element, "variable")
        name = (None if variable is None else variable.get("name")) or element.get("name") or ""
        id_ = element.get("id") or ""
        type_ = self.types.of(variable)
        name = self.sheet.name(element, name or id_, shape(type_))
        if not id_:
            self.sheet.fault(element, f"{kind} 缺少 id")
        elif id_ in self.parts:
            self.sheet.fault(element, f"标识“{id_}”写了两次")
        elif name in [part.name for part in self.parts.values()]:
            self.sheet.fault(element, f"名称“{name}”写了两次")
        part = self.parts[id_] = Part(kind, id_, name, element)
        part.step = {"kind": kind, "name": name, "type": type_}
        part.step["at"] = self.sheet.place(element, name)

    def logic(self) -> None:
        for part in self.parts.values():
            for name, element in ours(part.element):
                if name not in {*KINDS, *_WITHIN, "encapsulatedLogic"}:
                    self.sheet.fault(element, f"“{part.name}”里不支持 {name}")
            if part.kind != "inputData":
                self.body(part)
        requirements.refuse_undeclared(self.parts, self.sheet)
        requirements.refuse_wrong_calls(self.parts, self.sheet)

    def body(self, part: Part) -> None:
        logic = Logic(self.sheet, self.types)
        if part.kind == "decision":
            part.step["body"] = logic.find(part.element, f"决策“{part.name}”", part.name)
            if part.step["type"] is None:
                self.sheet.name(part.element, part.name, logic.names_of(part.step["body"]))
        else:
            part.step["type"] = None
            encapsulated = child(part.element, "encapsulatedLogic")
            if encapsulated is None:
                self.sheet.fault(part.element, f"业务知识模型“{part.name}”缺少逻辑")
            else:
                part.step["body"] = logic.function(encapsulated, part.name)
        part.texts, part.local, part.calls = logic.texts, logic.local, logic.calls

    def decision(self, part: Part, cost: int) -> Decision:
        ordered = requirements.in_order(part, self.parts)
        strict = any(each.kind == "inputData" for each in self.parts.values())
        steps = [
            each.step
            | {
                "requires": [self.parts[id_].name for id_ in each.required],
                "open": not strict and each.kind == "decision",
            }
            for each in ordered
        ]
        return Decision(
            id=part.id,
            name=part.element.get("name") or part.id,
            path=self.sheet.path,
            line=part.element.sourceline or 0,
            inputs=tuple(each.name for each in ordered if each.kind == "inputData")
            if strict
            else None,
            model=feel.Model(steps, feel.odd_names(self.sheet.names), cost=cost),
            places=tuple(self.sheet.places),
        )
