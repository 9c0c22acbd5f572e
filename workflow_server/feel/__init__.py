"""FEEL, the one expression language of diagrams, forms and decision tables."""

from workflow_server.feel.expressions import (
    MAX_EXPRESSION,
    RESERVED,
    Decided,
    FeelError,
    FeelSpent,
    FeelStopped,
    Model,
    Notice,
    Step,
    allowance,
    check,
    evaluate,
    evaluate_all,
    evaluate_in_place,
    explain,
    odd_names,
)
from workflow_server.feel.texts import without_texts

__all__ = [
    "MAX_EXPRESSION",
    "RESERVED",
    "Decided",
    "FeelError",
    "FeelSpent",
    "FeelStopped",
    "Model",
    "Notice",
    "Step",
    "allowance",
    "check",
    "evaluate",
    "evaluate_all",
    "evaluate_in_place",
    "explain",
    "odd_names",
    "without_texts",
]
