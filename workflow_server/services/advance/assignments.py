"""Whose an opened task is, whom it is kept from, and when it is due."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from workflow_server.errors import InvalidState
from workflow_server.services import choosing
from workflow_server.services.choosing import Choice
from workflow_server.services.situation import Situation

if TYPE_CHECKING:
    from workflow_server.engine.runtime import OpenTask


class NobodyToDo(InvalidState):
    """没有可以办理此任务的人"""


@dataclass(frozen=True, slots=True)
class Assignment:
    """Whom a task goes to, and the day it is due."""

    choice: Choice
    due_on: date | None = None


def assign(situation: Situation) -> Assignment:
    """Decide whom the task at an element goes to; NobodyToDo if that can't be said.

    Nobody's work is ever skipped: where nobody is found the case waits for an administrator,
    and to try again chooses again.
    """
    element_id = situation.visit.element_id
    if situation.element is None:
        raise NobodyToDo(
            f"流程图未说明“{element_id}”由谁办理，请联系流程设计人员。"
            f" Expected '{element_id}' to say who does it."
        )
    choice = choosing.choose(choosing.ground_of(situation))
    if choice.problem is not None:
        raise NobodyToDo(
            f"{choice.problem}。 Expected somebody to do '{element_id}', but nobody was found."
        )
    return Assignment(choice, due_on(situation.variables, element_id))


def due_on(variables: Mapping[str, Any], element_id: str) -> date | None:
    """Return the day of the first running deadline that ends when this element is done."""
    running: Mapping[str, Any] = variables.get("deadlines") or {}
    days = [
        deadline["due"]
        for deadline in running.values()
        if deadline["status"] == "running" and element_id in deadline["stop_on"]
    ]
    return min(date.fromisoformat(day) for day in days) if days else None


def rows_for_excluded(
    opened: Iterable[OpenTask], assignments: Mapping[UUID, Assignment]
) -> list[tuple[UUID, UUID, str]]:
    """Return who must not be offered which of the opened tasks, and by which rule."""
    return [
        (task.id, person, label)
        for task in opened
        if task.id in assignments
        for person, label in assignments[task.id].choice.excluded.items()
    ]


def rows_for_offered(
    opened: Iterable[OpenTask], assignments: Mapping[UUID, Assignment]
) -> list[tuple[UUID, UUID]]:
    """Return whom the opened tasks are offered to by name."""
    return [
        (task.id, person)
        for task in opened
        if task.id in assignments
        for person in assignments[task.id].choice.offered_ids
    ]
