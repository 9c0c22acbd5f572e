"""Oneself: who asks, with what their posts are called and what they must do first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from uuid import UUID

from workflow_server.services.actors import Actor, Position
from workflow_server.store import people


@dataclass(frozen=True, slots=True)
class MyPosition(Position):
    """A position with what its department and role are called."""

    department_name: str | None = None
    role_label: str | None = None


@dataclass(frozen=True, slots=True)
class Myself:
    """Who asks."""

    person_id: UUID
    login: str
    name: str
    administration: str | None
    positions: Sequence[MyPosition]
    #: What must be done before anything else: "password", "second-factor".
    must: Sequence[str]


def describe(actor: Actor, must: Sequence[str]) -> Myself:
    """Return the actor as they see themselves, in the positions that they act in."""
    rows = people.list_names_of(actor.person_id)
    called = {row.position_id: (row.department, row.label) for row in rows}
    positions = [_named(each, *called.get(each.id, (None, None))) for each in actor.positions]
    return Myself(actor.person_id, rows[0].login, actor.name, actor.administration, positions, must)


def _named(position: Position, department: str | None, label: str | None) -> MyPosition:
    known = {each.name: getattr(position, each.name) for each in fields(Position)}
    return MyPosition(**known, department_name=department, role_label=label)
