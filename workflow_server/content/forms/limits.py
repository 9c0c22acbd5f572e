"""Limits of a field: the same sentences for limits that stand and that FEEL computes."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from workflow_server.content.forms import fields, patterns
from workflow_server.content.forms.fields import Judge

#: Aspects of `validate` whose value may be FEEL, as in form-js.
BOUNDS = ("min", "max", "minLength", "maxLength")


def bound_fault(aspect: str, bound: Any, label: str, value: Any) -> str | None:
    """Say what is wrong with a value against one bound, or None; a bound of None is none."""
    if isinstance(bound, bool) or not isinstance(bound, int | float):
        return None
    match aspect:
        case "min" if _number(value) < _number(bound):
            return f"{label}不能小于{bound}"
        case "max" if _number(value) > _number(bound):
            return f"{label}不能大于{bound}"
        case "minLength" if len(value) < bound:
            return f"{label}至少{bound}个字"
        case "maxLength" if len(value) > bound:
            return f"{label}最多{bound}个字"
    return None


def bound_judge(aspect: str, bound: int | float, label: str) -> Judge:
    return lambda value: bound_fault(aspect, bound, label, value)


def pattern_judge(pattern: re.Pattern[str], is_open: bool, label: str, message: str) -> Judge:
    def judge(value: str) -> str | None:
        if is_open and len(value) > patterns.OPEN_TEXT:
            return f"{label}最多{patterns.OPEN_TEXT}个字"
        return None if pattern.search(value) else message

    return judge


def type_judge(validation_type: str, label: str) -> Judge:
    if validation_type == "email":
        return lambda value: None if fields.is_email(value) else f"{label}不是正确的电子邮箱"
    return lambda value: None if fields.is_phone(value) else f"{label}不是正确的电话号码"


def _number(value: Any) -> Decimal:
    return Decimal(str(value))
