"""What an organisation leaves to its successors: cases, letters, departments, groups, people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from workflow_server.events import Event
from workflow_server.services import clock, handovers, history, positions
from workflow_server.services.actors import Actor
from workflow_server.services.administration import day_of, fault
from workflow_server.services.positions import Post
from workflow_server.store import handovers as store
from workflow_server.store import organisations, people, process_instances
from workflow_server.store.db import session
from workflow_server.store.history import Act
from workflow_server.store.organisations import Organisation
from workflow_server.store.people import PositionRow


@dataclass(frozen=True, slots=True)
class Share:
    """What one successor is to get beside the rest that the first gets."""

    department_ids: frozenset[UUID]
    instance_ids: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class Estate:
    """Which successor, by number, each running case and each department goes to."""

    cases: Mapping[UUID, int]
    departments: Mapping[UUID, int]

    def shown(self) -> dict[str, Any]:
        """Return what history keeps of it."""
        return {"cases": len(self.cases), "departments": len(self.departments)}


def divide(row: Organisation, shares: Sequence[Share]) -> Estate:
    """Decide what goes where; refuse what is named twice or is not there."""
    of_department: dict[UUID, int] = {}
    of_case: dict[UUID, int] = {}
    running = dict(store.list_running(row.id))
    for number, share in enumerate(shares):
        pointer = f"#/successors/{number}"
        for department_id in share.department_ids:
            if of_department.setdefault(department_id, number) != number:
                raise fault(f"{pointer}/department_ids", "部门重复分配", "A department goes twice")
        for instance_id in share.instance_ids:
            if instance_id not in running:
                raise fault(
                    f"{pointer}/instance_ids",
                    f"该单位没有未办结的案件 {instance_id}",
                    "There is no such running case",
                )
            if of_case.setdefault(instance_id, number) != number:
                raise fault(f"{pointer}/instance_ids", "案件重复分配", "A case goes twice")
    for instance_id, of in running.items():
        chosen = of_department.get(of, 0) if of is not None else 0
        of_case.setdefault(instance_id, chosen)
    for department in organisations.list_departments(row.id):
        of_department.setdefault(department.id, 0)
    return Estate(of_case, of_department)


def hand_over(
    actor: Actor | None,
    row: Organisation,
    successors: Sequence[Organisation],
    estate: Estate,
    move_positions: bool,
    on: date,
    now: datetime,
) -> None:
    """Give everything over, inside the act that closes the organisation."""
    _move_departments(row, successors, estate)
    holders = _move_positions(actor, row, successors, estate, move_positions, on, now)
    for instance_id, number in sorted(estate.cases.items()):
        _move_case(actor, row, instance_id, successors[number])
    store.move_mail(row.id, successors[0].id)
    for group in people.list_groups():
        if group.organisation_id == row.id:
            group.organisation_id = successors[0].id
    session().flush()
    session().expire_all()
    for person_id in sorted(holders):
        handovers.give_back(person_id, actor, "organisation_succeeded")


def _move_departments(
    row: Organisation, successors: Sequence[Organisation], estate: Estate
) -> None:
    """Let departments belong to the successors, as what they are; a key that is taken is told."""
    taken = {
        successor.id: {each.key for each in organisations.list_departments(successor.id)}
        for successor in successors
    }
    for department in organisations.list_departments(row.id):
        number = estate.departments[department.id]
        successor = successors[number]
        if department.parent_id is not None and estate.departments[department.parent_id] != number:
            department.parent_id = None
        key, count = department.key, 1
        while key in taken[successor.id]:
            key = f"{department.key}_{row.key}" + (f"_{count}" if count > 1 else "")
            count += 1
        taken[successor.id].add(key)
        department.key, department.organisation_id = key, successor.id
    session().flush()


def _move_positions(
    actor: Actor | None,
    row: Organisation,
    successors: Sequence[Organisation],
    estate: Estate,
    move: bool,
    on: date,
    now: datetime,
) -> set[UUID]:
    holders = set()
    for position in people.list_positions_in(row.id, day_of(now)):
        holders.add(position.person_id)
        number = estate.departments.get(position.department_id, 0) if position.department_id else 0
        post = _post(position, successors[number].id, on)
        positions.end_row(actor, position, max(on, position.since or on), now)
        if move and positions.find_same(position.person_id, post, day_of(now)) is None:
            positions.give_row(actor, position.person_id, post, now)
    return holders


def _post(position: PositionRow, organisation_id: UUID, on: date) -> Post:
    post = Post(
        organisation_id=organisation_id,
        role=position.role,
        title=position.title,
        department_id=position.department_id,
        is_head=position.is_head,
        acting_for_id=position.acting_for_id,
        until=position.until,
    )
    return replace(post, since=max(on, position.since or on))


def _move_case(
    actor: Actor | None, row: Organisation, instance_id: UUID, successor: Organisation
) -> None:
    # Whoever works on the case just now is waited for; what they opened goes along.
    instance = process_instances.lock(instance_id).instance
    store.move_case(instance_id, successor.id)
    act = Act(
        at=clock.now(),
        act=Event.CASE_TAKEN_OVER,
        by=actor.stamp() if actor is not None else None,
        data={"from": str(row.id), "to": str(successor.id)},
    )
    process_instances.save(instance, history.append(instance, act))
