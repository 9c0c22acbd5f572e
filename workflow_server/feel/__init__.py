"""FEEL, the one expression language of diagrams, forms and decision tables."""

from workflow_server.feel.expressions import (
    MAX_EXPRESSION,
    RESERVED,
    FeelError,
    Notice,
    Step,
    Table,
    check,
    evaluate,
    evaluate_all,
    evaluate_in_place,
    explain,
)

__all__ = [
    "MAX_EXPRESSION",
    "RESERVED",
    "FeelError",
    "Notice",
    "Step",
    "Table",
    "check",
    "evaluate",
    "evaluate_all",
    "evaluate_in_place",
    "explain",
]
