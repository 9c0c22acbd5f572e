"""The engine as one side of a game: every act goes through bytes, as in the server."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from tests.fuzzing.model import Diagram
from tests.fuzzing.world import CodedFault, World
from tests.fuzzing.writing import write
from workflow_server.engine import runtime
from workflow_server.engine.definitions import Definition, parse, restore
from workflow_server.engine.steps import BusinessError, Step, Visit

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)


class Host:
    """Does what the world says, and notes what ended a waiting."""

    shared = frozenset(["common"])

    def __init__(self, diagram: Diagram, world: World, called: bool) -> None:
        self.diagram = diagram
        self.world = world
        self.is_called = called

    def _work(self, call: str, visit: Visit) -> None:
        looped = self.diagram.elements[visit.element_id].loop is not None
        self.world.work(call, visit.element_id, visit.type, looped)

    def enter(self, visit: Visit, variables: dict[str, Any]) -> None:
        self._work("enter", visit)

    def perform(self, visit: Visit, variables: dict[str, Any]) -> None:
        try:
            self._work("perform", visit)
        except CodedFault as fault:
            raise BusinessError(fault.code, str(fault)) from fault

    def leave(self, visit: Visit, variables: dict[str, Any]) -> None:
        self._work("leave", visit)
        self.world.note(variables.get("this"), variables)

    def evaluate(self, expressions: Sequence[str], variables: dict[str, Any]) -> list[Any]:
        return [self.world.value(expression, variables) for expression in expressions]


class EngineSide:
    """One instance; what is open is kept from the steps alone, as the server keeps it."""

    def __init__(
        self, diagram: Diagram, world: World, variables: dict[str, Any], called: bool = False
    ) -> None:
        parsed = parse({"bpmn/fuzz.bpmn": write(diagram)})[0]
        self.definition: Definition = restore(parsed.compiled)
        self.host = Host(diagram, world, called)
        self.world = world
        self.variables = variables
        self.state = b""
        self.tasks: dict[UUID, str] = {}
        self.waits: dict[UUID, runtime.Wait] = {}
        self.incidents: dict[UUID, str] = {}
        self.step: Step

    @property
    def now(self) -> datetime:
        return NOW + timedelta(minutes=self.world.turn)

    def _act(self, act: Callable[..., Step], *arguments: Any, **more: Any) -> None:
        step = act(
            self.definition, self.state, self.variables, *arguments, self.now, self.host, **more
        )
        self._took(step)

    def _took(self, step: Step) -> None:
        self.step, self.state, self.variables = step, step.state, step.variables
        for task in step.closed:
            del self.tasks[task.id]
        for wait_id in step.waits_closed:
            del self.waits[wait_id]
        for visit_id in step.incidents_resolved:
            del self.incidents[visit_id]
        for failure in step.incidents:
            self.incidents.pop(failure.visit_id, None)
        self.tasks |= {task.id: task.element_id for task in step.opened}
        self.waits |= {wait.id: wait for wait in step.waits_opened}
        self.incidents |= {failure.visit_id: failure.element_id for failure in step.incidents}

    def _wait(self, element: str, k: int) -> UUID:
        return [i for i, wait in self.waits.items() if wait.element_id == element][k]

    def start(self, element: str, payload: dict[str, Any] | None) -> None:
        self._took(
            runtime.start(
                self.definition,
                self.variables,
                self.now,
                self.host,
                element_id=element,
                payload=payload,
            )
        )

    def complete(self, element: str, k: int, answers: dict[str, Any]) -> None:
        task = [i for i, name in self.tasks.items() if name == element][k]
        self._act(runtime.complete_task, task, answers)

    def deliver(self, element: str, k: int, payload: dict[str, Any]) -> None:
        self._act(runtime.correlate, self._wait(element, k), payload)

    def ring(self, element: str, k: int) -> None:
        self._act(runtime.fire_timer, self._wait(element, k))

    def retry(self, element: str, k: int) -> None:
        visit = [i for i, name in self.incidents.items() if name == element][k]
        self._act(runtime.retry, visit)
