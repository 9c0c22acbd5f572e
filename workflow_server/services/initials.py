"""What a form begins with, out of the case: nothing that its reader may not read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from workflow_server import feel
from workflow_server.content.forms import rights

if TYPE_CHECKING:
    from workflow_server.content.forms import Form
    from workflow_server.services.situation import Situation
    from workflow_server.services.veils import Veil

_EMPTY: tuple[Any, ...] = (None, "", [], {})


def of_task(
    form: Form | None, field_access: Mapping[str, str], situation: Situation, veil: Veil
) -> dict[str, Any]:
    """Return what the form of a task begins with, in one crossing into FEEL.

    What would have to be masked is left out: nobody should hand in a mask for a value.
    """
    if form is None or not form.initials:
        return {}
    wanted = [
        each for each in form.initials if not rights.is_hidden(".".join(each.path), field_access)
    ]
    texts = [f"={each.expression}" for each in wanted]
    element_id = situation.visit.element_id
    found: dict[str, Any] = {}
    for each, text, value in zip(wanted, texts, situation.feel(texts), strict=True):
        if value not in _EMPTY and veil.read(text, element_id, value) == value:
            _put(found, each.path, value)
    return found


def of_start(form: Form | None, context: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Return what a form that begins a process begins with itself."""
    if form is None or not form.initials:
        return {}
    results = feel.evaluate_all([each.expression for each in form.initials], context, now=now)
    found: dict[str, Any] = {}
    for each, value in zip(form.initials, results, strict=True):
        if value not in _EMPTY:
            _put(found, each.path, value)
    return found


def _put(values: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for step in path[:-1]:
        values = values.setdefault(step, {})
    values[path[-1]] = value
