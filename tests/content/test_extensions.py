"""The reader of extension elements: what it understands, and what it refuses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lxml import etree

from workflow_server.content import xml
from workflow_server.content.elements import (
    Assign,
    CatchMessage,
    DeadlineEffect,
    DocumentEffect,
    ElementExtensions,
    Flag,
    LinkEffect,
    MessageEffect,
    NamedValue,
    NumberEffect,
    Operation,
    Outcome,
    Output,
    ProcessExtensions,
    Reads,
    RecordEffect,
    Start,
    StateEffect,
    Team,
    Timer,
)
from workflow_server.content.extensions import grammar_faults, read, read_with_faults
from workflow_server.content.grammar import NAMESPACE, WORDS
from workflow_server.content.refusals import ContentRefused

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"


def diagram(body: str, process: str = "", before: str = "") -> bytes:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<b:definitions xmlns:b="{BPMN}" xmlns:wf="urn:workflow-server:bpmn:1" xmlns:o="urn:other">
{before}<b:process id="p" name="名字" isExecutable="true">
<b:extensionElements>{process}</b:extensionElements>
{body}
</b:process></b:definitions>""".encode()


def process(body: str, process: str = "", before: str = "") -> ProcessExtensions:
    return read("bpmn/a.bpmn", diagram(body, process, before))[0]


def element(tag: str, ours: str, inner: str = "", attributes: str = "") -> ElementExtensions:
    wrapped = f"<b:extensionElements>{ours}</b:extensionElements>{inner}"
    body = f'<b:{tag} id="e" name="n" {attributes}>{wrapped}</b:{tag}>'
    return process(body, before='<b:message id="m" name="M-A"/>').elements["e"]


def faults(body: str, head: str = "") -> list[str]:
    _, found = read_with_faults("bpmn/a.bpmn", diagram(body, head))
    return [f"{fault.pointer} {fault.detail}" for fault in found]


def user_task_faults(ours: str) -> list[str]:
    return faults(
        f'<b:userTask id="e"><b:extensionElements>{ours}</b:extensionElements></b:userTask>'
    )


def test_a_process_says_its_title_party_starts_and_team() -> None:
    found = process(
        '<b:startEvent id="other"><b:messageEventDefinition messageRef="m"/></b:startEvent>'
        '<b:startEvent id="begin"/>',
        '<wf:process title="题目" party="office"/>'
        '<wf:start role="clerk" label="新建" form="a/b"/>'
        '<wf:start role="head" label="补录" element="other"/>'
        '<wf:team role="handler" value="=handler"/>'
        '<wf:flag name="secrecy" value="work_secret"/>',
    )
    assert (found.process_id, found.name, found.title, found.party) == (
        "p",
        "名字",
        "题目",
        "office",
    )
    assert found.starts == (
        Start("clerk", "新建", "a/b", "begin"),
        Start("head", "补录", None, "other"),
    )
    assert found.team == (Team("handler", "=handler"),)
    assert found.flags == (Flag("secrecy", "work_secret"),)


def test_a_process_without_words_of_ours_takes_its_bpmn_name() -> None:
    found = process('<b:startEvent id="s"/>')
    assert (found.title, found.party, found.starts) == ("名字", None, ())


def test_a_process_that_is_not_executable_is_not_read() -> None:
    data = diagram("").replace(b'isExecutable="true"', b"")
    assert read("bpmn/a.bpmn", data) == ()


@pytest.mark.parametrize("word", ["true", "1"])
def test_executable_is_said_in_both_words_of_xml(word: str) -> None:
    data = diagram("").replace(b'isExecutable="true"', f'isExecutable="{word}"'.encode())
    assert word.encode() in data
    assert len(read("bpmn/x.bpmn", data)) == 1


