"""Schedules: processes that the clock starts, in every organisation that may host them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from workflow_server import feel
from workflow_server.config import CHINA
from workflow_server.engine.definitions import Definition
from workflow_server.engine.texts import is_cycle, next_cycle
from workflow_server.services import definition_cache, jobs
from workflow_server.services.advance import due, starts
from workflow_server.store import incidents, organisations, process_definitions
from workflow_server.store import jobs as job_rows
from workflow_server.store.process_definitions import ProcessDefinition

RING = "start_timer"
#: So many rings that were over before a schedule was deployed are counted off one by one.
_MOST_PASSED = 20_000
_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Schedule:
    """A timer at the start of a process, as drawn."""

    process: str
    element_id: str
    kind: str
    text: str


def follow(previous_id: UUID | None, deployed: Sequence[Definition], now: datetime) -> None:
    """Let the clock start what a deployment says, in the transaction that writes it.

    A schedule that was drawn alike before goes on as it was: to deploy again restarts none.
    """
    wanted = {each for definition in deployed for each in _schedules_of(definition)}
    for job in job_rows.list_undone(RING):
        if _read(job.payload) not in wanted:
            job_rows.remove(job.id)
            incidents.resolve_job(job.id, None, now)
    known = set(_before(previous_id, {each.process for each in wanted}))
    for schedule in sorted(wanted - known, key=lambda each: (each.process, each.element_id)):
        _begin(schedule, now)


def _schedules_of(definition: Definition) -> Iterator[Schedule]:
    for start in definition.timer_starts:
        yield Schedule(definition.key, start.element_id, *start.timer)


def _before(previous_id: UUID | None, keys: set[str]) -> Iterator[Schedule]:
    for key in keys if previous_id is not None else ():
        row = process_definitions.find_of_deployment(previous_id, key) if previous_id else None
        if row is not None:
            yield from _schedules_of(definition_cache.engine_of(row.id))


def _read(payload: Mapping[str, Any]) -> Schedule:
    return Schedule(payload["process"], payload["element_id"], payload["kind"], payload["text"])


def _begin(schedule: Schedule, now: datetime) -> None:
    """Plan the first ring that is still to come; what was over before the deployment is over."""
    text: Any = schedule.text
    if text.startswith("="):
        today = {"today": now.astimezone(CHINA).date().isoformat()}
        text = feel.evaluate(text[1:], today, now=now)
    if schedule.kind == "cycle" and not (isinstance(text, str) and is_cycle(text)):
        raise due.TimerUnreadable(
            f"“{schedule.element_id}”的循环定时无法识别。"
            f" Expected a cycle at '{schedule.element_id}', but it is {text!r:.80}."
        )
    left: str | None = text
    moment = due.of_timer(schedule.kind, text, now)
    for _ in range(_MOST_PASSED):
        if moment > now or left is None:
            break
        left = next_cycle(left) if schedule.kind == "cycle" else None
        if left is not None:
            moment = max(due.of_timer(schedule.kind, left, now, moment), moment + _MOMENT)
    if left is not None:
        _plan(schedule, left, moment, now)


def _plan(schedule: Schedule, left: str, moment: datetime, now: datetime) -> None:
    jobs.enqueue(
        RING,
        {
            "process": schedule.process,
            "element_id": schedule.element_id,
            "kind": schedule.kind,
            "text": schedule.text,
            "left": left,
            "due": moment.isoformat(),
        },
        now=now,
        # What was missed waits its turn: due earlier, it would go before all other work.
        due_at=max(moment, now),
        in_line=False,
    )


@jobs.handles(RING)
def ring(payload: Mapping[str, Any], now: datetime) -> jobs.WriteDown:
    """Let a schedule start its process everywhere, and plan its next ring."""
    return lambda: _ring(payload, now)


def _ring(payload: Mapping[str, Any], now: datetime) -> None:
    schedule, moment = _read(payload), datetime.fromisoformat(payload["due"])
    definition = process_definitions.find_newest(schedule.process)
    if definition is None:
        return
    _start_everywhere(definition, schedule, moment, now)
    left = next_cycle(payload["left"]) if schedule.kind == "cycle" else None
    if left is not None:
        _plan(schedule, left, due.of_timer("cycle", left, now, moment), now)


def _start_everywhere(
    definition: ProcessDefinition, schedule: Schedule, moment: datetime, now: datetime
) -> None:
    data = {"due": moment.isoformat()}
    for host_id in organisations.list_hosts(definition.party):
        starts.plan(definition, schedule.element_id, host_id, data, now)
