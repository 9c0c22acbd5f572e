"""Content is judged as a whole: every fault at once, each a sentence for its designer."""

from __future__ import annotations

import itertools

import pytest

from tests.content.content_building import (
    HEAD,
    MESSAGE,
    SEND,
    TASK,
    diagram,
    faults,
    node,
    sealed,
)
from workflow_server.content import content
from workflow_server.content.process_checks import RESERVED
from workflow_server.services import situation


def test_sound_content_has_no_fault_and_loads() -> None:
    assert faults() == []
    loaded = content.load(sealed({"bpmn/one/one.bpmn": diagram()}))
    assert (set(loaded.processes), set(loaded.forms)) == ({"one"}, {"a/one"})
    assert (set(loaded.documents), set(loaded.shared.roles)) == ({"letter"}, {"clerk", "guest"})


TIMER = "<b:timerEventDefinition/>"


@pytest.mark.parametrize(
    "body",
    [
        node("endEvent", SEND.format('<wf:enclose document="letter"/>'), MESSAGE),
        node("sendTask", SEND.format(""), attributes='messageRef="m"'),
        node("receiveTask", '<wf:message type="M-A" conversation="=title"/>', "", 'messageRef="m"'),
        node("startEvent", '<wf:message type="M-A"/>', MESSAGE),
        node("startEvent", "", MESSAGE),
        node("boundaryEvent", '<wf:timer deadline="reply" offset="-P3D"/>', TIMER),
        node("userTask", '<wf:form key="a/one"/><wf:assign strategy="task" task="task"/>'),
        node("userTask", '<wf:form key="a/one"/><wf:assign strategy="person" value="=title"/>'),
        node("userTask", TASK + '<wf:fieldAccess field="title" access="read"/>'),
        node("userTask", TASK + '<wf:separateFrom tasks="task"/>'),
        node("serviceTask", '<wf:operation name="x" result="found"/>')
        + node("task", '<wf:output name="y" value="=found"/>', key="f"),
        node("task", '<wf:record operation="update" kind="permit" state="=title"/>'),
        node("task", '<wf:deadline name="reply" operation="stop"/>'),
        node("task", '<wf:output name="x" value="=documents.letter.number + records.permit.id"/>'),
        node("task", '<wf:output name="x" value="=&quot;records.none&quot; + title"/>'),
        node("task", '<wf:output name="x" value="=null"/>'),
        node("task", '<wf:output name="x" value="=for y in title return y.z + 1"/>'),
        node("task", '<wf:output name="x" value="=string(today()) + upper case(title)"/>'),
        node("task", '<wf:output name="x" value="=if title = null then {a: 1, b: a} else 2"/>'),
        '<b:sequenceFlow id="f"><b:conditionExpression>title = "a"</b:conditionExpression>'
        "</b:sequenceFlow>",
        *(
            node("intermediateCatchEvent", "", f"<b:timerEventDefinition>{text}"
                 "</b:timerEventDefinition>")
            for text in (
                "<b:timeDuration>P3DT2H</b:timeDuration>",
                "<b:timeDate>2026-11-22T10:00:00+08:00</b:timeDate>",
                "<b:timeDate>=title</b:timeDate>",
                "<b:timeCycle>R3/P1D</b:timeCycle>",
            )
        ),
    ],
    ids=itertools.count(),
)  # fmt: skip
def test_what_is_sound_is_accepted(body: str) -> None:
    assert faults(body) == []


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (node("userTask", '<wf:assign strategy="role" role="clerk"/>'), "缺少 wf:form"),
        (node("userTask", '<wf:form key="a/one"/>'), "没有人能办理"),
        (node("userTask", '<wf:form key="a/one"/><wf:assign strategy="role"/>'), "没有人能办理"),
        (node("userTask", TASK.replace("a/one", "a/two")), "没有表单 forms/a/two.json"),
        (node("userTask", TASK.replace('role="clerk"', 'role="x"')), "没有角色“x”"),
        (node("userTask", TASK.replace('strategy="role"', 'strategy="task"')), "缺少 task"),
        (node("userTask", TASK.replace('strategy="role"', 'strategy="person"')), "缺少 value"),
        (
            node("userTask", '<wf:form key="a/one"/><wf:assign strategy="task" task="nobody"/>'),
            "没有元素“nobody”",
        ),
        (node("userTask", TASK + '<wf:separateFrom tasks="task begin"/>'), "不是人工任务"),
        (node("userTask", TASK + '<wf:separateFrom tasks="nothing"/>'), "没有元素“nothing”"),
        (node("userTask", TASK + '<wf:fieldAccess field="size" access="read"/>'), "没有字段“size”"),
        (node("userTask", TASK + '<wf:output name="x" value="=this.size"/>'), "没有字段“size”"),
        (node("userTask", TASK + '<wf:output name="title" value="b"/>'), "写了两次"),
        (node("task", '<wf:output name="answers" value="1"/>'), "保留"),
        (node("task", '<wf:output name="list" value="1"/>'), "关键字"),
        (node("task", '<wf:number series="permit_no" name="today"/>'), "保留"),
        (node("task", '<wf:number series="x" name="n"/>'), "没有编号序列“x”"),
        (node("task", '<wf:record operation="open" kind="permit"/>'), "缺少 title"),
        (node("task", '<wf:record operation="open" kind="x" title="a"/>'), "没有台账种类“x”"),
        (node("task", '<wf:record operation="close" kind="x"/>'), "没有台账种类“x”"),
        (
            node("task", '<wf:record operation="update" kind="permit" state="飞"/>'),
            "没有状态“飞”，已有：新、办结",
        ),
        (
            node("task", '<wf:record operation="update" kind="permit">'
                 '<wf:field name="x" value="1"/></wf:record>'),
            "没有字段“x”",
        ),
        (node("task", '<wf:state record="permit" label="飞"/>'), "没有状态“飞”"),
        (node("task", '<wf:state record="permit" label="=title"/>'), "没有状态“=title”"),
        (node("task", '<wf:state record="x" label="新"/>'), "没有台账种类“x”"),
        (node("task", '<wf:document kind="x" moment="issue"/>'), "没有文书 documents/x/"),
        (node("userTask", TASK + '<wf:preview kind="x"/>'), "没有文书 documents/x/"),
        (
            node("userTask", TASK + '<wf:preview kind="letter"/>' * 2),
            "wf:preview：“letter”在这个元素上写了两次",
        ),
        (
            node("startEvent", '<wf:message type="M-A"/><wf:preview kind="letter"/>', MESSAGE),
            "wf:preview：这个事件没有表单",
        ),
        (node("task", '<wf:deadline name="a" start="=today"/>'), "缺少 rule"),
        (node("task", '<wf:deadline name="a" rule="R-1"/>'), "缺少 start"),
        (node("task", '<wf:deadline name="a" rule="R-2" start="=today"/>'), "没有规则“R-2”"),
        (
            node("task", '<wf:deadline name="a" rule="R-1" start="=today" stopOn="x"/>'),
            "没有元素“x”",
        ),
        (
            node("task", '<wf:deadline name="a" rule="R-1" start="=today" subject="x"/>'),
            "没有台账种类“x”",
        ),
        (node("task", '<wf:deadline name="a" operation="stop"/>'), "没有起算过期限“a”"),
        (node("endEvent", "", MESSAGE), "缺少 wf:message"),
        (node("sendTask", "", attributes='messageRef="m"'), "缺少 wf:message"),
        (node("endEvent", SEND.format("")), "不是发送消息"),
        (node("endEvent", '<wf:message type="M-A" conversation="c"/>', MESSAGE), "缺少 to"),
        (node("endEvent", '<wf:message type="M-A" to="=title"/>', MESSAGE), "缺少 conversation"),
        (
            node("endEvent", SEND.format('<wf:enclose document="x"/>'), MESSAGE),
            "没有文书 documents/x/",
        ),
        (node("endEvent", SEND.format("").replace("M-A", "M-B"), MESSAGE), "“M-A”不一致"),
        (
            node("endEvent", SEND.format("").replace("M-A", "M-B"),
                 MESSAGE.replace('"m"', '"other"')),
            "messages.json 里没有消息“M-B”",
        ),
        (node("intermediateCatchEvent", '<wf:message type="M-A"/>', MESSAGE), "缺少 conversation"),
        (node("receiveTask", ""), "缺少 wf:message"),
        (node("intermediateCatchEvent", "", MESSAGE), "缺少 conversation"),
        (node("startEvent", '<wf:message type="M-A"/>'), "不等待消息"),
        (node("intermediateCatchEvent", "", TIMER), "缺少时间"),
        (node("boundaryEvent", '<wf:timer deadline="x"/>', TIMER), "没有起算过期限“x”"),
        (node("boundaryEvent", '<wf:timer deadline="reply"/>'), "不是定时器"),
        (
            node("boundaryEvent", '<wf:timer deadline="reply"/>',
                 "<b:timerEventDefinition><b:timeDuration>P1D</b:timeDuration>"
                 "</b:timerEventDefinition>"),
            "只能留一处",
        ),
        (
            node("boundaryEvent", "", "<b:timerEventDefinition><b:timeDuration>三天"
                 "</b:timeDuration></b:timerEventDefinition>"),
            "既不是 ISO 8601",
        ),
        (node("serviceTask", ""), "缺少 wf:operation"),
        (node("task", '<wf:output name="x" value="=1 +"/>'), "FEEL 语法错误"),
        (node("task", '<wf:output name="x" value="="/>'), "FEEL 语法错误"),
        (node("task", '<wf:output name="x" value="=titel"/>'), "没有名为“titel”的事实"),
        (
            node("task", '<wf:output name="x" value="=upper case(title) + string(titel)"/>'),
            "没有名为“titel”的事实",
        ),
        (node("task", '<wf:output name="x" value="=1 + documents.x.number"/>'), "没有文书"),
        (node("task", '<wf:output name="x" value="=[records.x.id]"/>'), "没有台账种类“x”"),
        (node("task", '<wf:output name="x" value="=deadlines.x.due"/>'), "没有起算过期限“x”"),
        (node("task", '<wf:output name="x" value="=answers.x[1].a"/>'), "没有元素“x”"),
        (
            '<b:sequenceFlow id="f"><b:conditionExpression>=a &gt; )</b:conditionExpression>'
            "</b:sequenceFlow>",
            "FEEL 语法错误",
        ),
    ],
    ids=itertools.count(),
)  # fmt: skip
def test_a_fault_of_an_element_is_told_in_a_sentence(body: str, says: str) -> None:
    found = faults(body)
    assert len(found) == 1, found
    assert says in found[0]
    assert found[0].startswith("bpmn/one/one.bpmn:")


