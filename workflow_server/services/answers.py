"""Checks what a person answered against the form of the deployed version."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from workflow_server.content import forms
from workflow_server.content.content import Content
from workflow_server.errors import Fault, InvalidInput
from workflow_server.services import sources
from workflow_server.services.actors import Actor


class AnswersRefused(InvalidInput):
    """填写内容有误"""


@dataclass(frozen=True, slots=True)
class Checked:
    """Answers as their form types them, what is picked in them is called, and picked files."""

    answers: dict[str, Any]
    names: dict[str, str]
    files: frozenset[UUID]


def check(
    content: Content,
    form_key: str | None,
    answers: dict[str, Any],
    context: Mapping[str, Any],
    actor: Actor,
    now: datetime,
    field_access: Mapping[str, str],
    is_closed: Callable[[str], bool] | None = None,
) -> Checked:
    """Return the answers as the form types them; refuse with all faults at once.

    Where there is no form, there is nothing to answer. `is_closed` says of an expression that
    what it came to may not be told to the actor.
    """
    seen = sources.Sources(content, actor)
    if form_key is None:
        faults = tuple(Fault(f"#/answers/{name}", "此任务没有表单，不能填写") for name in answers)
        checked = answers
    else:
        result = forms.check(
            content.forms[form_key],
            answers,
            context,
            now=now,
            sources=seen.accepts,
            access=field_access,
            is_closed=is_closed,
        )
        checked, faults = result.answers, result.faults
    if faults:
        raise AnswersRefused(
            "填写的内容有误，请按各项提示修改。"
            " Expected answers that fit the form, but some do not.",
            faults,
        )
    return Checked(checked, seen.names, frozenset(seen.files))
