"""A real server with its job worker on a free port, and what a test may ask of it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import requests

from tests.court import write_court_content
from tests.hostile.server import free_port
from workflow_server.cli.client import Client
from workflow_server.services.organisations import DEMO_PASSWORD

_MAIN = "from workflow_server.app import main; main()"
_PATIENCE = 60.0
BEGINNING = "2026-04-01T09:00:00+08:00"


@dataclass
class Site:
    """The demo office with the court's content, unless the settings name another folder, served by
    processes of its own; `api` is the office without a browser."""

    database_url: str
    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = None
    _clients: dict[str, Client] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, and wait for the first answer."""
        if "CONTENT_DIR" not in self.settings:
            content = write_court_content(self.folder / "content")
            self.settings["CONTENT_DIR"] = str(content)
        settings = {
            "DATABASE_URL": self.database_url,
            "DATA_DIR": str(self.folder),
            "DEMO": "1",
            "DEMO_START": BEGINNING,
            # As `make run` has it.
            "DEPLOYMENT_APPROVALS": "1",
        } | self.settings
        with (self.folder / "log.txt").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _MAIN, "serve", "--port", str(self.port)],
                env=os.environ | {f"WORKFLOW_SERVER_{key}": it for key, it in settings.items()},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait()

    def stop(self) -> None:
        """End it in good order; its data stay."""
        assert self._process is not None
        self._process.terminate()
        try:
            self._process.wait(_PATIENCE)
        finally:
            # Whatever it started goes with it.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process = None

    def restart(self) -> None:
        """Stop it and start it again on the same data."""
        self.stop()
        self.start()

    def api(self, login: str) -> Client:
        """Return somebody's connection to the API."""
        if login not in self._clients:
            self._clients[login] = Client(self.address, login, DEMO_PASSWORD)
        return self._clients[login]

    def now(self) -> datetime:
        return datetime.fromisoformat(self.api("admin").get("/api/clock")["now"])

    def go_to(self, moment: str) -> None:
        """Let time pass until a moment, and the worker do what that sets going."""
        if datetime.fromisoformat(moment) > self.now():
            self.api("admin").post("/api/clock/moves", {"to": moment})
        self.settle()

    def settle(self) -> None:
        """Wait until nothing is left to do for the worker; nothing may have gone wrong."""
        until = time.monotonic() + _PATIENCE
        while self._is_busy():
            assert time.monotonic() < until, "jobs are still due"
            time.sleep(0.05)
        assert [each["message"] for each in self.incidents()] == []

    def incidents(self) -> list[dict[str, Any]]:
        return self.api("admin").all("/api/incidents", open="true")

    def _is_busy(self) -> bool:
        now, admin = self.now(), self.api("admin")
        return any(
            datetime.fromisoformat(job["due_at"]) <= now
            for status in ("ready", "running")
            for job in admin.all("/api/jobs", status=status)
        )

    def _wait(self) -> None:
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            assert self._process is not None
            assert self._process.poll() is None, (self.folder / "log.txt").read_text()
            try:
                with requests.Session() as http:
                    http.trust_env = False
                    if http.get(f"{self.address}/api/health", timeout=5).ok:
                        return
            except requests.ConnectionError:
                time.sleep(0.05)
        raise AssertionError("the server did not answer")
