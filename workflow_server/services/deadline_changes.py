"""What diagrams do to a running clock: extend, pause, resume, exclude, restart, revise, add."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from workflow_server.errors import InvalidInput, InvalidState
from workflow_server.rules.deadline_sentences import date_zh
from workflow_server.rules.deadline_terms import Term, latest_extension
from workflow_server.rules.deadlines import Rule, shanghai_day
from workflow_server.services import deadline_alerts, deadlines, open_words, working_days
from workflow_server.services.deadline_counts import (
    Counted,
    count,
    recount,
    revise,
    rules_of,
    terms_of,
)
from workflow_server.services.deadline_rules import DeadlineRefused, find_all, parse_start
from workflow_server.services.deadlines import DeadlineNotRunning, facts_of
from workflow_server.services.due_days import today
from workflow_server.services.situation import Situation
from workflow_server.store import deadlines as store
from workflow_server.store.deadlines import Deadline, DeadlineStatus

if TYPE_CHECKING:
    from workflow_server.content.elements import DeadlineEffect

_MOST_DAYS = 9_999
_LONGEST_REASON = 500


class DeadlineNotExtendable(InvalidInput):
    """期限不能延长"""


class DeadlineNotPausable(InvalidInput):
    """期限不能中止"""


class DeadlineNotPaused(InvalidState):
    """期限未中止"""


class DeadlineNotExcludable(InvalidInput):
    """期限不能扣除"""


def apply(effect: DeadlineEffect, situation: Situation) -> None:
    """Do to a clock what a diagram asks."""
    if effect.operation == "start":
        deadlines.start(effect, situation)
        return
    shown = deadlines.shown_of(situation, effect.name)
    deadline = store.find(UUID(shown["id"])) if shown else None
    if deadline is None:
        raise _not_running(effect.name)
    _CHANGES[effect.operation](effect, situation, deadline)


def _stop(effect: DeadlineEffect, situation: Situation, deadline: Deadline) -> None:
    # Nothing more is awaited of one that has ended either: it stays as it was.
    if effect.ended_as is None:
        _check_open(deadline)
    deadlines.stop(effect.name, situation, met=effect.ended_as is None)


def _extend(effect: DeadlineEffect, situation: Situation, deadline: Deadline) -> None:
    until, by, reason = situation.feel([effect.until, effect.by, effect.reason])
    rule, *_ = rules_of(deadline)
    _check_extendable(deadline, rule, situation)
    began = parse_start(deadline.started_at, deadline.name)
    term = Term("extend", today(situation.now), _said(reason, situation), rule=rule.code)
    if effect.by is not None:
        (longer,) = find_all(by, began, situation)
        term = replace(term, by=longer)
    else:
        term = replace(term, until=_day(until, deadline))
    terms = (*terms_of(deadline), term)
    counted = recount(deadline, working_days.current(situation.now), terms)
    _check_extension(deadline, rule, counted, terms, situation)
    _change(deadline, counted, terms, f"延长：{term.reason}", situation)


def _check_extendable(deadline: Deadline, rule: Rule, situation: Situation) -> None:
    if not rule.extendable or rule.unit == "hour" or rule.direction == "backward":
        raise _not_extendable(deadline, "规则不允许延长", f"its rule '{rule.code}' does not let it")
    if deadline.status == DeadlineStatus.PAUSED:
        raise _not_extendable(deadline, "正在中止，请先恢复", "it is paused")
    if deadline.status != DeadlineStatus.RUNNING:
        raise _not_extendable(deadline, "已经办结或取消", f"it is {deadline.status}")
    if situation.now >= deadline.due_at:
        day = date_zh(deadline.due)
        raise _not_extendable(deadline, f"已于{day}届满", f"it ended on {deadline.due}")


def _check_extension(
    deadline: Deadline,
    rule: Rule,
    counted: Counted,
    terms: Sequence[Term],
    situation: Situation,
) -> None:
    """Refuse an extension that is none, and one beyond what its rule lets be decided."""
    if counted.due.raw <= deadline.raw_due:
        raise _not_extendable(
            deadline,
            f"延长后的届满日应晚于{date_zh(deadline.raw_due)}",
            f"{counted.due.raw} is not after {deadline.raw_due}",
        )
    began = shanghai_day(parse_start(deadline.started_at, deadline.name))
    latest = latest_extension(rule, began, working_days.current(situation.now), terms)
    if latest is not None and counted.due.raw > latest:
        raise _not_extendable(
            deadline, f"最迟可以延长至{date_zh(latest)}", f"{counted.due.raw} is after {latest}"
        )


def _pause(effect: DeadlineEffect, situation: Situation, deadline: Deadline) -> None:
    _check_running(deadline)
    (reason,) = situation.feel([effect.reason])
    rules = rules_of(deadline)
    if any(not rule.pausable or rule.unit == "hour" for rule in rules):
        raise _not_pausable(deadline, "规则不允许中止", "its rule does not let it")
    if situation.now >= deadline.due_at:
        raise _not_pausable(deadline, f"已于{date_zh(deadline.due)}届满", "it has ended")
    day = today(situation.now)
    term = Term("hold", day, _said(reason, situation), began=day)
    terms = (*terms_of(deadline), term)
    counted = recount(deadline, working_days.current(situation.now), terms)
    deadline.status = DeadlineStatus.PAUSED
    _change(deadline, counted, terms, f"中止：{term.reason}", situation)


def _resume(effect: DeadlineEffect, situation: Situation, deadline: Deadline) -> None:
    if deadline.status != DeadlineStatus.PAUSED:
        raise DeadlineNotPaused(
            f"期限“{deadline.label}”没有中止，无需恢复。"
            f" Expected deadline '{deadline.name}' to be paused, but it is {deadline.status}."
        )
    (reason,) = situation.feel([effect.reason])
    day = today(situation.now)
    terms = tuple(
        replace(term, ended=day) if term.kind == "hold" and term.ended is None else term
        for term in terms_of(deadline)
    )
    counted = recount(deadline, working_days.current(situation.now), terms)
    deadline.status = DeadlineStatus.RUNNING
    said = _said(reason, situation)
    _change(deadline, counted, terms, f"恢复：{said}" if said else "恢复", situation)


def _exclude(effect: DeadlineEffect, situation: Situation, deadline: Deadline) -> None:
    _check_running(deadline)
    days, began, ended, reason = situation.feel(
        [effect.days, effect.from_, effect.to, effect.reason]
    )
    if not any(rule.excludable or rule.pausable for rule in rules_of(deadline)):
        raise DeadlineNotExcludable(
            f"期限“{deadline.label}”的规则不允许扣除。"
            f" Expected a rule of '{deadline.name}' that lets days be excluded, but none does."
        )
    day = today(situation.now)
    term = Term("exclude", day, _said(reason, situation), days=_days(days, deadline))
    if effect.from_ is not None and effect.to is not None:
        first, last = _day(began, deadline), _day(ended, deadline)
        if not first <= last <= day:
            raise DeadlineRefused(
                f"扣除的期间有误：{first} 至 {last}。"
                f" Expected days from {first} to {last} that are past, but they are not."
            )
        term = replace(term, began=first, ended=last)
    terms = (*terms_of(deadline), term)
    counted = recount(deadline, working_days.current(situation.now), terms)
    _change(deadline, counted, terms, f"扣除：{term.reason}" if term.reason else "扣除", situation)


def _restart(effect: DeadlineEffect, situation: Situation, deadline: Deadline) -> None:
    """End a clock as cancelled and begin a new one in its place, with the same name.

    One that was met stays met: what changed has to be answered once more.
    """
    if deadline.status == DeadlineStatus.CANCELLED:
        raise _not_running(deadline.name)
    code, begins, label, amount, reason = situation.feel(
        [effect.rule, effect.start, effect.label, effect.amount, effect.reason]
    )
    began = parse_start(begins, effect.name)
    rules = _rules_anew(code, deadline, began, amount, situation)
    was = shanghai_day(parse_start(deadline.started_at, deadline.name))
    said = _said(reason, situation)
    term = Term("restart", today(situation.now), said, began=was)
    calendar = working_days.current(situation.now)
    counted = count(rules, began, calendar, [term])
    deadlines.stop(effect.name, situation, met=False, reason=f"变更：{said}" if said else "变更")
    deadlines.put(
        Deadline(
            organisation_id=deadline.organisation_id,
            instance_id=deadline.instance_id,
            element_id=situation.visit.element_id,
            record_id=deadline.record_id,
            name=deadline.name,
            label=_said(label, situation) or deadline.label,
            started_at=begins,
            stop_on=list(deadline.stop_on),
            opened_at=situation.now,
            copy_to_id=deadline.copy_to_id,
            terms=[term.as_json()],
            **counted.columns(),
        ),
        calendar,
        situation,
    )


def _revise(effect: DeadlineEffect, situation: Situation, deadline: Deadline) -> None:
    """Count a clock from a corrected start; one that was met may turn out late, or in time."""
    if deadline.status == DeadlineStatus.CANCELLED:
        raise _not_running(deadline.name)
    begins, reason = situation.feel([effect.start, effect.reason])
    began = parse_start(begins, effect.name)
    rules = rules_of(deadline)
    is_back = rules[0].direction == "backward"
    if not is_back and shanghai_day(began) > today(situation.now):
        raise DeadlineRefused(
            f"更正后的起算日{date_zh(shanghai_day(began))}还没有到。"
            f" Expected a corrected start of '{deadline.name}' that is past, but got {begins}."
        )
    was = shanghai_day(parse_start(deadline.started_at, deadline.name))
    said = _said(reason, situation)
    terms = (*terms_of(deadline), Term("revise", today(situation.now), said, began=was))
    rules = tuple(_rules_anew(None, deadline, began, None, situation))
    counted = count(rules, began, working_days.current(situation.now), terms)
    _change(deadline, counted, terms, f"起算日更正：{said}", situation, started_at=begins)
    if deadline.stopped_at is not None:
        in_time = deadline.stopped_at < deadline.due_at
        deadline.status = DeadlineStatus.MET if in_time else DeadlineStatus.MET_LATE
        situation.variables["deadlines"][deadline.name] = facts_of(deadline)


def _add(effect: DeadlineEffect, situation: Situation, deadline: Deadline) -> None:
    """Let one more rule apply to a running clock: the earliest end counts."""
    _check_open(deadline)
    code, amount, reason = situation.feel([effect.rule, effect.amount, effect.reason])
    began = parse_start(deadline.started_at, deadline.name)
    rules = rules_of(deadline)
    known = {rule.code for rule in rules}
    more = [each for each in find_all(code, began, situation, amount) if each.code not in known]
    if not more:
        return
    said = _said(reason, situation)
    names = "、".join(rule.label or rule.code for rule in more)
    term = Term("add", today(situation.now), said, rule=names)
    terms = (*terms_of(deadline), term)
    counted = count((*rules, *more), began, working_days.current(situation.now), terms)
    _change(deadline, counted, terms, f"一并适用{names}", situation)


_CHANGES: Mapping[str, Callable[[DeadlineEffect, Situation, Deadline], None]] = {
    "stop": _stop,
    "extend": _extend,
    "pause": _pause,
    "resume": _resume,
    "exclude": _exclude,
    "restart": _restart,
    "revise": _revise,
    "add": _add,
}


def _change(
    deadline: Deadline,
    counted: Counted,
    terms: Sequence[Term],
    reason: str,
    situation: Situation,
    started_at: str | None = None,
) -> None:
    by = None if situation.actor is None else situation.actor.name
    revise(deadline, counted, terms, reason, situation.now, by)
    if started_at is not None:
        deadline.started_at = started_at
    deadline_alerts.drop(deadline, situation.now)
    if deadline.status == DeadlineStatus.RUNNING:
        ladder = situation.content.shared.alerts
        calendar = working_days.current(situation.now)
        deadline_alerts.enqueue_next(deadline, ladder, calendar, situation.now)
    deadline_alerts.tell(deadline, reason, situation.now)
    situation.variables["deadlines"][deadline.name] = facts_of(deadline)


def _rules_anew(
    code: Any, deadline: Deadline, began: Any, amount: Any, situation: Situation
) -> list[Rule]:
    """Return the rules in force on another first day; a period that the case set stays set."""
    if code is not None:
        return find_all(code, began, situation, amount)
    found = []
    for rule in rules_of(deadline):
        given = rule.amount if amount is None and (rule.min_amount or rule.max_amount) else amount
        found += find_all(rule.code, began, situation, given)
    return found


def _check_open(deadline: Deadline) -> None:
    if deadline.status not in deadlines.OPEN:
        raise _not_running(deadline.name)


def _check_running(deadline: Deadline) -> None:
    if deadline.status != DeadlineStatus.RUNNING:
        raise _not_running(deadline.name)


def _not_running(name: str) -> DeadlineNotRunning:
    return DeadlineNotRunning(
        f"期限“{name}”未在计算中。 Expected deadline '{name}' to run, but it does not."
    )


def _not_extendable(deadline: Deadline, why: str, but: str) -> DeadlineNotExtendable:
    return DeadlineNotExtendable(
        f"期限“{deadline.label}”不能延长：{why}。"
        f" Expected to extend deadline '{deadline.name}', but {but}."
    )


def _not_pausable(deadline: Deadline, why: str, but: str) -> DeadlineNotPausable:
    return DeadlineNotPausable(
        f"期限“{deadline.label}”不能中止：{why}。"
        f" Expected to pause deadline '{deadline.name}', but {but}."
    )


def _said(text: Any, situation: Situation) -> str:
    return open_words.masked(str(text).strip()[:_LONGEST_REASON], situation) if text else ""


def _day(value: Any, deadline: Deadline) -> date:
    return shanghai_day(parse_start(value, deadline.name))


def _days(value: Any, deadline: Deadline) -> int:
    if value is None:
        return 0
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not 0 < value <= _MOST_DAYS or value != int(value):
        raise DeadlineRefused(
            f"期限“{deadline.label}”扣除的天数有误：{value!r:.40}。"
            f" Expected days to exclude from '{deadline.name}', but got {value!r:.40}."
        )
    return int(value)
