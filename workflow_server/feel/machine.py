"""The JavaScript machine that runs feelin: one per thread, bounded, without a way out.

No Python function is handed to JavaScript: text goes in, text comes out. What the
machine lacks (a time zone) it names in its answer, and is asked again.
"""

from __future__ import annotations

import threading
import time
from importlib import resources
from typing import Any

import orjson
import quickjs

from workflow_server.feel import zones

BUNDLE = "feelin.bundle.js"
MEMORY_BYTES = 64 * 1024 * 1024
STACK_BYTES = 512 * 1024
ANSWER_CHARACTERS = 4 * 1024 * 1024
#: CPU seconds that an act may take; loading the bundle is not counted.
SECONDS = 0.2
#: The machine's clock is the CPU time of all threads. What it stops before its own thread has
#: had its time is run so many times more, with up to so many times as much of that clock.
_MORE_TRIES = 3
_MOST_OF_CLOCK = 10.0
#: Time zones that one act may need, and that one machine may know.
MAX_ZONES = 16
MAX_KNOWN_ZONES = 200

_own = threading.local()
_source: str | None = None


class MachineStopped(Exception):
    """The machine was stopped, because it took too much time, memory or stack."""


class _OutOfTime(MachineStopped):
    """The machine was stopped by its clock."""


class _OutOfMemory(MachineStopped):
    """The machine was stopped for want of memory."""


class _Machine:
    def __init__(self) -> None:
        context = quickjs.Context()
        context.set_memory_limit(MEMORY_BYTES)
        context.set_max_stack_size(STACK_BYTES)
        context.eval(_read_source())
        self.context = context
        self.run = context.get("feel")
        self.learn_zone = context.get("feelZone")
        self.zones: set[str] = set()
        self.teach(zones.BUSINESS_ZONE)

    def teach(self, zone: str) -> None:
        self.learn_zone(zone, orjson.dumps(zones.table(zone)).decode())
        self.zones.add(zone)


def ask(request: bytes, seconds: float = SECONDS) -> dict[str, Any]:
    """Send one request into the machine of this thread and return its answer.

    After MachineStopped the machine is thrown away; the next request gets a new one. What
    ran out of memory is tried once more in a new machine: the old one may have been full.
    """
    text = request.decode()
    left, limit = seconds, seconds
    for more in reversed(range(_MORE_TRIES + 1)):
        _ready()
        process, thread = time.process_time(), time.thread_time()
        try:
            return _ask(text, limit)
        except _OutOfTime:
            spent = max(time.thread_time() - thread, 1e-4)
            left -= spent
            if left < seconds / 10 or not more:
                raise
            share = (time.process_time() - process) / spent
            limit = left * min(max(share, 1.0), _MOST_OF_CLOCK)
    raise AssertionError("the last try returns or raises")


def _ready() -> None:
    """Have a machine before the time is taken."""
    if getattr(_own, "machine", None) is None:
        _own.machine = _Machine()


def _ask(text: str, seconds: float) -> dict[str, Any]:
    machine: _Machine | None = getattr(_own, "machine", None)
    if machine is not None and len(machine.zones) <= MAX_KNOWN_ZONES:
        try:
            return _run(machine, text, seconds)
        except _OutOfMemory:
            pass
    machine = _own.machine = _Machine()
    return _run(machine, text, seconds)


def _run(machine: _Machine, text: str, seconds: float) -> dict[str, Any]:
    try:
        machine.context.set_time_limit(seconds)
        for _ in range(MAX_ZONES + 1):
            answer = _read(machine.run(text))
            zone = answer.get("zone")
            if zone is None:
                return answer
            machine.teach(zone)
        raise MachineStopped("it needs too many time zones")
    except (quickjs.JSException, quickjs.StackOverflow, MemoryError) as stopped:
        _own.machine = None
        raise _stop(stopped) from stopped
    except MachineStopped:
        _own.machine = None
        raise


def _read(text: Any) -> dict[str, Any]:
    if not isinstance(text, str):
        raise MachineStopped("no answer")
    if len(text) > ANSWER_CHARACTERS:
        raise MachineStopped("the result is too large")
    answer: dict[str, Any] = orjson.loads(text)
    return answer


def _stop(stopped: BaseException) -> MachineStopped:
    text = str(stopped)
    if "interrupted" in text:
        return _OutOfTime("it takes too long")
    if isinstance(stopped, quickjs.StackOverflow) or "call stack" in text:
        return MachineStopped("it is nested too deeply")
    return _OutOfMemory("it needs too much memory")


def _read_source() -> str:
    global _source
    if _source is None:
        _source = resources.files("workflow_server.feel").joinpath(BUNDLE).read_text("utf-8")
    return _source
