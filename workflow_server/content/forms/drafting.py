"""Answers that are not finished, as far as they go: for looking at what they will make."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from workflow_server import feel
from workflow_server.content.forms import fields
from workflow_server.content.forms.checking import Path, Sources, Visit, refusal
from workflow_server.content.forms.model import Form

#: What a person types freely: shown however short or long it is yet.
_TYPED = frozenset({"textfield", "textarea"})


def drafted(
    form: Form,
    answers: Any,
    context: Mapping[str, Any],
    *,
    now: datetime,
    sources: Sources,
    access: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return answers as the form would type them; what cannot be is left out, nothing is refused.

    What is hidden or not the task's to write is dropped and what is computed is computed, as on
    completion. Every pick is asked of its source.
    """
    if refusal(answers) is not None:
        return {}
    visit = Visit(form, context, now, sources, access or {})
    visit.load(answers)
    for path in visit.problems:
        _keep_typed(form, answers, visit.values, path)
    try:
        visit.settle()
    except feel.FeelError:
        return visit.values
    visit.judge()
    return visit.values


def _keep_typed(form: Form, answers: Any, values: Any, path: Path) -> None:
    """Put a text back that is not yet as the form wants it."""
    if not path:
        return
    info = form.fields.get(".".join(step for step in path if isinstance(step, str)))
    typed = _at(answers, path)
    holder = _at(values, path[:-1])
    if info is None or info.type not in _TYPED or not isinstance(holder, dict):
        return
    if isinstance(typed, str) and fields.is_legible(typed):
        holder[str(path[-1])] = typed.strip()


def _at(value: Any, path: Path) -> Any:
    for step in path:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value