@pytest.mark.parametrize(
    "ours",
    [
        '<wf:reads label="a" value="=("/>',
        '<wf:record operation="update" kind="permit" title="=("/>',
        '<wf:record operation="update" kind="permit" state="=("/>',
        '<wf:record operation="update" kind="permit"><wf:field name="street" value="=("/>'
        "</wf:record>",
        '<wf:link from="=(" relation="a" to="=1"/>',
        '<wf:link from="=1" relation="a" to="=("/>',
        '<wf:document kind="letter" moment="issue" to="=("/>',
        '<wf:document kind="letter" moment="issue" name="=("/>',
        '<wf:deadline name="a" rule="=(" start="=today"/>',
        '<wf:deadline name="a" rule="R-1" start="=("/>',
        '<wf:deadline name="a" rule="R-1" start="=today" label="=("/>',
    ],
)  # fmt: skip
def test_feel_is_checked_in_every_value_of_a_task(ours: str) -> None:
    found = faults(node("userTask", TASK + ours))
    assert len(found) == 1, found
    assert "FEEL 语法错误" in found[0]


@pytest.mark.parametrize("attribute", ["to", "conversation", "inReplyTo"])
def test_feel_is_checked_in_every_value_of_a_message(attribute: str) -> None:
    values = {"to": "=title", "conversation": "=title", "inReplyTo": "=title", attribute: "=("}
    written = " ".join(f'{key}="{value}"' for key, value in values.items())
    found = faults(node("endEvent", f'<wf:message type="M-A" {written}/>', MESSAGE))
    assert ["FEEL 语法错误" in fault for fault in found] == [True]
    payload = SEND.format('<wf:payload name="x" value="=("/>')
    assert "FEEL 语法错误" in faults(node("endEvent", payload, MESSAGE))[0]


