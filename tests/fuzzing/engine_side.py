"""The engine as one side of a game: every act goes through bytes, as in the server."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from tests.fuzzing.model import WORK, Diagram
from tests.fuzzing.places import Place, Places
from tests.fuzzing.reference_side import SEEN
from tests.fuzzing.world import CodedFault, World
from tests.fuzzing.writing import write
from workflow_server.engine import repairs, runtime
from workflow_server.engine.definitions import Definition, parse, process_of, restore
from workflow_server.engine.steps import BusinessError, Step, Visit
from workflow_server.engine.tokens import ENTERED, LEFT, PERFORMED, Token, load

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)


def compiled(diagram: Diagram) -> Definition:
    """Return the definition of a diagram, as it comes out of the store; made once."""
    if diagram.compiled is None:
        diagram.compiled = parse({"bpmn/fuzz.bpmn": write(diagram)})[0].compiled
    return restore(diagram.compiled)


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
        self.definition = compiled(diagram)
        self.host = Host(diagram, world, called)
        self.world = world
        self.variables = variables
        self.state = b""
        self.tasks: dict[UUID, str] = {}
        self.waits: dict[UUID, runtime.Wait] = {}
        self.incidents: dict[UUID, str] = {}
        self.since: dict[UUID, int] = {}
        self.step: Step

    @property
    def now(self) -> datetime:
        return NOW + timedelta(minutes=self.world.turn)

    def _act(self, act: Callable[..., Step], *arguments: Any, **more: Any) -> None:
        given = (self.definition, self.state, self.variables, *arguments)
        self._took(act(*given, self.now, self.host, **more))

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
        opened = [*step.opened, *step.waits_opened]
        began = [*(each.id for each in opened), *(each.visit_id for each in step.incidents)]
        self.since |= dict.fromkeys(began, self.world.turn)
        self.tasks |= {task.id: task.element_id for task in step.opened}
        self.waits |= {wait.id: wait for wait in step.waits_opened}
        self.incidents |= {failure.visit_id: failure.element_id for failure in step.incidents}

    def _wait(self, element: str, k: int) -> UUID:
        return [i for i, wait in self.waits.items() if wait.element_id == element][k]

    def waited(self) -> list[tuple[str, str, str | None, int | None]]:
        return [
            (wait.element_id, wait.kind, wait.name, _rounds(wait.timer))
            for wait in self.waits.values()
        ]

    def frames(self, most: int) -> list[dict[str, Any]]:
        seen = []
        for task in list(self.tasks)[:most]:
            frame = runtime.frame(self.definition, self.state, task, self.now)
            view = runtime.overlaid(self.variables, frame)
            seen.append({name: view.get(name) for name in SEEN})
        return seen

    def places(self) -> Places:
        instance = load(process_of(self.definition), self.state, self.now)
        return Places(self._place(token, instance.live) for token in instance.live.values())

    def _place(self, token: Token, live: dict[UUID, Token]) -> Place:
        hangs = token.anchor in live
        offer = None if hangs else token.anchor
        around = token.anchor if hangs else token.scope
        return Place(token.id, around, self._about(token), offer)

    def _about(self, token: Token) -> tuple[object, ...]:
        node, spec = token.task_spec.node, token.task_spec
        frame = token.local or {}
        about = (node.id, *(frame.get(name) for name in SEEN))
        if spec.joins and not token.fired:
            return (*about, "join", token.flow)
        if token.id in self.incidents:
            entered, done = token.phase >= ENTERED, node.type in WORK and token.phase >= PERFORMED
            since = self.since[token.id]
            return (*about, "incident", since, entered, done, token.told or token.phase >= LEFT)
        if token.id in self.tasks or token.id in self.waits:
            return (*about, "open", self.since[token.id])
        return about

    def candidates(self, act: str, first: str) -> list[tuple[UUID, str]]:
        """Return what an act may be about, and where; of a move, those of what it moves."""
        kind = {"complete": "task", "retry": "incident", "skip": "incident"}.get(act, "wait")
        return list(self._open(first if act == "move" else kind).items())

    def _open(self, kind: str) -> dict[UUID, str]:
        """Return tasks, incidents or waits, and where they are."""
        waits = {i: wait.element_id for i, wait in self.waits.items()}
        return {"task": self.tasks, "incident": self.incidents, "wait": waits}[kind]

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

    def signal(self, name: str) -> None:
        self._act(runtime.signal, name)

    def answer_call(self, element: str, k: int, variables: dict[str, Any]) -> None:
        self._act(runtime.end_call, self._wait(element, k), variables)

    def fail_call(self, element: str, k: int, code: str) -> None:
        self._act(runtime.raise_in_call, self._wait(element, k), code, f"{code} raised")

    def escalate_call(self, element: str, k: int, code: str) -> None:
        self._act(runtime.escalate_in_call, self._wait(element, k), code)

    def skip(self, element: str, k: int) -> None:
        visit = [i for i, name in self.incidents.items() if name == element][k]
        self._act(repairs.skip, visit)

    def edit(self, values: dict[str, Any]) -> None:
        variables = self.variables | values
        self._took(repairs.edit(self.definition, self.state, variables, self.now, self.host))

    def move(self, where: str, element: str, k: int, target: str) -> None:
        """Move what is open, waits or has failed; MoveRefused leaves everything as it is."""
        visit = [i for i, name in self._open(where).items() if name == element][k]
        self._act(repairs.move, visit, target)


def _rounds(timer: tuple[str, str] | None) -> int | None:
    """Return how often a cycle still rings."""
    if timer is None or timer[0] != "cycle":
        return None
    times = timer[1].partition("/")[0].removeprefix("R")
    return int(times) if times else None
