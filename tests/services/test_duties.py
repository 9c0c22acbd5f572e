"""Files and previews are for who may do the task, while it is open."""

from __future__ import annotations

from uuid import UUID

import pytest

from tests.services.conftest import House
from tests.services.drawing import chain, flow, line, node, process, user
from workflow_server.errors import InvalidState
from workflow_server.services import attachments, previews
from workflow_server.services.access import Segregated
from workflow_server.services.actors import Actor
from workflow_server.services.duties import TaskAlreadyCompleted, TaskCancelled
from workflow_server.store import tasks as rows
from workflow_server.store.blobs import blobs
from workflow_server.store.db import transaction

PDF = b"%PDF-1.4\n%%EOF\n"


def bring(house: House, person: Actor, task: UUID, key: str | None = None) -> UUID:
    added = attachments.add(person, [PDF], "a.pdf", house.now, task_id=task, idempotency_key=key)
    return added.id


def refused_both(house: House, person: Actor, task: UUID, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        bring(house, person, task)
    with pytest.raises(kind):
        previews.of_task(person, "letter", task, {}, house.now)


def test_a_completed_task_takes_no_file_and_shows_no_preview(house: House) -> None:
    house.deploy(line("draft", "check"))
    house.start(house.ann)
    task = house.open_tasks(house.ann)["draft"]
    first = bring(house, house.ann, task, "k")
    house.complete(house.ann, "draft", title="甲")
    refused_both(house, house.ann, task, TaskAlreadyCompleted)
    assert bring(house, house.ann, task, "k") == first
    assert issubclass(TaskAlreadyCompleted, InvalidState)


def test_a_cancelled_task_takes_no_file_and_leaves_nothing(house: House) -> None:
    house.deploy(line("draft"))
    house.start(house.ann)
    task = house.open_tasks(house.ann)["draft"]
    with transaction():
        rows.cancel([task], house.now)
    refused_both(house, house.ann, task, TaskCancelled)
    assert [path for path in blobs().root.rglob("*") if path.is_file()] == []


def test_who_must_keep_away_from_a_task_brings_no_file_for_it(house: House) -> None:
    drawn = process(
        node("parallelGateway", "split"),
        user("draft"),
        user("check", '<wf:separateFrom tasks="draft"/>', role="checker"),
        node("parallelGateway", "join"),
        chain("begin", "split", "draft", "join", "end"),
        flow("split", "check"),
        flow("check", "join"),
    )
    house.deploy(drawn)
    house.start(house.ann)
    task = house.open_tasks(house.ann)["check"]
    house.complete(house.ann, "draft", title="甲")
    refused_both(house, house.ann, task, Segregated)
    assert bring(house, house.bob, task)
