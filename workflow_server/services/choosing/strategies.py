"""The ways of choosing people that a diagram can name, each a function in one table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from workflow_server.services.choosing import heads
from workflow_server.services.choosing.ground import Ground
from workflow_server.services.choosing.heads import heads_above
from workflow_server.services.choosing.reading import Unusable, one_in, people_in, text_in
from workflow_server.store.directory import Holder


@dataclass(frozen=True, slots=True)
class Found:
    """Whom a strategy found, the sentence that says how, and who was named but isn't here."""

    sentence: str
    posts: tuple[Holder, ...] = ()
    missing: tuple[UUID, ...] = ()


Strategy = Callable[[Ground], Found]


def by_role(ground: Ground) -> Found:
    """Holders of a role in the host."""
    return of_role(ground, ground.role)


def by_post(ground: Ground) -> Found:
    """Holders of a post of a title, in full."""
    title = ground.assign.title
    found = ground.holders(title=title, role=ground.assign.role)
    return Found(f"按职务：{title}{_narrowed(ground)}", tuple(found))


def by_person(ground: Ground) -> Found:
    """One person, or a list of them."""
    return named(ground, "按指定人员", people_in(ground.feel(ground.assign.value)))


def by_expression(ground: Ground) -> Found:
    """Whom FEEL over the case's context gives."""
    value = ground.assign.value
    return named(ground, f"按流程表达式 {value}", people_in(ground.feel(value)))


def by_department(ground: Ground) -> Found:
    """Who works in a department, in a role if one is named."""
    key = ground.feel(ground.assign.department)
    if isinstance(key, str):
        # Nearly always it is a key, and somebody is there: one statement tells who.
        found = ground.holders(department=key, role=ground.assign.role)
        found = [each for each in found if each.department_id == found[0].department_id]
        if found:
            return Found(f"按部门成员：{_name(found[0])}{_narrowed(ground)}", tuple(found))
    department_id, where = _department(ground)
    if department_id is None:
        return Found(f"按部门成员：{where}")
    found = ground.holders(department_id=department_id, role=ground.assign.role)
    return Found(f"按部门成员：{where}{_narrowed(ground)}", tuple(found))


def by_department_head(ground: Ground) -> Found:
    """Who heads a department."""
    department_id, where = _department(ground)
    if department_id is None:
        return Found(f"按部门主管：{where}")
    return Found(f"按部门主管：{where}", heads.heads_of_department(ground, department_id))


def by_head_above(ground: Ground) -> Found:
    """Who stands a number of steps above somebody, or at the top."""
    return above(ground, _of(ground), "按上级负责人")


def by_starter(ground: Ground) -> Found:
    """Who started the case."""
    return named(ground, "按发起人本人", _some(ground.starter_id))


def by_starter_department_head(ground: Ground) -> Found:
    """Who heads the starter's department."""
    return head_of_person(ground, ground.starter_id, "按发起人的部门主管")


def by_starter_head_above(ground: Ground) -> Found:
    """Who stands a number of steps above the starter, or at the top."""
    return above(ground, ground.starter_id, "按发起人的上级负责人")


def by_task(ground: Ground) -> Found:
    """Who completed an element last."""
    element_id = ground.assign.task or ""
    doers = ground.list_doers((element_id,))
    name = ground.name_of_element(element_id)
    return named(ground, f"按“{name}”的办理人", tuple(person for _, person in doers[:1]))


def by_field(ground: Ground) -> Found:
    """Who was picked in a form."""
    return named(ground, "按表单内人员", people_in(_picked(ground, _answers(ground))))


def by_field_department_head(ground: Ground) -> Found:
    """Who heads the department, or the organisation, that was picked in a form."""
    picked = one_in(_picked(ground, _answers(ground)))
    sentence = "按表单内部门主管"
    if picked is None:
        return Found(f"{sentence}：表单中没有选择")
    place = ground.places.get(picked)
    if place is not None:
        found = heads.heads_of_department(ground, place.id)
        return Found(f"{sentence}：{place.name}", found)
    led = heads.heads_of_organisation(ground, picked)
    return Found(sentence, led) if led else head_of_person(ground, picked, sentence)


def by_choice_of_starter(ground: Ground) -> Found:
    """Whom the starter picked in the start form."""
    starts = [start.element_id for start in ground.situation.process.starts]
    given = _given(ground, starts)
    return named(ground, "按发起人自选", people_in(_picked(ground, given)))


def by_choice_of_previous(ground: Ground) -> Found:
    """Whom the step before picked in its form."""
    if ground.assign.task is not None:
        given = _given(ground, [ground.assign.task])
    elif ground.done:
        given = _given(ground, [ground.done[0][0]])
    else:
        given = _given(ground, [start.element_id for start in ground.situation.process.starts])
    return named(ground, "按上一步办理人自选", people_in(_picked(ground, given)))


def by_group(ground: Ground) -> Found:
    """Who is in a group and holds a post in the host."""
    group = ground.assign.group
    found = ground.holders(group=group, role=ground.assign.role)
    return Found(f"按用户组：{group}{_narrowed(ground)}", tuple(found))


