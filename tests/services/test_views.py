"""Who looks into a sensitive case leaves a trace; who looks into another one leaves none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from tests.services.conftest import House
from tests.services.drawing import line
from workflow_server.services import clock, tasks, verifications, views
from workflow_server.services import process_instances as instances
from workflow_server.store import history as rows
from workflow_server.store.access import EmergencyAccess
from workflow_server.store.db import session, transaction
from workflow_server.store.process_instances import ProcessInstance
from workflow_server.store.types import new_id


@pytest.fixture
def case(house: House) -> UUID:
    house.deploy(line("draft"))
    return house.start(house.ann).instance.id


def seen(instance_id: UUID) -> list[Any]:
    return list(rows.list_(rows.views_of(instance_id), 50, 0)[0])


def mark(instance_id: UUID, **values: Any) -> None:
    with transaction():
        session().execute(
            sa.update(ProcessInstance).where(ProcessInstance.id == instance_id).values(**values)
        )


def test_a_normal_case_is_read_without_a_trace(
    house: House, case: UUID, statements: Callable[[], list[str]]
) -> None:
    statements()
    instances.get(house.ann, case)
    instances.list_history(house.ann, case)
    assert not [each for each in statements() if not each.startswith("SELECT")]
    assert seen(case) == []


@pytest.mark.parametrize(
    ("values", "reason"), [({"minor": True}, "minor"), ({"secrecy": 2}, "secrecy")]
)
def test_a_flagged_case_is_not_read_without_a_trace(
    house: House, case: UUID, values: dict[str, Any], reason: str
) -> None:
    mark(case, **values)
    able = replace(house.ann, clearance=2, minors_certified=True, purpose="核对身份", address="::1")
    instances.get_variables(able, case)
    (view,) = seen(case)
    assert (view.act, view.person_id, view.address) == ("CaseViewed", able.person_id, "::1")
    assert view.data == {"what": "variables", "reasons": [reason], "purpose": "核对身份"}
    assert view.position_id == house.ann.positions[0].id


def test_the_same_view_is_one_row_for_a_few_minutes(
    house: House, case: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark(case, minor=True)
    able = replace(house.ann, minors_certified=True)
    for _ in range(3):
        instances.get(able, case)
    instances.list_history(able, case)
    assert [view.data["what"] for view in seen(case)] == ["detail", "history"]
    later = clock.now() + views.ONCE
    monkeypatch.setattr(clock, "now", lambda: later)
    instances.get(able, case)
    assert len(seen(case)) == 3


def test_classes_shown_in_the_clear_and_emergency_access_leave_a_trace(
    house: House, case: UUID
) -> None:
    views.note(house.ann, case, "variables", classes=["phone", "id_card", "phone"])
    real = datetime.now(UTC)
    with transaction() as open_:
        open_.add(
            EmergencyAccess(
                id=new_id(),
                person_id=house.bob.person_id,
                instance_id=case,
                reason="急",
                taken_at=real - timedelta(hours=1),
                expires_at=real + timedelta(hours=1),
            )
        )
    views.note(house.bob, case, "detail")
    assert [view.data for view in seen(case)] == [
        {"what": "variables", "classes": ["id_card", "phone"]},
        {"what": "detail", "reasons": ["emergency"]},
    ]
    assert verifications.verify(instance_id=case).findings == []


def test_the_desk_of_a_task_is_a_view_of_its_case(house: House, case: UUID) -> None:
    mark(case, minor=True)
    able = replace(house.ann, minors_certified=True)
    task_id = house.open_tasks(able)["draft"]
    tasks.get_desk(able, task_id, house.now)
    (view,) = seen(case)
    assert view.data == {"what": "task", "object_id": str(task_id), "reasons": ["minor"]}
