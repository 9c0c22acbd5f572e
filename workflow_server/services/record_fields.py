"""Checks the fields of a record against what its kind declares."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from workflow_server.errors import Fault

if TYPE_CHECKING:
    from workflow_server.content.shared import Field, Option, RecordKind


def check(
    kind: RecordKind,
    fields: Mapping[str, Any],
    vocabularies: Mapping[str, tuple[Option, ...]],
) -> list[Fault]:
    """Return what is wrong with the values, each with the field's pointer; null is allowed."""
    faults = []
    for name, value in fields.items():
        declared = kind.fields.get(name)
        if declared is None:
            faults.append(Fault(f"{kind.key}/{name}", f"没有声明字段“{name}”"))
        elif value is not None and not _fits(declared, value, vocabularies):
            detail = f"“{declared.label}”的值不符合类型 {declared.type}：{str(value)[:60]}"
            faults.append(Fault(f"{kind.key}/{name}", detail))
    return faults


def _fits(field: Field, value: Any, vocabularies: Mapping[str, tuple[Option, ...]]) -> bool:
    if field.type == "choice":
        return _is_choice(value, vocabularies.get(field.vocabulary or ""))
    return _TYPES[field.type](value)


def _is_choice(value: Any, options: tuple[Option, ...] | None) -> bool:
    if options is None:
        return isinstance(value, str)
    return value in [option.value for option in options]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_money(value: Any) -> bool:
    # 分, in whole ones; FEEL hands them over as 1200 or 1200.0.
    return _is_number(value) and float(value).is_integer()


def _parses(parse: Callable[[str], Any]) -> Callable[[Any], bool]:
    def fits(value: Any) -> bool:
        try:
            return isinstance(value, str) and parse(value) is not None
        except ValueError:
            return False

    return fits


def _are_ids(value: Any) -> bool:
    values = value if isinstance(value, list) else [value]
    return all(_is_id(item) for item in values)


_is_id = _parses(UUID)
_TYPES: Mapping[str, Callable[[Any], bool]] = {
    "text": lambda value: isinstance(value, str),
    "number": _is_number,
    "money": _is_money,
    "date": _parses(date.fromisoformat),
    "datetime": _parses(datetime.fromisoformat),
    "boolean": lambda value: isinstance(value, bool),
    "organisation": _are_ids,
    "person": _are_ids,
    "file": _are_ids,
    "list": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
}
