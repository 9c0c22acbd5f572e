"""When somebody is warned of a clock, and who: the ladder of bpmn/_shared/alerts.json."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, cast

from workflow_server.content.reading import Place

Who = Literal["handler", "department_head", "role"]
_WHO = ("handler", "department_head", "role")
_FARTHEST = 400
_MOST_REPEATED = 100


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who is warned from a step on; `since` None: from the start.

    `since` counts days before the end, 0 is the end, -3 the third working day after it.
    """

    who: Who
    since: int | None = None
    role: str | None = None

    def hears(self, days: int | None) -> bool:
        """Tell whether they are told of a step; None is the start."""
        return self.since is None or (days is not None and days <= self.since)


@dataclass(frozen=True, slots=True)
class Ladder:
    """The steps of warning: at the start, days before the end, then as long as it is missed."""

    at_start: bool = False
    before: tuple[int, ...] = (15, 7, 3)
    #: Clocks of at most so many days have steps of their own: percents of them, and days.
    short_days: int = 0
    short_shares: tuple[int, ...] = ()
    short_before: tuple[int, ...] = ()
    #: Once missed: so many working days one by one, then every so many days, so often.
    overdue_workdays: int = 0
    overdue_every: int = 0
    overdue_most: int = 0
    receivers: tuple[Receiver, ...] = ()
    #: Roles of the organisation that a clock is copied to.
    copies: tuple[Receiver, ...] = ()

    def roles(self) -> Sequence[str]:
        """Return the roles that it names."""
        return [each.role for each in (*self.receivers, *self.copies) if each.role]


#: Where the content says nothing: warnings stand with their clock, and nobody is told.
SILENT = Ladder()


def read(place: Place | None) -> Ladder:
    """Read the ladder as its file declares it."""
    keys = ("start", "before", "short", "overdue", "receivers", "copies")
    if place is None or not place.only(*keys):
        return SILENT
    short, overdue = _part(place, "short"), _part(place, "overdue")
    if short is not None:
        short.only("days", "shares", "before")
    if overdue is not None:
        overdue.only("workdays", "every_days", "most")
    return Ladder(
        at_start=place.flag("start"),
        before=_numbers(place, "before"),
        short_days=_number(short, "days", _FARTHEST),
        short_shares=_numbers(short, "shares", 99),
        short_before=_numbers(short, "before"),
        overdue_workdays=_number(overdue, "workdays", _MOST_REPEATED),
        overdue_every=_number(overdue, "every_days", _FARTHEST),
        overdue_most=_number(overdue, "most", _MOST_REPEATED),
        receivers=tuple(_receiver(each, "who") for each in place.items("receivers")),
        copies=tuple(_receiver(each, "role") for each in place.items("copies")),
    )


def _receiver(place: Place, needed: str) -> Receiver:
    if not place.only("who", "role", "label", "from"):
        return Receiver("handler")
    who = place.choice_or_none("who", _WHO) or ("role" if needed == "role" else None)
    if who is None:
        place.refuse(f"只能是 {'、'.join(_WHO)}", "who")
    role = place.text("role") if who == "role" else place.text_or_none("role")
    since = place.value.get("from", "start")
    if since != "start" and not _is_number(since, -_FARTHEST, _FARTHEST):
        place.refuse("须是 start，或届满前的天数（0 为届满，负数为逾期的第几个工作日）", "from")
        since = "start"
    return Receiver(cast(Who, who or "handler"), None if since == "start" else since, role)


def _part(place: Place, key: str) -> Place | None:
    return place.step(key) if isinstance(place.value.get(key), dict) else None


def _number(place: Place | None, key: str, most: int) -> int:
    found = 0 if place is None else place.value.get(key, 0)
    if place is not None and not _is_number(found, 0, most):
        place.refuse(f"须是 0 至 {most} 的整数", key)
        return 0
    return int(found)


def _numbers(place: Place | None, key: str, most: int = _FARTHEST) -> tuple[int, ...]:
    found: set[int] = set()
    for item in () if place is None else place.items(key):
        if _is_number(item.value, 1, most):
            found.add(item.value)
        else:
            item.refuse(f"须是 1 至 {most} 的整数")
    return tuple(sorted(found, reverse=True))


def _is_number(value: object, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
