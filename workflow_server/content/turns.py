"""Activities done several times: which names are known where, and what can't stand in a turn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from workflow_server.content.elements import (
    Assign,
    DeadlineEffect,
    DocumentEffect,
    Effect,
    ElementExtensions,
    NumberEffect,
    ProcessExtensions,
    RecordEffect,
)

#: What the server counts; no fact may be called so.
COUNTED = ("nrOfInstances", "nrOfActiveInstances", "nrOfCompletedInstances")
COUNTERS = frozenset([*COUNTED, "loopCounter"])
#: A fact that is the instance's even if set within an iteration.
_SHARED = frozenset({"business_key"})

_CALL = "多实例各项同时办理时会互相覆盖；请改用调用活动，每一项调用一个流程"


@dataclass(frozen=True, slots=True)
class Names:
    """The facts of a process by the iteration that they live and end with; None: the instance."""

    process: ProcessExtensions
    by_frame: Mapping[str | None, frozenset[str]]

    def at(self, element_id: str | None, *, outside: bool = False) -> frozenset[str]:
        """Return the facts and counters known at an element, or just outside it."""
        around = self.process.repeated_around(element_id or "")
        if outside and around and around[0].id == element_id:
            around = around[1:]
        found = set(self.by_frame.get(None, ()))
        for each in around:
            found |= self.by_frame.get(each.id, frozenset())
            found |= COUNTERS if each.loop and each.loop.kind == "multi" else {"loopCounter"}
        return frozenset(found)


def names_of(
    process: ProcessExtensions, facts: Mapping[str, frozenset[str]], given: frozenset[str]
) -> Names:
    """Return where facts are known: by element those that it sets, and those given from outside."""
    found: dict[str | None, set[str]] = {None: set(given)}
    for element in process.elements.values():
        around: list[str | None] = [each.id for each in process.iterations_around(element.id)]
        inside, outside = [*around, None][0], [*around[1:], None][0]
        for name in facts.get(element.id, frozenset()):
            into = element.loop is not None and name == element.loop.into
            frame = None if name in _SHARED else outside if into else inside
            found.setdefault(frame, set()).add(name)
    return Names(process, {frame: frozenset(names) for frame, names in found.items()})


def sentences(process: ProcessExtensions, element: ElementExtensions) -> Iterator[str]:
    """Yield what has no truthful meaning because an element is done once for each item."""
    if element.timer is not None and element.type == "startEvent" and element.scope is None:
        yield "wf:timer：流程的开始事件不能跟随期限，那时还没有期限；请写时间或循环"
    for effect in element.effects:
        if isinstance(effect, DeadlineEffect):
            for target in effect.stop_on:
                if process.iterations_around(target):
                    yield (
                        f"wf:deadline stopOn：“{target}”在多实例里，办完第一项期限就会停止；"
                        "请改为多实例之后的元素"
                    )
    iterations = process.iterations_around(element.id)
    if not iterations:
        return
    for effect in element.effects:
        word = _collides(effect)
        if word is not None:
            yield f"{word} 不能写在多实例“{iterations[0].id}”里：{_CALL}"
    yield from _assign(process, element)


def _collides(effect: Effect) -> str | None:
    match effect:
        case DeadlineEffect():
            return "wf:deadline"
        case RecordEffect(operation="open"):
            return "wf:record operation=open"
        case NumberEffect():
            return "wf:number"
        case DocumentEffect():
            return "wf:document"
        case _:
            return None


def _assign(process: ProcessExtensions, element: ElementExtensions) -> Iterator[str]:
    given = element.assign
    if given is None:
        return
    within = {each.id for each in process.iterations_around(given.task or "")}
    shared = within & {each.id for each in process.iterations_around(element.id)}
    if given.strategy == "task" and shared:
        yield (
            f"wf:assign strategy=task：“{given.task}”在同一个多实例里，分不清是哪一项的办理人；"
            "请用 strategy=person 指明，或改用调用活动"
        )
    if given.strategy == "chosen_by_previous" and given.task is None:
        yield "wf:assign strategy=chosen_by_previous：在多实例里分不清上一环节，请写明 task"
    elif given.of in (None, "previous") and _asks_previous(given):
        yield "wf:assign of=previous：在多实例里分不清上一环节的办理人，请用 of=starter 或 FEEL"


def _asks_previous(given: Assign) -> bool:
    named = given.strategy in ("department", "department_head") and given.department is None
    return named or given.strategy == "head_above"
