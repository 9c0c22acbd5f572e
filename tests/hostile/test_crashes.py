"""Power cuts: whatever was accepted is there once, numbers have no gap, every case can go on."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import psutil
import pytest
import requests

from tests.conftest import Databases
from tests.hostile.server import Served
from workflow_server.services import jobs, papers
from workflow_server.store.blobs import blobs

CASES = 36
CLIENTS = 3
LATER = timedelta(minutes=10)


@pytest.fixture
def served(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A world of its own; nothing serves it yet."""
    made = Served.prepare(databases.fresh(), tmp_path_factory.mktemp("crash"))
    yield made
    made.close()


class Clients:
    """People who complete tasks, and who ask again with the same key until they are answered."""

    def __init__(self, served: Served, tasks: list[str]) -> None:
        self.served = served
        self.waiting = list(tasks)
        self.answers: dict[str, dict[str, Any]] = {}
        self.odd: list[str] = []
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self._work) for _ in range(CLIENTS)]
        for thread in self.threads:
            thread.start()

    def join(self) -> None:
        for thread in self.threads:
            thread.join(150)
            assert not thread.is_alive()

    def _work(self) -> None:
        until = time.monotonic() + 120
        while time.monotonic() < until:
            with self.lock:
                if not self.waiting:
                    return
                task = self.waiting.pop(0)
            try:
                answer = self.served.complete(task, f"key-{task}")
            except requests.RequestException:
                with self.lock:
                    self.waiting.append(task)
                time.sleep(0.05)
                continue
            with self.lock:
                if answer.status_code == 200:
                    self.answers[task] = answer.json()
                else:
                    self.odd.append(answer.text)


def run_jobs(served: Served) -> None:
    """Do everything that is due, leases of the dead included: they expire in the meantime."""
    with served.app.app_context():
        while jobs.run_due(datetime.now(UTC), 100, datetime.now(UTC) + LATER):
            pass


def check_whole(served: Served, expected: int) -> None:
    """Check that every case stands where it should, each effect there exactly once."""
    numbers = [row[0] for row in served.rows("SELECT n FROM numbers ORDER BY series, n")]
    drafts = served.rows("SELECT count(*) FROM tasks WHERE element_id='draft' AND status<>'open'")
    assert drafts[0][0] == expected
    # Each case draws two numbers of the one series: its record's and its document's.
    assert numbers == list(range(1, 2 * expected + 1))
    for table in ("documents", "deliveries", "records", "deadlines"):
        assert served.rows(f"SELECT count(*) FROM {table}")[0][0] == expected, table
    assert served.rows("SELECT count(*) FROM incidents")[0][0] == 0
    completed = served.rows(
        "SELECT task_id, count(*) FROM history WHERE act = 'TaskCompleted' GROUP BY task_id"
    )
    assert Counter(row[1] for row in completed).keys() == {1}


def check_papers(served: Served, expected: int) -> None:
    """Check that every document has its pages, and that the letters went out once."""
    left = served.rows("SELECT kind FROM jobs WHERE status <> 'done'")
    assert {row[0] for row in left} <= {"deadline_alert"}
    rows = served.rows("SELECT sha256, status FROM documents")
    assert len(rows) == expected
    delivered = served.rows("SELECT status, count(*) FROM deliveries GROUP BY status")
    assert [tuple(row) for row in delivered] == [("delivered", expected)]
    with served.app.app_context():
        files = [path for path in blobs().root.rglob("*") if path.is_file()]
        for row in rows:
            assert b"".join(blobs().read(row[0])).startswith(b"%PDF-")
    # One file a document, and the one attachment of the world.
    assert len(files) == len({row[0] for row in rows}) + 1


def go_on(served: Served, tasks: list[str], answers: dict[str, dict[str, Any]]) -> None:
    """Complete what follows, to the end of every case."""
    assert set(answers) == set(tasks)
    for answer in answers.values():
        left, right = (task["id"] for task in answer["next_tasks"])
        assert served.complete(left).status_code == 200
        assert served.complete(right).json()["instance"]["status"] == "completed"