@pytest.mark.parametrize(
    ("head", "says"),
    [
        (HEAD.replace("office", "moon"), "party“moon”"),
        (HEAD.replace('role="clerk"', 'role="x"'), "没有角色“x”"),
        (HEAD.replace("a/one", "a/two"), "没有表单 forms/a/two.json"),
        (HEAD.replace("label", 'element="task" label'), "找不到可以手工开始的开始事件"),
        (HEAD + '<wf:team role="x" value="=title"/>', "没有角色“x”"),
        (HEAD + '<wf:team role="clerk" value="=titel"/>', "没有名为“titel”的事实"),
        (HEAD + '<wf:flag name="minor" value="=titel"/>', "没有名为“titel”的事实"),
        (HEAD + '<wf:flag name="minor" value="=("/>', "FEEL 语法错误"),
        (HEAD + '<wf:flag name="minor" value="yes"/>', "须是 FEEL"),
        (HEAD + '<wf:flag name="secrecy" value="top"/>', "不是密级"),
        (HEAD + '<wf:flag name="hidden" value="=true"/>' * 2, "不止一次"),
    ],
)
def test_a_fault_of_a_process_is_told_at_its_head(head: str, says: str) -> None:
    found = faults(head=head)
    assert any(says in fault for fault in found), found
    assert all(fault.startswith("bpmn/one/one.bpmn:3 one ") for fault in found)


