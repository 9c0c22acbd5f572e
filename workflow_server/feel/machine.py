"""The JavaScript machine that runs feelin: one per thread, bounded, without a way out.

No Python function is handed to JavaScript: text goes in, text comes out. What the
machine lacks (a time zone) it names in its answer, and is asked again.
"""

from __future__ import annotations

import threading
from importlib import resources
from typing import Any

import orjson
import quickjs

from workflow_server.feel import zones

BUNDLE = "feelin.bundle.js"
MEMORY_BYTES = 64 * 1024 * 1024
STACK_BYTES = 512 * 1024
ANSWER_CHARACTERS = 4 * 1024 * 1024
#: CPU seconds of this process while an act may last; loading the bundle is not counted.
SECONDS = 0.2
#: Time zones that one act may need, and that one machine may know.
MAX_ZONES = 16
MAX_KNOWN_ZONES = 200

_own = threading.local()
_source: str | None = None


class MachineStopped(Exception):
    """The machine was stopped, because it took too much time, memory or stack."""


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
        return MachineStopped("it takes too long")
    if isinstance(stopped, quickjs.StackOverflow) or "call stack" in text:
        return MachineStopped("it is nested too deeply")
    return _OutOfMemory("it needs too much memory")


def _read_source() -> str:
    global _source
    if _source is None:
        _source = resources.files("workflow_server.feel").joinpath(BUNDLE).read_text("utf-8")
    return _source
