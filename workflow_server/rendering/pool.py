"""Processes that render documents: kept warm, limited in time and memory, replaced when ended.

Importing this module loads no PDF library.
"""

from __future__ import annotations

import base64
import os
import queue
import threading
import weakref
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from workflow_server.errors import Fault, WorkflowServerError
from workflow_server.rendering import fonts
from workflow_server.rendering.children import Child, Ended
from workflow_server.rendering.sources import (
    ENTRY,
    Options,
    Rendered,
    RenderFailed,
    RenderTimeout,
    TemplateSource,
    failed,
    late,
)
from workflow_server.rendering.worker import EXIT_MEMORY, pack_job

_FONTS_VARIABLE = "WORKFLOW_SERVER_FONTS_DIR"
#: What a child gets of the environment: no passwords, no addresses of databases.
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "TZ", "PYTHONPATH", "LD_LIBRARY_PATH",
              "DYLD_FALLBACK_LIBRARY_PATH", _FONTS_VARIABLE)  # fmt: skip


class RenderPool:
    """Renders documents in up to `workers` child processes; safe to use from many threads.

    `seconds` and `memory_mb` bound one document. Children start when first needed.
    """

    def __init__(
        self,
        workers: int = 1,
        seconds: float = 20,
        memory_mb: int = 700,
        fonts_dir: Path | None = None,
    ) -> None:
        self._seconds = seconds
        self._memory_mb = memory_mb
        self._environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        if fonts_dir is not None:
            self._environment[_FONTS_VARIABLE] = str(fonts_dir)
        # Last in, first out: under light load one warm child does all the work.
        self._idle: queue.LifoQueue[Child | None] = queue.LifoQueue()
        self._children: set[Child] = set()
        self._lock = threading.Lock()
        self._closed = False
        self._is_warming = False
        for _ in range(workers):
            self._idle.put(None)
        self._finalizer = weakref.finalize(self, _end_all, self._children)

    def render(
        self,
        source: TemplateSource,
        data: Mapping[str, Any],
        options: Options,
        *,
        wait: float | None = None,
    ) -> Rendered:
        """Render in a child; RenderFailed or RenderTimeout say what went wrong, and where.

        `wait` is how many seconds to wait for a child that is free; else as long as one document
        may take.
        """
        job = pack_job(source, data, options, self._seconds)
        # What is just being started was started for this one.
        child = self._next_idle(None if self._is_warming else wait)
        try:
            child = self._ready(child)
            answer = child.ask(job, self._seconds)
        except Ended as end:
            raise self._refusal(source, end) from None
        finally:
            self._idle.put(child)
        if "late" in answer:
            file, line = answer["late"]
            raise late(source.key, file, line, self._seconds)
        return _rendered(answer)

    def warm(self) -> None:
        """Start a child now, so that the first document need not wait for it."""
        child = self._next_idle()
        try:
            child = self._ready(child)
        except Ended as end:
            raise RenderTimeout(f"生成进程无法启动：{end.reason}") from None
        finally:
            self._idle.put(child)

    def warm_soon(self) -> None:
        """Start a child in the background unless one runs; where none can, the document tells."""
        runs = any(child.alive for child in list(self._children))
        if not (runs or self._closed or self._is_warming):
            self._is_warming = True
            threading.Thread(target=self._warm_quietly, daemon=True).start()

    def _warm_quietly(self) -> None:
        try:
            with suppress(WorkflowServerError, OSError):
                self.warm()
        finally:
            self._is_warming = False

    def close(self) -> None:
        """End all children; a document being rendered fails."""
        self._closed = True
        with self._lock:
            self._finalizer()

    def __enter__(self) -> RenderPool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _next_idle(self, wait: float | None = None) -> Child | None:
        """Wait for a child as long as one document may take, and no longer."""
        try:
            return self._idle.get(timeout=self._seconds if wait is None else wait)
        except queue.Empty:
            raise RenderTimeout("正在生成的文书太多，请稍后再试") from None

    def _ready(self, child: Child | None) -> Child:
        """Return `child` if it runs, else a new one."""
        if child is not None and child.alive:
            return child
        fonts.require(Path(self._environment.get(_FONTS_VARIABLE, fonts.DEFAULT_DIRECTORY)))
        with self._lock:
            if self._closed:
                raise Ended("服务正在关闭")
            self._children.difference_update([other for other in self._children if not other.alive])
            child = Child(self._memory_mb, self._environment)
            self._children.add(child)
        child.wait_ready()
        return child

    def _refusal(self, source: TemplateSource, end: Ended) -> RenderFailed | RenderTimeout:
        if self._closed:
            return RenderTimeout("文书生成已停止：服务正在关闭")
        if end.late:
            return late(source.key, ENTRY, None, self._seconds)
        if end.code == EXIT_MEMORY:
            return failed(source.key, ENTRY, None, f"超过内存上限 {self._memory_mb} MB，已终止")
        return failed(source.key, ENTRY, None, end.reason)


def _end_all(children: set[Child]) -> None:
    for child in list(children):
        child.end()
    children.clear()


def _rendered(answer: dict[str, Any]) -> Rendered:
    if "failed" in answer:
        raise RenderFailed(answer["failed"], [Fault(*fault) for fault in answer["faults"]])
    return Rendered(pdf=base64.b64decode(answer["pdf"]), pages=answer["pages"])
