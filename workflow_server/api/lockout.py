"""Slows down whoever tries passwords: so many failures for a login or an address, then a pause."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

#: How long failures are remembered, and how long the pause lasts, in seconds.
WINDOW_SECONDS = 300.0
#: Failures that a login, and that an address, may have within the window.
FAILURES_OF_A_LOGIN = 5
FAILURES_OF_AN_ADDRESS = 30
#: So many names are remembered; the oldest are forgotten first.
REMEMBERED = 10_000


@dataclass(slots=True)
class Lockout:
    """Failures of this process by name; another web process counts its own."""

    clock: Callable[[], float] = time.monotonic
    _failures: OrderedDict[tuple[str, str], list[float]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def seconds_to_wait(self, login: str, address: str) -> int:
        """Say how long this login from this address must wait; 0 when it may try."""
        with self._lock:
            waits = [
                self._wait(("login", login), FAILURES_OF_A_LOGIN),
                self._wait(("address", address), FAILURES_OF_AN_ADDRESS),
            ]
        return max(waits)

    def failed(self, login: str, address: str) -> None:
        """Remember a failure."""
        with self._lock:
            for name in (("login", login), ("address", address)):
                self._failures.setdefault(name, []).append(self.clock())
                self._failures.move_to_end(name)
            while len(self._failures) > REMEMBERED:
                self._failures.popitem(last=False)

    def succeeded(self, login: str) -> None:
        """Forget the failures of a login that has shown its password."""
        with self._lock:
            self._failures.pop(("login", login), None)

    def forget(self) -> None:
        """Forget every failure."""
        with self._lock:
            self._failures.clear()

    def _wait(self, name: tuple[str, str], allowed: int) -> int:
        since = self.clock() - WINDOW_SECONDS
        recent = [moment for moment in self._failures.get(name, ()) if moment > since]
        if name in self._failures:
            self._failures[name] = recent
        if len(recent) < allowed:
            return 0
        return int(recent[-allowed] - since) + 1