def test_a_web_server_that_is_killed_loses_and_repeats_nothing(served: Served) -> None:
    random = Random(5)
    tasks = [served.world.start("case")[1] for _ in range(CASES)]
    served.start()
    clients = Clients(served, tasks)
    for _ in range(2):
        time.sleep(random.uniform(0.05, 0.35))
        served.kill()
        served.start()
    clients.join()
    assert clients.odd == []
    check_whole(served, CASES + 1)
    go_on(served, tasks[:6], {task: clients.answers[task] for task in tasks[:6]})


def test_a_worker_that_is_killed_does_each_job_once_in_effect(served: Served) -> None:
    tasks = [served.world.start("case")[1] for _ in range(10)]
    for task in tasks:
        assert served.world.complete(task, {"title": "x"}).status_code == 200
    random = Random(3)
    for _ in range(2):
        before = served.rows("SELECT count(*) FROM jobs WHERE status = 'done'")[0][0]
        served.start_worker()
        until = time.monotonic() + 12
        while time.monotonic() < until:
            done = served.rows("SELECT count(*) FROM jobs WHERE status = 'done'")[0][0]
            if done > before:
                break
            time.sleep(0.01)
        time.sleep(random.uniform(0, 0.1))
        served.kill_worker()
        with served.app.app_context():
            # What it had in hand is taken over when its lease is over, not before.
            jobs.run_due(datetime.now(UTC), 2, datetime.now(UTC) + LATER)
    run_jobs(served)
    check_whole(served, 11)
    check_papers(served, 11)


@pytest.mark.parametrize("moment", ["put", "finish"])
def test_a_worker_that_dies_in_the_middle_leaves_its_job_to_another(
    served: Served, moment: str
) -> None:
    task = served.world.start("case")[1]
    assert served.world.complete(task, {"title": "x"}).status_code == 200
    child = os.fork()
    if child == 0:
        _work_until(served, moment)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL
    leased = served.rows("SELECT attempts FROM jobs WHERE status = 'running'")
    assert [row[0] for row in leased] == [1]
    with served.app.app_context():
        assert jobs.run_due(datetime.now(UTC), 100) == 0
    run_jobs(served)
    check_whole(served, 2)
    check_papers(served, 2)


def _work_until(served: Served, moment: str) -> None:
    """Run jobs in this forked process, and end it without a farewell at a chosen moment."""
    from workflow_server.store import db
    from workflow_server.store import jobs as rows

    def end(*_: Any) -> Any:
        os.kill(os.getpid(), signal.SIGKILL)

    try:
        with served.app.app_context():
            db.db.engine.dispose(close=False)
            if moment == "put":
                store = blobs()
                original = store.put
                store.put = lambda data: (original(data), end())  # type: ignore[method-assign]
            else:
                finish = rows.finish
                rows.finish = lambda *given: (finish(*given), end())  # type: ignore[assignment]
            jobs.run_due(datetime.now(UTC), 100)
    finally:
        os._exit(1)


def test_a_renderer_that_crashes_is_replaced_and_its_document_made(served: Served) -> None:
    task = served.world.start("case")[1]
    assert served.world.complete(task, {"title": "x"}).status_code == 200
    with served.app.app_context():
        settings = served.app.config["WORKFLOW_SERVER"]
        pool = papers._pool(
            settings.render_workers,
            settings.render_seconds,
            settings.render_memory_mb,
            settings.fonts_dir,
        )
        pool.warm()
        (child,) = [child for child in pool._children if child.alive]
        # It stands still, so that it dies with the document in hand.
        psutil.Process(child.pid).suspend()
        threading.Timer(0.3, os.kill, (child.pid, signal.SIGKILL)).start()
        jobs.run_due(datetime.now(UTC), 1)
    failed = served.rows("SELECT attempts, error FROM jobs WHERE attempts > 0 AND status = 'ready'")
    assert [row[0] for row in failed] == [1]
    assert "意外结束" in failed[0][1]
    run_jobs(served)
    check_papers(served, 2)
