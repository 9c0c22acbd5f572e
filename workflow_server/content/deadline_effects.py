"""What a diagram says of a clock, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

When = Literal["enter", "leave"]
DeadlineOperation = Literal[
    "start", "stop", "extend", "pause", "resume", "exclude", "restart", "revise", "add"
]


@dataclass(frozen=True, slots=True)
class DeadlineEffect:
    """Start a named clock by a dated rule, stop it, or change one that runs."""

    operation: DeadlineOperation
    name: str
    rule: str | None = None
    start: str | None = None
    stop_on: tuple[str, ...] = ()
    subject: str | None = None
    label: str | None = None
    when: When = "leave"
    #: The amount of a rule that leaves it open.
    amount: str | None = None
    #: An extension: to this day, or by the period of another rule.
    until: str | None = None
    by: str | None = None
    #: An exclusion: so many days, or those from one day to another.
    days: str | None = None
    from_: str | None = None
    to: str | None = None
    reason: str | None = None
    #: A stop that says that nothing was awaited any more.
    ended_as: Literal["cancelled"] | None = None
    #: The organisation that is warned too.
    copy_to: str | None = None
