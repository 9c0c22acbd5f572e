"""Names in a form's FEEL that nothing can have set: neither a field, the case, nor a process."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from workflow_server import feel
from workflow_server.content.elements import ProcessExtensions
from workflow_server.content.forms import Form
from workflow_server.content.process_checks import RESERVED, Known, declare
from workflow_server.content.turns import COUNTERS
from workflow_server.errors import Fault

_FEEL_KEYS = frozenset(
    {
        "hide", "readonly", "disabled", "required", "min", "max", "minLength", "maxLength",
        "valuesExpression", "expression", "when", "initial",
    }
)  # fmt: skip
#: Brackets and loops bring names of their own, which depend on values: left to the run.
_OWN_NAMES = re.compile(r"[\[{]|\b(?:for|some|every|function)\b")
_OF_FORMS = RESERVED | COUNTERS | {"parent", "i", "item"}
_SOME_MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


def form_faults(process: ProcessExtensions, known: Known) -> Iterator[Fault]:
    """Yield each unknown name in the forms of a process; any process of a form may set it."""
    for key in sorted(_used(process) & known.forms.keys()):
        users = [other for other in known.processes.values() if key in _used(other)]
        facts = frozenset[str]().union(
            *(declare(user, known.processes.values()).facts for user in users)
        )
        yield from _name_faults(known.forms[key], facts)


def _used(process: ProcessExtensions) -> set[str]:
    keys = {start.form for start in process.starts}
    keys.update(element.form for element in process.elements.values())
    return {key for key in keys if key is not None}


def _name_faults(form: Form, facts: frozenset[str]) -> Iterator[Fault]:
    names = _OF_FORMS | facts | frozenset(_declared(form.source))
    for pointer, expression in _expressions("", form.source):
        for name in _unknown(expression, names):
            yield Fault(
                f"forms/{form.key}.json#{pointer}",
                f"“={expression}”：没有名为“{name}”的字段，使用这张表单的流程也没有这个事实",
            )


def _declared(part: Any) -> Iterator[str]:
    """Yield every segment of every key and path, at whatever depth."""
    if isinstance(part, dict):
        for name in ("key", "path"):
            if isinstance(part.get(name), str):
                yield from part[name].split(".")
    for _, inner in _members(part):
        yield from _declared(inner)


def _expressions(pointer: str, part: Any) -> Iterator[tuple[str, str]]:
    for name, inner in _members(part):
        place = f"{pointer}/{name}"
        if isinstance(inner, str) and inner.startswith("=") and name in _FEEL_KEYS:
            yield place, inner[1:]
        else:
            yield from _expressions(place, inner)


def _members(part: Any) -> Collection[tuple[str | int, Any]]:
    if isinstance(part, dict):
        return part.items()
    return list(enumerate(part)) if isinstance(part, list | tuple) else ()


@lru_cache(maxsize=2048)
def _unknown(expression: str, names: frozenset[str]) -> tuple[str, ...]:
    if _OWN_NAMES.search(feel.without_texts(expression)):
        return ()
    context: dict[str, Any] = dict.fromkeys(names) | {name: {} for name in RESERVED}
    try:
        _, notices = feel.explain(expression, context, now=_SOME_MOMENT)
    except feel.FeelError:
        return ()
    return tuple(sorted({one.text for one in notices if one.kind == "NO_VARIABLE_FOUND"}))
