"""What is wrong with who shall do a task: the choice of people and the separation of duties."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from workflow_server.content.elements import (
    Assign,
    ElementExtensions,
    ProcessExtensions,
    Separation,
)
from workflow_server.content.forms import Form

Sentences = Iterator[str]


@dataclass(frozen=True, slots=True)
class Needs:
    """What a strategy must be given (one of each pair), and what it may be given."""

    must: tuple[tuple[str, ...], ...] = ()
    may: frozenset[str] = frozenset()

    @property
    def known(self) -> frozenset[str]:
        """Every attribute that means something to the strategy."""
        return self.may.union(*self.must)


_FIELD = (("field", "value"),)
_TASK = frozenset({"task"})
_OF = frozenset({"of"})
_DEPARTMENT = frozenset({"department", "of"})
_CHAIN = frozenset({"level", "until"})

#: Of every strategy; `role` narrows it or is what `onEmpty="role"` falls back to.
NEEDS: Mapping[str, Needs] = {
    "role": Needs(),
    "none": Needs(),
    "post": Needs((("title",),)),
    "person": Needs((("value",),)),
    "department": Needs((), _DEPARTMENT),
    "department_head": Needs((), _DEPARTMENT),
    "head_above": Needs((), _OF | _CHAIN),
    "starter": Needs(),
    "starter_department_head": Needs(),
    "starter_head_above": Needs((), _CHAIN),
    "task": Needs((("task",),)),
    "field": Needs(_FIELD, _TASK),
    "field_department_head": Needs(_FIELD, _TASK),
    "chosen_by_starter": Needs(_FIELD),
    "chosen_by_previous": Needs(_FIELD, _TASK),
    "group": Needs((("group",),)),
    "expression": Needs((("value",),)),
}

#: From which list a picked value comes, by strategy.
_PICKED: Mapping[str, frozenset[str]] = {
    "field": frozenset({"people"}),
    "field_department_head": frozenset({"people", "organisations", "departments"}),
    "chosen_by_starter": frozenset({"people"}),
    "chosen_by_previous": frozenset({"people"}),
}


def assign(
    process: ProcessExtensions, element: ElementExtensions, forms: Mapping[str, Form]
) -> Sentences:
    """Yield what is wrong with whom a task is offered to."""
    given = element.assign
    if given is None or given.strategy in ("role", "none"):
        named = None if given is None or given.strategy == "none" else given.role
        if (named or element.lane_role) is None:
            yield "没有人能办理：请写 wf:assign，或在泳道上写 wf:lane"
    if given is None:
        return
    yield from _attributes(given)
    yield from _rules(given, element)
    if given.task is not None:
        yield from _task(process, given.task)
    yield from _picked(process, given, forms)


def separation(process: ProcessExtensions, rule: Separation) -> Sentences:
    """Yield what is wrong with one separation of duties."""
    word = f"wf:separate“{rule.label}”"
    if len(set(rule.tasks)) < 2:
        yield f"{word}：至少要写两个不同的人工任务"
    starts = {start.element_id for start in process.starts}
    for element_id in rule.tasks:
        target = process.elements.get(element_id)
        if target is None:
            yield f"{word}：流程里没有元素“{element_id}”"
        elif target.type != "userTask" and target.act is None and element_id not in starts:
            yield f"{word}：元素“{element_id}”不是人工任务、可办事项或手工发起的开始事件"


def _attributes(given: Assign) -> Sentences:
    needs = NEEDS[given.strategy]
    said = {
        name
        for name in ("task", "value", "title", "department", "of", "level", "until", "group")
        if getattr(given, name) is not None
    } | ({"field"} if given.field is not None else set())
    for names in needs.must:
        found = said.intersection(names)
        if not found:
            yield f"wf:assign strategy={given.strategy}：缺少 {' 或 '.join(names)}"
        elif len(found) > 1:
            yield f"wf:assign strategy={given.strategy}：{' 和 '.join(names)} 只能写一个"
    for name in sorted(said - needs.known):
        yield f"wf:assign strategy={given.strategy}：用不到属性 {name}"
    for pair in (("department", "of"), ("level", "until")):
        if said.issuperset(pair):
            yield f"wf:assign：{pair[0]} 和 {pair[1]} 只能写一个"
    if given.of is not None and given.of not in ("starter", "previous") and given.of[0] != "=":
        yield f"wf:assign of：“{given.of}”只能是 starter、previous，或给出人员的 =FEEL"


def _rules(given: Assign, element: ElementExtensions) -> Sentences:
    if (given.on_empty == "person") != (given.fallback is not None):
        yield "wf:assign：onEmpty=person 与 fallback 须同时写，请写明由谁办理"
    if given.on_empty == "role" and (given.role or element.lane_role) is None:
        yield "wf:assign onEmpty=role：缺少 role，泳道上也没有 wf:lane"


def _task(process: ProcessExtensions, element_id: str) -> Sentences:
    target = process.elements.get(element_id)
    if target is None:
        yield f"wf:assign：流程里没有元素“{element_id}”"
    elif target.type != "userTask":
        yield f"wf:assign：元素“{element_id}”不是人工任务"


def _picked(process: ProcessExtensions, given: Assign, forms: Mapping[str, Form]) -> Sentences:
    """Judge whether some form, or the one named, has the field that people are picked in."""
    sources = _PICKED.get(given.strategy)
    if sources is None or given.field is None:
        return
    if given.strategy == "chosen_by_starter":
        keys = [start.form for start in process.starts]
    elif given.task is not None:
        target = process.elements.get(given.task)
        keys = [None if target is None else target.form]
    else:
        keys = [each.form for each in process.elements.values()]
        keys += [start.form for start in process.starts]
    read = [forms[key] for key in keys if key is not None and key in forms]
    if any(key is not None and key not in forms for key in keys):
        return  # what is wrong with a form is said there
    found = [form.fields[given.field] for form in read if given.field in form.fields]
    if not found:
        yield f"wf:assign field：表单里没有字段“{given.field}”"
    elif not any(each.source in sources for each in found):
        wanted = "、".join(sorted(sources))
        yield f"wf:assign field：字段“{given.field}”不是从 {wanted} 里选的，不能据以选人"
