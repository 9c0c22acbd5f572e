"""Reads data objects: variables under `data`, written by the arrows that lead to them."""

from __future__ import annotations

import re

from lxml import etree

from workflow_server.engine.sources import BPMN, Faults, name_of
from workflow_server.engine.texts import expression, wrong_feel

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
#: What bpmn-js draws an arrow from a data object to; it holds nothing.
_PLACEHOLDER = "__targetRef_placeholder"


class DataReader:
    """Knows the data objects of one process by the references that are drawn."""

    def __init__(self, process: etree._Element, faults: Faults) -> None:
        self._faults = faults
        objects = {each.get("id") or "" for each in process.iter(f"{{{BPMN}}}dataObject")}
        self._objects: dict[str, str] = {}
        for reference in process.iter(f"{{{BPMN}}}dataObjectReference"):
            target = reference.get("dataObjectRef") or ""
            if target not in objects:
                faults.at(reference, f"数据对象 {target or '（未写）'} 没有定义")
            elif not _NAME.fullmatch(target):
                faults.at(reference, f"数据对象的标识 {target} 须由字母、数字和下划线组成")
            else:
                self._objects[reference.get("id") or ""] = target

    def knows(self, element: etree._Element) -> bool:
        """Tell whether this is data drawn in a way that is run."""
        kind = name_of(element)
        if kind == "property":
            return element.get("name") == _PLACEHOLDER
        if kind == "dataInputAssociation":
            return self._end(element, "sourceRef") is not None and _is_plain(element)
        if kind == "dataOutputAssociation":
            return self._end(element, "targetRef") is not None and _is_plain(element)
        return kind in ("dataObject", "dataObjectReference")

    def written_by(self, element: etree._Element) -> tuple[tuple[str, str | None], ...]:
        """Return the data objects that an element writes, each with its FEEL or None."""
        found = []
        for arrow in element.iterfind(f"{{{BPMN}}}dataOutputAssociation"):
            target = self._end(arrow, "targetRef")
            if target is not None:
                found.append((target, self._value(arrow)))
        return tuple(found)

    def _end(self, arrow: etree._Element, name: str) -> str | None:
        end = arrow.find(f"{{{BPMN}}}{name}")
        return self._objects.get((end.text or "").strip()) if end is not None else None

    def _value(self, arrow: etree._Element) -> str | None:
        transformation = arrow.find(f"{{{BPMN}}}transformation")
        if transformation is None:
            return None
        text = expression(transformation.text)
        if sentence := wrong_feel(text) if text else "数据转换（transformation）是空的":
            self._faults.at(transformation, sentence)
        return text


def _is_plain(arrow: etree._Element) -> bool:
    """Tell whether an arrow has nothing that isn't run."""
    allowed = ("documentation", "extensionElements", "sourceRef", "targetRef")
    transforms = name_of(arrow) == "dataOutputAssociation"
    return all(
        name in allowed or (transforms and name == "transformation")
        for name in map(name_of, arrow)
        if name is not None
    )
