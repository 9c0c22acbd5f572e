"""Random diagrams run like two simple reference interpreters, saved and loaded at each step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engine.builder import FakeHost, Player, Process
from workflow_server.engine.definitions import DefinitionRefused

# A block is ("task", id) or (kind, id, parts) with kind sequence, choice, parallel, loop, sub.
Block = tuple[Any, ...]


class Blocks:
    """Draws nested blocks, and answers their gateways from a fixed list of decisions."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.count = 0

    def name(self, kind: str) -> str:
        self.count += 1
        return f"{kind}{self.count}"

    def block(self, depth: int) -> Block:
        kinds = ["task", "task"]
        if depth > 0:
            kinds += ["sequence", "choice", "parallel", "parallel", "loop", "sub"]
        kind = self.random.choice(kinds)
        if kind == "task":
            return ("task", self.name("t"))
        if kind == "loop":
            body = ("sequence", "", [("task", self.name("t")), self.block(depth - 1)])
            return ("loop", self.name("g"), [body])
        if kind == "sub":
            return ("sub", self.name("sub"), [self.block(depth - 1)])
        parts = [self.block(depth - 1) for _ in range(self.random.randint(1, 3))]
        if kind != "sequence" and self.random.random() < 0.3:
            parts.append(("sequence", "", []))
        if kind == "choice" and len(parts) < 2:
            parts.append(("sequence", "", []))
        return (kind, self.name("g"), parts)


def draw(block: Block, process: Process, last: str, when: str | None = None, **flow: Any) -> str:
    """Draw a block behind an element, and return the element it ends with."""
    if block[0] == "task":
        process.user(block[1]).flow(last, block[1], when, **flow)
        return str(block[1])
    kind, name, parts = block
    if kind == "sequence":
        if not parts:
            process.parallel(empty := f"e{last}{len(process._parts)}").flow(
                last, empty, when, **flow
            )
            return empty
        for part in parts:
            last, when, flow = draw(part, process, last, when, **flow), None, {}
        return last
    if kind == "sub":
        inner = Process(f"in_{name}").start(f"s_{name}").end(f"x_{name}")
        inner.flow(draw(parts[0], inner, f"s_{name}"), f"x_{name}")
        process.sub(name, inner).flow(last, name, when, **flow)
        return str(name)
    if kind == "loop":
        process.xor(f"m_{name}").flow(last, f"m_{name}", when, **flow)
        process.element("exclusiveGateway", name, default=f"d_{name}")
        process.flow(draw(parts[0], process, f"m_{name}"), name)
        process.flow(name, f"m_{name}", f"{name}_0")
        process.xor(f"o_{name}").flow(name, f"o_{name}", id=f"d_{name}")
        return f"o_{name}"
    if kind == "parallel":
        process.parallel(name, f"j_{name}").flow(last, name, when, **flow)
        for part in parts:
            process.flow(draw(part, process, name), f"j_{name}")
        return f"j_{name}"
    process.xor(f"j_{name}").flow(last, name, when, **flow)
    process.element("exclusiveGateway", name, default=f"d_{name}")
    for i, part in enumerate(parts):
        final = i == len(parts) - 1
        way = {"id": f"d_{name}"} if final else {}
        condition = None if final else f"{name}_{i}"
        process.flow(draw(part, process, name, condition, **way), f"j_{name}")
    return f"j_{name}"


