"""Call activities: they wait for another process, take its result, and can be taken away."""

from typing import Any

from tests.engine.builder import FakeHost, Player, Process, line
from tests.engine.refusing import at, refused
from workflow_server.engine.definitions import parse


def calling(process: Process, key: str = "q") -> Process:
    return process.element("callActivity", "x", calledElement=key)


def started(process: Process, host: FakeHost | None = None) -> Player:
    other = Process("q").start("qs").end("qe").flow("qs", "qe").process_xml()
    return Player(parse({"bpmn/x.bpmn": process.xml(other)})[0], host).start()


def test_a_call_names_the_process_waits_and_takes_its_result() -> None:
    host = FakeHost()
    seen: list[Any] = []
    host.on_leave = lambda visit, variables: seen.append((visit.element_id, variables.get("this")))
    process = calling(Process().start().end().user("a")).chain("start", "x", "a", "end")
    player = started(process, host)
    assert [(wait.kind, wait.name) for wait in player.step.waits_opened] == [("call", "q")]
    assert player.end_call("x", total=3).open == ["a"]
    assert player.variables["results"] == {"x": [{"total": 3}]}
    assert ("x", {"total": 3}) in seen


def test_a_call_that_is_taken_away_is_waited_for_no_longer() -> None:
    process = calling(Process().start().end()).on("b", "x", "timer", "P1D").user("h")
    player = started(process.chain("start", "x", "end").chain("b", "h", "end"))
    call = player.wait("x")
    assert call in player.ring("b").step.waits_closed
    assert player.open == ["h"]


def test_a_process_that_is_not_there_or_cannot_be_begun_is_refused() -> None:
    process = calling(Process().start().end(), "nowhere").chain("start", "x", "end")
    assert at(refused(process), "x") == "调用的流程 nowhere 不在本次部署的内容里"
    by_message = Process("q").start("qs", message="M-X").end("qe").flow("qs", "qe")
    process = calling(Process().start().end()).chain("start", "x", "end")
    process._messages = by_message._messages
    told = at(refused(process, by_message.process_xml()), "x")
    assert told == "调用的流程 q 没有空开始事件，不能被调用"


def test_a_process_that_calls_itself_by_any_way_is_refused() -> None:
    process = calling(Process().start().end(), "p").chain("start", "x", "end")
    assert at(refused(process), "x") == "流程 p 经由 p 调用了自己，永远不会结束"
    back = Process("q").start("qs").end("qe").element("callActivity", "y", calledElement="p")
    process = calling(Process().start().end()).chain("start", "x", "end")
    faults = refused(process, back.chain("qs", "y", "qe").process_xml())
    assert at(faults, "x") == "流程 p 经由 q 调用了自己，永远不会结束"
    assert at(faults, "y") == "流程 q 经由 p 调用了自己，永远不会结束"


def test_processes_of_one_bundle_call_each_other_across_files() -> None:
    process = calling(Process().start().end()).chain("start", "x", "end")
    found = parse({"bpmn/a.bpmn": process.xml(), "bpmn/b.bpmn": line("a", key="q").xml()})
    assert [definition.key for definition in found] == ["p", "q"]
