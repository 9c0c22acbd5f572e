"""`workflow-server serve` as people start it: it answers, its crew works, all of it stops."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
import requests

from tests.services.drawing import files_of, line

PROGRAM = Path(sys.executable).with_name("workflow-server")
PATIENCE = 60


class Served:
    """A server of its own on a free port."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/api"
        self.log = folder / "log"
        self.environment = {
            **os.environ,
            "WORKFLOW_SERVER_DATA_DIR": str(folder / "data"),
            "WORKFLOW_SERVER_CONTENT_DIR": str(folder),
        }
        command = [PROGRAM, "serve", "--port", str(self.port)]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        _wait_until(self._answers, self.log.read_text)

    def _answers(self) -> bool:
        try:
            return requests.get(f"{self.url}/health", timeout=5).ok
        except requests.ConnectionError:
            return False

    def children(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)


def _wait_until(is_so: Callable[[], bool], explain: Callable[[], str] = str) -> None:
    until = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < until, explain()
        time.sleep(0.05)


@contextmanager
def _served(folder: Path) -> Iterator[Served]:
    for path, data in files_of([line("draft")]).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    made = Served(folder)
    try:
        yield made
    finally:
        if made.process.poll() is None:
            made.process.terminate()
            made.process.wait(PATIENCE)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with _served(tmp_path_factory.mktemp("served")) as made:
        yield made


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_says_where_it_serves_and_one_signal_stops_all_of_it(
    tmp_path: Path, number: signal.Signals
) -> None:
    with _served(tmp_path) as served:
        assert f"Serving on http://127.0.0.1:{served.port}" in served.log.read_text()
        children = served.children()
        assert len(children) == 2
        served.process.send_signal(number)
        assert served.process.wait(PATIENCE) == 0
        _wait_until(lambda: not any(child.is_running() for child in children))
        assert "Traceback" not in served.log.read_text()


def test_ctrl_c_at_a_terminal_stops_it_though_it_reaches_all_processes(tmp_path: Path) -> None:
    with _served(tmp_path) as served:
        children = served.children()
        time.sleep(3)  # a web process that had just begun ended even when it was told twice
        os.killpg(served.process.pid, signal.SIGINT)
        assert served.process.wait(PATIENCE) == 0
        _wait_until(lambda: not any(child.is_running() for child in children))
        assert "fell" not in served.log.read_text()


def test_the_web_process_does_without_the_page_maker(shared: Served) -> None:
    for child in shared.children():
        maps = Path(f"/proc/{child.pid}/maps").read_text()
        assert "libpango" not in maps


def test_many_slow_senders_do_not_make_it_grow_without_bound(shared: Served) -> None:
    head = b"POST /api/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    senders = [socket.create_connection(("127.0.0.1", shared.port)) for _ in range(60)]
    for sender in senders:
        sender.sendall(head + b"Content-Length: 100\r\n\r\n{")
    time.sleep(1)
    threads = max(child.num_threads() for child in shared.children())
    for sender in senders:
        sender.close()
    assert threads < 40


def test_what_was_started_ends_with_a_server_that_is_killed(tmp_path: Path) -> None:
    with _served(tmp_path) as served:
        children = served.children()
        served.process.kill()
        served.process.wait(PATIENCE)
        _wait_until(lambda: not any(child.is_running() for child in children))


def test_an_address_that_is_taken_is_told_in_one_line(shared: Served) -> None:
    second = subprocess.run(
        [PROGRAM, "serve", "--port", str(shared.port)],
        env=shared.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert second.returncode == 1
    assert f"127.0.0.1:{shared.port}" in second.stderr
    assert second.stderr.count("\n") == 1


def test_a_fallen_process_is_replaced(shared: Served) -> None:
    for child in shared.children():
        child.kill()
    _wait_until(lambda: len(shared.children()) == 2 and shared._answers(), shared.log.read_text)
