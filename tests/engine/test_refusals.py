"""What can't run exactly as drawn is refused, with file, line, element and a sentence."""

import pytest

from tests.engine.builder import Player, Process, line
from workflow_server.engine import reading, sources
from workflow_server.engine.definitions import DefinitionRefused, parse
from workflow_server.errors import Fault


def refused(data: bytes | Process, beside: str = "") -> list[Fault]:
    """Return the faults of a file that must be refused."""
    xml = data.xml(beside) if isinstance(data, Process) else data
    with pytest.raises(DefinitionRefused) as error:
        parse({"bpmn/x.bpmn": xml})
    assert all(fault.pointer.startswith("bpmn/x.bpmn") for fault in error.value.faults)
    return list(error.value.faults)


def at(faults: list[Fault], element: str) -> str:
    """Return what is said about one element."""
    return " ".join(f.detail for f in faults if f.pointer.endswith(f" {element}"))


def between(kind: str, inner: str = "", **more: str) -> Process:
    """Draw one element x between a start and an end."""
    return Process().start().end().element(kind, "x", inner, **more).chain("start", "x", "end")


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
        ("dataObject", "数据"),
        ("dataObjectReference", "数据"),
        ("dataStoreReference", "数据存储"),
        ("globalUserTask", "不支持"),
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
def test_events_that_do_not_run_are_refused(place: str, event: str) -> None:
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
    assert "不支持" in at(refused(process), "x")


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


def test_several_ways_out_of_a_task_are_refused() -> None:
    process = line("a").user("b").flow("a", "b").flow("b", "end")
    assert "网关" in at(refused(process), "a")


def test_several_ways_out_of_a_start_event_are_refused() -> None:
    process = line("a").user("b").flow("start", "b").flow("b", "end")
    assert "网关" in at(refused(process), "start")


def test_conditions_where_none_is_asked_for_are_refused() -> None:
    process = Process().start().end().user("a").flow("start", "a").flow("a", "end", "=x", id="f")
    assert "不判断条件" in at(refused(process), "f")
    process = Process().start().end().parallel("g").user("a").flow("start", "g")
    process.flow("g", "a", "=x", id="f").flow("g", "end").flow("a", "end")
    assert "不判断条件" in at(refused(process), "f")
    process = Process().start().end().xor("g").flow("start", "g").flow("g", "end", "=x", id="f")
    assert "不判断条件" in at(refused(process), "f")


def xor(first: str | None, second: str | None, default: str | None = None) -> Process:
    process = Process().start().end().xor("g", default=default).user("a", "b")
    process.flow("start", "g").flow("g", "a", first, id="f1").flow("g", "b", second, id="f2")
    return process.flow("a", "end").flow("b", "end")


def test_a_way_out_of_an_exclusive_gateway_has_a_condition_or_is_the_default() -> None:
    faults = refused(xor(None, "=x"))
    assert "须有条件" in at(faults, "f1")
    assert at(faults, "f2") == ""
    assert "不会被判断" in at(refused(xor("=x", "=y", default="f1")), "f1")
    assert "默认流向" in at(refused(xor("=x", "=y", default="elsewhere")), "g")


@pytest.mark.parametrize("text", ["", "=", "x ==", "=if", "${approved}"])
def test_conditions_must_be_feel(text: str) -> None:
    assert at(refused(xor(text, "=y")), "f1")


def test_a_condition_in_another_language_is_refused() -> None:
    xml = xor("=x", "=y").xml().replace(b"xsi:type=", b'language="python" xsi:type=', 1)
    assert "FEEL" in at(refused(xml), "f1")


def test_flows_must_have_two_ends_in_the_same_process_and_subprocess() -> None:
    assert "终点 nowhere" in at(refused(line("a").flow("a", "nowhere", id="f")), "f")
    assert "起点 nowhere" in at(refused(line("a").flow("nowhere", "a", id="f")), "f")
    inner = Process("in").start("is").end("ie").user("x").chain("is", "x", "ie")
    process = Process().start().end().user("a").sub("sub", inner).chain("start", "sub", "a", "end")
    assert "边框" in at(refused(process.flow("x", "a", id="f")), "f")


