"""One row of the table of dated rules, as a value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any, Literal, get_args

from workflow_server.errors import Fault, InvalidInput

Unit = Literal["hour", "day", "workday", "month"]
Direction = Literal["forward", "backward"]
Roll = Literal["next_workday", "previous_workday", "none"]
CountsFrom = Literal["start", "due"]
_LARGEST_AMOUNT = 9_999
#: How much longer a period may become: months, weeks or days.
EXTENSION = re.compile(r"P(?P<count>[0-9]{1,4})(?P<unit>[MWD])")


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the dated rule table, resolved for a region and a day.

    `warn` counts days before the due day at which somebody is alerted. `version` names the
    row that was in force, so that a stored deadline can say by which text it was counted.
    """

    code: str
    amount: int
    unit: Unit
    label: str = ""
    direction: Direction = "forward"
    roll: Roll = "next_workday"
    exclude_first_day: bool = True
    close_time: str = "24:00"
    start_event: str = ""
    basis: str = ""
    extendable: bool = False
    #: By how much at most, as ISO 8601 (P3M, P30D); empty: the rule sets no limit.
    max_extension: str = ""
    #: Who decides on it, as it is shown.
    extension_approver: str = ""
    pausable: bool = False
    #: For what it may be paused, as it is shown.
    pause_reasons: str = ""
    #: Days may be taken out of the count.
    excludable: bool = False
    #: As an extension: counted from the clock's own start, or from its end before.
    counts_from: CountsFrom = "start"
    #: The least and the most that a diagram may give as the amount; 0: it may not.
    min_amount: int = 0
    max_amount: int = 0
    warn: tuple[int, ...] = (15, 7, 3)
    #: Nobody is warned: it is not a duty that ends, but a right.
    silent: bool = False
    version: str = ""
    region: str = ""

    def __post_init__(self) -> None:
        faults = tuple(_rule_faults(self))
        if faults:
            raise InvalidInput(
                f"期限规则“{self.code}”有误：{faults[0].detail}"
                f" Expected a valid deadline rule '{self.code}', but it has faults.",
                faults,
            )


def read_rule(code: str, row: Mapping[str, Any], *, version: str = "") -> Rule:
    """Make a rule of what the decision table answered; unknown columns are left alone."""
    backward = row.get("direction") == "backward"
    exclude_first = row.get("exclude_first_day", row.get("exclude_first"))
    roll: Any = row.get("roll")
    if isinstance(roll, bool):
        roll = "next_workday" if roll else "none"
    return Rule(
        code=code,
        amount=_whole(row.get("amount")),
        unit=row.get("unit") or "day",
        label=str(row.get("label") or ""),
        direction="backward" if backward else "forward",
        roll=roll or ("previous_workday" if backward else "next_workday"),
        exclude_first_day=exclude_first is not False,
        close_time=str(row.get("close_time") or "24:00")[:5],
        start_event=str(row.get("start_event") or ""),
        basis=str(row.get("basis") or row.get("legal_basis") or ""),
        extendable=row.get("extendable") is True,
        max_extension=str(row.get("max_extension") or ""),
        extension_approver=str(row.get("extension_approver") or ""),
        pausable=row.get("pausable") is True,
        pause_reasons=str(row.get("pause_reasons") or ""),
        excludable=row.get("excludable") is True,
        counts_from=row.get("counts_from") or "start",
        min_amount=_whole(row.get("min_amount")),
        max_amount=_whole(row.get("max_amount")),
        warn=_steps(row.get("warn")),
        silent=row.get("warn") == "none",
        version=str(row.get("version") or row.get("valid_from") or version),
        region=str(row.get("region") or ""),
    )


def restore(row: Mapping[str, Any]) -> Rule:
    """Return a rule as a clock has kept it."""
    return Rule(**{**row, "warn": tuple(row["warn"])})


def _rule_faults(rule: Rule) -> list[Fault]:
    checks = (
        ("unit", rule.unit in get_args(Unit), f"单位“{rule.unit}”应为 {'、'.join(get_args(Unit))}"),
        ("roll", rule.roll in get_args(Roll), f"顺延方式“{rule.roll}”应为 {get_args(Roll)}"),
        ("amount", 0 < rule.amount <= _LARGEST_AMOUNT, f"期限数“{rule.amount}”应为正整数"),
        ("close_time", _is_close_time(rule.close_time), f"截止时刻“{rule.close_time}”应为 HH:MM"),
        (
            "max_extension",
            not rule.max_extension or EXTENSION.fullmatch(rule.max_extension),
            f"延长上限“{rule.max_extension}”应为 P3M、P30D 这样的时长",
        ),
        (
            "counts_from",
            rule.counts_from in get_args(CountsFrom),
            f"起算方式“{rule.counts_from}”应为 {'、'.join(get_args(CountsFrom))}",
        ),
    )
    return [Fault(f"{rule.code}/{name}", detail) for name, good, detail in checks if not good]


def _is_close_time(text: str) -> bool:
    if text == "24:00":
        return True
    try:
        time.fromisoformat(text)
    except ValueError:
        return False
    return True


def _whole(value: Any) -> int:
    """Decision tables answer with JavaScript numbers: 2.0 is a whole number, 2.5 and "x" none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return 0
    try:
        number = float(value)
    except ValueError:
        return 0
    return int(number) if number.is_integer() else 0


def _steps(value: Any) -> tuple[int, ...]:
    if value is None:
        return ()
    parts = value.replace(",", " ").split() if isinstance(value, str) else list(value)
    return tuple(sorted({_whole(part) for part in parts} - {0}, reverse=True))
