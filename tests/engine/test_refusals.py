"""Elements, marks, events and timers that would not run as drawn are refused."""

import pytest

from tests.engine.builder import Process, line
from tests.engine.refusing import at, between, refused


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        ("task", "未指明类型"),
        ("scriptTask", "脚本"),
        ("callActivity", "调用活动"),
        ("transaction", "事务"),
        ("adHocSubProcess", "即席"),
        ("complexGateway", "复杂网关"),
        ("subChoreography", "编排"),
        ("dataStoreReference", "数据存储"),
        ("globalUserTask", "不能调用"),
        ("somethingNew", "不支持"),
    ],
)
def test_elements_that_do_not_run_are_refused(kind: str, word: str) -> None:
    assert word in at(refused(between(kind)), "x")


@pytest.mark.parametrize(
    ("inner", "word"),
    [
        ("<bpmn:multiInstanceLoopCharacteristics/>", "多实例"),
        ("<bpmn:standardLoopCharacteristics/>", "循环"),
        ("<bpmn:ioSpecification/>", "数据"),
        ("<bpmn:dataInputAssociation/>", "数据"),
        ("<bpmn:dataOutputAssociation/>", "数据"),
        ("<bpmn:property/>", "数据"),
        ("<bpmn:potentialOwner/>", "办理人"),
        ("<bpmn:humanPerformer/>", "办理人"),
        ("<bpmn:script>1</bpmn:script>", "不支持"),
        ("<bpmn:messageEventDefinition/>", "不支持"),
        (
            "<bpmn:extensionElements><spiffworkflow:preScript>import os"
            "</spiffworkflow:preScript></bpmn:extensionElements>",
            "脚本",
        ),
        (
            "<bpmn:extensionElements><spiffworkflow:serviceTaskOperator/></bpmn:extensionElements>",
            "脚本",
        ),
    ],
)
def test_marks_on_a_task_that_would_be_ignored_are_refused(inner: str, word: str) -> None:
    assert word in at(refused(between("userTask", inner)), "x")


@pytest.mark.parametrize(
    ("name", "value"),
    [("isForCompensation", "true"), ("startQuantity", "2"), ("completionQuantity", "2")],
)
def test_attributes_that_would_be_ignored_are_refused(name: str, value: str) -> None:
    assert at(refused(between("userTask", **{name: value})), "x")


@pytest.mark.parametrize("place", ["start", "end", "catch", "throw", "boundary"])
@pytest.mark.parametrize(
    "event",
    ["signal", "error", "escalation", "link", "conditional", "compensate", "cancel", "odd"],
)
def test_events_that_do_not_run_or_say_too_little_are_refused(place: str, event: str) -> None:
    inner = f"<bpmn:{event}EventDefinition/>"
    process = Process().user("a")
    if place == "start":
        process.element("startEvent", "x", inner).end().chain("x", "a", "end")
    elif place == "end":
        process.start().element("endEvent", "x", inner).chain("start", "a", "x")
    elif place == "boundary":
        process.start().end().chain("start", "a", "end")
        process.element("boundaryEvent", "x", inner, attachedToRef="a").flow("x", "end")
    else:
        kind = f"intermediate{place.capitalize()}Event"
        process.start().end().element(kind, "x", inner).chain("start", "a", "x", "end")
    assert at(refused(process), "x")


@pytest.mark.parametrize(
    "process",
    [
        between("intermediateCatchEvent"),
        between("intermediateThrowEvent", "<bpmn:timerEventDefinition/>"),
        between("intermediateCatchEvent", "<bpmn:terminateEventDefinition/>"),
        line("a").element("boundaryEvent", "x", attachedToRef="a").flow("x", "end"),
        Process().element("startEvent", "x", "<bpmn:timerEventDefinition/>").end().flow("x", "end"),
        between(
            "intermediateCatchEvent",
            "<bpmn:messageEventDefinition/><bpmn:timerEventDefinition/>",
        ),
    ],
)
def test_events_in_a_place_where_they_mean_nothing_are_refused(process: Process) -> None:
    assert at(refused(process), "x")


@pytest.mark.parametrize("kind", ["sendTask", "receiveTask"])
def test_a_message_task_must_name_a_message_that_exists(kind: str) -> None:
    assert "没有写明" in at(refused(between(kind)), "x")
    assert "没有定义" in at(refused(between(kind, messageRef="nowhere")), "x")
    assert "实例" not in at(refused(between(kind, messageRef="n", instantiate="true")), "start")


@pytest.mark.parametrize("place", ["intermediateCatchEvent", "intermediateThrowEvent"])
def test_a_message_event_must_name_a_message_that_exists(place: str) -> None:
    assert "没有写明" in at(refused(between(place, "<bpmn:messageEventDefinition/>")), "x")
    inner = '<bpmn:messageEventDefinition messageRef="nowhere"/>'
    assert "没有定义" in at(refused(between(place, inner)), "x")


def test_a_message_must_have_a_name() -> None:
    assert "名称" in at(refused(line("a"), '<bpmn:message id="m"/>'), "m")


@pytest.mark.parametrize(
    ("inner", "word"),
    [
        ("", "没有写时间"),
        ("<bpmn:timeDuration/>", "空的"),
        ("<bpmn:timeDuration>5 days</bpmn:timeDuration>", "ISO 8601"),
        ("<bpmn:timeDuration>P</bpmn:timeDuration>", "ISO 8601"),
        ("<bpmn:timeDuration>-P5D</bpmn:timeDuration>", "ISO 8601"),
        ("<bpmn:timeDuration>PT</bpmn:timeDuration>", "ISO 8601"),
        ('<bpmn:timeDuration>"PT5M"</bpmn:timeDuration>', "ISO 8601"),
        ("<bpmn:timeDate>tomorrow</bpmn:timeDate>", "ISO 8601"),
        ("<bpmn:timeDate>= 1 +</bpmn:timeDate>", "FEEL"),
        ("<bpmn:timeCycle>R3/PT1H</bpmn:timeCycle>", "循环"),
        (
            "<bpmn:timeDate>2026-12-01</bpmn:timeDate><bpmn:timeDuration>P1D</bpmn:timeDuration>",
            "一个",
        ),
    ],
)
def test_timers_that_say_nothing_usable_are_refused(inner: str, word: str) -> None:
    timer = f"<bpmn:timerEventDefinition>{inner}</bpmn:timerEventDefinition>"
    assert word in at(refused(between("intermediateCatchEvent", timer)), "x")


def test_a_timer_has_either_a_time_or_a_deadline() -> None:
    inner = (
        '<bpmn:extensionElements><wf:timer deadline="reply"/></bpmn:extensionElements>'
        "<bpmn:timerEventDefinition><bpmn:timeDuration>P1D</bpmn:timeDuration>"
        "</bpmn:timerEventDefinition>"
    )
    assert "只能保留一个" in at(refused(between("intermediateCatchEvent", inner)), "x")
