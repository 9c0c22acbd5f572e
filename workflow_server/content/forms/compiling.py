"""One form-js component with a key -> one field, its conditions and its description."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from workflow_server.content.forms import fields, grammar, limits, patterns
from workflow_server.content.forms.fields import AnswerField, Judge
from workflow_server.content.forms.model import FieldInfo, Item, Option

#: Options that stand in a form; longer lists are vocabularies.
MAX_OPTIONS = 1_000

_SOURCE = re.compile(r"[a-z][a-z0-9_]*(:[A-Za-z0-9_]+)?")
_EMPTY: Mapping[str, Any] = {"checkbox": False, "checklist": [], "taglist": [], "filepicker": []}


@dataclass
class Compiled:
    """A field, with what is wrong in its component: (pointer within it, sentence)."""

    item: Item
    info: FieldInfo
    faults: list[tuple[str, str]]
    #: (pointer within the component, expression with "=") of what is evaluated.
    expressions: list[tuple[str, str]]


@dataclass
class _Parts:
    component: Mapping[str, Any]
    label: str
    faults: list[tuple[str, str]] = field(default_factory=list)
    expressions: list[tuple[str, str]] = field(default_factory=list)
    conditions: list[tuple[str, str]] = field(default_factory=list)
    judges: list[Judge] = field(default_factory=list)
    longest: int | None = None

    @property
    def kind(self) -> str:
        return str(self.component["type"])

    @property
    def validate(self) -> Mapping[str, Any]:
        found = self.component.get("validate", {})
        return found if isinstance(found, dict) else {}

    def condition(self, aspect: str, pointer: str, value: str) -> None:
        self.conditions.append((aspect, value[1:]))
        self.expressions.append((pointer, value))


def item(component: Mapping[str, Any], path: tuple[str, ...], name: str, in_rows: bool) -> Compiled:
    """Compile one keyed component whose shape has been judged right."""
    parts = _Parts(component, label_of(component, name))
    properties = properties_of(component)
    hide = component.get("conditional", {}).get("hide")
    # One of another shape is a fault that the reader has told.
    if isinstance(hide, str) and hide.startswith("="):
        parts.conditions.append(("hide", hide[1:]))
    readonly = _readonly(parts)
    required = _validation(parts)
    source, parameters = _source(parts, properties)
    options = _options(parts, source)
    made = Item(
        path=path,
        name=name,
        label=parts.label,
        type=parts.kind,
        field=_field(parts, options, properties),
        conditions=tuple(parts.conditions),
        required=required is True,
        readonly=readonly is True,
        options_key=component.get("valuesKey"),
        future_only=component.get("disallowPassedDates") is True,
        source=source,
        parameters=parameters,
        empty=_EMPTY.get(parts.kind),
    )
    info = FieldInfo(
        path=name,
        label=parts.label,
        type=parts.kind,
        required=required,
        readonly=readonly,
        repeated=in_rows,
        options=options or (),
        source=source,
        source_parameters=parameters,
        personal_class=properties.get("class"),
    )
    return Compiled(made, info, parts.faults, parts.expressions)


def label_of(component: Mapping[str, Any], name: str) -> str:
    """Return the label a person sees, or the name where the label is computed or missing."""
    label = component.get("label") or component.get("dateLabel") or component.get("timeLabel")
    if isinstance(label, str) and label.strip() and not label.startswith("=") and "{{" not in label:
        return label.strip()
    return name


def properties_of(component: Mapping[str, Any]) -> Mapping[str, str]:
    found = component.get("properties", {})
    return found if isinstance(found, dict) else {}


def _readonly(parts: _Parts) -> bool | str:
    for word in ("disabled", "readonly"):
        value = parts.component.get(word, False)
        if value is True:
            return True
        if isinstance(value, str):
            parts.condition("readonly", f"/{word}", value)
    return next((f"={text}" for aspect, text in parts.conditions if aspect == "readonly"), False)


def _validation(parts: _Parts) -> bool | str:
    allowed = grammar.VALIDATED.get(parts.kind, frozenset({"required"}))
    for name, value in parts.validate.items():
        kind = grammar.VALIDATE.get(name)
        wrong = "不认识的属性" if kind is None else grammar.shape_fault(kind, value)
        if kind is not None and name not in allowed:
            wrong = f"对 {parts.kind} 没有意义"
        if wrong is not None:
            parts.faults.append((f"/validate/{name[:50]}", f"{name[:50]} {wrong}"))
        elif name in limits.BOUNDS:
            _bound(parts, name, value)
    if not parts.faults:
        _text_rules(parts)
    required = parts.validate.get("required", False)
    if isinstance(required, str):
        parts.condition("required", "/validate/required", required)
    return required if isinstance(required, bool | str) else False


def _bound(parts: _Parts, name: str, value: Any) -> None:
    if isinstance(value, str):
        parts.condition(name, f"/validate/{name}", value)
        return
    if name == "maxLength":
        parts.longest = int(value)
    else:
        parts.judges.append(limits.bound_judge(name, value, parts.label))


def _text_rules(parts: _Parts) -> None:
    pattern = parts.validate.get("pattern")
    if pattern:
        try:
            compiled, is_open = patterns.compile_pattern(pattern)
        except patterns.PatternRefused as refused:
            parts.faults.append(("/validate/pattern", str(refused)))
        else:
            message = parts.validate.get("patternErrorMessage") or f"{parts.label}的格式不对"
            parts.judges.append(limits.pattern_judge(compiled, is_open, parts.label, message))
    validation_type = parts.validate.get("validationType")
    if validation_type in ("email", "phone"):
        parts.judges.append(limits.type_judge(validation_type, parts.label))
    elif validation_type not in (None, "", "custom"):
        parts.faults.append(
            ("/validate/validationType", "validationType 应为 email、phone 或 custom")
        )


def _source(parts: _Parts, properties: Mapping[str, str]) -> tuple[str | None, Mapping[str, str]]:
    for name, value in properties.items():
        if not isinstance(value, str):
            parts.faults.append((f"/properties/{name[:50]}", "应为文字"))
            return None, {}
    source = properties.get("source")
    parameters = {
        name.removeprefix("source."): value
        for name, value in properties.items()
        if name.startswith("source.")
    }
    if parts.kind == "filepicker":
        parameters = {"accept": parts.component.get("accept", ""), **parameters}
        source = source or "attachments"
    if source is not None and not _SOURCE.fullmatch(source):
        parts.faults.append(("/properties/source", f"不认识的来源“{source[:50]}”"))
    elif source is not None and parts.kind not in (
        "select", "radio", "checklist", "taglist", "textfield", "filepicker",
    ):  # fmt: skip
        parts.faults.append(("/properties/source", f"{parts.kind} 不能有来源"))
    elif parameters and source is None:
        parts.faults.append(("/properties", "有 source.* 而没有 source"))
    for name, value in parameters.items():
        if value.startswith("="):
            parts.condition(f"source.{name}", f"/properties/source.{name}", value)
    return source, parameters


def _options(parts: _Parts, source: str | None) -> tuple[Option, ...] | None:
    """Return the options that stand in the form, or None if they come from elsewhere."""
    if parts.kind not in ("select", "radio", "checklist", "taglist"):
        return None
    component = parts.component
    expression = component.get("valuesExpression")
    if expression:
        parts.condition("values", "/valuesExpression", expression)
    written = [word for word in ("values", "valuesKey", "valuesExpression") if component.get(word)]
    if len(written) + (source is not None) != 1:
        parts.faults.append(
            ("/values", "选项应出自 values、valuesKey、valuesExpression 或 properties.source 之一")
        )
        return None
    return _written_options(parts, component["values"]) if written == ["values"] else None


def _written_options(parts: _Parts, values: list[Any]) -> tuple[Option, ...]:
    found: list[Option] = []
    if len(values) > MAX_OPTIONS:
        parts.faults.append(("/values", f"选项超过 {MAX_OPTIONS} 个，请改用词表"))
        return ()
    for index, value in enumerate(values):
        option = option_of(value)
        if option is None:
            parts.faults.append((f"/values/{index}", "选项应有 label 和 value"))
        elif fields.among(option.value, [one.value for one in found]):
            parts.faults.append((f"/values/{index}", f"选项“{option.value}”写了两次"))
        else:
            found.append(option)
    return tuple(found)


def option_of(value: Any) -> Option | None:
    """Read one option: a bare value, or an object with value and label."""
    if isinstance(value, str | int | float):
        return Option(value, str(value))
    if not isinstance(value, dict) or not isinstance(value.get("value"), str | int | float):
        return None
    label = value.get("label", str(value["value"]))
    return Option(value["value"], label) if isinstance(label, str) else None


def _field(
    parts: _Parts, options: tuple[Option, ...] | None, properties: Mapping[str, str]
) -> AnswerField:
    label, component = parts.label, parts.component
    match parts.kind:
        case "textfield" | "textarea":
            lines = parts.kind == "textarea"
            longest = parts.longest or (fields.TEXT_AREA if lines else fields.TEXT_FIELD)
            return fields.Text(label, longest, lines=lines, judges=parts.judges)
        case "number":
            return _number(parts, properties)
        case "datetime":
            subtype = component.get("subtype", "date")
            if subtype not in grammar.SUBTYPES:
                parts.faults.append(("/subtype", "subtype 应为 date、time 或 datetime"))
                subtype = "date"
            return fields.Moment(label, subtype)
        case "checkbox":
            return fields.Tick(label)
        case "select" | "radio":
            return fields.Choice(label, options)
        case "filepicker":
            return fields.Files(label, multiple=component.get("multiple") is True)
        case _:
            return fields.Choices(label, options)


def _number(parts: _Parts, properties: Mapping[str, str]) -> AnswerField:
    digits = parts.component.get("decimalDigits")
    money = properties.get("money")
    if money is not None and (money != "fen" or digits not in (None, 0)):
        parts.faults.append(("/properties/money", "金额以分为单位：money 应为 fen，不带小数"))
    as_text = parts.component.get("serializeToString") is True
    return fields.Number(parts.label, 0 if money else digits, as_text=as_text, judges=parts.judges)
