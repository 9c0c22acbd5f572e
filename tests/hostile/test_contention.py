"""Many hands on one case at the same moment, against a real server: one act, one effect."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

import psutil
import pytest
import requests

from tests.conftest import Databases
from tests.hostile.server import Served, at_once
from tests.hostile.world import NOW, zip_of
from tests.services.drawing import chain, process, user
from workflow_server.content import bundle as bundles
from workflow_server.content.bundle import Bundle
from workflow_server.services import deployments, organisations


@pytest.fixture(scope="module")
def served(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server of two web processes on a world of its own."""
    running = Served.prepare(databases.fresh(), tmp_path_factory.mktemp("contention"))
    try:
        running.start(workers=2)
        yield running
    finally:
        running.close()


def acts_of(served: Served, instance: str) -> list[str]:
    history = served.world.ann.get(f"/process-instances/{instance}/history").json
    assert history
    return [row["act"] for row in history["items"]]


def open_tasks(served: Served, instance: str) -> list[str]:
    found = served.world.ann.get("/tasks", query_string={"instance_id": instance}).json
    assert found
    return [task["id"] for task in found["items"]]


@pytest.mark.parametrize("hands", [2, 20])
def test_of_simultaneous_submits_one_counts(served: Served, hands: int) -> None:
    instance, task = served.world.start("case")
    before = acts_of(served, instance)
    answers = at_once(*[lambda: served.complete(task)] * hands)
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: hands - 1}
    for answer in answers:
        assert answer.status_code == 200 or answer.json()["code"] == "task-already-completed"
    assert acts_of(served, instance) == [*before, "TaskCompleted"]
    left, right = open_tasks(served, instance)
    assert served.complete(left).status_code == 200
    assert served.complete(right).json()["instance"]["status"] == "completed"


def test_two_parallel_tasks_are_completed_at_once(served: Served) -> None:
    for _ in range(3):
        instance, task = served.world.start("case")
        assert served.complete(task).status_code == 200
        left, right = open_tasks(served, instance)
        answers = at_once(lambda: served.complete(left), lambda: served.complete(right))  # noqa: B023
        assert [answer.status_code for answer in answers] == [200, 200]
        assert {a.json()["instance"]["status"] for a in answers} == {"running", "completed"}
        assert acts_of(served, instance).count("TaskCompleted") == 3


@pytest.mark.parametrize("hands", [2, 8])
def test_the_same_key_twice_at_once_is_done_once(served: Served, hands: int) -> None:
    instance, task = served.world.start("case")
    answers = at_once(*[lambda: served.complete(task, f"complete-{task}")] * hands)
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert acts_of(served, instance).count("TaskCompleted") == 1


@pytest.mark.parametrize("hands", [2, 8])
def test_the_same_start_twice_at_once_is_one_case(served: Served, hands: int) -> None:
    before = served.rows("SELECT count(*) FROM process_instances")[0][0]
    body = {"process_key": "wide"}
    answers = at_once(*[lambda: served.post("/process-instances", body, f"start-{hands}")] * hands)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert served.rows("SELECT count(*) FROM process_instances")[0][0] == before + 1


def test_a_task_is_claimed_by_one(served: Served) -> None:
    _, task = served.world.start("case")
    people = (served.world.ann, served.world.office.max)
    answers = at_once(
        *(lambda who=who: who.put(f"/tasks/{task}/assignee").status_code for who in people)
    )
    assert sorted(answers) == [200, 409]


def test_many_cases_at_once_draw_numbers_without_gap(served: Served) -> None:
    tasks = [served.world.start("case")[1] for _ in range(12)]
    answers = at_once(*(lambda task=task: served.complete(task) for task in tasks))
    assert {answer.status_code for answer in answers} == {200}
    numbers = [row[0] for row in served.rows("SELECT n FROM numbers ORDER BY n")]
    assert numbers == list(range(1, len(numbers) + 1))
    assert served.rows("SELECT count(*) FROM incidents")[0][0] == 0


def test_the_same_content_proposed_and_approved_at_once_is_one_deployment(
    served: Served,
) -> None:
    more = process(user("a"), chain("begin", "a", "end"), key="fresh").encode()
    packed = zip_of(served.world.files | {"bpmn/fresh.bpmn": more})
    proposed = at_once(*[lambda: served.propose(packed)] * 4)
    assert Counter(answer.status_code for answer in proposed) == {201: 1, 409: 3}
    (proposal,) = (each.json()["id"] for each in proposed if each.status_code == 201)
    path, body = f"/proposals/{proposal}/approval", {"approved": True}
    roles = ("registrar", "lawyer") * 3
    answers = at_once(*(lambda role=role: served.post(path, body, role=role) for role in roles))
    assert Counter(answer.status_code for answer in answers) == {200: 2, 409: 4}
    count = "SELECT count(*) FROM process_definitions WHERE key = 'fresh'"
    assert served.rows(count)[0][0] == 1
    kept = "SELECT count(*) FROM proposals WHERE status = 'deployed'"
    assert served.rows(kept)[0][0] == 1


def test_other_contents_deployed_at_once_get_versions_of_their_own(served: Served) -> None:
    drawn = [
        process(user("a"), user(name), chain("begin", "a", name, "end"), key="many").encode()
        for name in ("b", "c", "e")
    ]
    packs = [bundles.from_files(served.world.files | {"bpmn/many.bpmn": text}) for text in drawn]

    def deploy(bundle: Bundle) -> None:
        with served.app.app_context():
            deployments.deploy(None, bundle, NOW, "cli")

    at_once(*(lambda pack=pack: deploy(pack) for pack in packs))
    rows = served.rows("SELECT version FROM process_definitions WHERE key = 'many' ORDER BY 1")
    assert [row[0] for row in rows] == [1, 2, 3]


def test_many_sign_in_at_once(served: Served) -> None:
    with served.app.app_context():
        organisations.add_person("pat", "派", password="a long enough password")
    body = {"login": "pat", "password": "a long enough password"}
    answers = at_once(*[lambda: served.post("/sessions", body)] * 6)
    assert {answer.status_code for answer in answers} == {201}, [a.text for a in answers]


def test_a_web_process_that_falls_is_replaced(served: Served) -> None:
    assert served.web is not None
    (*_, last) = psutil.Process(served.web.pid).children()
    last.kill()
    for _ in range(20):
        _, task = served.world.start("wide")
        assert persistently(lambda: served.complete(task, f"k-{task}")) == 200  # noqa: B023


def persistently(act: Callable[[], requests.Response]) -> int:
    """Do it again while the connection breaks, as a client with a key may."""
    while True:
        try:
            return act().status_code
        except requests.ConnectionError:
            continue
