"""A real server: processes on a real port, started, killed and started again on the same data."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
import sqlalchemy as sa
from flask import Flask

from tests.hostile.world import World
from workflow_server.app import create_app
from workflow_server.store import db

_MAIN = "from workflow_server.app import main; main()"
_PATIENCE = 30.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Served:
    """The world of a database of its own, and the processes that serve it."""

    world: World
    url: str
    folder: Path
    port: int = field(default_factory=free_port)
    web: subprocess.Popen[bytes] | None = None
    worker: subprocess.Popen[bytes] | None = None

    @classmethod
    def prepare(cls, url: str, folder: Path) -> Served:
        """Build the world, and write its content where the server will look for it."""
        app = create_app({"database_url": url, "data_dir": folder / "data"})
        served = cls(World.found(app), url, folder)
        for path, data in served.world.files.items():
            target = folder / "content" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        return served

    @property
    def app(self) -> Flask:
        return self.world.app

    def start(self, workers: int = 2) -> None:
        """Start the web processes, without job workers, and wait for the first answer."""
        more = ("--port", str(self.port), "--workers", str(workers), "--no-worker")
        self.web = self._spawn("serve", *more)
        self._wait(lambda: self._answers())

    def start_worker(self) -> None:
        """Start a job worker; it begins in its own time."""
        self.worker = self._spawn("work")

    def kill(self) -> None:
        """End the web processes as a power cut would, all at once."""
        assert self.web is not None
        _kill(self.web)
        self.web = None

    def kill_worker(self) -> None:
        assert self.worker is not None
        _kill(self.worker)
        self.worker = None

    def close(self) -> None:
        for process in (self.web, self.worker):
            if process is not None:
                _kill(process)
        with self.app.app_context():
            db.db.engine.dispose()

    def post(
        self, path: str, body: Any, key: str | None = None, role: str | None = None
    ) -> requests.Response:
        """Send a request as ann or a role of the desk, on a connection of its own."""
        caller = self.world.ann if role is None else self.world.desk[role]
        headers = {"Authorization": f"Bearer {caller.token}"}
        if key is not None:
            headers["Idempotency-Key"] = key
        with requests.Session() as http:
            http.trust_env = False
            return http.post(
                f"http://127.0.0.1:{self.port}/api{path}", json=body, headers=headers, timeout=60
            )

    def propose(self, data: bytes) -> requests.Response:
        """Send content as the designer."""
        headers = {"Authorization": f"Bearer {self.world.desk['artist'].token}"}
        with requests.Session() as http:
            http.trust_env = False
            return http.post(
                f"http://127.0.0.1:{self.port}/api/proposals",
                files={"file": ("b.zip", data)},
                data={"note": "x"},
                headers=headers,
                timeout=60,
            )

    def complete(self, task: str, key: str | None = None) -> requests.Response:
        return self.post(f"/tasks/{task}/completion", {"answers": {"title": "x"}}, key)

    def rows(self, query: str) -> Sequence[sa.Row[Any]]:
        """Ask the database itself."""
        with self.app.app_context(), db.db.engine.connect() as connection:
            return connection.execute(sa.text(query)).all()

    def _answers(self) -> bool:
        assert self.web is not None
        assert self.web.poll() is None, "the server fell"
        try:
            with requests.Session() as http:
                http.trust_env = False
                address = f"http://127.0.0.1:{self.port}/api/health"
                return http.get(address, timeout=2).status_code == 200
        except requests.ConnectionError:
            return False

    def _wait(self, is_so: Callable[[], bool]) -> None:
        until = time.monotonic() + _PATIENCE
        while not is_so():
            assert time.monotonic() < until, "waited in vain"
            time.sleep(0.05)

    def _spawn(self, *command: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-c", _MAIN, *command],
            env=os.environ | self._environment(),
            stdout=subprocess.DEVNULL,
            stderr=(self.folder / "log.txt").open("ab"),
            start_new_session=True,
        )

    def _environment(self) -> Mapping[str, str]:
        settings = {
            "DATABASE_URL": self.url,
            "DATA_DIR": str(self.folder / "data"),
            "CONTENT_DIR": str(self.folder / "content"),
            "DEMO": "0",
        }
        return {f"WORKFLOW_SERVER_{name}": value for name, value in settings.items()}


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Do all of them at the same moment; return what each gave."""
    gate = threading.Barrier(len(acts))
    results: list[Any] = [None] * len(acts)

    def run(index: int, act: Callable[[], Any]) -> None:
        gate.wait()
        results[index] = act()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def _kill(process: subprocess.Popen[bytes]) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
