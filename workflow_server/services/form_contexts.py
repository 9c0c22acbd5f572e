"""What a form may know of its case while somebody fills it in: facts that its expressions name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from workflow_server.content.forms import Form
from workflow_server.services import definition_cache, unstarted
from workflow_server.services.actors import Actor
from workflow_server.services.situation import Situation
from workflow_server.services.veils import Veil

_WORD = re.compile(r"[A-Za-z_\u4e00-\u9fff][\w\u4e00-\u9fff]*")
#: The page puts these there itself, from what is typed.
_OF_THE_PAGE = frozenset({"this", "parent", "i"})


def of(
    form: Form | None, field_access: Mapping[str, str], situation: Situation, veil: Veil
) -> dict[str, Any]:
    """Return the facts that a form's expressions name, and those that it only shows, veiled."""
    if form is None:
        return {}
    shown = {path.split(".")[0] for path, right in field_access.items() if right == "read"}
    wanted = named_by(form) | shown
    context = situation.context()
    found = {name: value for name, value in context.items() if name in wanted}
    return veil.variables(found)


def of_start(
    form: Form | None, actor: Actor, organisation_id: UUID, deployment_id: UUID, now: datetime
) -> dict[str, Any]:
    """Return what the expressions of a form name of a case that there is not yet."""
    wanted = frozenset() if form is None else named_by(form)
    if not wanted:
        return {}
    content = definition_cache.content_of(deployment_id)
    context = unstarted.facts_of(actor, organisation_id, content, now)
    return {name: value for name, value in context.items() if name in wanted}


def named_by(form: Form) -> frozenset[str]:
    """Return the words of a form's expressions, names of facts among them."""
    words = {word for text in _expressions(form.source) for word in _WORD.findall(text)}
    return frozenset(words - _OF_THE_PAGE)


def called(names: Mapping[str, str], *values: Any) -> dict[str, str]:
    """Return what people, organisations and entries that stand in values are called."""
    return {text: names[text] for text in _texts(values) if text in names}


def _expressions(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        if isinstance(value.get("valuesKey"), str):
            yield value["valuesKey"]
        for item in value.values():
            yield from _expressions(item)
    elif isinstance(value, list):
        for item in value:
            yield from _expressions(item)
    elif isinstance(value, str) and (value.startswith("=") or "{{" in value):
        yield value


def _texts(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, Mapping):
            yield from _texts(value.values())
        elif isinstance(value, list | tuple):
            yield from _texts(value)