def test_a_user_task_says_who_and_with_what() -> None:
    found = element(
        "userTask",
        '<wf:assign strategy="person" value="=handler"/><wf:separateFrom tasks="a b"/>'
        '<wf:form key="f/g"/><wf:fieldAccess field="x" access="read"/>'
        '<wf:reads label="标题" value="=title"/>',
    )
    assert found.assign == Assign("person", value="=handler")
    assert found.separate_from == ("a", "b")
    assert found.form == "f/g"
    assert found.field_access == {"x": "read"}
    assert found.reads == (Reads("标题", "=title"),)


def test_a_form_stands_beside_the_papers_that_are_named_and_those_made_as_it_is_left() -> None:
    found = element(
        "userTask",
        '<wf:preview kind="letter"/><wf:document kind="slip" moment="draft"/>'
        '<wf:document kind="letter" moment="issue"/><wf:document kind="early" moment="draft"'
        ' when="enter"/><wf:document kind="old" moment="serve"/>',
    )
    assert found.papers() == ("letter", "slip")


def test_effects_keep_their_written_order_and_their_moment() -> None:
    found = element(
        "userTask",
        '<wf:number series="s" name="no"/>'
        '<wf:record operation="open" kind="k" title="=t" state="新">'
        '<wf:field name="x" value="1"/></wf:record>'
        '<wf:output name="a" value="=this.a"/>'
        '<wf:document kind="d" moment="issue" to="=o" name="题" when="enter"/>'
        '<wf:state record="k" label="办理中"/>'
        '<wf:link from="=a" relation="about" to="=b"/>'
        '<wf:deadline rule="R-1" name="reply" start="=s" stopOn="x y" subject="k" label="期限"/>'
        '<wf:deadline operation="stop" name="reply"/>'
        '<wf:output name="b" value="文字"/>',
    )
    assert found.outputs == (Output("a", "=this.a"), Output("b", "文字"))
    assert found.effects == (
        NumberEffect("s", "no"),
        RecordEffect("open", "k", "=t", "新", (NamedValue("x", "1"),)),
        DocumentEffect("d", "issue", "=o", "题", "enter"),
        StateEffect("k", "办理中"),
        LinkEffect("=a", "about", "=b"),
        DeadlineEffect("start", "reply", "R-1", "=s", ("x", "y"), "k", "期限"),
        DeadlineEffect("stop", "reply"),
    )
    assert found.effects_at("enter") == (found.effects[2], found.effects[3])


def test_a_sending_element_may_send_to_several() -> None:
    found = element(
        "endEvent",
        '<wf:message type="M-A" to="=x" conversation="=c" inReplyTo="=r">'
        '<wf:payload name="n" value="=v"/><wf:enclose document="d"/></wf:message>'
        '<wf:message type="M-A" to="=y" conversation="=c"/><wf:outcome value="done" label="办结"/>',
        '<b:messageEventDefinition messageRef="m"/>',
    )
    assert found.effects == (
        MessageEffect("M-A", "=x", "=c", "=r", (NamedValue("n", "=v"),), ("d",)),
        MessageEffect("M-A", "=y", "=c"),
    )
    assert (found.event, found.message_name, found.catch_message) == ("message", "M-A", None)
    assert found.outcome == Outcome("done", "办结")


@pytest.mark.parametrize("tag", ["intermediateCatchEvent", "boundaryEvent"])
def test_a_catching_element_says_what_it_waits_for(tag: str) -> None:
    found = element(
        tag,
        '<wf:message type="M-A" conversation="=c"/>',
        '<b:messageEventDefinition messageRef="m"/>',
    )
    assert (found.catch_message, found.effects) == (CatchMessage("M-A", "=c"), ())


def test_a_receive_task_waits_for_its_message() -> None:
    found = element(
        "receiveTask", '<wf:message type="M-A" conversation="=c"/>', "", 'messageRef="m"'
    )
    assert found.catch_message == CatchMessage("M-A", "=c")
    assert found.message_name == "M-A"


