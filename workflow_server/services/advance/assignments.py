"""Whose a task is: by role, by who did an earlier element, or by name; and whose it must not be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from workflow_server.content.elements import ElementExtensions, ProcessExtensions
from workflow_server.errors import InvalidState
from workflow_server.services.situation import Situation
from workflow_server.store import people, tasks

if TYPE_CHECKING:
    from workflow_server.engine.runtime import OpenTask


class NobodyToDo(InvalidState):
    """没有可以办理此任务的人"""


@dataclass(frozen=True, slots=True)
class Assignment:
    """Whom a task is offered to; `excluded` must not do it."""

    role: str | None = None
    assignee_id: UUID | None = None
    excluded: frozenset[UUID] = frozenset()
    due_on: date | None = None


def assign(situation: Situation) -> Assignment:
    """Decide whom the task at an element goes to; NobodyToDo if that can't be said."""
    element = situation.element
    if element is None:
        raise NobodyToDo(f"Expected '{situation.visit.element_id}' to say who does it")
    instance_id = situation.instance.id
    excluded = frozenset(
        tasks.list_completers(instance_id, element.separate_from) if element.separate_from else ()
    )
    role = (element.assign.role if element.assign else None) or element.lane_role
    person = _person(element, situation)
    if person is None and role is None:
        raise NobodyToDo(
            f"任务“{element.name}”没有可以办理的人。"
            f" Expected somebody to do '{element.id}', but neither person nor role is known."
        )
    if person is not None and person in excluded:
        raise NobodyToDo(
            f"任务“{element.name}”的办理人已办过与之相互制约的环节。"
            f" Expected another person for '{element.id}', but duties must be separate."
        )
    due = due_on(situation.variables, situation.visit.element_id)
    return Assignment(role, person, excluded, due)


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
) -> list[tuple[UUID, UUID]]:
    """Return who must not be offered which of the opened tasks."""
    return [
        (task.id, person)
        for task in opened
        if task.id in assignments
        for person in assignments[task.id].excluded
    ]


def list_separated(process: ProcessExtensions, element_id: str) -> list[str]:
    """Return the elements that somebody who did this one must not do."""
    return [
        element.id for element in process.elements.values() if element_id in element.separate_from
    ]


def _person(element: ElementExtensions, situation: Situation) -> UUID | None:
    given = element.assign
    if given is not None and given.strategy == "task" and given.task is not None:
        done_by = tasks.list_completers(situation.instance.id, (given.task,))
        return done_by[0] if done_by else None
    if given is not None and given.strategy == "person":
        return _named(situation.feel([given.value])[0], situation)
    return None


def _named(value: Any, situation: Situation) -> UUID | None:
    if value is None:
        return None
    try:
        person_id = UUID(value)
    except (ValueError, TypeError, AttributeError):
        person_id = None
    if person_id is not None:
        positions = people.list_positions(person_id)
        if any(each.organisation_id == situation.instance.organisation_id for each in positions):
            return person_id
    raise NobodyToDo(
        f"指定的办理人不是本单位人员。 Expected a person of the organisation, but got {value!r}."
    )
