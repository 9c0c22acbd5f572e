"""Activities done several times: multi-instance and standard loop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin
from SpiffWorkflow.util.task import TaskState

from workflow_server.engine.activities import Activity
from workflow_server.engine.graph import Loop

if TYPE_CHECKING:
    from workflow_server.engine.tokens import Token

#: What the name of an element's turns ends with; no id of a diagram can.
TURN = "\t"


class Repeated(Activity, BpmnSpecMixin):  # type: ignore[misc]
    """An activity as a whole: events hang on it, its turns are tokens inside it."""

    holds = True
    silent = True
    #: What is done in each turn.
    each: Any
    loop: Loop

    def hold(self, token: Token) -> None:
        token._set_state(TaskState.STARTED)
        if token.turns is None:
            self.begin(token)
        else:
            self.proceed(token)

    def begin(self, token: Token) -> None:
        """Work out what is to be done, and begin."""
        raise NotImplementedError

    def proceed(self, token: Token) -> None:
        """Decide what follows a turn that has ended."""
        raise NotImplementedError

    def hears(self, owner: Token, token: Token) -> None:
        turns = owner.turns
        assert turns is not None
        turns["done"] += 1
        turns["last"] = owner.workflow.walk.hand_up(token)
        if owner.state != TaskState.ERROR:
            owner.workflow.walk.attempt(owner, self.proceed)

    def collect(self, token: Token) -> None:
        """Take the result of a turn that is ending."""

    def turn(self, owner: Token, index: int, local: dict[str, Any]) -> None:
        """Begin one turn; `index` counts from 0."""
        child = owner._add_child(self.each)
        child.scope = owner.id
        child.local = {**local, "loopCounter": index + 1}
        self.each._update(child)

    def finish(self, token: Token) -> None:
        """Let the activity as a whole go on."""
        token.fired = True
        token._ready()

    def _on_cancel(self, token: Token) -> None:
        token.workflow.walk.cancel_scope(token.id)
        super()._on_cancel(token)


class MultiInstance(Repeated):
    """Once for each item of a list, or a number of times: all at once or one by one."""

    def begin(self, token: Token) -> None:
        items = token.workflow.walk.items(token, self.loop)
        token.turns = {"items": items, "next": 0, "done": 0, "results": {}, "last": None}
        if not items:
            token.workflow.walk.passed(token)
            self._end(token)
        for _ in items if self.loop.kind == "parallel" else items[:1]:
            self._next(token, token.turns)

    def proceed(self, token: Token) -> None:
        turns, walk = token.turns, token.workflow.walk
        assert turns is not None
        if self.loop.condition is not None and walk.is_true(token, self.loop.condition):
            walk.cancel_scope(token.id)
            self._end(token)
        elif turns["done"] == len(turns["items"]):
            self._end(token)
        elif self.loop.kind == "sequential":
            self._next(token, turns)

    def collect(self, token: Token) -> None:
        if self.loop.result is not None:
            owner = token.workflow.live[token.scope]
            index = str((token.local or {})["loopCounter"] - 1)
            results = token.workflow.walk.evaluate(token, self.loop.result)
            owner.turns["results"][index] = results

    def _next(self, owner: Token, turns: dict[str, Any]) -> None:
        index = turns["next"]
        turns["next"] += 1
        item = {} if self.loop.item is None else {self.loop.item: turns["items"][index]}
        self.turn(owner, index, item)

    def _end(self, token: Token) -> None:
        turns = token.turns
        assert turns is not None
        if self.loop.into is not None:
            results = [turns["results"].get(str(i)) for i in range(len(turns["items"]))]
            token.workflow.walk.write(token, self.loop.into, results)
        self.finish(token)


class StandardLoop(Repeated):
    """Again and again while its condition holds."""

    def begin(self, token: Token) -> None:
        token.turns = {"done": 0, "last": {"loopCounter": 0}}
        if self.loop.before:
            self.proceed(token)
        else:
            self.turn(token, 0, {})

    def proceed(self, token: Token) -> None:
        turns, walk = token.turns, token.workflow.walk
        assert turns is not None
        spent = self.loop.maximum is not None and turns["done"] >= self.loop.maximum
        if not spent and walk.is_true(token, self.loop.condition):
            self.turn(token, turns["done"], {})
            return
        if not turns["done"]:
            walk.passed(token)
        self.finish(token)
