"""What a file declares beside its processes: messages, signals, errors and escalations."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from workflow_server.engine.sources import BPMN, Faults

#: Kind of event -> the element that declares it, the attribute that names it, what to call it.
_KINDS = {
    "message": ("message", "name", "消息须有标识和名称，名称即消息类型"),
    "signal": ("signal", "name", "信号须有标识和名称，按名称广播"),
    "error": ("error", "errorCode", "错误须有标识和错误代码（errorCode），按代码捕获"),
    "escalation": ("escalation", "escalationCode", "升级须有标识和代码（escalationCode）"),
}
_CALLED = {"message": "消息", "signal": "信号", "error": "错误", "escalation": "升级"}


@dataclass(frozen=True, slots=True)
class Declarations:
    """Names and codes by kind of event, then by the id that diagrams refer to."""

    found: dict[str, dict[str, str]]

    def name(
        self, kind: str, element: etree._Element, reference: str | None, faults: Faults
    ) -> str | None:
        """Return the name or code that a reference stands for; a fault if there is none."""
        name = self.found[kind].get((reference or "").rpartition(":")[2])
        if name is None:
            faults.at(element, f"{_CALLED[kind]} {reference} 没有定义")
        return name


def read_declarations(root: etree._Element, faults: Faults) -> Declarations:
    """Read what the file declares, and fault what has no name."""
    found: dict[str, dict[str, str]] = {}
    for kind, (tag, attribute, sentence) in _KINDS.items():
        names = found[kind] = {}
        for element in root.iterfind(f"{{{BPMN}}}{tag}"):
            identity = element.get("id")
            name = (element.get(attribute) or "").strip()
            if identity is None or not name:
                faults.at(element, sentence)
            else:
                names[identity] = name
    return Declarations(found)
