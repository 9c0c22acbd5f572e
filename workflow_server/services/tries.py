"""Tries to sign in: each is a row before it is tried, and too many have to wait."""

from __future__ import annotations

import hashlib
import ipaddress
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from workflow_server.rules import passwords
from workflow_server.store import people, sign_ins
from workflow_server.store.db import session, transaction
from workflow_server.store.sign_ins import SignInRow
from workflow_server.store.types import new_id

#: How long a failure counts.
WINDOW = timedelta(minutes=15)
#: Failures in that time: for a login from an address, from an address, for a login.
FAILURES_OF_A_PAIR = 5
FAILURES_OF_AN_ADDRESS = 30
FAILURES_OF_A_LOGIN = 100
#: Wrong second factors of a login: who gets so far knows the password.
FAILURES_OF_A_SECOND_FACTOR = 10
#: A locked out try is written down so often at most: who hammers cannot fill the disk.
_LOCKED_EVERY = timedelta(minutes=1)
_AGENT_LENGTH = 300
#: How long somebody waits for others who are trying at the same time, and how often they look.
_PATIENCE_SECONDS = 5.0
_PAUSE_SECONDS = 0.05
#: A try without an outcome after this is one that the server fell over.
_TRYING_TAKES = timedelta(seconds=30)


class TryLater(Exception):
    """Too many failed; says after how many seconds to come back. The API makes it a 429."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Expected no more than some failures, wait {seconds} s")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request came from, and with what program."""

    address: str = ""
    agent: str | None = None


NOWHERE = Origin()


@dataclass(frozen=True, slots=True)
class Try:
    """A try that was counted, and of whom."""

    id: UUID
    person: people.Person | None


def begin(login: str, origin: Origin, now: datetime, method: str = "password") -> Try:
    """Count a try as a failure until it is known better; TryLater when there were too many.

    Counted before anything is tried, one after the other: many at once get no more. Where only
    those that are being tried right now are too many, it waits for what comes of them: they may
    all be right.
    """
    patient_until = time.monotonic() + _PATIENCE_SECONDS
    while (attempt := _begin(login, origin, now, method)) is None:
        if time.monotonic() > patient_until:
            raise TryLater(1)
        time.sleep(_PAUSE_SECONDS)
    return attempt


def _begin(login: str, origin: Origin, now: datetime, method: str) -> Try | None:
    """Count a try; None when it depends on others that are being tried."""
    with transaction():
        sign_ins.lock()
        person = people.find_person_by_login(login)
        name = login if person is not None else _masked(login)
        network = network_of(origin.address)
        rows = sign_ins.list_since(name, network, now - WINDOW)
        seconds = _wait(rows, name, network, now)
        if seconds and not _wait(_ended(rows, now), name, network, now):
            return None
        row = _row(name, person, origin, now, method)
        row.outcome = sign_ins.LOCKED if seconds else sign_ins.TRYING
        if not seconds or not _was_told(rows, now):
            session().add(row)
    if seconds:
        raise TryLater(seconds)
    return Try(row.id, person)


def _ended(rows: Sequence[Any], now: datetime) -> list[Any]:
    """Leave out what is being tried; what takes so long was cut off, and counts."""
    fresh = now - _TRYING_TAKES
    return [row for row in rows if row.outcome != sign_ins.TRYING or row.at < fresh]


def end(attempt: Try, outcome: str) -> None:
    """Write what came of a try."""
    with transaction():
        sign_ins.set_outcome(attempt.id, outcome)


def note(
    login: str, person_id: UUID | None, origin: Origin, now: datetime, method: str, outcome: str
) -> None:
    """Write a try down that was not counted before; call it inside a transaction."""
    row = _row(login, None, origin, now, method)
    row.person_id = person_id
    row.outcome = outcome
    session().add(row)


def _row(
    login: str, person: people.Person | None, origin: Origin, now: datetime, method: str
) -> SignInRow:
    return SignInRow(
        id=new_id(),
        at=now,
        login=login,
        person_id=None if person is None else person.id,
        method=method,
        outcome=sign_ins.TRYING,
        address=origin.address,
        network=network_of(origin.address),
        agent=None if origin.agent is None else origin.agent[:_AGENT_LENGTH],
    )


def network_of(address: str) -> str:
    """Return what counts as one address: of IPv6 a whole /64, which is one customer's."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if found.version == 4:
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, 64), strict=False))


def _masked(login: str) -> str:
    """Return what is kept of a login that nobody has: it may be a password, typed in haste."""
    if passwords.is_login(login):
        return login
    return f"?{hashlib.sha256(login.encode()).hexdigest()[:16]}"


def _was_told(rows: Iterable[Any], now: datetime) -> bool:
    return any(outcome == sign_ins.LOCKED and at > now - _LOCKED_EVERY for at, *_, outcome in rows)


def _wait(rows: Sequence[Any], login: str, network: str, now: datetime) -> int:
    """Return how many seconds the next try must wait; rows are the newest first."""

    def fresh(ends: Callable[[Any], bool]) -> list[Any]:
        found = []
        for row in rows:
            if ends(row):
                break
            found.append(row)
        return [row for row in found if sign_ins.has_failed(row.outcome)]

    def is_unlocked(row: Any) -> bool:
        return bool(row.outcome == sign_ins.UNLOCKED and row.login == login)

    def is_pair(row: Any) -> bool:
        return bool(row.login == login and row.network == network)

    of_pair = fresh(lambda row: is_unlocked(row) or (row.outcome == sign_ins.OK and is_pair(row)))
    of_login = [row for row in fresh(is_unlocked) if row.login == login]
    of_address = fresh(lambda row: row.outcome == sign_ins.UNLOCKED and row.network == network)
    second = [row for row in of_login if row.outcome == sign_ins.SECOND_FACTOR_WRONG]
    limits = (
        ([row for row in of_pair if is_pair(row)], FAILURES_OF_A_PAIR),
        ([row for row in of_address if row.network == network], FAILURES_OF_AN_ADDRESS),
        (of_login, FAILURES_OF_A_LOGIN),
        (second, FAILURES_OF_A_SECOND_FACTOR),
    )
    # The window must have left the oldest of those that are one too many.
    waits = [failed[most - 1].at + WINDOW - now for failed, most in limits if len(failed) >= most]
    return max((int(each.total_seconds()) + 1 for each in waits), default=0)