def test_a_message_start_is_known_by_its_type() -> None:
    found = process(
        '<b:startEvent id="s"><b:messageEventDefinition messageRef="m"/></b:startEvent>',
        before='<b:message id="m" name="M-A"/>',
    )
    assert found.message_starts == {"s": "M-A"}


def test_a_timer_has_a_text_of_its_own_or_follows_a_deadline() -> None:
    own = element(
        "intermediateCatchEvent",
        "",
        "<b:timerEventDefinition><b:timeDuration> P3D </b:timeDuration></b:timerEventDefinition>",
    )
    assert (own.event, own.timer_text, own.timer) == ("timer", "P3D", None)
    follows = element(
        "boundaryEvent",
        '<wf:timer deadline="reply" offset="-P15D"/>',
        "<b:timerEventDefinition/>",
    )
    assert (follows.timer_text, follows.timer) == (None, Timer("reply", "-P15D"))


def test_a_service_task_names_its_operation() -> None:
    found = element(
        "serviceTask",
        '<wf:operation name="count" result="n"><wf:parameter name="kind" value="k"/>'
        "</wf:operation>",
    )
    assert found.operation == Operation("count", "n", (NamedValue("kind", "k"),))


def test_the_role_of_a_lane_holds_for_its_tasks_their_boundaries_and_subprocesses() -> None:
    found = process(
        '<b:laneSet id="ls"><b:lane id="l"><b:extensionElements><wf:lane role="clerk"/>'
        "</b:extensionElements><b:flowNodeRef>a</b:flowNodeRef><b:flowNodeRef>s</b:flowNodeRef>"
        "</b:lane></b:laneSet>"
        '<b:userTask id="a"/><b:boundaryEvent id="t" attachedToRef="a"/>'
        '<b:subProcess id="s"><b:userTask id="inner"/></b:subProcess><b:userTask id="alone"/>'
    )
    roles = {key: value.lane_role for key, value in found.elements.items()}
    assert roles == {"a": "clerk", "t": "clerk", "s": "clerk", "inner": "clerk", "alone": None}


def test_an_arrow_to_a_data_object_is_kept_with_what_it_writes() -> None:
    drawn = '<b:dataObject id="Draft"/><b:dataObjectReference id="r" dataObjectRef="Draft"/>'
    arrow = "<b:dataOutputAssociation><b:targetRef>r</b:targetRef>"
    shut = "</b:dataOutputAssociation>"
    made = "<b:transformation>this.a</b:transformation>"
    task = f'<b:userTask id="t">{arrow}{shut}{arrow}{made}{shut}</b:userTask>'
    found = process(drawn + task).elements["t"]
    assert found.data == (Output("Draft", "=this"), Output("Draft", "=this.a"))


def test_conditions_are_kept_for_the_checks() -> None:
    found = process(
        '<b:sequenceFlow id="f"><b:conditionExpression> =x &gt; 1 </b:conditionExpression>'
        "</b:sequenceFlow>"
    )
    assert [(c.flow_id, c.text) for c in found.conditions] == [("f", "=x > 1")]


def test_elements_of_other_namespaces_are_left_alone() -> None:
    assert user_task_faults('<o:anything at="all"><o:deep/></o:anything>') == []


@pytest.mark.parametrize(
    ("ours", "says"),
    [
        ('<wf:surprise x="1"/>', "wf:surprise"),
        ('<wf:form key="a/b" colour="red"/>', "没有属性 colour"),
        ("<wf:form/>", "缺少属性 key"),
        ('<wf:form key="../x"/>', "../x"),
        ('<wf:form key="a/b"/><wf:form key="c/d"/>', "只能写一次"),
        ('<wf:form key="a/b">text</wf:form>', "不能写文字"),
        (
            '<wf:record operation="open" kind="k"><wf:payload name="a" value="b"/></wf:record>',
            "payload",
        ),
        ('<wf:assign strategy="everybody"/>', "everybody"),
        ('<wf:operation name="count"/>', "不能写在 userTask 上"),
        ('<wf:message type="M-A" to="=x"/>', "不能写在 userTask 上"),
        ('<wf:output name="Ä" value="1"/>', "Ä"),
        ('<wf:output name="a" value="  "/>', "不能为空"),
    ],
)
def test_what_the_grammar_does_not_know_is_a_fault_at_its_element(ours: str, says: str) -> None:
    found = user_task_faults(ours)
    assert len(found) == 1
    assert found[0].startswith("bpmn/a.bpmn:5 e ")
    assert says in found[0]


