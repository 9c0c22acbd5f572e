"""Performs what a diagram asks at an element: outputs first, then the effects as written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import orjson

from workflow_server.content.forms import copies_shut
from workflow_server.content.turns import COUNTERS
from workflow_server.errors import InvalidInput
from workflow_server.services import open_words
from workflow_server.services.situation import RESERVED, Situation
from workflow_server.store.db import savepoint

if TYPE_CHECKING:
    from workflow_server.content.elements import Operation, Output, When

#: Performs one effect, inside the open transaction.
Apply = Callable[[Any, Situation], None]

#: Which service performs which kind of effect; seam.py ties them.
EFFECTS: dict[type[Any], Apply] = {}
#: What service tasks do; seam.py ties it.
OPERATE: list[Callable[[Operation, Situation], Any]] = []

#: What else happens as any element is left, before all that it asks. It stands when that fails:
#: it must bear being run again; seam.py fills it.
ON_LEAVE: list[Callable[[Situation], None]] = []
#: What happens when the last token has reached its end; seam.py fills it.
ON_END: list[Callable[[Situation], None]] = []

#: A fact of this name becomes the instance's business key.
BUSINESS_KEY = "business_key"
#: Variables that effects write into, below the names of the facts.
GROUPS = ("records", "documents", "deadlines")


class ReservedName(InvalidInput):
    """该名称由系统保留"""


def run(situation: Situation, when: When) -> None:
    """Perform what an element asks at one moment.

    All of it or nothing: when an effect fails, the earlier ones of this moment are undone
    too, so that a retry runs each once. What ON_LEAVE did stands: a clock is met by the person,
    not by the retry.
    """
    element = situation.element
    if element is None:
        return
    _protect(situation.variables)
    if when == "leave":
        for follow in ON_LEAVE:
            follow(situation)
        if element.outputs:
            access = element.field_access
            kept = [each for each in element.outputs if not copies_shut(each.value, access)]
            _output(kept, situation)
    effects = element.effects_at(when)
    if effects:
        told = len(situation.touched)
        try:
            with savepoint():
                for effect in effects:
                    EFFECTS[type(effect)](effect, situation)
        except BaseException:
            del situation.touched[told:]
            raise


def end(situation: Situation) -> None:
    """Do what is left to do when an instance has ended."""
    _protect(situation.variables)
    for follow in ON_END:
        follow(situation)


def operate(situation: Situation) -> None:
    """Let a service task do its work: its operation, whose result becomes a fact, then clocks."""
    element = situation.element
    if element is None or (element.operation is None and not element.work):
        return
    _protect(situation.variables)
    with savepoint():
        if element.operation is not None:
            result = OPERATE[0](element.operation, situation)
            if element.operation.result is not None:
                _set(element.operation.result, result, situation)
        for change in element.work:
            EFFECTS[type(change)](change, situation)


def _output(outputs: Sequence[Output], situation: Situation) -> None:
    results = situation.feel([output.value for output in outputs])
    for output, result in zip(outputs, results, strict=True):
        if output.name == BUSINESS_KEY and isinstance(result, str):
            result = open_words.masked(result, situation)
        _set(output.name, result, situation)


def _set(name: str, value: Any, situation: Situation) -> None:
    if name in RESERVED or name in COUNTERS:
        raise ReservedName(
            f"“{name}”是系统保留的名称，请在流程图中改用其他名称。"
            f" Expected a free name for the fact, but '{name}' is kept by the server."
        )
    situation.variables[name] = value


def _protect(variables: dict[str, Any]) -> None:
    # The engine takes back only the top level of the variables when an effect fails, so
    # what effects write into is replaced by a copy first.
    for group in GROUPS:
        if group in variables:
            variables[group] = orjson.loads(orjson.dumps(variables[group]))
