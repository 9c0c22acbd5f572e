"""A draft is one person's; it goes with a task that is cancelled or kept from them."""

from __future__ import annotations

import pytest

from tests.services.conftest import House
from tests.services.drawing import chain, flow, line, node, process, user
from workflow_server.services import history, tasks
from workflow_server.services.access import TaskTaken
from workflow_server.store import tasks as rows
from workflow_server.store.db import session, transaction


def test_who_begins_a_free_task_claims_it_and_nobody_writes_over_the_draft(house: House) -> None:
    house.deploy(line("draft"))
    started = house.start(house.ann)
    task = house.open_tasks(house.ann)["draft"]
    saved = tasks.save_draft(house.ann, task, {"title": "安"}, house.now)
    assert saved.task.assignee_id == house.ann.person_id
    with pytest.raises(TaskTaken):
        tasks.save_draft(house.bob, task, {"title": "博"}, house.now)
    acts, _ = history.list_(house.ann, started.instance.id)
    assert [row.act for row in acts] == ["InstanceStarted", "TaskClaimed"]
    tasks.save_draft(house.ann, task, {"title": "安二"}, house.now)
    assert tasks.get(house.bob, task).task.draft == {"title": "安二"}
    tasks.release(house.ann, task, house.now)
    assert tasks.save_draft(house.bob, task, {"title": "博"}, house.now).task.draft


def test_a_cancelled_task_keeps_no_draft(house: House) -> None:
    house.deploy(line("draft"))
    house.start(house.ann)
    task = house.open_tasks(house.ann)["draft"]
    tasks.save_draft(house.ann, task, {"title": "安"}, house.now)
    with transaction():
        rows.cancel([task], house.now)
    session().expire_all()
    assert tasks.get(house.ann, task).task.draft is None


def test_a_task_is_freed_of_who_may_no_longer_do_it(house: House) -> None:
    house.deploy(
        process(
            node("parallelGateway", "split"),
            user("draft"),
            user("check", '<wf:separateFrom tasks="draft"/>', role="checker"),
            node("parallelGateway", "join"),
            chain("begin", "split", "draft", "join", "end"),
            flow("split", "check"),
            flow("check", "join"),
        )
    )
    house.start(house.ann)
    check = house.open_tasks(house.ann)["check"]
    tasks.save_draft(house.ann, check, {"title": "安"}, house.now)
    house.complete(house.ann, "draft", title="甲")
    freed = tasks.get(house.bob, check).task
    assert (freed.assignee_id, freed.claimed_at, freed.draft) == (None, None, None)
    assert house.complete(house.bob, "check", title="乙").instance_status == "completed"
