"""One rendering process, seen from its parent: start, ask, end."""

from __future__ import annotations

import contextlib
import json
import os
import select
import subprocess
import sys
import time
from typing import Any

from workflow_server.rendering.worker import HEADER

#: Starting means importing WeasyPrint and reading fonts; a busy machine takes its time.
START_SECONDS = 60.0
#: How long after its time a child may still say at which line it was.
_LAST_WORDS_SECONDS = 1.0
_MAX_ANSWER = 256 * 1024 * 1024


class Ended(Exception):
    """The child is no more: late, or ended with a code."""

    def __init__(self, reason: str, *, late: bool = False, code: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.late = late
        self.code = code


class Child:
    """A process that renders, and the pipes to it."""

    def __init__(self, memory_mb: int, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "workflow_server.rendering.worker", str(memory_mb)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            bufsize=0,
            start_new_session=True,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._input = self._process.stdin.fileno()
        self._output = self._process.stdout.fileno()
        os.set_blocking(self._input, False)

    @property
    def alive(self) -> bool:
        """Say whether the process runs."""
        return self._process.poll() is None

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def wait_ready(self) -> None:
        """Wait until the child has imported everything; end it when it has not in time."""
        try:
            self._receive(time.monotonic() + START_SECONDS)
        except Ended:
            self.end()
            raise

    def ask(self, job: bytes, seconds: float) -> dict[str, Any]:
        """Send a job and wait for the answer; a late child is ended."""
        deadline = time.monotonic() + seconds + _LAST_WORDS_SECONDS
        try:
            self._send(job, deadline)
            answer = self._receive(deadline)
        except Ended:
            self.end()
            raise
        if "late" in answer:
            self.end()
        return answer

    def end(self) -> None:
        """Kill the process and close its pipes."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def _send(self, body: bytes, deadline: float) -> None:
        rest = memoryview(HEADER.pack(len(body)) + body)
        while rest:
            _, ready, _ = select.select([], [self._input], [], _left(deadline))
            if not ready:
                raise Ended("超时", late=True)
            try:
                rest = rest[os.write(self._input, rest) :]
            except BlockingIOError:
                continue
            except OSError:
                raise self._gone() from None

    def _receive(self, deadline: float) -> dict[str, Any]:
        size = HEADER.unpack(self._read(HEADER.size, deadline))[0]
        if size > _MAX_ANSWER:
            raise Ended("生成的文件太大")
        message: dict[str, Any] = json.loads(self._read(size, deadline))
        return message

    def _read(self, size: int, deadline: float) -> bytes:
        parts = bytearray()
        while len(parts) < size:
            ready, _, _ = select.select([self._output], [], [], _left(deadline))
            if not ready:
                raise Ended("超时", late=True)
            chunk = os.read(self._output, min(size - len(parts), 1 << 20))
            if not chunk:
                raise self._gone()
            parts += chunk
        return bytes(parts)

    def _gone(self) -> Ended:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=5)
        code = self._process.returncode
        return Ended(f"生成进程意外结束（代码 {code}）", code=code)


def _left(deadline: float) -> float:
    return max(0.0, deadline - time.monotonic())
