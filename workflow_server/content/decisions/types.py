"""The types of a DMN file, resolved into what values are checked against."""

from __future__ import annotations

from typing import Any

from lxml import etree

from workflow_server.content.decisions.sheet import Sheet, child, children

#: FEEL's own types by the names that DMN files use for them.
BUILT_IN = {
    "Any": "Any",
    "string": "string",
    "number": "number",
    "boolean": "boolean",
    "date": "date",
    "time": "time",
    "dateTime": "date and time",
    "date and time": "date and time",
    "dayTimeDuration": "days and time duration",
    "days and time duration": "days and time duration",
    "yearMonthDuration": "years and months duration",
    "years and months duration": "years and months duration",
    "context": "context",
    "function": "Any",
}
_MOST_PARTS = 2_000

Type = dict[str, Any]


class Types:
    """Resolves the types that a file names; each comes out whole, with the types within it."""

    def __init__(self, sheet: Sheet, definitions: etree._Element) -> None:
        self._sheet = sheet
        self._items: dict[str, etree._Element] = {}
        self._parts = 0
        for item in children(definitions, "itemDefinition"):
            name = item.get("name") or ""
            if not name:
                sheet.fault(item, "类型缺少名称")
            elif name in self._items or name in BUILT_IN:
                sheet.fault(item, f"类型“{name}”已经有了，请换一个名称")
            self._items[name] = item
        for name, item in self._items.items():
            self.named(name, item)

    def of(self, element: etree._Element | None) -> Type | None:
        """Return the type that an element names by `typeRef`; None if it names none."""
        name = "" if element is None else element.get("typeRef", "")
        return self.named(name, element) if name and element is not None else None

    def named(
        self, name: str, element: etree._Element, within: tuple[str, ...] = ()
    ) -> Type | None:
        """Return a type by its name; a fault stands at the element that names it."""
        name = name.strip().removeprefix("feel:")
        if name in BUILT_IN:
            base = BUILT_IN[name]
            return None if base == "Any" else {"name": base, "base": base}
        item = self._items.get(name)
        if item is None:
            known = "、".join(["string", "number", "boolean", "date", "…", *self._items][:12])
            self._sheet.fault(element, f"类型“{name[:60]}”没有定义，可用：{known}")
            return None
        if name in within:
            self._sheet.fault(item, f"类型“{name}”包含它自己")
            return None
        return self._item(item, (*within, name))

    def _item(self, item: etree._Element, within: tuple[str, ...]) -> Type | None:
        self._parts += 1
        if self._parts > _MOST_PARTS:
            self._sheet.fault(item, f"类型展开后超过 {_MOST_PARTS} 个部分，请简化")
            return None
        found = self._structure(item, within)
        allowed = child(item, "allowedValues")
        text = "" if allowed is None else self._sheet.text(allowed)
        if allowed is not None and text:
            self._sheet.check(allowed, text, unary=True)
            found = {"name": item.get("name"), **(found or {}), "allowed": text}
        if item.get("isCollection") == "true":
            return {"name": f"list<{item.get('name')}>", "list": found}
        return found

    def _structure(self, item: etree._Element, within: tuple[str, ...]) -> Type | None:
        components = children(item, "itemComponent")
        if not components:
            name = (child(item, "typeRef"), child(item, "functionItem"))
            if name[0] is not None:
                return self.named(name[0].text or "", item, within)
            if name[1] is None and child(item, "allowedValues") is None:
                self._sheet.fault(item, "类型既没有 typeRef，也没有组成部分")
            return None
        fields: dict[str, Type | None] = {}
        for component in components:
            name_ = " ".join((component.get("name") or "").split())
            if not name_ or name_ == "__proto__" or name_ in fields:
                self._sheet.fault(component, "类型的组成部分缺少名称，或名称重复")
            self._sheet.parts.add(name_)
            fields[name_] = self._item(component, within)
        return {"name": item.get("name"), "fields": fields}


def shape(type_: Type | None) -> Any:
    """Return the names within a type, for the reading of expressions."""
    if type_ is None:
        return 1
    if "list" in type_:
        return [shape(type_["list"])]
    fields = type_.get("fields")
    return {name: shape(inner) for name, inner in fields.items()} if fields else 1
