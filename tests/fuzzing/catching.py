"""How events find who waits for them: the catching half of the reference."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.fuzzing.model import Diagram, Element
from tests.fuzzing.tokens import Stop, Token, keep


class Catching:
    """Boundary events, event subprocesses, and what throws at them."""

    diagram: Diagram
    live: list[Token]
    variables: dict[str, Any]
    called: bool
    order: dict[str, int]
    signals: list[str]
    escalations: list[str]
    error: str | None

    def arm(self, token: Token) -> None:
        """Begin to listen for the boundary events of an activity; a loop's hang on the whole."""
        if token.iteration:
            return
        for event in self.diagram.attached(token.element.id):
            self.listen(event, token.scope, token)

    def listen(self, event: Element, scope: Token | None, anchor: Token | None = None) -> None:
        if event.event in ("error", "escalation"):
            return
        rounds: int | None = 1
        if event.event != "timer" or (event.timer or "").startswith("R/"):
            rounds = None
        elif (event.timer or "").startswith("R"):
            rounds = int((event.timer or "")[1 : (event.timer or "").index("/")])
        listener = Token(event, scope, anchor=anchor, rounds=rounds)
        self.live.append(listener)
        self.waits(listener, "listening")

    def fire(self, token: Token, this: dict[str, Any] | None = None) -> None:
        """Let an event happen that is waited for."""
        if token.state == "wait":
            for other in token.rivals:
                if other in self.live:
                    self.live.remove(other)
            token.done, token.this = True, this
            self.ready(token)
            return
        if token.rounds is not None:
            token.rounds -= 1
        if token.rounds == 0:
            self.live.remove(token)
        else:
            self.waits(token, "listening")
        self.handle(token.element, token.scope, token.anchor, this)

    def handle(
        self,
        event: Element,
        scope: Token | None,
        anchor: Token | None,
        this: dict[str, Any] | None = None,
    ) -> None:
        """Put a token on a boundary event, or begin an event subprocess."""
        if anchor is not None:
            if event.interrupting:
                self.cancel(anchor)
            happened = Token(event, scope, done=True, this=this)
            self.live.append(happened)
            self.ready(happened)
            return
        if event.interrupting:
            self.cancel_inside(scope)
        runs = Token(self.diagram.elements[str(event.scope)], scope)
        self.live.append(runs)
        self.ready(runs)
        happened = Token(event, runs, done=True, this=this)
        self.live.append(happened)
        self.ready(happened)

    def listen_in(self, scope: Token | None) -> None:
        """Begin to listen for the event subprocesses of a scope."""
        for each in self.diagram.inside(scope.element.id if scope else None):
            if each.triggered:
                self.listen(self.start_of(each.id), scope)

    # conditions

    def fire_condition(self) -> bool:
        """Look at all conditions once, and let the first that has become true happen."""
        waiting = [
            token
            for token in self.live
            if token.element.event == "conditional" and token.state in ("wait", "listening")
        ]
        waiting.sort(key=lambda token: (self.order[token.element.id], token.since))
        ripe = []
        for token in waiting:
            value = self.world.value(str(token.element.condition), self.view(token.scope))
            if value is not True:
                token.armed = True
            elif token.armed:
                ripe.append(token)
        for token in ripe[:1]:
            token.armed = False
            self.fire(token)
        return bool(ripe)

    # throwing

    def throw(self, token: Token) -> None:
        element = token.element
        if token.skipped or element.kind not in ("intermediateThrowEvent", "endEvent"):
            return
        if element.event == "signal":
            self.goes(token)
            self.broadcast(str(element.name))
            self.signals.append(str(element.name))
        elif element.event == "escalation":
            self.goes(token)
            self.escalate(token, str(element.name))
        elif element.event == "error":
            self.throw_error(token, str(element.name))

    def broadcast(self, name: str) -> None:
        for token in sorted(self.live, key=lambda token: token.since):
            fits = token.element.event == "signal" and token.element.name == name
            if fits and token.state in ("wait", "listening") and token in self.live:
                self.fire(token)

    def escalate(self, token: Token, code: str, own: bool = False) -> None:
        found = self.catcher("escalation", code, token, own)
        if found is None:
            if self.called:
                self.escalations.append(code)
            return
        self.caught_by(*found, code)

    def caught(self, token: Token, code: str, own: bool = False) -> bool:
        found = self.catcher("error", code, token, own)
        if found is None:
            return False
        if not own:
            self.goes(token)
        self.caught_by(*found, code)
        return True

    def caught_by(
        self, event: Element, scope: Token | None, anchor: Token | None, code: str
    ) -> None:
        this = {"code": code}
        keep(self.frame(anchor.scope if anchor else scope), "errors", event.id, this)
        self.handle(event, scope, anchor, this)

    def throw_error(self, token: Token, code: str, own: bool = False) -> None:
        if self.caught(token, code, own):
            return
        if not self.called:
            raise Stop
        if not own:
            self.goes(token)
        self.error = code
        self.cancel_inside(None)

    def catcher(
        self, kind: str, code: str, token: Token, own: bool
    ) -> tuple[Element, Token | None, Token | None] | None:
        """Look from inside out for who catches: the event, its scope, its activity."""
        while True:
            if token.iteration and token.scope is not None:
                token = token.scope  # what is caught at a loop is caught for the whole
            if own:
                event = matching(kind, code, self.diagram.attached(token.element.id))
                if event is not None:
                    return event, token.scope, token
            scope = token.scope
            event = matching(kind, code, self.handlers(scope, besides=token.element))
            if event is not None:
                return event, scope, None
            if scope is None:
                return None
            token, own = scope, True

    def handlers(self, scope: Token | None, besides: Element) -> Iterable[Element]:
        """The starts of event subprocesses that may begin in a scope."""
        if any(token.scope is scope and self.interrupts(token) for token in self.live):
            return []
        around = scope.element.id if scope else None
        inside = [each for each in self.diagram.inside(around) if each.triggered]
        return [self.start_of(each.id) for each in inside if each is not besides]

    def interrupts(self, token: Token) -> bool:
        """Tell whether a token is an event subprocess that took its scope over."""
        triggered = token.element.triggered and token.state != "listening"
        return triggered and self.start_of(token.element.id).interrupting


def matching(kind: str, code: str, events: Iterable[Element]) -> Element | None:
    """Return the event for this code, else one that catches all."""
    fitting = [event for event in events if event.event == kind]
    exact = [event for event in fitting if event.name == code]
    return next(iter(exact or [event for event in fitting if event.name is None]), None)
