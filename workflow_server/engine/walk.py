"""One step of an instance: moves tokens until all wait, and notes all that happens."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from SpiffWorkflow.util.task import TaskState

from workflow_server.engine import catchers, choosing, settling
from workflow_server.engine.frames import Frames
from workflow_server.engine.graph import Flow, Loop
from workflow_server.engine.notes import Notes
from workflow_server.engine.steps import BusinessError, Host, Step, Visit
from workflow_server.engine.stopping import Stopped, describe
from workflow_server.engine.texts import is_cycle
from workflow_server.engine.tokens import (
    ARRIVED,
    ENTERED,
    GONE,
    LEFT,
    PERFORMED,
    Instance,
    Token,
)
from workflow_server.errors import Unavailable

#: More tokens than this at once are a diagram that multiplies them; the next one stops.
MAXIMUM_TOKENS = 1_000
#: More visits than this in one step are a diagram that runs away; the next one stops.
MAXIMUM_VISITS = 20_000


class Walk:
    """The act under way: `queue` holds the tokens that can move, first come, first served."""

    def __init__(self, instance: Instance, variables: dict[str, Any], host: Host) -> None:
        self.instance = instance
        self.variables = variables
        self.host = host
        self.frames = Frames(instance, variables, host.shared)
        self.notes = Notes(instance, self.frames)
        self.queue: deque[Token] = deque()
        self._visits = 0
        instance.walk = self

    def run(self) -> Step:
        """Move every token as far as it goes, and return what came of it."""
        settling.settle(self)
        return self.notes.step(self.variables)

    def drain(self) -> None:
        """Move the tokens that can move."""
        while self.queue:
            token = self.queue.popleft()
            if token.state == TaskState.READY and token.id in self.instance.live:
                self.attempt(token, self._advance)

    def attempt(self, token: Token, act: Callable[[Token], None]) -> None:
        """Do something with a token; it stays with an incident if that can't be done."""
        try:
            act(token)
        except Stopped as stopped:
            self.fail(token, str(stopped))

    def fail(self, token: Token, message: str) -> None:
        """Leave a token where it is, with an incident."""
        if token.state != TaskState.ERROR:
            token.error()
        self.notes.failed(token, message)

    def _advance(self, token: Token) -> None:
        spec = token.task_spec
        self._count()
        if token.phase < ENTERED:
            self._enter(token)
        if spec.holds and not token.fired:
            spec.hold(token)
        else:
            token.run()

    def _count(self) -> None:
        self._visits += 1
        if self._visits > MAXIMUM_VISITS:
            raise Stopped(f"一步之内经过的环节超过 {MAXIMUM_VISITS} 个，流程可能在空转")
        if len(self.instance.live) > MAXIMUM_TOKENS:
            raise Stopped(f"同时进行的分支超过 {MAXIMUM_TOKENS} 个，流程可能在成倍分叉")

    # What the host is asked

    def _enter(self, token: Token) -> None:
        if not token.task_spec.silent:
            if token.phase < ARRIVED:
                token.phase = ARRIVED
                self.notes.move(token, "entered")
            self._ask(self.host.enter, token)
        token.phase = ENTERED
        token.task_spec.arm(token)

    def perform(self, token: Token) -> bool:
        """Let the host do the work of a task; False if an error event took its place."""
        try:
            self._ask(self.host.perform, token)
        except BusinessError as error:
            raised = {"code": error.code, "message": error.message}
            catcher = catchers.find(self.instance, token, "error", error.code, itself=True)
            if catcher is None:
                raise Stopped(describe(error)) from error
            self._strike(token, catcher, raised)
            return False
        token.phase = PERFORMED
        return True

    def leave(self, token: Token) -> None:
        """Tell the host that the element is done, showing it what ended the waiting."""
        if token.phase >= LEFT:
            return
        if not token.task_spec.silent:
            if not token.told:
                self._ask(self.host.leave, token)
                token.told = True
            self._write_data(token)
        token.phase = LEFT

    def left(self, token: Token) -> None:
        """Note that a token goes on."""
        if token.phase < GONE and not token.task_spec.silent:
            self.notes.move(token, "left")
        token.phase = GONE

    def passed(self, token: Token) -> None:
        """Note that a repeated activity was not done even once."""
        self.notes.move(token, "entered")
        self.notes.move(token, "left")

    def _ask(self, call: Callable[[Visit, dict[str, Any]], None], token: Token) -> None:
        seen = self.frames.view(token)
        before = dict(seen)
        if token.said is not None and call == self.host.leave:
            seen["this"] = self._this(token, seen)
        try:
            call(token.visit(), seen)
        except (Unavailable, BusinessError):
            # Unavailable is nobody's fault: the whole act is to be tried again.
            _restore(seen, before)
            raise
        except Exception as error:
            _restore(seen, before)
            raise Stopped(describe(error)) from error
        seen.pop("this", None)
        if seen is not self.variables:
            self.frames.take_back(token, before, seen)

    def _this(self, token: Token, seen: dict[str, Any]) -> Any:
        group, key, index = token.said or ("", "", 0)
        return seen[group][key][index]

    def _write_data(self, token: Token) -> None:
        if not token.task_spec.node.data:
            return
        seen = dict(self.frames.view(token))
        this = self._this(token, seen) if token.said is not None else None
        written: dict[str, Any] = {}
        for name, text in token.task_spec.node.data:
            written[name] = this
            if text is not None:
                held = {**(seen.get("data") or {}), **written}
                (written[name],) = self.evaluate_in({**seen, "this": this, "data": held}, [text])
        self.frames.put(token, "data", written)

    # What is evaluated

    def choose(self, token: Token) -> tuple[Flow, ...]:
        """Return the flows that a token goes on by."""
        spec = token.task_spec
        return choosing.choose(spec.node, spec.flows, self._evaluator(token))

    def evaluate(self, token: Token, text: str) -> Any:
        """Return the value of an expression as a token sees it."""
        return self.evaluate_in(self._seen(token), [text])[0]

    def is_true(self, token: Token, text: str) -> bool:
        """Return whether a condition of a repeated activity is met, after its latest turn."""
        last = (token.turns or {}).get("last") or {}
        value = self.evaluate_in({**self.frames.view(token), **last}, [text])[0]
        return choosing.truth(token.task_spec.node.id, value)

    def items(self, token: Token, loop: Loop) -> list[Any]:
        """Return what a multi-instance activity is done for, one entry for each time."""
        return choosing.items(token.task_spec.node, loop, self._evaluator(token))

    def _evaluator(self, token: Token) -> choosing.Evaluate:
        return lambda texts: self.evaluate_in(self._seen(token), texts)

    def _seen(self, token: Token) -> dict[str, Any]:
        """Return what a token sees, with what ended its waiting."""
        seen = self.frames.view(token)
        return seen if token.said is None else {**seen, "this": self._this(token, seen)}

    def evaluate_in(self, seen: dict[str, Any], texts: list[str]) -> list[Any]:
        """Evaluate expressions in one call; what they see stays as it is."""
        before = dict(seen)
        try:
            results = list(self.host.evaluate(texts, seen))
        except Unavailable:
            raise
        except Exception as error:
            raise Stopped(describe(error)) from error
        finally:
            _restore(seen, before)
        if len(results) != len(texts):
            raise Stopped(f"{len(texts)} 个条件得到 {len(results)} 个结果")
        return results

    def write(self, token: Token, name: str, value: Any) -> None:
        """Set a variable where a token writes."""
        self.frames.write(token, name, value)

    def hand_up(self, token: Token) -> dict[str, Any]:
        """Keep what an iteration was given beyond its end, and return what ends with it."""
        said = {"this": self._seen(token)["this"]} if token.said is not None else {}
        return {**self.frames.hand_up(token), **said}

    # What is waited for

    def begin_wait(self, token: Token) -> None:
        """Tell the host what a token waits for."""
        try:
            self._read_cycle(token)
        except Stopped as stopped:
            self.fail(token, str(stopped))
            return
        if token.task_spec.node.event != "conditional":
            self.notes.open_wait(token)

    def _read_cycle(self, token: Token) -> None:
        """Write out how often a repeating timer rings, once and for all."""
        kind, text = token.task_spec.node.timer or (None, "")
        if kind != "cycle" or token.cycle is not None:
            return
        if text.startswith("="):
            text = self.evaluate(token, text.removeprefix("=").strip())
        if not isinstance(text, str) or not is_cycle(text):
            raise Stopped(f"循环定时得出 {text!r:.80}，应为 R3/PT10H 这样的 ISO 8601 循环")
        token.cycle = text

    def fire(self, token: Token) -> None:
        """Let what a token waits for have come."""
        self.notes.ended_wait(token)
        token.task_spec.fire(token)
        self.go_on(token)

    def go_on(self, token: Token) -> None:
        """Let a token go on that has waited."""
        token.fired = True
        token._set_state(TaskState.READY)
        self.queue.append(token)

    def listen(self, handlers: Iterable[Any], near: Token, scope: UUID | None) -> None:
        """Let the event subprocesses of a scope wait for their starts."""
        for handler in handlers:
            if handler.waits:
                handler.wait_for(near, anchor=None, scope=scope)

    # What is thrown

    def throw(self, token: Token) -> None:
        """Let others hear what an element throws; the token itself may be taken off by it."""
        node = token.task_spec.node
        if node.event == "signal":
            self.left(token)
            self.signal(node.reference)
            self.notes.signals.append(node.reference)
        elif node.event == "escalation":
            self.left(token)
            self.escalate(token, node.reference)
        elif node.event == "error":
            self.raise_error(token, node.reference, f"{node.name or node.id}：{node.reference}")

    def signal(self, name: str) -> bool:
        """Fire all that waits for a signal; tell whether anything did."""
        waiting = [
            token
            for token in self.instance.live.values()
            if token.state == TaskState.WAITING
            and token.task_spec.node.event == "signal"
            and token.task_spec.node.reference == name
        ]
        for token in waiting:
            if token.state == TaskState.WAITING:
                self.fire(token)
        return bool(waiting)

    def escalate(self, token: Token, code: str, *, itself: bool = False) -> None:
        """Let an escalation be caught, if anybody does; what threw it goes on."""
        catcher = catchers.find(self.instance, token, "escalation", code, itself=itself)
        if catcher is not None:
            self._strike(token, catcher, {"code": code})
        elif self.host.is_called:
            self.notes.escalations.append(code)

    def raise_error(self, token: Token, code: str, message: str, *, itself: bool = False) -> None:
        """Let an error be caught, or end a called instance; Stopped if nobody is left."""
        catcher = catchers.find(self.instance, token, "error", code, itself=itself)
        if catcher is None and not self.host.is_called:
            raise Stopped(f"错误 {code} 没有被任何边界事件或事件子流程捕获")
        if not itself:
            self.left(token)
        if catcher is not None:
            self._strike(token, catcher, {"code": code, "message": message})
        else:
            self.notes.error = (code, message)
            self.cancel_scope(None)

    def _strike(self, token: Token, catcher: catchers.Catcher, raised: dict[str, Any]) -> None:
        spec, activity, scope = catcher
        if activity is not None:
            spec.strike(activity, raised)
        else:
            spec.strike(token, scope, raised)

    def caught(self, token: Token, raised: dict[str, Any]) -> None:
        """Keep what an event has caught."""
        token.said = self.frames.keep(token, "errors", token.task_spec.node.id, raised)
        token.fired = True

    # What one token does to others

    def cancelled(self, token: Token) -> None:
        """Note that a token is being taken off."""
        self.notes.cancelled(token)
        if token.local:
            self.hand_up(token)

    def withdraw(self, anchor: UUID, besides: Token | None = None) -> None:
        """Close the events that hang on a token."""
        for token in list(self.instance.live.values()):
            if token.anchor == anchor and token is not besides:
                token.cancel()

    def cancel_scope(self, scope: UUID | None, besides: Token | None = None) -> None:
        """Take off every token in a subprocess, or in the whole process."""
        for token in list(self.instance.live.values()):
            if token.scope == scope and token is not besides:
                token.cancel()

    def is_busy(self, scope: UUID | None) -> bool:
        """Tell whether anything but listeners is still in a scope."""
        return any(
            token.scope == scope and not (token.task_spec.listens and not token.fired)
            for token in self.instance.live.values()
        )

    def through(self, token: Token) -> None:
        """Let the scope of a token end once nothing moves in it any more."""
        if token.scope is None:
            if not self.is_busy(None):
                self.cancel_scope(None)
            return
        owner = self.instance.live.get(token.scope)
        if owner is not None:
            owner.task_spec.hears(owner, token)


def _restore(seen: dict[str, Any], before: dict[str, Any]) -> None:
    seen.clear()
    seen.update(before)