class Decisions:
    """Gives the n-th visit of a gateway the same answer to everyone who asks."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.visits: Counter[str] = Counter()

    def choose(self, gateway: str, ways: int, loop: bool = False) -> int:
        self.visits[gateway] += 1
        visit = self.visits[gateway]
        if loop and visit % 4 == 0:
            return ways - 1
        return Random(f"{self.seed}:{gateway}:{visit}").randrange(ways)


class DecidingHost(FakeHost):
    def __init__(self, decisions: Decisions) -> None:
        super().__init__()
        self.decisions = decisions

    def evaluate(self, expressions: Sequence[str], variables: dict[str, Any]) -> list[Any]:
        gateway = expressions[0].split("_")[0]
        ways = len(expressions) + 1
        choice = self.decisions.choose(gateway, ways, loop=ways == 2 and gateway in self.loops)
        return [i == choice for i in range(len(expressions))]

    loops: frozenset[str] = frozenset()


class Reference:
    """Interprets blocks directly: a state is what is left to do, None when nothing is."""

    def __init__(self, decisions: Decisions) -> None:
        self.decisions = decisions

    def enter(self, block: Block) -> Any:
        kind = block[0]
        if kind == "task":
            return block
        if kind == "sequence":
            return self.follow(block[2])
        if kind == "sub":
            return self.enter(block[2][0])
        if kind == "choice":
            return self.enter(block[2][self.decisions.choose(block[1], len(block[2]))])
        if kind == "loop":
            return self.around(block)
        left = [state for part in block[2] if (state := self.enter(part)) is not None]
        return ("all", left) if left else None

    def follow(self, parts: list[Block]) -> Any:
        for i, part in enumerate(parts):
            if (state := self.enter(part)) is not None:
                return ("then", state, parts[i + 1 :])
        return None

    def around(self, loop: Block) -> Any:
        while True:
            if (state := self.enter(loop[2][0])) is not None:
                return ("again", state, loop)
            if self.decisions.choose(loop[1], 2, loop=True):
                return None

    def done(self, state: Any, task: str) -> Any:
        """Return what is left once a task is done."""
        kind = state[0]
        if kind == "task":
            return None if state[1] == task else state
        if kind == "all":
            left = [after for part in state[1] if (after := self.done(part, task)) is not None]
            return ("all", left) if left else None
        after = self.done(state[1], task)
        if after is not None:
            return (kind, after, state[2])
        if kind == "then":
            return self.follow(state[2])
        return None if self.decisions.choose(state[2][1], 2, loop=True) else self.around(state[2])

    def open(self, state: Any) -> list[str]:
        if state is None:
            return []
        if state[0] == "task":
            return [state[1]]
        if state[0] == "all":
            return sorted(task for part in state[1] for task in self.open(part))
        return self.open(state[1])


def loops_of(block: Block) -> set[str]:
    if block[0] == "task":
        return set()
    inner = {name for part in block[2] for name in loops_of(part)}
    return inner | {block[1]} if block[0] == "loop" else inner


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32))
def test_block_structured_diagrams_open_the_same_tasks_as_the_reference(seed: int) -> None:
    random = Random(seed)
    block = Blocks(random).block(4)
    process = Process().start().end()
    process.flow(draw(block, process, "start"), "end")
    host = DecidingHost(Decisions(seed))
    host.loops = frozenset(loops_of(block))
    player, reference = Player(process, host).start(), Reference(Decisions(seed))
    state = reference.enter(block)
    for _ in range(60):
        assert player.open == reference.open(state)
        assert player.failing == []
        if state is None:
            assert player.step.ended
            break
        task = random.choice(player.open)
        player.complete(task)
        state = reference.done(state, task)


class Tokens:
    """Plays tokens on any graph of tasks and gateways, one by one."""

    def __init__(self, nodes: dict[str, str], flows: list[tuple[str, str]]) -> None:
        self.nodes = nodes
        self.flows = flows
        self.turn = 0
        self.open: Counter[str] = Counter()
        self.arrived: Counter[int] = Counter()

    def ways(self, node: str) -> list[int]:
        return [i for i, (source, _) in enumerate(self.flows) if source == node]

    def leave(self, node: str) -> None:
        todo = self.ways(node)
        while todo:
            flow = todo.pop()
            target = self.flows[flow][1]
            kind = self.nodes[target]
            if kind == "task":
                self.open[target] += 1
            elif kind == "xor":
                ways = self.ways(target)
                todo.append(ways[decide(target, self.turn, len(ways))])
            elif kind == "and":
                self.arrived[flow] += 1
                into = [i for i, (_, end) in enumerate(self.flows) if end == target]
                if all(self.arrived[i] for i in into):
                    self.arrived.subtract(into)
                    todo += self.ways(target)

    def complete(self, task: str) -> None:
        self.turn += 1
        self.open[task] -= 1
        self.leave(task)


def decide(gateway: str, turn: int, ways: int) -> int:
    return Random(f"{gateway}:{turn}").randrange(ways)


class TurnHost(FakeHost):
    turn = 0

    def evaluate(self, expressions: Sequence[str], variables: dict[str, Any]) -> list[Any]:
        gateway = expressions[0].split("_")[0]
        choice = decide(gateway, self.turn, len(expressions) + 1)
        return [i == choice for i in range(len(expressions))]


def random_graph(random: Random) -> tuple[Process, Tokens] | None:
    """Draw tasks and gateways linked at random; None if the result is refused."""
    size = random.randint(2, 9)
    kinds = random.choices(["task", "xor", "and"], weights=[4, 3, 3], k=size)
    nodes = {"start": "start", "end": "end"} | {f"n{i}": kind for i, kind in enumerate(kinds)}
    flows = [("start", "n0")]
    for i, kind in enumerate(kinds):
        targets = [f"n{random.choice([i + 1, i + 1, random.randrange(size)])}" for _ in range(3)]
        for target in targets[: 1 if kind == "task" else random.randint(1, 3)]:
            flows.append((f"n{i}", target if target in nodes else "end"))
    process = Process().start().end()
    ways: Counter[str] = Counter()
    for node, kind in nodes.items():
        several = sum(source == node for source, _ in flows) > 1
        if kind == "task":
            process.user(node)
        elif kind == "xor":
            process.element("exclusiveGateway", node, default=f"d_{node}" if several else None)
        elif kind == "and":
            process.parallel(node)
    for i, (source, target) in enumerate(flows):
        final = source not in [other for other, _ in flows[i + 1 :]]
        if nodes[source] == "xor" and not final:
            process.flow(source, target, f"{source}_{ways[source]}")
            ways[source] += 1
        elif nodes[source] == "xor" and ways[source]:
            process.flow(source, target, id=f"d_{source}")
        else:
            process.flow(source, target)
    try:
        process.definition()
    except DefinitionRefused:
        return None
    return process, Tokens(nodes, flows)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32))
def test_any_graph_of_tasks_and_gateways_moves_tokens_like_the_reference(seed: int) -> None:
    random = Random(seed)
    drawn = next(filter(None, (random_graph(random) for _ in range(1000))))
    process, tokens = drawn
    host = TurnHost()
    player = Player(process, host).start()
    tokens.leave("start")
    for _ in range(25):
        assert player.open == sorted(tokens.open.elements())
        if not player.open or len(player.open) > 40:
            break
        task = random.choice(player.open)
        host.turn += 1
        player.complete(task)
        tokens.complete(task)
