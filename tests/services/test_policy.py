"""The condition in SQL says of every case what the policy says, and of acts what it allows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.services.policy_world import World
from workflow_server.services import access
from workflow_server.services import process_instances as instances
from workflow_server.store import sight
from workflow_server.store.conditions import PART, Condition, parts
from workflow_server.store.process_instances import ProcessInstance
from workflow_server.store.types import UuidColumn, new_id


@pytest.mark.parametrize("seed", range(12))
def test_lists_and_single_checks_agree_with_the_policy_for_everybody(app: Flask, seed: int) -> None:
    world = World(seed).build()
    shown = 0
    for actor in world.actors:
        for asking in (actor, *(actor.acting_as(each.id) for each in actor.positions)):
            seen = {case.id for case in world.cases if world.may_see(asking, case)}
            listed, total = instances.list_(asking, page_size=100)
            assert {instance.id for instance, _ in listed} == seen
            assert total == len(seen)
            assert {
                case.id for case in world.cases if access.sees_instance(asking, case.id)
            } == seen
            shown += len(seen)
    assert shown > 0


@pytest.mark.parametrize("seed", range(3))
def test_emergency_access_is_only_for_reading(app: Flask, seed: int) -> None:
    world = World(seed).build()
    for actor in world.actors:
        acting = access.sight(actor, acting=True)
        without = replace(world, emergencies=set())
        for case in world.cases:
            assert acting.sees(case.id) == without.may_see(actor, case)


def test_one_statement_serves_all_who_see_in_the_same_ways_each_with_their_own_values(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(1).build()
    case = next(
        each
        for each in world.cases
        if each.started_by is not None and not each.minor and each.secrecy == 0
    )
    nowhere = access.sight(world.actors[1])
    nowhere = replace(
        nowhere,
        organisations=frozenset(),
        departments=frozenset(),
        subtrees=frozenset(),
        offered=frozenset(),
        homes=frozenset({case.organisation_id}),
    )
    written: list[Any] = []
    write = sight._Seen.write

    def count(self: sight._Seen) -> sa.ColumnElement[bool]:
        written.append(self)
        return write(self)

    monkeypatch.setattr(sight._Seen, "write", count)
    answers = [
        replace(nowhere, person_id=person_id, barred=False).sees(case.id)
        for person_id in (new_id(), case.started_by, new_id())
    ]
    assert answers == [False, (case.started_by, case.id) not in world.recused, False]
    assert len(written) <= 1


class _Careless(Condition):
    """Writes a value that is not one of its parts."""

    inherit_cache = True
    _traverse_internals = parts(id=PART)

    def __init__(self, person_id: UUID) -> None:
        self.id: sa.ColumnClause[UUID] = sa.column("id", UuidColumn())
        self.person_id = person_id

    def write(self) -> sa.ColumnElement[bool]:
        return self.id == self.person_id


def test_a_value_that_would_stay_in_the_statement_for_the_next_person_is_refused() -> None:
    query = sa.select(ProcessInstance.id).where(_Careless(new_id()))
    with pytest.raises(AssertionError, match="somebody else"):
        str(query)
