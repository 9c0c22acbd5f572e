"""What a form's own parts make of each other: fields computed of themselves, bounds that cross."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from workflow_server import feel
from workflow_server.content.forms import Form
from workflow_server.errors import Fault

_ROOT = re.compile(r"(?<![\w.])(?:this\.)?([A-Za-z_\u4e00-\u9fff][\w\u4e00-\u9fff]*)")
#: Loops and functions bring names of their own.
_OWN_NAMES = re.compile(r"[\[{]|\b(?:for|some|every|function)\b")
_BOUNDS = (("minLength", "maxLength"), ("min", "max"))
MAXIMUM_STEPS = 8


def check(form: Form) -> Iterator[Fault]:
    """Yield what no answers could ever make right."""
    path = f"forms/{form.key}.json"
    for pointer, sentence in _level("#", form.source):
        yield Fault(f"{path}{pointer}", sentence)


def _level(pointer: str, parent: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    computed: dict[str, tuple[str, frozenset[str]]] = {}
    for place, component in _flat(pointer, parent):
        yield from _bounds(place, component)
        key = component.get("key")
        if isinstance(key, str) and key.count(".") >= MAXIMUM_STEPS:
            yield f"{place}/key", f"字段名超过 {MAXIMUM_STEPS} 层"
        elif component.get("type") == "expression" and isinstance(key, str):
            computed[key] = place, _named(component.get("expression", ""))
        elif component.get("type") == "dynamiclist":
            yield from _level(place, component)
    for key, (place, _) in computed.items():
        if key in _reached(key, computed):
            yield f"{place}/expression", f"“{key}”由自己算出：公式相互引用，成了循环"


def _flat(pointer: str, parent: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for index, component in enumerate(parent.get("components", ())):
        place = f"{pointer}/components/{index}"
        yield place, component
        if component.get("type") == "group" and not component.get("path"):
            yield from _flat(place, component)
        elif component.get("type") == "group":
            yield from ((inner, each) for inner, each in _flat(place, component)
                        if each.get("type") != "expression")  # fmt: skip


def _bounds(place: str, component: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    validate = component.get("validate") or {}
    for least, most in _BOUNDS:
        low, high = _number(validate.get(least)), _number(validate.get(most))
        if low is not None and high is not None and low > high:
            yield f"{place}/validate/{least}", f"{least} 大于 {most}"
    for name in ("minLength", "maxLength"):
        if (_number(validate.get(name)) or 0) < 0:
            yield f"{place}/validate/{name}", f"{name} 不能是负数"


def _number(value: Any) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _named(expression: str) -> frozenset[str]:
    bare = feel.without_texts(expression)
    return frozenset() if _OWN_NAMES.search(bare) else frozenset(_ROOT.findall(bare))


def _reached(key: str, computed: Mapping[str, tuple[str, frozenset[str]]]) -> set[str]:
    """Return the fields that a computed field is made of, over however many steps."""
    reached: set[str] = set()
    todo = [key]
    while todo:
        for name in computed[todo.pop()][1] & computed.keys():
            if name not in reached:
                reached.add(name)
                todo.append(name)
    return reached
