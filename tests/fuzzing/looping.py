"""How an activity is done several times: the looping half of the reference."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fuzzing.tokens import Token, hand_out

if TYPE_CHECKING:
    from tests.fuzzing.reference import Reference


class Looping:
    """Multi-instance activities and standard loops: a controller, and a token for each turn."""

    def begin_loop(self: Reference, token: Token) -> None:
        loop = token.element.loop
        assert loop is not None
        if loop.kind == "standard":
            self.waits(token, "around")
            self.next_turn(token)
            return
        value = self.value(loop.items or "", token)
        items = [None] * int(value) if loop.counted else list(value)
        token.items, token.results = items, [None] * len(items)
        self.waits(token, "around")
        for _ in items if loop.kind == "parallel" else items[:1]:
            self.iterate(token)
        if not items:
            self.loop_over(token)

    def next_turn(self: Reference, token: Token, last: Token | None = None) -> None:
        """Go round a standard loop once more, or not."""
        loop = token.element.loop
        assert loop is not None
        more = loop.maximum is None or token.turns < loop.maximum
        if more and loop.condition and (loop.before or last):
            more = self.true(loop.condition, token, loopCounter=token.turns)
        if more:
            self.iterate(token)
        else:
            self.loop_over(token)

    def iterate(self: Reference, token: Token) -> None:
        loop = token.element.loop
        assert loop is not None
        turn = Token(token.element, token, entered=False, frame={}, index=token.turns)
        token.turns += 1
        turn.frame = {"loopCounter": token.turns}
        if token.items is not None and loop.name:
            turn.frame[loop.name] = token.items[turn.index]
        self.live.append(turn)
        self.ready(turn)

    def turn_over(self: Reference, turn: Token) -> None:
        token, loop = turn.scope, turn.element.loop
        assert token is not None
        assert loop is not None
        assert turn.frame is not None
        if loop.result and not turn.skipped:
            token.results[turn.index] = self.value(loop.result, turn)
        self.goes(turn)
        self.live.remove(turn)
        token.over += 1
        if loop.kind == "standard":
            self.next_turn(token, turn)
            hand_out(turn.frame, self.frame(token))
            return
        left = [other for other in self.live if other.scope is token]
        counts = {
            "nrOfInstances": len(token.results),
            "nrOfActiveInstances": len(left),
            "nrOfCompletedInstances": token.over,
        }
        enough = bool(loop.condition) and self.true(loop.condition or "", turn, **counts)
        hand_out(turn.frame, self.frame(token))
        if enough or token.over == len(token.results):
            self.cancel_inside(token)
            self.loop_over(token)
        elif loop.kind == "sequential":
            self.iterate(token)

    def loop_over(self: Reference, token: Token) -> None:
        loop = token.element.loop
        if not token.turns:
            self.history += [(token.element.id, "entered"), (token.element.id, "left")]
        if loop is not None and loop.into:
            self.frame(token)[loop.into] = token.results
        token.done = True
        self.ready(token)
