"""Who stands above somebody: the heads of departments, one within the other, then of the whole."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from workflow_server.services.choosing.ground import Ground
from workflow_server.store.directory import Holder

#: One step up: who heads a department, or the organisation.
Step = tuple[Holder, ...]


def heads_above(ground: Ground, person_id: UUID) -> list[Step]:
    """Return the steps above somebody, the nearest first; a vacant headship is no step.

    Nobody stands above themselves. Of an organisation that was split, only the successor counts
    that the person is in.
    """
    rows = ground.holders(heads=True, person_ids=(person_id,))
    own = ground.department_of(person_id, rows)
    if own is None:
        return []
    heads = [each for each in rows if each.is_head and each.organisation_id == own.organisation_id]
    steps: list[Step] = []
    seen = {person_id}
    for department_id in [*_upward(ground, own.department_id), None]:
        headed = [each for each in heads if each.department_id == department_id]
        if any(each.person_id == person_id for each in headed):
            # Who heads it is not below those who stand beside them.
            continue
        step = tuple(
            {each.person_id: each for each in headed if each.person_id not in seen}.values()
        )
        seen.update(each.person_id for each in step)
        if step:
            steps.append(step)
    return steps


def heads_of_department(ground: Ground, department_id: UUID) -> Step:
    """Return who heads a department."""
    found = ground.holders(heads=True)
    return tuple(each for each in found if each.department_id == department_id)


def heads_of_organisation(ground: Ground, organisation_id: UUID) -> Step:
    """Return who heads an organisation; of another one than the host nobody is known here."""
    return tuple(
        each
        for each in ground.holders(heads=True)
        if each.department_id is None and each.organisation_id == organisation_id
    )


def _upward(ground: Ground, department_id: UUID | None) -> Sequence[UUID]:
    """Return a department and those around it, the innermost first."""
    found: list[UUID] = []
    while department_id is not None and department_id not in found:
        found.append(department_id)
        place = ground.places.get(department_id)
        department_id = place.parent_id if place is not None else None
    return found