def test_flows_into_a_start_and_out_of_an_end_are_refused() -> None:
    assert "流入" in at(refused(line("a").user("b").flow("a", "start").flow("b", "end")), "start")
    assert "流出" in at(refused(line("a").user("b").flow("end", "b").flow("b", "end")), "end")


def test_a_process_must_begin_and_end() -> None:
    assert "没有开始事件" in at(refused(Process().user("a").end().flow("a", "end")), "p")
    assert "没有结束事件" in at(refused(Process().start().user("a").flow("start", "a")), "p")


def test_a_way_that_breaks_off_is_refused() -> None:
    process = Process().start().end().parallel("g").user("a").flow("start", "g")
    assert "断了" in at(refused(process.flow("g", "a").flow("g", "end")), "a")


def test_what_cannot_be_reached_is_refused() -> None:
    assert "没有流向到达" in at(refused(line("a").user("b").flow("b", "end")), "b")
    island = line("a").user("b").xor("g").chain("b", "g", "b")
    assert "走不到这里" in at(refused(island), "b")


def test_what_cannot_end_is_refused() -> None:
    process = Process().start().end().xor("g", default="d").user("a", "b")
    process.flow("start", "g").flow("g", "end", "=x").flow("g", "a", id="d")
    faults = refused(process.flow("a", "b").flow("b", "a"))
    assert "结束事件" in at(faults, "a")
    assert "结束事件" in at(faults, "b")


def test_two_plain_starts_or_two_starts_for_a_message_are_refused() -> None:
    assert "一个空开始事件" in at(refused(line("a").start("s2").flow("s2", "a")), "s2")
    process = Process().start("m1", "M-X").start("m2", "M-X").user("a").end()
    assert "M-X" in at(refused(process.flow("m1", "a").flow("m2", "a").flow("a", "end")), "m1")


def test_duplicate_ids_are_refused_within_a_file_and_processes_across_files() -> None:
    assert "重复" in at(refused(line("a").raw('<bpmn:userTask id="a"/>')), "a")
    with pytest.raises(DefinitionRefused) as error:
        parse({"bpmn/a.bpmn": line("a").xml(), "bpmn/b.bpmn": line("b").xml()})
    assert error.value.faults[0].pointer == "bpmn/b.bpmn:3 p"


def test_is_executable_must_be_said() -> None:
    assert "isExecutable" in at(refused(Process(executable=None).start().end()), "p")
    faults = refused(Process(executable="false").start().end())
    assert "没有可执行的流程" in faults[0].detail


@pytest.mark.parametrize("kind", ["serviceTask", "sendTask", "exclusiveGateway", "endEvent"])
def test_boundary_events_where_nothing_waits_are_refused(kind: str) -> None:
    process = between(kind).boundary("b", on="x", timer="P1D").flow("b", "end")
    assert at(refused(process), "x" if kind in ("sendTask", "endEvent") else "b")


def test_boundary_events_on_nothing_are_refused() -> None:
    process = line("a").boundary("b", on="nowhere", timer="P1D").flow("b", "end")
    assert "nowhere" in at(refused(process), "b")


def test_an_event_gateway_leads_to_events_of_its_own() -> None:
    base = Process().start().end().event_gateway("g").flow("start", "g")
    assert "两条" in at(refused(base.catch("m", message="M-X").chain("g", "m", "end")), "g")
    base = Process().start().end().event_gateway("g").flow("start", "g").user("a")
    base.catch("m", message="M-X").chain("g", "m", "end").chain("g", "a", "end")
    assert "a 不是" in at(refused(base), "g")
    base = Process().start().end().event_gateway("g").xor("x").chain("start", "x", "g")
    base.catch("m", message="M-X").catch("t", timer="P1D").user("a")
    base.chain("g", "m", "a", "t", "end").flow("g", "t")
    assert "只能从该网关" in at(refused(base), "t")
    gateway = between("eventBasedGateway", instantiate="true", eventGatewayType="Parallel")
    assert "并行" in at(refused(gateway), "x")


@pytest.mark.parametrize("kind", ["eventBasedGateway", "receiveTask"])
def test_instantiating_elements_are_refused(kind: str) -> None:
    assert "启动流程" in at(refused(between(kind, instantiate="true")), "x")


