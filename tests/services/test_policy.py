"""The condition in SQL says of every case what the policy says, and of acts what it allows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from tests.services.policy_world import World
from workflow_server.services import access
from workflow_server.services import process_instances as instances


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