STRATEGIES: Mapping[str, Strategy] = {
    "role": by_role,
    "none": by_role,
    "post": by_post,
    "person": by_person,
    "department": by_department,
    "department_head": by_department_head,
    "head_above": by_head_above,
    "starter": by_starter,
    "starter_department_head": by_starter_department_head,
    "starter_head_above": by_starter_head_above,
    "task": by_task,
    "field": by_field,
    "field_department_head": by_field_department_head,
    "chosen_by_starter": by_choice_of_starter,
    "chosen_by_previous": by_choice_of_previous,
    "group": by_group,
    "expression": by_expression,
}

#: These offer a task to a role, whoever holds it then; the others to people by name.
TO_ROLE = frozenset({"role", "none"})


def of_role(ground: Ground, role: str | None) -> Found:
    """Return the holders of a role in the host."""
    label = ground.label_of_role(role)
    return Found(f"按角色：{label}", tuple(ground.holders(role=role)) if role else ())


def named(ground: Ground, sentence: str, person_ids: Sequence[UUID]) -> Found:
    """Return people by their ids, in their order."""
    if not person_ids:
        return Found(f"{sentence}：没有指明人员")
    posts = ground.holders(person_ids=tuple(person_ids))
    held = {person: [post for post in posts if post.person_id == person] for person in person_ids}
    return Found(
        sentence,
        tuple(_fitting(ground, found) for found in held.values() if found),
        tuple(person for person, found in held.items() if not found),
    )


def above(ground: Ground, person_id: UUID | None, sentence: str) -> Found:
    """Return who stands the wanted number of steps above somebody, or at the top."""
    if person_id is None:
        return Found(f"{sentence}：没有可据以查找的人员")
    steps = heads_above(ground, person_id)
    if ground.assign.until == "top":
        return Found(f"{sentence}（最高一级）", steps[-1] if steps else ())
    level = ground.assign.level or 1
    found = steps[level - 1] if len(steps) >= level else ()
    return Found(f"{sentence}（第{level}级）", found)


def head_of_person(ground: Ground, person_id: UUID | None, sentence: str) -> Found:
    """Return who heads the department that somebody works in."""
    post = _post_of(ground, person_id)
    if post is None or post.department_id is None:
        return Found(f"{sentence}：没有查到所在部门")
    found = heads.heads_of_department(ground, post.department_id)
    return Found(f"{sentence}：{_name(post)}", found)


def _department(ground: Ground) -> tuple[UUID | None, str]:
    """Return the department that is meant, and what to call it, or why there is none."""
    given = ground.assign.department
    if given is None:
        post = _post_of(ground, _of(ground))
        if post is None or post.department_id is None:
            return None, "没有查到所在部门"
        return post.department_id, _name(post)
    wanted = text_in(ground.feel(given))
    for place in ground.places.values():
        is_open = place.closed_on is None or place.closed_on > ground.today
        if is_open and wanted in (place.key, str(place.id)):
            return place.id, place.name
    return None, f"没有部门“{wanted or ''}”"


def _of(ground: Ground) -> UUID | None:
    """Return whose department or head is meant."""
    given = ground.assign.of or "previous"
    if given == "previous":
        return ground.previous_id
    if given == "starter":
        return ground.starter_id
    return one_in(ground.feel(given))


def _post_of(ground: Ground, person_id: UUID | None) -> Holder | None:
    if person_id is None:
        return None
    return ground.department_of(person_id, ground.holders(person_ids=(person_id,)))


def _name(post: Holder) -> str:
    return post.department or str(post.department_id)


def _answers(ground: Ground) -> Mapping[str, Any]:
    """Return the answers that a field is read from: the task's named, or the last that have it."""
    if ground.assign.task is not None:
        return _given(ground, [ground.assign.task])
    starts = [start.element_id for start in ground.situation.process.starts]
    return _given(ground, [*dict.fromkeys(element for element, _ in ground.done), *starts])


def _given(ground: Ground, elements: Sequence[str]) -> Mapping[str, Any]:
    """Return the last answers of the first of these elements that has the field."""
    answers: Mapping[str, Any] = ground.situation.variables.get("answers") or {}
    root = (ground.assign.field or "").split(".")[0]
    for element_id in elements:
        entries = answers.get(element_id) or ()
        if entries and isinstance(entries[-1], Mapping) and root in entries[-1]:
            found: Mapping[str, Any] = entries[-1]
            return found
    return {}


def _picked(ground: Ground, given: Mapping[str, Any]) -> Any:
    """Return what was picked: a field of answers (of each row, in a list), or what FEEL gives."""
    if ground.assign.field is None:
        return ground.feel(ground.assign.value)
    found: Any = given
    for step in ground.assign.field.split("."):
        if isinstance(found, list):
            found = [each.get(step) for each in found if isinstance(each, Mapping)]
        elif isinstance(found, Mapping):
            found = found.get(step)
        elif found is not None:
            raise Unusable(f"表单字段“{ground.assign.field}”里没有人员")
    return found


def _fitting(ground: Ground, posts: Sequence[Holder]) -> Holder:
    """Return which of somebody's posts fits a task: the one of its role, or the first."""
    return next((each for each in posts if each.role == ground.role), posts[0])


def _narrowed(ground: Ground) -> str:
    role = ground.assign.role
    return f"，角色 {ground.label_of_role(role)}" if role is not None else ""


def _some(person_id: UUID | None) -> tuple[UUID, ...]:
    return () if person_id is None else (person_id,)
