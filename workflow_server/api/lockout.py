"""Slows down whoever tries passwords: so many failures for a login or an address, then a pause."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

#: How long failures are remembered, and how long the pause lasts, in seconds.
WINDOW_SECONDS = 300.0
#: Failures within the window that a login may have from one address, an address with all
#: logins, and a login from all addresses: that is a lot, or strangers could lock anybody out.
FAILURES_OF_A_PAIR = 5
FAILURES_OF_AN_ADDRESS = 30
FAILURES_OF_A_LOGIN = 100
#: So many names are remembered; the oldest are forgotten first.
REMEMBERED = 10_000


#: A login from an address, or either of them alone.
Name = tuple[str | None, str | None]


@dataclass(slots=True)
class Lockout:
    """Failures of this process by name; another web process counts its own."""

    clock: Callable[[], float] = time.monotonic
    _failures: OrderedDict[Name, list[float]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def attempt(self, login: str, address: str) -> int:
        """Count a try as a failure until it succeeds; else say how many seconds it must wait."""
        with self._lock:
            names = _names(login, address)
            wait = max(self._wait(name, allowed) for name, allowed in names.items())
            if wait:
                return wait
            for name in names:
                self._failures.setdefault(name, []).append(self.clock())
                self._failures.move_to_end(name)
            while len(self._failures) > REMEMBERED:
                self._failures.popitem(last=False)
            return 0

    def succeeded(self, login: str, address: str) -> None:
        """Forget the failures of somebody who has shown their password, and this try."""
        with self._lock:
            for name in _names(login, address):
                moments = self._failures.get(name)
                if moments:
                    moments.pop()
            self._failures.pop((login, address), None)

    def forget(self) -> None:
        """Forget every failure."""
        with self._lock:
            self._failures.clear()

    def _wait(self, name: Name, allowed: int) -> int:
        since = self.clock() - WINDOW_SECONDS
        recent = [moment for moment in self._failures.get(name, ()) if moment > since]
        if name in self._failures:
            self._failures[name] = recent
        if len(recent) < allowed:
            return 0
        return int(recent[-allowed] - since) + 1


def _names(login: str, address: str) -> dict[Name, int]:
    return {
        (login, address): FAILURES_OF_A_PAIR,
        (None, address): FAILURES_OF_AN_ADDRESS,
        (login, None): FAILURES_OF_A_LOGIN,
    }
