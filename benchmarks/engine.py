"""What a step of the engine costs, over SpiffWorkflow's own step in memory; one JSON object a line.

Ratios within one run, minima of several repeats: the machines are noisy.
"""

from __future__ import annotations

import json
from time import perf_counter
from typing import Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.util.task import TaskState

from tests.engine.builder import NOW, Process, straight
from workflow_server.engine import runtime
from workflow_server.engine.definitions import Definition, process_of
from workflow_server.engine.runtime import Host, Step
from workflow_server.engine.tokens import load

REPEATS = 15
GOALS = {10: 2.0, 50: 3.0, 200: 5.0}


class Nobody:
    """A host that does nothing, so that only the engine is measured."""

    shared: frozenset[str] = frozenset()
    is_called = False

    def enter(self, *_: Any) -> None:
        pass

    perform = leave = enter

    def evaluate(self, expressions: Any, _: Any) -> list[bool]:
        return [False] * len(expressions)


HOST: Host = Nobody()


def report(bench: str, value: float, unit: str, goal: float) -> None:
    """Print one measured figure."""
    line = {"bench": bench, "value": round(value, 4), "unit": unit, "goal": goal}
    print(json.dumps(line), flush=True)


def complete(definition: Definition, step: Step, which: int = 0) -> Step:
    """Complete an open task the way a server does: from stored bytes to stored bytes."""
    live = load(process_of(definition), step.state, NOW).live
    task = [i for i, token in live.items() if token.task_spec.manual][which]
    return runtime.complete_task(definition, step.state, {}, task, {}, NOW, HOST)


def library_step(process: Process, tasks: int) -> float:
    """Return the seconds SpiffWorkflow itself takes per user task, in memory, nothing saved."""
    parser = BpmnParser()
    parser.add_bpmn_str(process.xml())
    workflow = BpmnWorkflow(parser.get_spec("p"))
    workflow.do_engine_steps()
    begin = perf_counter()
    while (task := workflow.get_next_task(state=TaskState.READY, manual=True)) is not None:
        task.run()
        workflow.do_engine_steps()
    return (perf_counter() - begin) / tasks


def our_step(definition: Definition, tasks: int) -> float:
    """Return the seconds one completion takes: load, complete, save."""
    step = runtime.start(definition, {}, NOW, HOST)
    begin = perf_counter()
    while not step.ended:
        (task,) = step.opened
        step = runtime.complete_task(definition, step.state, {}, task.id, {}, NOW, HOST)
    return (perf_counter() - begin) / tasks


def step_ratio(elements: int) -> None:
    """Compare both on a line of `elements` elements."""
    tasks = elements - 2
    process = straight(tasks)
    definition = process.definition()
    pairs = [(our_step(definition, tasks), library_step(process, tasks)) for _ in range(REPEATS)]
    ours, theirs = (min(column) for column in zip(*pairs, strict=True))
    report(f"engine.step_ratio.{elements}", ours / theirs, "ratio", GOALS[elements])
    report(f"engine.step_ms.{elements}", ours * 1000, "ms", GOALS[elements] * theirs * 1000)


def loop_with_block() -> Process:
    """Draw a loop with a parallel block of two in it."""
    process = Process().start().end().xor("merge").parallel("split", "join").user("a", "b")
    process.xor("again", default="back").chain("start", "merge", "split").chain("join", "again")
    process.chain("split", "a", "join").chain("split", "b", "join")
    return process.flow("again", "end", "=done").flow("again", "merge", id="back")


def age_ratio() -> None:
    """Compare turn 500 of a loop with turn 5."""
    definition = loop_with_block().definition()
    step = runtime.start(definition, {}, NOW, HOST)
    kept: dict[int, Step] = {}
    for turn in range(1, 501):
        step = complete(definition, complete(definition, step))
        if turn in (5, 500):
            kept[turn] = step
    tasks, sizes, seconds = {}, {}, {}
    for turn, step in kept.items():
        tasks[turn] = len(load(process_of(definition), step.state, NOW).tasks)
        sizes[turn] = len(step.state)
        seconds[turn] = 9.9
    for _ in range(400):
        for turn, step in kept.items():
            begin = perf_counter()
            complete(definition, complete(definition, step))
            seconds[turn] = min(seconds[turn], perf_counter() - begin)
    report("engine.age_ratio.time", seconds[500] / seconds[5], "ratio", 1.3)
    report("engine.age_ratio.tasks", tasks[500] / tasks[5], "ratio", 1.0)
    report("engine.age_ratio.bytes", sizes[500] / sizes[5], "ratio", 1.0)
    report("engine.loop_state", sizes[500], "bytes", 3200)


def blocks(count: int = 10, width: int = 3) -> None:
    """Start parallel blocks in a row."""
    process, last = Process().start().end(), "start"
    for b in range(count):
        process.parallel(f"s{b}", f"j{b}").flow(last, f"s{b}")
        for w in range(width):
            process.user(f"t{b}_{w}").chain(f"s{b}", f"t{b}_{w}", f"j{b}")
        last = f"j{b}"
    definition = process.flow(last, "end").definition()
    best = 9.9
    for _ in range(200):
        begin = perf_counter()
        step = runtime.start(definition, {}, NOW, HOST)
        best = min(best, perf_counter() - begin)
    report("engine.blocks.time", best * 1000, "ms", 5.0)
    held = load(process_of(definition), step.state, NOW).tasks
    report("engine.blocks.tasks", len(held), "tasks", 200)


def main() -> None:
    """Print every figure of the engine."""
    for elements in GOALS:
        step_ratio(elements)
    age_ratio()
    blocks()


if __name__ == "__main__":
    main()
