"""What a decision requires: found, put in order, refused if it goes in circles."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from workflow_server import feel
from workflow_server.content.decisions.sheet import Node, Sheet, child, children

#: Kinds of requirement: the element, what it holds, and what may be required by it.
_REQUIREMENTS = {
    "informationRequirement": {"requiredDecision": "decision", "requiredInput": "inputData"},
    "knowledgeRequirement": {"requiredKnowledge": "businessKnowledgeModel"},
}
_PLAIN = re.compile(r"\w*")
_BOUND = re.compile(r"(?:for|some|every|,)\s+([^\W\d][\w ]*?)\s+in\b")


@dataclass(slots=True)
class Part:
    """An input, a decision or a business knowledge model of a file."""

    kind: str
    id: str
    name: str
    element: etree._Element
    required: list[str] = field(default_factory=list)
    step: Node = field(default_factory=dict)
    texts: list[tuple[etree._Element, str]] = field(default_factory=list)
    local: set[str] = field(default_factory=set)
    calls: list[tuple[etree._Element, str, frozenset[str]]] = field(default_factory=list)


def read(part: Part, parts: Mapping[str, Part], sheet: Sheet) -> None:
    """Read what a part requires."""
    for kind, holds in _REQUIREMENTS.items():
        for requirement in children(part.element, kind):
            for name, wanted in holds.items():
                required = child(requirement, name)
                if required is not None:
                    _one(part, required, wanted, parts, sheet)


def _one(
    part: Part, required: etree._Element, wanted: str, parts: Mapping[str, Part], sheet: Sheet
) -> None:
    href = required.get("href", "")
    found = parts.get(href.removeprefix("#"))
    if not href.startswith("#"):
        sheet.fault(required, f"只能依赖同一个文件里的元素，不能是“{href[:100]}”")
    elif found is None:
        sheet.fault(required, f"“{part.name}”所依赖的“{href[:100]}”不在文件里")
    elif found.kind != wanted:
        sheet.fault(required, f"“{found.name}”是 {found.kind}，这里须是 {wanted}")
    elif found.id not in part.required:
        part.required.append(found.id)


def refuse_circles(parts: Mapping[str, Part], sheet: Sheet) -> bool:
    """Refuse requirements that lead back to where they began; returns whether there are any."""
    done: set[str] = set()
    for start in parts:
        path: list[str] = []
        waiting = [(start, False)]
        while waiting:
            id_, left = waiting.pop()
            if left:
                path.pop()
                done.add(id_)
            elif id_ in path:
                names = " → ".join(parts[each].name for each in [*path[path.index(id_) :], id_])
                sheet.fault(parts[id_].element, f"依赖成环：{names}")
                return True
            elif id_ not in done:
                path.append(id_)
                waiting.append((id_, True))
                waiting += [(each, False) for each in parts[id_].required]
    return False


def in_order(part: Part, parts: Mapping[str, Part]) -> list[Part]:
    """Return all that a part requires, each after what it requires itself, the part last."""
    found: dict[str, Part] = {}
    waiting = [(part.id, False)]
    while waiting:
        id_, ready = waiting.pop()
        if ready:
            found.setdefault(id_, parts[id_])
        elif id_ not in found:
            waiting.append((id_, True))
            waiting += [(each, False) for each in reversed(parts[id_].required)]
    return list(found.values())


def refuse_undeclared(parts: Mapping[str, Part], sheet: Sheet) -> None:
    """Refuse expressions that name a part of the file which is not required: it would be null."""
    names = sorted({part.name for part in parts.values()}, key=len, reverse=True)
    mention = re.compile(rf"(?<![\w.])(?<!\. )({'|'.join(map(re.escape, names))})(?!\w)(?!\s*:)")
    for part in parts.values():
        seen = {parts[each].name for each in part.required} | part.local | sheet.parts
        for element, text in part.texts:
            for name in _mentioned(mention, text, seen):
                sheet.fault(element, f"用到了“{name}”，但“{part.name}”没有声明依赖它")


def _mentioned(mention: re.Pattern[str], text: str, seen: set[str]) -> Iterator[str]:
    bare = feel.without_texts(text)
    for name in seen:
        # A name of several words hides the words in it.
        bare = bare if _PLAIN.fullmatch(name) else bare.replace(name, " ")
    bound = {" ".join(name.split()) for name in _BOUND.findall(bare)}
    yield from sorted(set(mention.findall(bare)) - bound - seen)


def refuse_wrong_calls(parts: Mapping[str, Part], sheet: Sheet) -> None:
    """Refuse invocations that give a business knowledge model what it does not take."""
    taken = {
        part.name: [each["name"] for each in part.step["body"]["parameters"]]
        for part in parts.values()
        if part.kind == "businessKnowledgeModel" and part.step.get("body")
    }
    for part in parts.values():
        for element, name, given in part.calls:
            if name in taken and given != set(taken[name]):
                wanted = "、".join(taken[name])
                sheet.fault(element, f"“{name}”的参数是：{wanted}；这里给的是：{'、'.join(given)}")
