"""Writes BPMN from a few lines of Python, for tests and benchmarks."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from xml.sax.saxutils import escape, quoteattr

from workflow_server.engine import runtime
from workflow_server.engine.definitions import Definition, parse
from workflow_server.engine.runtime import Step, Visit

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:wf="urn:workflow-server:bpmn:1" '
    'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" '
    'id="defs" targetNamespace="http://example.org/test">\n'
)


def attributes(**values: Any) -> str:
    """Write XML attributes, leaving out those that are None."""
    return "".join(f" {k}={quoteattr(str(v))}" for k, v in values.items() if v is not None)


class Process:
    """One process, drawn element by element; every method returns the process."""

    def __init__(self, key: str = "p", executable: str | None = "true") -> None:
        self.key = key
        self.executable = executable
        self._parts: list[str] = []
        self._messages: dict[str, str] = {}
        self._declared: dict[str, str] = {}
        self._count = 0

    # elements

    def element(self, kind: str, id: str, inner: str = "", **more: Any) -> Process:
        """Draw any element of BPMN."""
        self._parts.append(f"<bpmn:{kind}{attributes(id=id, **more)}>{inner}</bpmn:{kind}>")
        return self

    def start(self, id: str = "start", message: str | None = None) -> Process:
        return self.element("startEvent", id, self._message(message))

    def end(self, id: str = "end", message: str | None = None, terminate: bool = False) -> Process:
        inner = "<bpmn:terminateEventDefinition/>" if terminate else self._message(message)
        return self.element("endEvent", id, inner)

    def user(self, *ids: str) -> Process:
        for id in ids:
            self.element("userTask", id, name=f"do {id}")
        return self

    def service(self, *ids: str) -> Process:
        for id in ids:
            self.element("serviceTask", id)
        return self

    def send(self, id: str, message: str) -> Process:
        return self.element("sendTask", id, messageRef=self._ref(message))

    def receive(self, id: str, message: str) -> Process:
        return self.element("receiveTask", id, messageRef=self._ref(message))

    def xor(self, *ids: str, default: str | None = None) -> Process:
        for id in ids:
            self.element("exclusiveGateway", id, default=default)
        return self

    def parallel(self, *ids: str) -> Process:
        for id in ids:
            self.element("parallelGateway", id)
        return self

    def event_gateway(self, id: str) -> Process:
        return self.element("eventBasedGateway", id)

    def catch(self, id: str, message: str | None = None, timer: str | None = None) -> Process:
        inner = self._timer(timer) if timer else self._message(message)
        return self.element("intermediateCatchEvent", id, inner)

    def throw(self, id: str, message: str | None = None) -> Process:
        return self.element("intermediateThrowEvent", id, self._message(message))

    def boundary(
        self,
        id: str,
        on: str,
        message: str | None = None,
        timer: str | None = None,
        interrupting: bool = True,
    ) -> Process:
        inner = self._timer(timer) if timer else self._message(message)
        cancel = "true" if interrupting else "false"
        return self.element("boundaryEvent", id, inner, attachedToRef=on, cancelActivity=cancel)

    def sub(self, id: str, inner: Process, **more: Any) -> Process:
        """Draw an embedded subprocess."""
        return self.element("subProcess", id, self.inside(inner), **more)

    def inside(self, inner: Process, mark: str = "") -> str:
        """Return what another process holds, to be drawn in an element of this one."""
        self._messages |= inner._messages
        self._declared |= inner._declared
        return mark + "\n".join(inner._parts)

    def about(self, event: str, text: str | None = None) -> str:
        """Return an event definition: its kind, and its name, code, condition or time."""
        if event == "none":
            return ""
        if event == "message":
            return self._message(text)
        if event == "timer":
            return self._timer(text or "")
        if event == "conditional":
            return (
                "<bpmn:conditionalEventDefinition><bpmn:condition>"
                f"{escape(text or '')}</bpmn:condition></bpmn:conditionalEventDefinition>"
            )
        if event == "link":
            return f"<bpmn:linkEventDefinition{attributes(name=text)}/>"
        reference = None if text is None else self._declare(event, text)
        return f"<bpmn:{event}EventDefinition{attributes(**{f'{event}Ref': reference})}/>"

    def on(
        self, id: str, activity: str, event: str, text: str | None = None, stop: bool = True
    ) -> Process:
        """Draw a boundary event of any kind."""
        cancel = "true" if stop else "false"
        inner = self.about(event, text)
        return self.element(
            "boundaryEvent", id, inner, attachedToRef=activity, cancelActivity=cancel
        )

    def _declare(self, event: str, text: str) -> str:
        reference = f"{event}_{''.join(c if c.isalnum() else '_' for c in text)}"
        named = {"signal": "name", "error": "errorCode", "escalation": "escalationCode"}[event]
        self._declared[reference] = f"<bpmn:{event}{attributes(id=reference, **{named: text})}/>"
        return reference

    def raw(self, xml: str) -> Process:
        self._parts.append(xml)
        return self

    # flows

    def flow(
        self, source: str, target: str, when: str | None = None, id: str | None = None
    ) -> Process:
        inner = ""
        if when is not None:
            inner = (
                '<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">'
                f"{escape(when)}</bpmn:conditionExpression>"
            )
        self._count += 1
        name = id or f"f_{self.key}_{source}_{target}_{self._count}"
        return self.element("sequenceFlow", name, inner, sourceRef=source, targetRef=target)

    def chain(self, *ids: str) -> Process:
        """Draw a plain flow from each to the next."""
        for source, target in itertools.pairwise(ids):
            self.flow(source, target)
        return self

    # output

    def process_xml(self) -> str:
        inner = "\n".join(self._parts)
        more = attributes(id=self.key, isExecutable=self.executable)
        return f"<bpmn:process{more}>\n{inner}\n</bpmn:process>\n"

    def xml(self, beside: str = "") -> bytes:
        messages = "".join(
            f"<bpmn:message{attributes(id=ref, name=name)}/>\n"
            for name, ref in self._messages.items()
        )
        declared = messages + "\n".join(self._declared.values())
        text = f"{_HEAD}{declared}{self.process_xml()}{beside}</bpmn:definitions>\n"
        return text.encode()

    def definition(self) -> Definition:
        return parse({"bpmn/test.bpmn": self.xml()})[0]

    def _ref(self, message: str) -> str:
        return self._messages.setdefault(message, f"message_{len(self._messages)}_{self.key}")

    def _message(self, message: str | None) -> str:
        if message is None:
            return ""
        return f"<bpmn:messageEventDefinition{attributes(messageRef=self._ref(message))}/>"

    @staticmethod
    def _timer(text: str) -> str:
        kind = "timeDuration" if text.startswith(("P", "=dur")) else "timeDate"
        kind = "timeCycle" if text.startswith("R") else kind
        return (
            f'<bpmn:timerEventDefinition><bpmn:{kind} xsi:type="bpmn:tFormalExpression">'
            f"{escape(text)}</bpmn:{kind}></bpmn:timerEventDefinition>"
        )


def line(*tasks: str, key: str = "p") -> Process:
    """Draw user tasks one after the other between a start and an end."""
    return Process(key).start().end().user(*tasks).chain("start", *tasks, "end")


def straight(length: int) -> Process:
    """Draw `length` user tasks one after the other."""
    return line(*[f"t{i}" for i in range(length)])


@dataclass
class FakeHost:
    """Notes every call; conditions are variable names or Python-free `name = value` texts."""

    calls: list[tuple[str, str]] = field(default_factory=list)
    fail: dict[tuple[str, str], Exception] = field(default_factory=dict)
    on_leave: Callable[[Visit, dict[str, Any]], None] | None = None
    expressions: list[list[str]] = field(default_factory=list)

    shared: frozenset[str] = frozenset()
    is_called: bool = False

    def _note(self, call: str, visit: Visit) -> None:
        self.calls.append((call, visit.element_id))
        error = self.fail.get((call, visit.element_id))
        if error is not None:
            raise error

    def enter(self, visit: Visit, variables: dict[str, Any]) -> None:
        self._note("enter", visit)

    def perform(self, visit: Visit, variables: dict[str, Any]) -> None:
        self._note("perform", visit)

    def leave(self, visit: Visit, variables: dict[str, Any]) -> None:
        if self.on_leave is not None:
            self.on_leave(visit, variables)
        self._note("leave", visit)

    def evaluate(self, expressions: Sequence[str], variables: dict[str, Any]) -> list[Any]:
        self.expressions.append(list(expressions))
        error = self.fail.get(("evaluate", expressions[0]))
        if error is not None:
            raise error
        return [self.value(expression, variables) for expression in expressions]

    @staticmethod
    def value(expression: str, variables: dict[str, Any]) -> Any:
        """Return a number as it is written, else what the variable of that name holds."""
        return int(expression) if expression.isdigit() else variables.get(expression)


class Player:
    """Plays one instance; the state goes through bytes between any two acts."""

    def __init__(
        self, process: Process | Definition, host: FakeHost | None = None, **variables: Any
    ) -> None:
        self.definition = process.definition() if isinstance(process, Process) else process
        self.host = host or FakeHost()
        self.variables: dict[str, Any] = variables
        self.state = b""
        self.tasks: dict[UUID, str] = {}
        self.waits: dict[UUID, runtime.Wait] = {}
        self.incidents: dict[UUID, runtime.Failure] = {}
        self.step: Step

    def start(self, **more: Any) -> Player:
        return self._took(runtime.start(self.definition, self.variables, NOW, self.host, **more))

    def complete(self, task: str | UUID, **answers: Any) -> Player:
        task_id = task if isinstance(task, UUID) else self.task(task)
        return self._took(
            runtime.complete_task(
                self.definition, self.state, self.variables, task_id, answers, NOW, self.host
            )
        )

    def receive(self, element: str, **payload: Any) -> Player:
        return self._took(
            runtime.correlate(
                self.definition,
                self.state,
                self.variables,
                self.wait(element),
                payload,
                NOW,
                self.host,
            )
        )

    def cause(self, element: str, **answers: Any) -> Player:
        return self._took(
            runtime.cause(
                self.definition,
                self.state,
                self.variables,
                self.wait(element),
                answers,
                NOW,
                self.host,
            )
        )

    def ring(self, element: str, due: datetime | None = None) -> Player:
        return self._took(
            runtime.fire_timer(
                self.definition,
                self.state,
                self.variables,
                self.wait(element),
                NOW,
                self.host,
                due=due,
            )
        )

    def signal(self, name: str) -> Player:
        return self._took(
            runtime.signal(self.definition, self.state, self.variables, name, NOW, self.host)
        )

    def end_call(self, element: str, **result: Any) -> Player:
        return self._called(runtime.end_call, element, result)

    def raise_in_call(self, element: str, code: str) -> Player:
        return self._called(runtime.raise_in_call, element, code, f"failed with {code}")

    def escalate_in_call(self, element: str, code: str) -> Player:
        return self._called(runtime.escalate_in_call, element, code)

    def _called(self, act: Callable[..., Step], element: str, *more: Any) -> Player:
        wait = self.wait(element)
        return self._took(
            act(self.definition, self.state, self.variables, wait, *more, NOW, self.host)
        )

    def retry(self, element: str) -> Player:
        visit = next(i for i, failure in self.incidents.items() if failure.element_id == element)
        return self._took(
            runtime.retry(self.definition, self.state, self.variables, visit, NOW, self.host)
        )

    def task(self, element: str) -> UUID:
        return next(i for i, name in self.tasks.items() if name == element)

    def wait(self, element: str) -> UUID:
        return next(i for i, wait in self.waits.items() if wait.element_id == element)

    @property
    def open(self) -> list[str]:
        """The elements of all open tasks, sorted."""
        return sorted(self.tasks.values())

    @property
    def waiting(self) -> list[str]:
        """The elements of all open waits, sorted."""
        return sorted(wait.element_id for wait in self.waits.values())

    @property
    def failing(self) -> list[str]:
        """The elements of all incidents, sorted."""
        return sorted(failure.element_id for failure in self.incidents.values())

    def _took(self, step: Step) -> Player:
        self.step, self.state, self.variables = step, step.state, step.variables
        for task in step.closed:
            del self.tasks[task.id]
        for wait_id in step.waits_closed:
            del self.waits[wait_id]
        for visit_id in step.incidents_resolved:
            del self.incidents[visit_id]
        self.tasks |= {task.id: task.element_id for task in step.opened}
        self.waits |= {wait.id: wait for wait in step.waits_opened}
        self.incidents |= {failure.visit_id: failure for failure in step.incidents}
        # A condition is waited for by the engine alone.
        assert not step.ended or not (self.tasks or self.waits or self.incidents)
        return self
