"""A plain token game over a diagram: what the engine must do, said as simply as can be.

Written from the rules and from BPMN 2.0, and sharing nothing with the engine. Elements are
performed first come, first served; when all wait, inclusive joins open and conditions fire.
"""

from __future__ import annotations

from collections import deque
from typing import Any

from tests.fuzzing.catching import Catching
from tests.fuzzing.joins import Joining
from tests.fuzzing.looping import Looping
from tests.fuzzing.model import WORK, Diagram, Element, Flow
from tests.fuzzing.tokens import Stop, Token, View, hand_out, home, keep
from tests.fuzzing.world import CodedFault, Fault, World

MAXIMUM = 1_500


class TooLong(Exception):
    """A game that multiplies its tokens, or runs on: nobody learns from it."""


class Reference(Looping, Joining, Catching):
    """One instance of a process."""

    def __init__(
        self, diagram: Diagram, world: World, variables: dict[str, Any], called: bool = False
    ) -> None:
        self.diagram = diagram
        self.world = world
        self.variables = variables
        self.called = called
        self.order = {each.id: i for i, each in enumerate(diagram.ordered())}
        self.live: list[Token] = []
        self.queue: deque[Token] = deque()
        self.visits = 0
        self.count = 0
        self.reset()

    def reset(self) -> None:
        self.end_events: list[str] = []
        self.signals: list[str] = []
        self.escalations: list[str] = []
        self.error: str | None = None
        self.history: list[tuple[str, str]] = []

    # acts

    def start(self, at: Element | None = None, payload: dict[str, Any] | None = None) -> None:
        start = at or self.start_of(None)
        if payload is not None:
            kind, key = (
                ("messages", start.name) if start.event == "message" else ("answers", start.id)
            )
            keep(self.variables, kind, str(key), payload)
        self.open_scope(None, start, payload)
        self.run()

    def go_on(self, token: Token, this: dict[str, Any] | None = None) -> None:
        """Let a token go on whose waiting is over."""
        self.reset()
        token.done, token.this = True, this
        self.ready(token)
        self.run()

    def complete(self, token: Token, answers: dict[str, Any]) -> None:
        keep(self.frame(token), "answers", token.element.id, answers)
        self.go_on(token, answers)

    def deliver(self, token: Token, payload: dict[str, Any]) -> None:
        self.reset()
        scope = token.anchor or token
        keep(self.frame(scope), "messages", str(token.element.name), payload)
        self.fire(token, payload)
        self.run()

    def ring(self, token: Token) -> None:
        self.reset()
        self.fire(token)
        self.run()

    def signal(self, name: str) -> None:
        self.reset()
        self.broadcast(name)
        self.run()

    def retry(self, token: Token) -> None:
        self.reset()
        self.ready(token)
        self.run()

    def skip(self, token: Token) -> None:
        """Go on as if what has failed were done: nothing is thrown, nothing comes of it."""
        self.reset()
        token.entered = token.done = token.left = token.skipped = True
        self.goes(token)
        self.ready(token)
        self.run()

    def move(self, token: Token, target: str) -> None:
        """Take a token, or all that it is in beside the target, and put one on the target."""
        self.reset()
        element = self.diagram.elements[target]
        while token.iteration or (token.scope and token.scope.element.id) != element.scope:
            assert token.scope is not None
            token = token.scope
        for other in token.rivals:
            self.cancel(other)
        self.cancel(token)
        if self.interrupts(token):
            self.listen_in(token.scope)
        self.put(element, token.scope)
        self.run()

    def edit(self, values: dict[str, Any]) -> None:
        self.reset()
        self.variables.update(values)
        self.run()

    def answer_call(self, token: Token, result: dict[str, Any]) -> None:
        keep(self.frame(token), "results", token.element.id, result)
        self.go_on(token, result)

    def fail_call(self, token: Token, code: str) -> None:
        self.reset()
        token.state = "ready"
        try:
            self.throw_error(token, code, own=True)
        except Stop:
            self.waits(token, "incident")
        self.run()

    def escalate_call(self, token: Token, code: str) -> None:
        self.reset()
        self.escalate(token, code, own=True)
        self.run()

    # what is to be seen

    def seen(self, state: str) -> list[Token]:
        """Tokens in a state, in the order they came to it."""
        found = [token for token in self.live if token.state == state]
        return sorted(found, key=lambda token: token.since)

    @property
    def ended(self) -> bool:
        return not [token for token in self.live if token.state != "listening"]

    # the game

    def run(self) -> None:
        self.visits = 0
        while True:
            while self.queue:
                token = self.queue.popleft()
                if token in self.live and token.state == "ready":
                    self.perform(token)
            if not self.open_inclusive() and not self.fire_condition():
                break
        if self.ended:
            self.live.clear()

    def ready(self, token: Token) -> None:
        token.state = "ready"
        self.queue.append(token)

    def waits(self, token: Token, state: str) -> None:
        """Note that a token begins to wait now."""
        token.state = state
        self.count += 1
        token.since, token.turn = self.count, self.world.turn

    def put(self, element: Element, scope: Token | None, flow: str | None = None) -> None:
        token = Token(element, scope, flow=flow)
        self.live.append(token)
        if element.kind == "parallelGateway" and len(self.diagram.into(element.id)) > 1:
            self.waits(token, "join")
            self.gather(token)
        elif element.kind == "inclusiveGateway" and len(self.diagram.into(element.id)) > 1:
            self.waits(token, "join")
        else:
            self.ready(token)

    def perform(self, token: Token) -> None:
        self.visits += 1
        if self.visits > MAXIMUM or len(self.live) > MAXIMUM // 10:
            raise TooLong
        try:
            if not token.entered:
                self.comes(token)
                self.ask("enter", token)
                token.entered = True
                self.arm(token)
            self.act(token)
        except Stop:
            self.waits(token, "incident")

    def comes(self, token: Token) -> None:
        """Tell history that a token comes to an element; of loops it hears the turns alone."""
        if not token.arrived and not token.controller:
            self.history.append((token.element.id, "entered"))
        token.arrived = True

    def goes(self, token: Token) -> None:
        if not token.gone and not token.controller:
            self.history.append((token.element.id, "left"))
        token.gone = True

    def act(self, token: Token) -> None:
        element = token.element
        if token.done:
            self.leave(token)
        elif token.controller:
            self.begin_loop(token)
        elif element.kind in ("userTask", "manualTask"):
            self.waits(token, "task")
        elif element.kind == "callActivity":
            self.waits(token, "call")
        elif element.kind in WORK:
            self.work(token)
        elif element.kind == "subProcess":
            self.waits(token, "around")
            if element.triggered:
                self.listen_in(token)  # what began it is there already
            else:
                self.open_scope(token)
        elif element.kind == "receiveTask" or (
            element.kind == "intermediateCatchEvent" and element.event != "link"
        ):
            self.waits(token, "wait")
        else:
            self.leave(token)

    def work(self, token: Token) -> None:
        try:
            self.ask("perform", token)
        except CodedFault as fault:
            if not self.caught(token, fault.code, own=True):
                raise Stop from fault
            return
        token.done = True
        self.leave(token)

    def ask(self, call: str, token: Token) -> None:
        element = token.element
        try:
            self.world.work(call, element.id, element.kind, element.loop is not None)
        except Fault as fault:
            raise Stop from fault

    def view(self, token: Token | None) -> View:
        return View(token, self.variables)

    def frame(self, token: Token | None) -> dict[str, Any]:
        return home(token, self.variables)

    def value(self, expression: str, token: Token, **extra: Any) -> Any:
        return self.world.value(expression, View(token, self.variables, **extra))

    # scopes

    def open_scope(
        self,
        owner: Token | None,
        start: Element | None = None,
        this: dict[str, Any] | None = None,
    ) -> None:
        """Arm the event subprocesses of a scope, and begin at its start event."""
        around = owner.element.id if owner else None
        self.listen_in(owner)
        token = Token(start or self.start_of(around), owner, this=this)
        self.live.append(token)
        self.ready(token)

    def start_of(self, scope: str | None) -> Element:
        return next(e for e in self.diagram.inside(scope) if e.kind == "startEvent")

    def close(self, scope: Token | None) -> None:
        """Let the activity around go on once nothing moves in it any more."""
        inside = [token for token in self.live if token.scope is scope]
        if any(token.state != "listening" or token.anchor for token in inside):
            return
        for token in inside:
            self.live.remove(token)
        if scope is not None and scope in self.live:
            scope.done = True
            self.ready(scope)

    def cancel(self, token: Token) -> None:
        """Take a token away with all that hangs on it and goes on in it."""
        if token not in self.live:
            return
        self.live.remove(token)
        if token.arrived and not token.gone and not token.controller:
            self.history.append((token.element.id, "cancelled"))
        for other in list(self.live):
            if other.anchor is token or other.scope is token:
                self.cancel(other)
        if token.frame is not None and token.scope is not None:
            hand_out(token.frame, self.frame(token.scope))

    def cancel_inside(self, scope: Token | None, besides: Token | None = None) -> None:
        for token in list(self.live):
            if token.scope is scope and token is not besides:
                self.cancel(token)

    # leaving

    def leave(self, token: Token) -> None:
        for other in list(self.live):
            if other.anchor is token:
                self.live.remove(other)
        if not token.left:
            self.ask("leave", token)
            token.left = True
            self.world.note(token.this, self.view(token))
        if token.iteration:
            self.turn_over(token)
            return
        element = token.element
        if element.kind == "endEvent":
            self.end(token)
        elif element.kind == "eventBasedGateway":
            self.offer(token)
        else:
            self.throw(token)
            if token in self.live:
                self.pass_on(token)

    def pass_on(self, token: Token) -> None:
        element = token.element
        if element.event == "link" and element.kind == "intermediateThrowEvent":
            self.goes(token)
            self.live.remove(token)
            self.put(self.diagram.partner(element), token.scope)
            return
        flows = self.choose(token)
        self.goes(token)
        self.live.remove(token)
        for flow in flows:
            self.put(self.diagram.elements[flow.target], token.scope, flow.id)
        self.close(token.scope)

    def choose(self, token: Token) -> list[Flow]:
        element = token.element
        out = self.diagram.out(element.id)
        otherwise = [flow for flow in out if flow.id == element.default]
        conditional = [flow for flow in out if flow.condition is not None]
        plain = [flow for flow in out if flow not in conditional and flow not in otherwise]
        if element.kind == "parallelGateway" or not conditional:
            return out
        met = [flow for flow in conditional if self.true(flow.condition or "", token)]
        if element.kind == "exclusiveGateway":
            met = met[:1]
        taken = [flow for flow in out if flow in plain or flow in met]
        if not (taken or otherwise):
            raise Stop
        return taken or otherwise

    def true(self, condition: str, token: Token, **extra: Any) -> bool:
        value = self.value(condition, token, **extra)
        if value is not None and not isinstance(value, bool):
            raise Stop
        return value is True

    def end(self, token: Token) -> None:
        self.throw(token)
        self.goes(token)
        self.end_events.append(token.element.id)
        if token not in self.live:
            return
        self.live.remove(token)
        if token.element.event == "terminate":
            self.cancel_inside(token.scope)
        self.close(token.scope)

    def offer(self, token: Token) -> None:
        self.goes(token)
        self.live.remove(token)
        offered = [
            Token(self.diagram.elements[flow.target], token.scope)
            for flow in self.diagram.out(token.element.id)
        ]
        for each in offered:
            each.rivals = [other for other in offered if other is not each]
            self.live.append(each)
            self.waits(each, "wait")