def test_a_start_that_waits_for_something_cannot_be_started_by_hand() -> None:
    start = node("startEvent", "", MESSAGE)
    assert "不能手工开始" in faults(start, head=HEAD.replace("label", 'element="e" label'))[0]


def test_who_may_send_and_receive_is_the_business_of_the_message_type() -> None:
    head = HEAD.replace("office", "town")
    assert "由 office 发送" in faults(node("endEvent", SEND.format(""), MESSAGE), head=head)[0]
    narrow = {"types": [{"key": "M-A", "label": "甲", "from": "office", "to": "town"}]}
    found = faults(node("startEvent", "", MESSAGE), files={"bpmn/_shared/messages.json": narrow})
    assert "由 town 接收" in found[0]


def test_a_record_or_document_must_come_from_this_process() -> None:
    task = '<wf:form key="a/one"/><wf:assign strategy="role" role="clerk"/>'
    title = '<wf:output name="title" value="=this.title"/>'
    closing = node("task", '<wf:record operation="close" kind="permit"/>')
    assert "没有用 wf:record operation=open 建立过“permit”" in faults(closing, task=task)[0]
    sending = node("endEvent", SEND.format('<wf:enclose document="letter"/>'), MESSAGE)
    assert "没有制作过文书“letter”" in faults(sending, task=task + title)[0]


def test_every_fault_comes_at_once_and_none_twice() -> None:
    body = (
        node("userTask", "") + node("serviceTask", "", key="f") + node("task", "<wf:x/>", key="g")
    )
    found = faults(body, files={"bpmn/_shared/roles.json": {"roles": [{"key": "clerk"}]}})
    assert len(found) == len(set(found))
    assert {"e", "f", "g"} <= {fault.split()[1] for fault in found}
    assert any(fault.startswith("bpmn/_shared/roles.json#/roles/0/label") for fault in found)


def test_content_and_services_reserve_the_same_names() -> None:
    assert situation.RESERVED == RESERVED


FLOW = (
    '<b:sequenceFlow id="f" sourceRef="{}" targetRef="e">'
    "<b:conditionExpression>=this.title = title</b:conditionExpression></b:sequenceFlow>"
)
EACH = (
    '<b:multiInstanceLoopCharacteristics><b:extensionElements><wf:each items="=[title]" '
    'result="=this.title" into="found"/></b:extensionElements>'
    "<b:completionCondition>=this.title = title</b:completionCondition>"
    "</b:multiInstanceLoopCharacteristics>"
)
TIMED = "<b:timerEventDefinition><b:timeDate>=this.title</b:timeDate></b:timerEventDefinition>"


@pytest.mark.parametrize(
    ("body", "head", "told"),
    [
        (node("endEvent", "") + FLOW.format("task"), HEAD, 0),
        (node("endEvent", "") + node("exclusiveGateway", "", key="g") + FLOW.format("g"), HEAD, 1),
        (node("subProcess", "", EACH), HEAD, 2),
        (node("userTask", TASK.replace('name="title"', 'name="t"'), EACH), HEAD, 0),
        (node("subProcess", "", EACH.replace("[title]", "this.x")), HEAD, 3),
        (node("intermediateCatchEvent", "", TIMED), HEAD, 1),
        ("", HEAD + '<wf:team role="clerk" value="=this.title"/>', 1),
        ("", HEAD + '<wf:flag name="minor" value="=this.title"/>', 1),
    ],
)
def test_this_is_refused_where_nothing_was_answered(body: str, head: str, told: int) -> None:
    found = faults(body, head=head)
    assert len([fault for fault in found if "这里没有 this" in fault]) == told
