"""Draws diagrams from a seed: nested blocks, and flows thrown across them."""

from __future__ import annotations

from random import Random

from tests.fuzzing.model import ACTIVITIES, WORK, Diagram, Element, Flow
from tests.fuzzing.placing import Placing

_SIMPLE = {
    "task": 10,
    "catch": 2,
    "throw": 3,
    "call": 2,
}
_NESTED = {
    "sequence": 6,
    "choice": 4,
    "parallel": 5,
    "inclusive": 5,
    "mixed": 3,
    "loop": 4,
    "events": 3,
    "sub": 6,
    "link": 2,
    "fan": 3,
}


def draw(seed: object, size: int) -> Diagram:
    """Return the diagram of a seed with about `size` blocks."""
    drawing = Drawing(Random(f"{seed}"), size)
    if drawing.random.random() < 0.2:
        drawing.graph()
    else:
        drawing.scope(None)
        drawing.other_start()
    if any(each.kind == "callActivity" for each in drawing.diagram.elements.values()):
        drawing.diagram.called = [callee()]
    return drawing.diagram


def callee() -> Diagram:
    """A process to be called; what it does is made up when it is answered."""
    called = Diagram("q")
    for identity, kind in (("qs", "startEvent"), ("qt", "userTask"), ("qe", "endEvent")):
        called.elements[identity] = Element(identity, kind)
    called.flows = [Flow("qf1", "qs", "qt"), Flow("qf2", "qt", "qe")]
    return called


