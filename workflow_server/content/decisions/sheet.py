"""The file that is being read: its faults, its places, its names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
from lxml import etree

from workflow_server import feel
from workflow_server.content import xml
from workflow_server.content.decisions import literals
from workflow_server.content.decisions.model import MAX_CELL, NAMESPACE, Place
from workflow_server.errors import Fault

_MOST_FAULTS = 200
_FEEL_URIS = frozenset({"", "feel", "https://www.omg.org/spec/DMN/20191111/FEEL/"})

#: Words that no name can be; names of types (`date`, `days`) can.
_TYPES = {"date", "time", "duration", "days", "years", "list", "context", "range"}
_KEYWORDS = feel.RESERVED - _TYPES

#: Elements that say something to people and nothing to the machine.
REMARKS = frozenset({"description", "extensionElements", "question", "allowedAnswers"})

#: What the machine runs of a part of a diagram.
Node = dict[str, Any]


class Sheet:
    """One DMN file while it is read; faults gather, places and names are numbered."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.faults: list[Fault] = []
        self.places: list[Place] = []
        #: Every name that expressions of the file may use, with the names within it.
        self.names: dict[str, Any] = {}
        #: Names of parts of values: they may stand in expressions without being required.
        self.parts: set[str] = set()
        #: Expressions to be checked once all names are known.
        self._expressions: list[tuple[etree._Element, str, bool]] = []

    def place(self, element: etree._Element, label: str = "") -> int:
        """Keep where something stands; returns its number."""
        name = element.get("id") or xml.local_name(element)
        label = label or element.get("label") or element.get("name") or name
        self.places.append(Place(element.sourceline or 0, name, label))
        return len(self.places) - 1

    def fault(self, element: etree._Element, detail: str) -> None:
        """Keep what is wrong with an element."""
        if len(self.faults) < _MOST_FAULTS:
            name = element.get("id") or xml.local_name(element)
            self.faults.append(Fault(f"{self.path}:{element.sourceline or 0} {name}", detail))

    def name(self, element: etree._Element, name: str, shape: Any = 1) -> str:
        """Keep a name that expressions may use; returns it in its normal form."""
        name = " ".join(name.split())
        if name == "__proto__":
            self.fault(element, "名称“__proto__”不能使用，请换一个")
        elif name in _KEYWORDS:
            self.fault(element, f"“{name}”是 FEEL 的关键字，请换一个名称")
        elif name and (shape != 1 or name not in self.names):
            self.names[name] = shape
        return name

    def text(self, holder: etree._Element) -> str:
        """Return the FEEL of an element."""
        language = holder.get("expressionLanguage", "")
        if language not in _FEEL_URIS:
            self.fault(holder, f"表达式语言只能是 FEEL，不能是 {language[:60]}")
        text = (holder.findtext(f"{{{NAMESPACE}}}text") or "").strip()
        if len(text) > MAX_CELL:
            self.fault(holder, f"单元格超过 {MAX_CELL} 个字符")
            return ""
        return text

    def check(self, element: etree._Element, text: str, *, unary: bool = False) -> None:
        """Have an expression checked; what is plain literals needs no parser."""
        if unary and literals.passing(text) is not None:
            return
        self._expressions.append((element, text, unary))

    def check_syntax(self) -> int:
        """Check every expression that was read; returns how many there are."""
        names = orjson.dumps(feel.odd_names(self.names)).decode()
        for element, text, unary in self._expressions:
            wrong = feel.check(text, unary=unary, names=names)
            if wrong is not None:
                self.fault(element, f"FEEL 语法错误：{wrong}")
        return len(self._expressions)


def children(parent: etree._Element, name: str) -> list[etree._Element]:
    """Return the DMN children of a name."""
    return parent.findall(f"{{{NAMESPACE}}}{name}")


def child(parent: etree._Element, name: str) -> etree._Element | None:
    """Return the first DMN child of a name."""
    return parent.find(f"{{{NAMESPACE}}}{name}")


def ours(parent: etree._Element) -> Iterator[tuple[str, etree._Element]]:
    """Yield the DMN children with their names; what tools put beside them is passed over."""
    for element in parent:
        if xml.namespace(element) == NAMESPACE:
            yield xml.local_name(element), element
