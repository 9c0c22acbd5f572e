"""What a form begins with: values out of the case, which a person then changes or leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from workflow_server import feel
from workflow_server.content.forms import grammar


@dataclass(frozen=True, slots=True)
class Initial:
    """The FEEL that a field, or a list of rows, begins with."""

    path: tuple[str, ...]
    expression: str


def read(root: Mapping[str, Any], fault: Callable[[str, str], None]) -> tuple[Initial, ...]:
    """Read `properties.initial` of all fields; what is wrong goes to `fault`, place and sentence.

    Of a form that is right otherwise.
    """
    return tuple(_below("#", root, (), fault, in_rows=False))


def _below(
    pointer: str,
    parent: Mapping[str, Any],
    path: tuple[str, ...],
    fault: Callable[[str, str], None],
    *,
    in_rows: bool,
) -> Iterator[Initial]:
    for index, component in enumerate(parent.get("components", ())):
        here = f"{pointer}/components/{index}"
        kind = component.get("type")
        own = str(component.get("path" if kind in ("group", "dynamiclist") else "key") or "")
        full = (*path, *own.split(".")) if own else path
        value = component.get("properties", {}).get("initial")
        if value is not None:
            wrong = _fault(kind, value, in_rows=in_rows)
            if wrong is None:
                yield Initial(full, value[1:])
            else:
                fault(f"{here}/properties/initial", wrong)
        inside = in_rows or kind == "dynamiclist"
        yield from _below(here, component, full, fault, in_rows=inside)


def _fault(kind: Any, value: Any, *, in_rows: bool) -> str | None:
    if kind not in grammar.FIELDS and kind != "dynamiclist":
        return "只有填写的字段和重复列表可以有 initial"
    if in_rows:
        return "行里的字段没有自己的 initial，请写在重复列表上，给出各行"
    if not isinstance(value, str) or not value.startswith("="):
        return "initial 应为以 = 开头的 FEEL 表达式"
    try:
        wrong = feel.check(value[1:])
    except feel.FeelError as error:
        wrong = error.message
    return None if wrong is None else f"FEEL 语法错误：{wrong}"
