"""Shapes that several tests draw: event subprocesses, marks of repetition, a ticking branch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from xml.sax.saxutils import quoteattr

from tests.engine.builder import FakeHost, Player, Process
from workflow_server import feel

#: What the events of these tests are about.
TEXTS = {
    "message": "M-X",
    "timer": "P1D",
    "signal": "S-X",
    "conditional": "=c",
    "error": "E-X",
    "escalation": "U-X",
}


class FeelHost(FakeHost):
    """Evaluates FEEL, and takes the answers over as variables."""

    def evaluate(self, expressions: Sequence[str], variables: dict[str, Any]) -> list[Any]:
        self.expressions.append(list(expressions))
        return list(feel.evaluate_all(list(expressions), variables))


def learning(host: FakeHost) -> FakeHost:
    """Let a host write what ended a wait into variables of the same names."""
    host.on_leave = lambda visit, variables: variables.update(variables.get("this") or {})
    return host


def body(prefix: str, *tasks: str) -> Process:
    """Draw what a subprocess holds: user tasks one after the other."""
    inner = Process(f"in_{prefix}").start(f"{prefix}_s").end(f"{prefix}_e").user(*tasks)
    return inner.chain(f"{prefix}_s", *tasks, f"{prefix}_e")


def handler(
    event: str, text: str | None = None, stop: bool = True, task: str = "h", id: str = "hs"
) -> Process:
    """Draw what an event subprocess holds: its start, one task, its end."""
    inner = Process(f"in_{id}").user(task).end(f"{id}_e")
    start = inner.about(event, TEXTS[event] if text is None else text or None)
    inner.element("startEvent", id, start, isInterrupting="true" if stop else "false")
    return inner.chain(id, task, f"{id}_e")


def with_handler(process: Process, inner: Process, id: str = "handler") -> Process:
    """Draw an event subprocess."""
    return process.sub(id, inner, triggeredByEvent="true")


def multi(
    items: str | None = None,
    count: str | None = None,
    done: str | None = None,
    sequential: bool = False,
    **more: Any,
) -> str:
    """Return the mark of a multi-instance activity."""
    named = {"items": items, **more} if items else more
    each = "".join(f" {name}={quoteattr(str(value))}" for name, value in named.items())
    inner = f"<bpmn:extensionElements><wf:each{each}/></bpmn:extensionElements>" if each else ""
    inner += f"<bpmn:loopCardinality>{count}</bpmn:loopCardinality>" if count else ""
    inner += f"<bpmn:completionCondition>{done}</bpmn:completionCondition>" if done else ""
    kind = "multiInstanceLoopCharacteristics"
    how = "true" if sequential else "false"
    return f'<bpmn:{kind} isSequential="{how}">{inner}</bpmn:{kind}>'


def again(condition: str, before: bool = False, maximum: int | None = None) -> str:
    """Return the mark of a standard loop."""
    most = "" if maximum is None else f' loopMaximum="{maximum}"'
    test = "true" if before else "false"
    return (
        f'<bpmn:standardLoopCharacteristics testBefore="{test}"{most}>'
        f"<bpmn:loopCondition>{condition}</bpmn:loopCondition>"
        "</bpmn:standardLoopCharacteristics>"
    )


def ticking() -> Process:
    """Draw a branch of tasks beside the rest; completing one lets conditions be looked at."""
    ticks = [f"tick{i}" for i in range(4)]
    process = Process().start().parallel("split").user(*ticks).end()
    return process.chain("start", "split", *ticks, "end")


def tick(player: Player, **facts: Any) -> Player:
    """Change facts beside what is looked at."""
    player.variables = {**player.variables, **facts}
    return player.complete(next(task for task in player.open if task.startswith("tick")))


def work(player: Player) -> list[str]:
    """Return the open tasks but the ticking one."""
    return [task for task in player.open if not task.startswith("tick")]


def bring(player: Player, event: str, at: str) -> Player:
    """Let an event of TEXTS happen."""
    ways: dict[str, Callable[[], Player]] = {
        "message": lambda: player.receive(at),
        "timer": lambda: player.ring(at),
        "signal": lambda: player.signal(TEXTS["signal"]),
        "conditional": lambda: tick(player, c=True),
    }
    return ways[event]()
