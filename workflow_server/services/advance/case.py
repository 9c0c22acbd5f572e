"""One instance on the move: every kind of step, and how it is written down."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property, partial
from typing import Any
from uuid import UUID

from workflow_server.content.content import Content
from workflow_server.content.elements import ProcessExtensions
from workflow_server.engine import runtime
from workflow_server.engine.definitions import Definition
from workflow_server.engine.runtime import Step
from workflow_server.errors import InvalidState
from workflow_server.events import Event
from workflow_server.services import definition_cache, effects, handovers, history, jobs, unclaimed
from workflow_server.services.actors import Actor
from workflow_server.services.advance import assignments, standings, waits
from workflow_server.services.advance.host import House, organisation_context
from workflow_server.services.advance.moved import Moved, NextTask
from workflow_server.services.handovers import Handover
from workflow_server.store import incidents, offers, process_instances, subscriptions, tasks
from workflow_server.store.history import Act
from workflow_server.store.process_instances import InstanceStatus, Locked
from workflow_server.store.types import new_id


class InstanceNotRunning(InvalidState):
    """流程实例未在运行"""


#: What else follows from a step for other instances, with what its case is marked with anew;
#: returns tasks that it opened there. The package fills it.
FOLLOW: list[Callable[[Case, Step, dict[str, Any]], tuple[NextTask, ...]]] = []


class Case:
    """An instance under its lock, with its definition and content, and who moves it when."""

    def __init__(self, locked: Locked, actor: Actor | None, now: datetime, relays: int = 0) -> None:
        self.instance = locked.instance
        self.definition = locked.definition
        self.actor = actor
        self.now = now
        #: How many signals and called cases, one after the other, led here without a person,
        #: a letter or the clock.
        self.relays = relays
        #: What the things picked in the answers at hand are called, by id.
        self.picked: dict[str, str] = {}
        self.house = House(
            locked.instance,
            locked.definition,
            organisation_context(locked.organisation),
            self.content,
            self.process,
            actor,
            now,
            is_called=locked.instance.parent_id is not None,
        )

    @cached_property
    def content(self) -> Content:
        """The content of the deployment that the instance runs."""
        return definition_cache.content_of(self.definition.deployment_id)

    @property
    def process(self) -> ProcessExtensions:
        """What the diagram says beyond BPMN."""
        return self.content.processes[self.definition.key]

    @property
    def engine(self) -> Definition:
        """What the engine runs."""
        return definition_cache.engine_of(self.definition.id)

    def context(self) -> dict[str, Any]:
        """Return what expressions outside any element may read."""
        return self.house.context(self.instance.variables)

    @property
    def calls(self) -> bool:
        """Tell whether its diagram calls other processes at all."""
        return self.process.calls

    def beside(self, locked: Locked) -> Case:
        """Return another instance, moved by the same person at the same moment."""
        return Case(locked, self.actor, self.now, self.relays)

    def variables_at(self, visit_id: UUID) -> dict[str, Any]:
        """Return what an open task or wait sees: its iteration's variables come first."""
        held, state = self.instance.variables, self.instance.state
        if state is None:
            return held
        frame = runtime.frame(self.engine, state, visit_id, self.now)
        return runtime.overlaid(held, frame) if frame else held

    def check_running(self) -> None:
        """Refuse to move an instance that has ended or is held."""
        if self.instance.status == InstanceStatus.SUSPENDED:
            raise jobs.OnHold(
                "流程已暂停，恢复后才能继续办理。"
                " Expected a running process instance, but it is suspended."
            )
        if self.instance.status != InstanceStatus.RUNNING:
            raise InstanceNotRunning(
                "流程已结束或已暂停，不能再办理。"
                f" Expected a running process instance, but it is {self.instance.status}."
            )

    def start(
        self, element_id: str | None, payload: dict[str, Any] | None, act: Act,
        asked: history.Asked | None = None, given: dict[str, Any] | None = None,
    ) -> Moved:  # fmt: skip
        """Begin at a start event; `payload` are its answers or its message, `given` first facts."""
        step = runtime.start(
            self.engine,
            self._variables(given or {}),
            self.now,
            self.house,
            element_id=element_id,
            payload=payload,
        )
        return self.write(step, act, asked)

    def complete_task(
        self, task: tasks.TaskInHand, answers: dict[str, Any], act: Act, asked: history.Asked | None
    ) -> Moved:
        """Go on from a task that a person has done; the row of the task is already closed."""
        step = self._step(runtime.complete_task, task.id, answers)
        self._separate(task.element_id, task.completed_by, step)
        return self.write(step, act, asked)

    def correlate(self, wait_id: UUID, payload: dict[str, Any], act: Act) -> Moved:
        """Go on from a message that was waited for."""
        return self.write(self._step(runtime.correlate, wait_id, payload), act)

    def cause(
        self, wait_id: UUID, element_id: str, answers: dict[str, Any], act: Act,
        asked: history.Asked | None,
    ) -> Moved:  # fmt: skip
        """Go on from an event that a person has made happen."""
        doer = self.actor.person_id if self.actor is not None else None
        self.house.doing = (element_id, doer) if doer is not None else None
        step = self._step(runtime.cause, wait_id, answers)
        self._separate(element_id, doer, step)
        return self.write(step, act, asked)

    def fire_timer(self, wait_id: UUID, act: Act, due: datetime | None = None) -> Moved:
        """Go on from a timer that was due at a moment."""
        return self.write(self._step(partial(runtime.fire_timer, due=due), wait_id), act)

    def signal(self, name: str, act: Act) -> Moved:
        """Go on from a signal that is waited for."""
        return self.write(self._step(runtime.signal, name), act)

    def end_call(self, wait_id: UUID, result: dict[str, Any], act: Act) -> Moved:
        """Go on from a call activity whose process has ended."""
        return self.write(self._step(runtime.end_call, wait_id, result), act)

    def raise_in_call(self, wait_id: UUID, code: str, message: str, act: Act) -> Moved:
        """Go on from a call activity whose process has ended with an error."""
        return self.write(self._step(runtime.raise_in_call, wait_id, code, message), act)

    def escalate_in_call(self, wait_id: UUID, code: str, act: Act) -> Moved:
        """Let an escalation of a called process be heard."""
        return self.write(self._step(runtime.escalate_in_call, wait_id, code), act)

    def retry(self, visit_id: UUID, act: Act, asked: history.Asked | None = None) -> Moved:
        """Try an element again where an incident stands."""
        return self.write(self._step(runtime.retry, visit_id), act, asked)

    def skip(self, visit_id: UUID, act: Act, asked: history.Asked | None = None) -> Moved:
        """Go on from an element where an incident stands as if it were done."""
        return self.write(self._step(runtime.skip, visit_id), act, asked)

    def move(
        self,
        visit_id: UUID,
        target: str,
        besides: Sequence[UUID],
        act: Act,
        asked: history.Asked | None,
    ) -> Moved:
        """Take a token off its element and put it on another one."""
        call = partial(runtime.move, besides=besides)
        return self.write(self._step(call, visit_id, target), act, asked)

    def edit(self, variables: dict[str, Any], act: Act, asked: history.Asked | None) -> Moved:
        """Go on with variables that a person has set."""
        self.instance.variables = variables
        return self.write(self._step(runtime.edit), act, asked)

    def cancel(self, act: Act, asked: history.Asked | None = None) -> Moved:
        """End the instance before its time, held or not, with all that is open in it."""
        state = self.instance.state
        if state is None:
            self.check_running()
        assert state is not None
        variables = self._variables(self.instance.variables)
        step = runtime.cancel(self.engine, state, variables, self.now, self.house)
        return self.write(step, act, asked, ended_as=InstanceStatus.CANCELLED)

    def note(self, act: Act, asked: history.Asked | None, answer: Any = None) -> None:
        """Write down an act that moves nothing, with the answer that a repetition gets."""
        if asked is not None:
            act = asked.answered(act, answer or {})
        process_instances.save(self.instance, history.append(self.instance, act))

    def _step(self, call: Callable[..., Step], *arguments: Any) -> Step:
        self.check_running()
        state = self.instance.state
        assert state is not None
        variables = self._variables(self.instance.variables)
        return call(self.engine, state, variables, *arguments, self.now, self.house)

    def _variables(self, held: dict[str, Any]) -> dict[str, Any]:
        # A name stands as it was on the day of the choice, whatever becomes of it later.
        return {**held, "names": held.get("names", {}) | self.picked} if self.picked else held

    def write(
        self,
        step: Step,
        act: Act,
        asked: history.Asked | None = None,
        ended_as: str = InstanceStatus.COMPLETED,
    ) -> Moved:
        """Write a step down, then go on with messages that came before their time."""
        if step.ended:
            self._end(step)
        opened = self._write_tasks(step)
        self._write_incidents(step)
        arrived = waits.write(self.house, step)
        status = ended_as if step.ended else InstanceStatus.RUNNING
        before = (self.instance.secrecy, self.instance.minor)
        marked, told = standings.follow(self.house, step.variables)
        for follow in FOLLOW:
            opened += follow(self, step, marked)
        moved = Moved(status, opened)
        if self.house.touched:
            told = {**told, "records": list(self.house.touched)}
        act = replace(act, data={**(act.data or {}), **_moves(step), **told})
        if asked is not None:
            answer = {"instance_id": str(self.instance.id), **moved.as_json()}
            act = asked.answered(act, answer)
        process_instances.save(
            self.instance,
            {**self._values(step, status), **marked, **history.append(self.instance, act)},
        )
        if standings.is_stricter(marked, before):
            handovers.give_back_kept_from(
                self.instance, Handover(self.actor, "restricted", self.now)
            )
        self.take(arrived)
        if step.ended:
            unclaimed.look_after(self.instance.id, self.instance.organisation_id, self.now)
        return moved

    def take(self, arrived: list[waits.Early]) -> None:
        """Go on from messages that had come before anybody waited for them.

        Of several that an event gateway waits for, the first takes the others' place, and may
        end the instance. A message is used once: it is settled before it moves anything, and
        who else waits in its conversation gets the next one, if there is one.
        """
        for wait_id, found in arrived:
            if self.instance.status != InstanceStatus.RUNNING:
                return
            kind, conversation = found.message_type, found.conversation
            host = self.instance.organisation_id
            message = subscriptions.find_early(kind, conversation, host)
            if message is None or subscriptions.find_open(wait_id) is None:
                continue
            data = {"message": kind, "conversation": conversation}
            act = Act(at=self.now, act=Event.MESSAGE_CORRELATED, data=data)
            payload = message.payload or {}
            subscriptions.settle(message.id, self.instance.id)
            self.correlate(wait_id, payload, act)
            unclaimed.claim(message.id, self.instance.id, self.now)

    def _end(self, step: Step) -> None:
        moved = [move.element_id for move in step.moves] or list(self.process.elements)
        last = self.process.elements[moved[-1]]
        effects.end(self.house.situation_at(last, step.variables))

    def _values(self, step: Step, status: str) -> dict[str, Any]:
        values: dict[str, Any] = {
            "state": None if step.ended else step.state,
            "variables": step.variables,
            "status": status,
        }
        if step.ended:
            values["ended_at"] = self.now
        if self.house.outcome is not None:
            values["outcome"], values["outcome_label"] = self.house.outcome
        if step.error is not None:
            values["outcome"], values["outcome_label"] = "error", step.error[0]
        key = step.variables.get(effects.BUSINESS_KEY)
        if isinstance(key, str) and key != self.instance.business_key:
            values["business_key"] = key
        return values

    def _write_tasks(self, step: Step) -> tuple[NextTask, ...]:
        cancelled = [closed.id for closed in step.closed if closed.reason == "cancelled"]
        if cancelled:
            tasks.cancel(cancelled, self.now)
        if not step.opened:
            return ()
        rows = [self._task_row(opened) for opened in step.opened]
        tasks.add_all(rows)
        offers.exclude_from_new(assignments.rows_for_excluded(step.opened, self.house.assignments))
        offers.offer(assignments.rows_for_offered(step.opened, self.house.assignments))
        return tuple(self._next_task(row) for row in rows)

    def _next_task(self, row: dict[str, Any]) -> NextTask:
        choice = self.house.assignments[row["id"]].choice
        return NextTask(
            row["id"],
            row["element_id"],
            row["name"],
            row["organisation_id"],
            row["role"],
            row["assignee_id"],
            frozenset(choice.offered_ids),
            frozenset(choice.excluded),
        )

    def _task_row(self, opened: runtime.OpenTask) -> dict[str, Any]:
        assigned = self.house.assignments[opened.id]
        return {
            "id": opened.id,
            "instance_id": self.instance.id,
            "organisation_id": self.instance.organisation_id,
            "element_id": opened.element_id,
            "name": opened.name or opened.element_id,
            "role": assigned.choice.role,
            "assignee_id": assigned.choice.assignee_id,
            "due_on": assigned.due_on,
            "created_at": self.now,
        }

    def _write_incidents(self, step: Step) -> None:
        if step.incidents_resolved:
            person = self.actor.person_id if self.actor is not None else None
            incidents.resolve_visits(self.instance.id, step.incidents_resolved, person, self.now)
        incidents.add_all(
            [
                {
                    "id": new_id(),
                    "instance_id": self.instance.id,
                    "element_id": failure.element_id,
                    "visit_id": failure.visit_id,
                    "message": failure.message,
                    "raised_at": self.now,
                }
                for failure in step.incidents
            ]
        )

    def _separate(self, element_id: str, doer: UUID | None, step: Step) -> None:
        """Keep who did this from tasks, already open, that must be another's."""
        others = self.process.kept_from_doers_of(element_id)
        if doer is not None and not step.still_at.isdisjoint(others):
            still_open = tasks.list_open_at(self.instance.id, others)
            if still_open:
                offers.exclude([(each, doer, others[element]) for each, element in still_open])
                # What they have begun to write is not for the next one.
                handover = Handover(self.actor, "duties_separate", self.now, keep_draft=False)
                ids = [each for each, _ in still_open]
                handovers.give_back_tasks(self.instance, ids, doer, handover)


def _moves(step: Step) -> dict[str, list[str]]:
    """Return what tokens have left, as the history keeps it; where they are is in the store."""
    moves: dict[str, list[str]] = {}
    for move in step.moves:
        if move.kind != "entered":
            moves.setdefault(move.kind, []).append(move.element_id)
    return moves
