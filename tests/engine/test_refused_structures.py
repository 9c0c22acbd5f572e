"""Diagrams whose tokens could get lost, stuck or endless are refused."""

import pytest

from tests.engine.builder import Player, Process, line
from tests.engine.refusing import at, between, refused
from workflow_server.engine.definitions import DefinitionRefused, parse


def test_conditions_where_none_is_asked_for_are_refused() -> None:
    process = Process().start().end().user("a").flow("start", "a", "=x", id="f").flow("a", "end")
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
    assert "子流程的开始事件不支持“消息”" in at(refused(process), "is")
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