class Drawing(Placing):
    """A diagram under way; `left` counts the blocks that may still be drawn."""

    def __init__(self, random: Random, size: int) -> None:
        super().__init__(random)
        self.left = size

    # scopes

    def scope(self, within: str | None, start: Element | None = None) -> None:
        """Fill a process or a subprocess: a start, a block, an end, and what listens."""
        depth = 0 if within is None else self.depth(within)
        if start is None:
            start = self.add("startEvent", "s", within)
        first, last = self._course(within, depth)
        self.flow(start.id, first)
        self.flow(last, self.end(within))
        if depth < 3 and self.chance(0.3):
            self.left += 3
        for _ in range(3):
            if self.left > 0 and self.chance(0.35 if depth < 3 else 0):
                self.event_subprocess(within)
        if self.chance(0.35):
            self.throw_flows_across(within)

    def other_start(self) -> None:
        """Sometimes let a message, a signal or a timer begin the process as well."""
        if not self.chance(0.1):
            return
        first = self.diagram.out(next(iter(self.diagram.elements)))[0].target
        if self.diagram.elements[first].kind != "exclusiveGateway":
            return
        start = self.add("startEvent", "s", None)
        self.about(start, self.pick(["message", "signal", "timer"]))
        self.flow(start.id, first)

    def event_subprocess(self, within: str | None) -> None:
        self.left -= 1
        triggered = self.add("subProcess", "es", within, triggered=True)
        start = self.add("startEvent", "s", triggered.id)
        event = self.pick(["message", "timer", "signal", "conditional", "error", "escalation"])
        start.interrupting = event == "error" or self.chance(0.5)
        self.about(start, event, cycles=not start.interrupting)
        self.scope(triggered.id, start)

    def _course(self, within: str | None, depth: int) -> tuple[str, str]:
        """Draw blocks one after the other; in a process none uses up what there is for all."""
        if within is not None:
            course = self.block(within, depth)
            if self.chance(0.3):
                course = self._join(self._task(within, depth), course)
            return course
        course = self._task(within, depth)
        after = self.left
        while after > 0:
            self.left = share = min(after, self.random.randint(3, 7))
            after -= share
            course = self._join(course, self.block(within, depth))
        self.left += 2
        return course

    def _join(self, one: tuple[str, str], other: tuple[str, str]) -> tuple[str, str]:
        self.flow(one[1], other[0])
        return one[0], other[1]

    # blocks: each returns the element it begins with and the one it ends with

    def block(self, within: str | None, depth: int) -> tuple[str, str]:
        self.left -= 1
        kinds = dict(_SIMPLE)
        if self.left > 0 and depth < 5:
            kinds |= _NESTED
        kind = self.random.choices(list(kinds), list(kinds.values()))[0]
        first, last = getattr(self, f"_{kind}")(within, depth + 1)
        return first, last

    def _sequence(self, within: str | None, depth: int) -> tuple[str, str]:
        first, last = self.block(within, depth)
        for _ in range(self.random.randint(1, 2)):
            then, end = self.block(within, depth)
            self.flow(last, then)
            last = end
        return first, last

    def _branches(
        self, within: str | None, depth: int, fork: Element, join: Element, ways: int
    ) -> None:
        """Draw blocks between two gateways; some lead straight on, some end for themselves."""
        for way in range(ways):
            condition = None
            if fork.kind in ("exclusiveGateway", "inclusiveGateway"):
                condition = self.condition(fork.id, way)
            if way and self.chance(0.15):
                flow = self.flow(fork.id, join.id, condition)
            else:
                first, last = self.block(within, depth)
                flow = self.flow(fork.id, first, condition)
                own = way and self.chance(0.15)
                self.flow(last, self.end(within, special=True) if own else join.id)
            if way == ways - 1 and condition and self.chance(0.9):
                flow.condition, fork.default = None, flow.id

    def _gateways(self, within: str | None, depth: int, fork: str, join: str) -> tuple[str, str]:
        start = self.add(fork, "g", within)
        end = self.add(join, "j", within)
        self._branches(within, depth, start, end, self.random.randint(2, 3))
        return start.id, end.id

    def _choice(self, within: str | None, depth: int) -> tuple[str, str]:
        return self._gateways(within, depth, "exclusiveGateway", "exclusiveGateway")

    def _parallel(self, within: str | None, depth: int) -> tuple[str, str]:
        return self._gateways(within, depth, "parallelGateway", "parallelGateway")

    def _inclusive(self, within: str | None, depth: int) -> tuple[str, str]:
        return self._gateways(within, depth, "inclusiveGateway", "inclusiveGateway")

    def _mixed(self, within: str | None, depth: int) -> tuple[str, str]:
        kinds = ["exclusiveGateway", "parallelGateway", "inclusiveGateway", "inclusiveGateway"]
        return self._gateways(within, depth, self.pick(kinds), self.pick(kinds))

    def _loop(self, within: str | None, depth: int) -> tuple[str, str]:
        merge = self.add("exclusiveGateway", "j", within)
        task, first = self._task(within, depth)
        then, last = self.block(within, depth)
        fork = self.add(self.pick(["exclusiveGateway", "inclusiveGateway"]), "g", within)
        self.flow(merge.id, task)
        self.flow(first, then)
        self.flow(last, fork.id)
        self.flow(fork.id, merge.id, self.condition(fork.id, 0))
        after = self.add("exclusiveGateway", "j", within)
        fork.default = self.flow(fork.id, after.id).id
        return merge.id, after.id

    def _events(self, within: str | None, depth: int) -> tuple[str, str]:
        fork = self.add("eventBasedGateway", "g", within)
        join = self.add("exclusiveGateway", "j", within)
        for _ in range(self.random.randint(2, 3)):
            event = self.pick(["message", "timer", "signal", "conditional", "receive"])
            if event == "receive":
                caught = self.add("receiveTask", "t", within, name=self.name("m"))
            else:
                caught = self.add("intermediateCatchEvent", "c", within)
                self.about(caught, event)
            self.flow(fork.id, caught.id)
            last = caught.id
            if self.left > 0 and self.chance(0.4):
                first, last = self.block(within, depth)
                self.flow(caught.id, first)
            self.flow(last, join.id)
        return fork.id, join.id

    def _sub(self, within: str | None, depth: int) -> tuple[str, str]:
        sub = self.add("subProcess", "sub", within)
        self.scope(sub.id)
        return self.furnish(sub, depth, loops=0.45)

    def _call(self, within: str | None, depth: int) -> tuple[str, str]:
        call = self.add("callActivity", "call", within, name="q")
        return self.furnish(call, depth, loops=0.3)

    def _task(self, within: str | None, depth: int) -> tuple[str, str]:
        kind = self.pick(["userTask"] * 7 + ["manualTask", "receiveTask", *WORK])
        task = self.add(kind, "t", within)
        if kind in ("receiveTask", "sendTask"):
            task.name = self.name("m")
        return self.furnish(task, depth, loops=0.25)

    def _catch(self, within: str | None, depth: int) -> tuple[str, str]:
        caught = self.add("intermediateCatchEvent", "c", within)
        self.about(caught, self.pick(["message", "timer", "signal", "conditional"]))
        return caught.id, caught.id

    def _throw(self, within: str | None, depth: int) -> tuple[str, str]:
        thrown = self.add("intermediateThrowEvent", "i", within)
        kinds = ["none", "message", "signal", "signal", "signal", "escalation", "escalation"]
        self.about(thrown, self.pick(kinds))
        return thrown.id, thrown.id

    def _link(self, within: str | None, depth: int) -> tuple[str, str]:
        merge = self.add("exclusiveGateway", "j", within)
        name = self.name("link")
        for _ in range(self.random.randint(1, 2)):
            thrown = self.add("intermediateThrowEvent", "i", within, event="link", name=name)
            self.flow(merge.id, thrown.id, self.condition(merge.id, 0))
        out = self.diagram.out(merge.id)
        out[-1].condition = None
        merge.default = out[-1].id if len(out) > 1 else None
        caught = self.add("intermediateCatchEvent", "c", within, event="link", name=name)
        return merge.id, caught.id

    def _fan(self, within: str | None, depth: int) -> tuple[str, str]:
        """An element with several outgoing flows, some conditional if it is an activity."""
        first, fork = self.pick([self._task, self._task, self._catch, self._call])(within, depth)
        join = self.add(self.pick(["inclusiveGateway", "exclusiveGateway"]), "j", within)
        for way in range(self.random.randint(2, 3)):
            then, last = self.block(within, depth)
            flow = self.flow(fork, then)
            if self.diagram.elements[fork].kind in ACTIVITIES and self.chance(0.6):
                flow.condition = self.condition(fork, way)
            self.flow(last, join.id)
        self.maybe_default(fork)
        return first, join.id

    # what hangs on an activity

    def furnish(self, host: Element, depth: int, loops: float) -> tuple[str, str]:
        """Give an activity a loop and boundary events; return where to come and go."""
        if self.chance(loops):
            host.loop = self.loop(host.id)
        first = last = host.id
        for _ in range(2):
            if self.left > 0 and self.chance(0.3):
                first, last = self.boundary(host, depth, first, last)
        return first, last

    def boundary(self, host: Element, depth: int, first: str, last: str) -> tuple[str, str]:
        self.left -= 1
        kinds = ["message", "timer", "signal", "conditional"]
        if host.kind in ("subProcess", "callActivity"):
            kinds += ["error", "error", "escalation", "escalation"]
        event = self.pick(["error"] if host.kind in WORK else kinds)
        caught = self.add("boundaryEvent", "b", host.scope, attached=host.id)
        caught.interrupting = event == "error" or self.chance(0.5)
        self.about(caught, event, cycles=not caught.interrupting)
        after = caught.id
        if self.left > 0 and self.chance(0.5):
            then, after = self.block(host.scope, depth)
            self.flow(caught.id, then)
        where = self.pick(["end", "end", "after", "before"])
        if where == "end":
            self.flow(after, self.end(host.scope, special=self.chance(0.3)))
            return first, last
        merge = self.add("exclusiveGateway", "j", host.scope)
        self.flow(after, merge.id)
        if where == "after":
            self.flow(last, merge.id)
            return first, merge.id
        self.flow(merge.id, first)
        return merge.id, last

    def end(self, within: str | None, special: bool = False) -> str:
        end = self.add("endEvent", "e", within)
        kinds = ["none"] * 16 + ["terminate", "signal", "signal", "escalation", "message"]
        around = self.diagram.elements.get(within or "")
        handles = around is not None and around.triggered
        if special or (within is not None and self.chance(0.5 if handles else 0.2)):
            kinds = ["none", "none", "terminate", "signal", "escalation", "escalation", "message"]
            kinds += ["error"] * (2 if within else 1)
        self.about(end, self.pick(kinds))
        return end.id

    # without blocks

    def throw_flows_across(self, within: str | None) -> None:
        """Add a few flows from where there is a choice to anywhere in the scope."""
        inside = self.diagram.inside(within)
        sources = [e for e in inside if e.kind in ("exclusiveGateway", "inclusiveGateway")]
        sources = [e for e in sources if len(self.diagram.out(e.id)) > 1]
        targets = [e for e in inside if self.reachable(e)]
        for _ in range(self.random.randint(1, 2)):
            if sources and targets:
                source, target = self.pick(sources), self.pick(targets)
                way = len(self.diagram.out(source.id))
                self.flow(source.id, target.id, self.condition(source.id, way))

    def graph(self) -> None:
        """Draw tasks and gateways linked at random."""
        start = self.add("startEvent", "s", None)
        end = self.add("endEvent", "e", None)
        kinds = ["userTask"] * 4 + ["exclusiveGateway", "parallelGateway", "inclusiveGateway"] * 2
        size = self.random.randint(2, 9)
        nodes = [self.add(self.pick(kinds), "n", None) for _ in range(size)]
        self.flow(start.id, nodes[0].id)
        for i, node in enumerate(nodes):
            ways = 1 if node.kind == "userTask" else self.random.randint(1, 3)
            for way in range(ways):
                to = self.pick([i + 1, i + 1, self.random.randrange(size)])
                flow = self.flow(node.id, nodes[to].id if to < size else end.id)
                if ways > 1 and node.kind != "parallelGateway":
                    flow.condition = self.condition(node.id, way)
            if self.chance(0.3) and node.kind == "userTask":
                self.boundary(node, 5, node.id, node.id)
            self.maybe_default(node.id)

    def maybe_default(self, element: str) -> None:
        out = self.diagram.out(element)
        decided = any(flow.condition for flow in out[:-1]) and out[-1].condition
        if decided and self.chance(0.8):
            self.diagram.elements[element].default = out[-1].id
            out[-1].condition = None