def test_a_loop_with_nothing_that_waits_is_refused() -> None:
    process = Process().start().end().xor("m").service("s").xor("g", default="d")
    process.chain("start", "m", "s", "g").flow("g", "end", "=x").flow("g", "m", id="d")
    assert "空转" in at(refused(process), "m")


def test_a_loop_through_a_subprocess_that_does_not_wait_is_refused() -> None:
    inner = Process("in").start("is").end("ie").service("x").chain("is", "x", "ie")
    process = Process().start().end().xor("m").sub("s", inner).xor("g", default="d")
    process.chain("start", "m", "s", "g").flow("g", "end", "=x").flow("g", "m", id="d")
    assert "空转" in " ".join(fault.detail for fault in refused(process))
    inner = Process("in").start("is").end("ie").user("x").chain("is", "x", "ie")
    process = Process().start().end().xor("m").sub("s", inner).xor("g", default="d")
    process.chain("start", "m", "s", "g").flow("g", "end", "=x").flow("g", "m", id="d")
    assert Player(process).start().complete("x").open == ["x"]


def test_a_loop_back_into_a_parallel_join_is_refused() -> None:
    process = Process().start().end().parallel("j").user("a").xor("g", default="d")
    process.chain("start", "j", "a", "g").flow("g", "end", "=x").flow("g", "j", id="d")
    assert "永远等待" in at(refused(process), "d")


def test_joins_that_can_only_wait_for_each_other_are_refused() -> None:
    process = Process().start().end().parallel("s", "j1", "j2").user("a").flow("start", "s")
    process.flow("s", "j1").flow("s", "j2").chain("j1", "a", "j2").flow("j2", "end")
    faults = refused(process.flow("j2", "j1", id="back"))
    assert "永远等待" in at(faults, "back")


def test_a_cycle_without_a_gateway_is_refused() -> None:
    process = Process().start().end().user("a", "b").flow("start", "a").flow("a", "b")
    assert refused(process.flow("b", "a"))


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({"triggeredByEvent": "true"}, "事件子流程"),
        ({"isForCompensation": "true"}, "补偿"),
    ],
)
def test_special_subprocesses_are_refused(more: dict[str, str], word: str) -> None:
    inner = Process("in").start("is").end("ie").user("x").chain("is", "x", "ie")
    process = Process().start().end().sub("sub", inner, **more).chain("start", "sub", "end")
    assert word in at(refused(process), "sub")


def test_a_subprocess_begins_plainly_and_ends() -> None:
    inner = Process("in").start("is", message="M-X").end("ie").user("x").chain("is", "x", "ie")
    process = Process().start().end().sub("sub", inner).chain("start", "sub", "end")
    assert "空开始事件" in at(refused(process), "is")
    process = Process().start().end().sub("sub", Process("in")).chain("start", "sub", "end")
    assert "没有开始事件" in at(refused(process), "sub")
    assert "没有结束事件" in at(refused(process), "sub")


def test_multi_instance_subprocesses_are_refused() -> None:
    inner = Process("in").start("is").end("ie").user("x").chain("is", "x", "ie")
    inner.raw("<bpmn:multiInstanceLoopCharacteristics/>")
    process = Process().start().end().sub("sub", inner).chain("start", "sub", "end")
    assert "多实例" in at(refused(process), "sub")


def test_associations_between_work_are_refused() -> None:
    drawn = line("a", "b").raw('<bpmn:association id="as" sourceRef="a" targetRef="b"/>')
    assert "补偿" in at(refused(drawn), "as")


ENTITIES = b"""<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL">&b;</bpmn:definitions>"""


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (ENTITIES, "DOCTYPE"),
        (b"<!doctype html><html/>", "DOCTYPE"),
        (line("a").xml().decode().encode("utf-16"), "UTF-8"),
        (b"", "语法"),
        (b"<bpmn", "语法"),
        (b"PK\x03\x04\x00", "语法"),
        (b"<html/>", "definitions"),
        (b"<definitions/>", "definitions"),
        (line("a").xml().replace(b"</bpmn:process>", b""), "语法"),
    ],
)
def test_files_that_are_no_harmless_bpmn_are_refused(data: bytes, word: str) -> None:
    (fault,) = refused(data)
    assert word in fault.detail


