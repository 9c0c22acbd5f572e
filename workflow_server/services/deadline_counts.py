"""A stored clock counted by its rules and by what happened to it, and its revisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from workflow_server.rules.calendars import Calendar
from workflow_server.rules.deadline_rules import restore
from workflow_server.rules.deadline_terms import Term, read_term
from workflow_server.rules.deadlines import Due, Rule, reckon
from workflow_server.services.deadline_rules import parse_start
from workflow_server.store.deadlines import Deadline


@dataclass(frozen=True, slots=True)
class Counted:
    """The end of a clock and the rules it goes by, the one that ends first before the others."""

    rules: tuple[Rule, ...]
    due: Due

    def columns(self) -> dict[str, Any]:
        """Return what a clock keeps of it."""
        first, *others = self.rules
        return {
            "rule": first.code,
            "rule_version": self.due.rule_version,
            "rule_row": asdict(first),
            "other_rules": [asdict(each) for each in others],
            "raw_due": self.due.raw,
            "due": self.due.due,
            "due_at": self.due.due_at,
            "provisional": self.due.provisional,
            "calendar_version": self.due.calendar_version,
            "explanation": self.due.explanation,
        }


def count(
    rules: Sequence[Rule],
    began: date | datetime,
    calendar: Calendar,
    terms: Sequence[Term] = (),
) -> Counted:
    """Count a clock that goes by some rules."""
    first, due = reckon(rules, began, calendar, terms)
    ordered = (rules[first], *(each for index, each in enumerate(rules) if index != first))
    return Counted(ordered, due)


def recount(deadline: Deadline, calendar: Calendar, terms: Sequence[Term] | None = None) -> Counted:
    """Count a stored clock again by the rules it began with."""
    held = terms_of(deadline) if terms is None else terms
    began = parse_start(deadline.started_at, deadline.name)
    return count(rules_of(deadline), began, calendar, held)


def rules_of(deadline: Deadline) -> tuple[Rule, ...]:
    """Return the rules that a clock goes by, the one that ends first before the others."""
    return tuple(restore(row) for row in (deadline.rule_row, *deadline.other_rules))


def terms_of(deadline: Deadline) -> tuple[Term, ...]:
    """Return what happened to a clock."""
    return tuple(read_term(row) for row in deadline.terms)


def revise(
    deadline: Deadline,
    counted: Counted,
    terms: Sequence[Term],
    reason: str,
    now: datetime,
    by: str | None = None,
) -> None:
    """Put a clock as it was counted into its row; what it was stands in its revisions.

    `by` is who acted, None where the clock or a letter did.
    """
    before = {
        "revised_at": now.isoformat(),
        "reason": reason,
        "by": by,
        "rule": deadline.rule,
        "started_at": deadline.started_at,
        "raw_due": deadline.raw_due.isoformat(),
        "due": deadline.due.isoformat(),
        "provisional": deadline.provisional,
        "calendar_version": deadline.calendar_version,
        "explanation": deadline.explanation,
    }
    deadline.revisions = [*deadline.revisions, before]
    deadline.terms = [term.as_json() for term in terms]
    for name, value in counted.columns().items():
        setattr(deadline, name, value)