def test_all_faults_of_a_diagram_come_at_once() -> None:
    assert len(user_task_faults('<wf:a/><wf:b/><wf:form kei="x"/>')) == 4


def test_a_word_that_nobody_reads_is_a_fault() -> None:
    assert faults('<b:userTask id="e"><wf:form key="a/b"/></b:userTask>') == [
        "bpmn/a.bpmn:5 e wf:form 写在了不起作用的位置，请移到可执行流程的元素上"
    ]
    state = '<b:extensionElements><wf:state record="a" label="b"/></b:extensionElements>'
    flow = f'<b:sequenceFlow id="f">{state}</b:sequenceFlow>'
    assert len(faults(flow)) == 1


def test_a_catching_message_cannot_say_what_to_send() -> None:
    body = (
        '<b:receiveTask id="e"><b:extensionElements><wf:message type="M-A" to="=x"/>'
        "</b:extensionElements></b:receiveTask>"
    )
    assert "只能有 type 和 conversation" in faults(body)[0]


def test_read_refuses_with_every_fault() -> None:
    with pytest.raises(ContentRefused) as caught:
        read("bpmn/a.bpmn", diagram("", "<wf:a/><wf:b/>"))
    assert len(caught.value.faults) == 2


BOMB = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>
<x>&b;</x>"""
OUTSIDE = (
    b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><x>&a;</x>"""
)


@pytest.mark.parametrize(
    "data",
    [
        BOMB,
        OUTSIDE,
        b"<!doctype x><x/>",
        b"",
        b"not xml",
        b"<a><b></a>",
        b"\xff\xfe<\x00x\x00/\x00>\x00",
        BOMB.decode().encode("utf-16"),
        b'<?xml version="1.0" encoding="utf-7"?>+ADwAIQ-DOCTYPE x+AD4APA-x/+AD4-',
        b"<a>" * 100 + b"</a>" * 100,
        b"<a>" * 5_000 + b"</a>" * 5_000,
        b"<a>" + b"<b/>" * (xml.MAXIMUM_ELEMENTS + 1) + b"</a>",
        b"<a>" + b" " * xml.MAXIMUM_BYTES + b"</a>",
        b"<a>&undefined;</a>",
    ],
    ids=range(14),
)
def test_xml_that_could_do_harm_is_refused(data: bytes) -> None:
    with pytest.raises(ContentRefused) as caught:
        xml.parse("bpmn/a.bpmn", data)
    assert caught.value.faults[0].pointer.startswith("bpmn/a.bpmn")


def page() -> str:
    return (Path(__file__).parents[2] / "docs" / "extension-namespace.md").read_text("utf-8")


def test_the_page_shows_every_word() -> None:
    shown = set(re.findall(r"<wf:(\w+)[ >]", page()))
    assert WORDS.keys() - shown == set()


def test_the_examples_of_the_page_are_accepted() -> None:
    shown = 0
    for block in re.findall("```xml\n(.*?)```", page(), re.DOTALL):
        root = etree.fromstring(
            f'<root xmlns:bpmn="{BPMN}" xmlns:wf="{NAMESPACE}">{block}</root>',
            etree.XMLParser(recover=True),
        )
        for item in root.iter(f"{{{NAMESPACE}}}*"):
            word = WORDS[xml.local_name(item)]
            assert list(grammar_faults(item, word)) == [], etree.tostring(item)
            shown += 1
    assert shown > len(WORDS)
