"""Which keys a form-js 1.23 component may have, and of what kind each is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflow_server import feel

TEXT, FLAG, WHOLE, NUMBER, OBJECT, LIST, ANY = (
    "text",
    "flag",
    "whole",
    "number",
    "object",
    "list",
    "any",
)
#: A text, or FEEL; a flag, or FEEL; a number, or FEEL.
FLAG_OR_FEEL, NUMBER_OR_FEEL, FEEL = "flag or FEEL", "number or FEEL", "FEEL"

ROOT: Mapping[str, str] = {
    "type": TEXT, "id": TEXT, "title": TEXT, "schemaVersion": WHOLE, "components": LIST,
    "properties": OBJECT, "exporter": OBJECT, "executionPlatform": TEXT,
    "executionPlatformVersion": TEXT, "versionTag": TEXT, "$schema": TEXT,
}  # fmt: skip
SHOWN: Mapping[str, str] = {
    "type": TEXT, "id": TEXT, "label": TEXT, "layout": OBJECT, "conditional": OBJECT,
    "properties": OBJECT,
}  # fmt: skip
KEYED: Mapping[str, str] = {
    **SHOWN, "key": TEXT, "description": TEXT, "disabled": FLAG_OR_FEEL,
    "readonly": FLAG_OR_FEEL, "validate": OBJECT, "defaultValue": ANY, "tooltip": TEXT,
}  # fmt: skip
CHOSEN: Mapping[str, str] = {
    **KEYED, "values": LIST, "valuesKey": TEXT, "valuesExpression": FEEL, "searchable": FLAG,
}  # fmt: skip

FIELDS: Mapping[str, Mapping[str, str]] = {
    "textfield": {**KEYED, "appearance": OBJECT},
    "textarea": {**KEYED, "appearance": OBJECT},
    "number": {
        **KEYED, "appearance": OBJECT, "decimalDigits": WHOLE, "increment": ANY,
        "serializeToString": FLAG,
    },
    "datetime": {
        **KEYED, "subtype": TEXT, "dateLabel": TEXT, "timeLabel": TEXT, "use24h": FLAG,
        "timeInterval": WHOLE, "timeSerializingFormat": TEXT, "disallowPassedDates": FLAG,
    },
    "select": CHOSEN,
    "radio": CHOSEN,
    "checklist": CHOSEN,
    "taglist": CHOSEN,
    "checkbox": KEYED,
    "filepicker": {**KEYED, "multiple": FLAG, "accept": TEXT},
}  # fmt: skip
CONTAINERS: Mapping[str, Mapping[str, str]] = {
    "group": {
        **SHOWN, "path": TEXT, "components": LIST, "showOutline": FLAG, "verticalAlignment": TEXT,
    },
    "dynamiclist": {
        **SHOWN, "path": TEXT, "components": LIST, "showOutline": FLAG, "verticalAlignment": TEXT,
        "isRepeating": FLAG, "allowAddRemove": FLAG, "defaultRepetitions": WHOLE,
        "nonCollapsedItems": WHOLE, "disableCollapse": FLAG, "description": TEXT,
    },
}  # fmt: skip
EXPRESSION: Mapping[str, str] = {**SHOWN, "key": TEXT, "expression": FEEL, "computeOn": TEXT}
DISPLAYED: Mapping[str, Mapping[str, str]] = {
    "text": {**SHOWN, "text": TEXT, "strict": FLAG},
    "html": {**SHOWN, "content": TEXT, "strict": FLAG},
    "separator": SHOWN,
    "spacer": {**SHOWN, "height": WHOLE},
    "image": {**SHOWN, "source": TEXT, "alt": TEXT},
    "button": {**SHOWN, "key": TEXT, "action": TEXT, "disabled": FLAG},
}
VALIDATE: Mapping[str, str] = {
    "required": FLAG_OR_FEEL, "min": NUMBER_OR_FEEL, "max": NUMBER_OR_FEEL,
    "minLength": NUMBER_OR_FEEL, "maxLength": NUMBER_OR_FEEL, "pattern": TEXT,
    "patternErrorMessage": TEXT, "validationType": TEXT,
}  # fmt: skip
#: Which rules of `validate` mean something for which component.
VALIDATED: Mapping[str, frozenset[str]] = {
    "textfield": frozenset(VALIDATE) - {"min", "max"},
    "textarea": frozenset({"required", "minLength", "maxLength"}),
    "number": frozenset({"required", "min", "max"}),
}
PROPERTIES = frozenset({"class", "source", "money", "minRows", "maxRows", "note", "initial"})
SUBTYPES = frozenset({"date", "time", "datetime"})
#: Names that the context of an expression gives another meaning, or that FEEL itself reads.
RESERVED_KEYS = feel.RESERVED | frozenset(
    {
        "answers", "messages", "documents", "records", "deadlines", "organisation", "actor",
        "case", "today", "this", "parent", "i", "item", "partial", "Meta", "_schema",
        "__proto__", "constructor", "prototype",
    }
)  # fmt: skip


def shape_fault(kind: str, value: Any) -> str | None:
    """Say what a value of this kind should have been, or None."""
    is_feel = isinstance(value, str) and value.startswith("=")
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    match kind:
        case "any":
            return None
        case "text":
            return None if isinstance(value, str) else "应为文字"
        case "flag":
            return None if isinstance(value, bool) else "应为 true 或 false"
        case "whole":
            return None if is_number and value == int(value) and value >= 0 else "应为非负整数"
        case "object":
            return None if isinstance(value, dict) else "应为对象"
        case "list":
            return None if isinstance(value, list) else "应为列表"
        case "FEEL":
            return None if is_feel else "应为以 = 开头的 FEEL 表达式"
        case "flag or FEEL":
            return None if is_feel or isinstance(value, bool) else "应为 true、false 或 FEEL 表达式"
        case _:
            return None if is_feel or is_number else "应为数字或 FEEL 表达式"
