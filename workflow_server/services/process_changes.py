"""What a new drawing of a process changes for people: who does it, who is kept out, who writes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from workflow_server.content.elements import Assign, ElementExtensions, ProcessExtensions
from workflow_server.content.shared import DataClass, Role

STRATEGIES = {
    "role": "角色",
    "none": "不指定",
    "post": "岗位",
    "person": "指定人员",
    "department": "指定部门",
    "department_head": "部门主管",
    "head_above": "连续多级部门主管",
    "starter": "发起人",
    "starter_department_head": "发起人部门主管",
    "starter_head_above": "发起人连续多级主管",
    "task": "某任务的办理人",
    "field": "表单字段中的人员",
    "field_department_head": "表单字段中人员的部门主管",
    "chosen_by_starter": "发起人自选",
    "chosen_by_previous": "上一办理人自选",
    "group": "用户组",
    "expression": "表达式",
}
#: What is said of an assign beside its strategy, in this order.
_PARAMETERS = (
    "task",
    "value",
    "title",
    "department",
    "of",
    "level",
    "until",
    "group",
    "field",
    "on_empty",
    "fallback",
    "self_rule",
)
_LIKE_NOTHING = Assign("role")


def details_of(
    before: ProcessExtensions | None,
    after: ProcessExtensions,
    roles_before: Mapping[str, Role],
    roles: Mapping[str, Role],
) -> list[dict[str, Any]]:
    """Return each separation, assign, field right, flag, team and start that differs, in words."""
    old = dict(_said(before, roles_before)) if before is not None else {}
    new = dict(_said(after, roles))
    return [
        {
            "what": key[0],
            "subject": key[1],
            "label": (new if key in new else old)[key][0],
            "before": old[key][1] if key in old else None,
            "after": new[key][1] if key in new else None,
        }
        for key in dict.fromkeys([*old, *new])
        if old.get(key, ("", None))[1] != new.get(key, ("", None))[1]
    ]


def classes_of(
    before: Mapping[str, DataClass], after: Mapping[str, DataClass]
) -> Iterator[dict[str, Any]]:
    """Yield each class of data that is new, gone or read by others."""
    for key in sorted(before.keys() | after.keys()):
        was, will = before.get(key), after.get(key)
        if was == will:
            continue
        named = will or was
        yield {
            "key": key,
            "label": named.label if named is not None else key,
            "change": "added" if was is None else "removed" if will is None else "changed",
            **{f"{name}_before": value for name, value in _class(was).items()},
            **_class(will),
        }


_Said = tuple[tuple[str, str], tuple[str, str]]


def _said(process: ProcessExtensions, roles: Mapping[str, Role]) -> Iterator[_Said]:
    """Yield what a drawing says of people: what and of which element, its name and its words."""
    # Two rules of one label are told in one line, so that neither hides the other.
    separations: dict[str, list[str]] = {}
    for rule in process.separations:
        tasks = "、".join(_name(process, task) for task in rule.tasks)
        separations.setdefault(rule.label, []).append(tasks)
    for label, rules in separations.items():
        yield ("separation", label), (label, "；".join(rules))
    for what, pairs in (
        ("team", [(each.role, each.value) for each in process.team]),
        ("flag", [(each.name, each.value) for each in process.flags]),
    ):
        for name in dict.fromkeys(name for name, _ in pairs):
            label = _role(name, roles) if what == "team" else name
            yield (what, name), (label, "；".join(text for each, text in pairs if each == name))
    starts: dict[str, list[str]] = {}
    for start in process.starts:
        starts.setdefault(start.element_id, []).append(_role(start.role, roles))
    for element_id, names in starts.items():
        yield ("start", element_id), (_name(process, element_id), "、".join(names))
    for element in process.elements.values():
        if element.type == "userTask":
            yield from _task(process, element, roles)


def _task(
    process: ProcessExtensions, element: ElementExtensions, roles: Mapping[str, Role]
) -> Iterator[_Said]:
    label = _name(process, element.id)
    yield ("assign", element.id), (label, _assign(process, element, roles))
    if element.separate_from:
        others = "、".join(_name(process, other) for other in element.separate_from)
        yield ("separate_from", element.id), (label, others)
    if element.field_access:
        listed = "、".join(f"{name}={how}" for name, how in sorted(element.field_access.items()))
        yield ("field_access", element.id), (label, f"{len(element.field_access)}项：{listed}")


def _assign(
    process: ProcessExtensions, element: ElementExtensions, roles: Mapping[str, Role]
) -> str:
    assign = element.assign or _LIKE_NOTHING
    role = assign.role or element.lane_role
    parts = [] if role is None else [f"role={_role(role, roles)}"]
    for name in _PARAMETERS:
        value = getattr(assign, name)
        if value != getattr(_LIKE_NOTHING, name):
            text = _name(process, value) if name == "task" else value
            parts.append(f"{name}={text}")
    words = STRATEGIES.get(assign.strategy, assign.strategy)
    return f"{words}（{'，'.join(parts)}）" if parts else words


def _name(process: ProcessExtensions, element_id: str) -> str:
    element = process.elements.get(element_id)
    return (element.name if element is not None else "") or element_id


def _role(key: str, roles: Mapping[str, Role]) -> str:
    return roles[key].label if key in roles else key


def _class(given: DataClass | None) -> dict[str, Any]:
    if given is None:
        names = ("readers", "mask", "flag", "sensitive", "confined")
        return dict.fromkeys(names)
    readers = [f"{role}:team" if role in given.handlers else role for role in given.readers]
    return {
        "readers": readers,
        "mask": given.mask,
        "flag": given.flag,
        "sensitive": given.sensitive,
        "confined": given.confined,
    }
