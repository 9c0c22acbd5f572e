"""Shows a diagram and a game in a few lines."""

from __future__ import annotations

from tests.fuzzing.model import Diagram, Element
from tests.fuzzing.playing import Played


def show(diagram: Diagram, played: Played | None = None) -> str:
    """Return the diagram, the acts and the difference as text."""
    lines = _inside(diagram, None, "")
    if played is not None:
        lines += [f"{name}{arguments}" for name, arguments in played.acts]
        lines.append(f"=> {played.difference}")
    return "\n".join(lines)


def _inside(diagram: Diagram, scope: str | None, indent: str) -> list[str]:
    lines = []
    for each in diagram.inside(scope):
        flows = [
            flow.target
            + (f" if {flow.condition}" if flow.condition else "")
            + (" by default" if flow.id == each.default else "")
            for flow in diagram.out(each.id)
        ]
        lines.append(f"{indent}{each.id}: {_about(each)} -> {', '.join(flows)}")
        lines += _inside(diagram, each.id, indent + "    ")
    return lines


def _about(each: Element) -> str:
    words = [each.kind]
    if each.kind.endswith("Event"):
        words += [each.event, *(str(x) for x in (each.name, each.timer, each.condition) if x)]
    if each.attached:
        words.append(f"on {each.attached}")
    if not each.interrupting:
        words.append("beside")
    if each.triggered:
        words.append("triggered")
    if each.loop:
        words.append(str(each.loop).replace(", ", " "))
    return " ".join(words)
