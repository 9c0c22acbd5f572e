"""What can be wrong with who shall do a task is said where the designer finds it."""

from __future__ import annotations

import pytest

from tests.content.content_building import HEAD, faults, node

FORM = '<wf:form key="a/one"/>'


def task(assign: str) -> str:
    return node("userTask", f"{FORM}<wf:assign {assign}/>")


def separate(tasks: str) -> str:
    return f'{HEAD}<wf:separate tasks="{tasks}" label="两人分办"/>'


@pytest.mark.parametrize(
    "assign",
    [
        'strategy="post" title="科长"',
        'strategy="department" department="unit" role="guest"',
        'strategy="department_head" of="=title" onEmpty="head_above" selfRule="head_above"',
        'strategy="head_above" of="starter" level="2"',
        'strategy="starter_head_above" until="top"',
        'strategy="group" group="experts" onEmpty="role" role="clerk"',
        'strategy="expression" value="=title" onEmpty="person" fallback="=title"',
    ],
)
def test_what_is_sound_is_accepted(assign: str) -> None:
    assert faults(task(assign)) == []


@pytest.mark.parametrize(
    ("assign", "says"),
    [
        ('strategy="none"', "没有人能办理"),
        ('strategy="post"', "缺少 title"),
        ('strategy="group"', "缺少 group"),
        ('strategy="field"', "缺少 field 或 value"),
        ('strategy="field" field="title" value="=title"', "只能写一个"),
        ('strategy="field" field="nothing"', "没有字段“nothing”"),
        ('strategy="chosen_by_starter" field="title"', "不能据以选人"),
        ('strategy="starter" value="=title"', "用不到属性 value"),
        ('strategy="head_above" level="2" until="top"', "level 和 until 只能写一个"),
        ('strategy="department" department="a" of="starter"', "department 和 of 只能写一个"),
        ('strategy="head_above" of="somebody"', "只能是 starter、previous"),
        ('strategy="starter" onEmpty="person"', "onEmpty=person 与 fallback"),
        ('strategy="starter" fallback="=title"', "onEmpty=person 与 fallback"),
        ('strategy="starter" onEmpty="role"', "缺少 role"),
        ('strategy="starter" onEmpty="pass"', "只能是 incident"),
        ('strategy="post" title="科长" role="nobody"', "没有角色“nobody”"),
        ('strategy="department" department="=nothing_known"', "nothing_known"),
        ('strategy="chosen_by_previous" task="begin" field="title"', "不是人工任务"),
    ],
)
def test_what_is_wrong_is_said_with_element_and_line(assign: str, says: str) -> None:
    found = faults(task(assign))
    assert any(says in fault and "bpmn/one/one.bpmn:" in fault for fault in found), found


@pytest.mark.parametrize(
    ("tasks", "says"),
    [
        ("task", "至少要写两个"),
        ("task task", "至少要写两个"),
        ("task nowhere", "没有元素“nowhere”"),
        ("task e", "不是人工任务、可办事项或手工发起的开始事件"),
    ],
)
def test_a_separation_names_at_least_two_tasks_that_there_are(tasks: str, says: str) -> None:
    found = faults(node("task", ""), head=separate(tasks))
    assert any(says in fault for fault in found), found


def test_a_separation_may_name_the_start_that_somebody_fills_in() -> None:
    assert faults(head=separate("begin task")) == []