def test_a_file_on_disk_is_never_read() -> None:
    data = line("a").xml().replace(b"<bpmn:process", b'<!ENTITY x SYSTEM "file:///etc/passwd">', 1)
    assert "DOCTYPE" in refused(data)[0].detail


def test_big_deep_and_long_files_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    deep = "<bpmn:a>" * 100 + "</bpmn:a>" * 100
    assert (
        "嵌套"
        in refused(line("a"), f"<bpmn:extensionElements>{deep}</bpmn:extensionElements>")[0].detail
    )
    abyss = "<bpmn:a>" * 2000 + "</bpmn:a>" * 2000
    assert "语法" in refused(line("a"), abyss)[0].detail
    monkeypatch.setattr(reading, "MAXIMUM_NODES", 5)
    assert "超过 5 个" in at(refused(line("a", "b", "c", "d")), "p")
    monkeypatch.setattr(sources, "MAXIMUM_BYTES", 100)
    assert "MB" in refused(line("a"))[0].detail


def test_long_ids_are_refused() -> None:
    assert "标识" in at(refused(line("a" * 200)), "a" * 200)


def test_all_faults_of_all_files_are_told_at_once_with_their_lines() -> None:
    first = between("scriptTask").element("task", "y").xml()
    second = between("callActivity").xml().replace(b'id="p"', b'id="q"')
    with pytest.raises(DefinitionRefused) as error:
        parse({"bpmn/a.bpmn": first, "bpmn/b.bpmn": second})
    pointers = [fault.pointer for fault in error.value.faults]
    assert "bpmn/a.bpmn:6 x" in pointers
    assert "bpmn/a.bpmn:9 y" in pointers
    assert "bpmn/b.bpmn:6 x" in pointers
    assert error.value.code == "definition-refused"


def test_what_is_only_there_to_be_read_is_tolerated() -> None:
    process = (
        line("a")
        .raw("<bpmn:documentation>&lt;b&gt;why&lt;/b&gt;</bpmn:documentation>")
        .raw(
            '<bpmn:extensionElements><camunda:properties><camunda:property name="x"/>'
            "</camunda:properties></bpmn:extensionElements>"
        )
        .raw('<bpmn:textAnnotation id="note"><bpmn:text>see</bpmn:text></bpmn:textAnnotation>')
        .raw('<bpmn:association id="as" sourceRef="a" targetRef="note"/>')
        .raw('<bpmn:group id="grp"/>')
        .raw(
            '<bpmn:laneSet id="ls"><bpmn:lane id="outer" name="Office">'
            '<bpmn:childLaneSet id="cls"><bpmn:lane id="inner" name="Desk">'
            "<bpmn:flowNodeRef>a</bpmn:flowNodeRef></bpmn:lane></bpmn:childLaneSet>"
            "</bpmn:lane></bpmn:laneSet>"
        )
        .raw("<!-- a comment -->")
    )
    beside = (
        '<bpmn:process id="other" isExecutable="false"><bpmn:scriptTask id="o"/></bpmn:process>'
        '<bpmn:collaboration id="c"><bpmn:participant id="p1" processRef="p"/>'
        '<bpmn:participant id="p2" processRef="other"/><bpmn:participant id="p3"/>'
        '<bpmn:messageFlow id="mf" sourceRef="a" targetRef="p3"/></bpmn:collaboration>'
        '<bpmndi:BPMNDiagram xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" id="d"/>'
        '<bpmn:signal id="unused" name="s"/>'
    )
    (definition,) = parse({"bpmn/x.bpmn": process.xml(beside)})
    assert definition.elements["a"].lane == "Desk"
    assert Player(definition).start().complete("a").step.ended


def test_several_pools_of_one_file_are_definitions_of_their_own() -> None:
    other = Process("q").start("qs").end("qe").user("qa").chain("qs", "qa", "qe").process_xml()
    first, second = parse({"bpmn/x.bpmn": line("a").xml(other)})
    assert (first.key, second.key) == ("p", "q")
    assert second.elements["qa"].process == "q"
