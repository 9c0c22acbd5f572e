"""What is wrong with an act is told with the element and a sentence."""

from __future__ import annotations

import itertools

import pytest

from tests.content.content_building import MESSAGE, TASK, node
from tests.content.content_building import faults as faults_of

ACT = '<wf:act role="clerk" label="登记"/>'
FORMED = '<wf:act role="clerk guest" label="登记" form="a/one" condition="=title != null"/>'
LETTER = '<wf:message type="M-A" conversation="=title"/>'


def handler(ours: str, event: str = MESSAGE) -> str:
    """Draw an event subprocess that begins with an act."""
    start = node("startEvent", ours, event, key="told")
    return f'<b:subProcess id="sub" triggeredByEvent="true">{start}</b:subProcess>'


@pytest.mark.parametrize(
    "body",
    [
        node("intermediateCatchEvent", ACT, MESSAGE),
        node("boundaryEvent", FORMED + LETTER, MESSAGE),
        handler(FORMED + '<wf:reads label="题目" value="=title"/><wf:preview kind="letter"/>'),
        handler(FORMED + '<wf:output name="told" value="=this.title"/>'),
        '<b:sequenceFlow id="f"/>' + handler(ACT),
    ],
    ids=itertools.count(),
)
def test_what_is_sound_is_accepted(body: str) -> None:
    assert faults_of(body) == []


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (node("userTask", TASK + ACT), "wf:act 不能写在 userTask 上"),
        (node("receiveTask", ACT), "wf:act 不能写在 receiveTask 上"),
        (node("startEvent", ACT, MESSAGE), "只能写在事件子流程的开始事件上"),
        (node("intermediateCatchEvent", ACT), "只能写在消息事件上"),
        (node("intermediateCatchEvent", ACT * 2, MESSAGE), "wf:act 在一个元素上只能写一次"),
        (handler(ACT.replace("clerk", "nobody")), "没有角色“nobody”"),
        (handler(ACT.replace("clerk", "clerk clerk")), "角色“clerk”写了两次"),
        (handler(FORMED.replace("a/one", "a/two")), "没有表单 forms/a/two.json"),
        (handler(FORMED.replace("=title != null", "always")), "须是 FEEL"),
        (handler(FORMED.replace("!= null", "!=")), "FEEL 语法错误"),
        (handler(FORMED.replace("=title", "=this.title")), "这里没有 this"),
        (handler(FORMED.replace("=title", "=nothing")), "没有名为“nothing”的事实"),
        (handler(FORMED + '<wf:output name="x" value="=this.size"/>'), "没有字段“size”"),
        (handler(ACT + '<wf:reads label="a" value="=title"/>'), "没有表单"),
        (handler(ACT + '<wf:preview kind="letter"/>'), "没有表单"),
        (handler(LETTER + '<wf:reads label="a" value="=title"/>'), "没有 wf:act"),
        (handler(FORMED + '<wf:preview kind="x"/>'), "没有文书 documents/x/"),
        (node("intermediateCatchEvent", ACT.replace("label", "title"), MESSAGE), "没有属性 title"),
    ],
    ids=itertools.count(),
)
def test_a_fault_is_told_in_a_sentence(body: str, says: str) -> None:
    faults = faults_of(body)
    assert any(says in fault for fault in faults), faults
    assert all("bpmn/one/one.bpmn:" in fault for fault in faults)


@pytest.mark.parametrize("tasks", ["task told", "begin told"])
def test_an_act_may_be_kept_apart(tasks: str) -> None:
    rule = f'<wf:separate tasks="{tasks}" label="分离"/>'
    faults = faults_of(handler(ACT), head=f'<wf:process title="p" party="office"/>{rule}')
    assert not any("told" in fault for fault in faults)


@pytest.mark.parametrize(
    ("ours", "says"),
    [
        ('<wf:record operation="update" kind="permit" of="x"/>', "wf:record of：“x”须是 FEEL"),
        ('<wf:record operation="open" kind="permit" title="a" of="=title"/>', "用不到属性 of"),
        ('<wf:record operation="close" kind="x" of="=title"/>', "没有台账种类“x”"),
        ('<wf:record operation="close" kind="permit" of="=nothing"/>', "“nothing”的事实"),
        ('<wf:state record="permit" label="飞" of="=title"/>', "没有状态“飞”"),
        ('<wf:state record="permit" label="新" of="title"/>', "wf:state of：“title”须是 FEEL"),
    ],
)
def test_the_record_that_is_named_is_faults_of(ours: str, says: str) -> None:
    faults = faults_of(node("task", ours))
    assert any(says in fault for fault in faults), faults
