"""Errors and escalations: who catches them, from the inside out, and what becomes of the rest."""

from typing import Any

import pytest

from tests.engine.builder import FakeHost, Player, Process
from tests.engine.shapes import handler, multi, with_handler
from workflow_server.engine.definitions import parse
from workflow_server.engine.steps import BusinessError

BOTH = ["error", "escalation"]
E = "E-X"


def throwing(event: str, code: str = E, prefix: str = "in") -> Process:
    """Draw task x, then an end that throws, beside task y."""
    inner = Process(prefix).start(f"{prefix}_s").parallel(f"{prefix}_p").user("x", "y")
    inner.element("endEvent", "thrown", inner.about(event, code)).end(f"{prefix}_e")
    inner.chain(f"{prefix}_s", f"{prefix}_p", "x", "thrown")
    return inner.chain(f"{prefix}_p", "y", f"{prefix}_e")


def caught_by(process: Process, *events: tuple[str, str, str | None, bool]) -> Process:
    """Draw boundary events on sub, each leading to a task of its own."""
    process.start().end().user("after").chain("start", "sub", "after", "end")
    for id, event, code, stop in events:
        process.on(id, "sub", event, code, stop).user(f"h_{id}").chain(id, f"h_{id}", "end")
    return process


@pytest.mark.parametrize("event", BOTH)
def test_an_exact_code_goes_before_any_code(event: str) -> None:
    process = Process().sub("sub", throwing(event))
    caught_by(
        process, ("any", event, None, True), ("other", event, "E-Y", True), ("own", event, E, True)
    )
    assert Player(process).start().complete("x").open == ["h_own"]


@pytest.mark.parametrize("event", BOTH)
def test_any_code_is_caught_where_none_is_named(event: str) -> None:
    process = Process().sub("sub", throwing(event))
    caught_by(process, ("other", event, "E-Y", True), ("any", event, None, True))
    player = Player(process).start().complete("x")
    assert player.open == ["h_any"]
    assert player.variables["errors"]["any"][0]["code"] == E


@pytest.mark.parametrize("event", BOTH)
def test_what_nobody_near_catches_goes_out_through_several_scopes(event: str) -> None:
    deep = Process("mid").start("mid_s").end("mid_e").sub("inner", throwing(event))
    deep.on("near", "inner", event, "E-Y").chain("mid_s", "inner", "mid_e").flow("near", "mid_e")
    process = Process().sub("sub", deep)
    player = Player(caught_by(process, ("far", event, E, True))).start().complete("x")
    assert player.open == ["h_far"]


@pytest.mark.parametrize("event", BOTH)
def test_the_nearest_catcher_goes_before_an_exact_one_further_out(event: str) -> None:
    deep = Process("mid").start("mid_s").end("mid_e").sub("inner", throwing(event)).user("h_near")
    deep.on("near", "inner", event, None).chain("mid_s", "inner", "mid_e")
    process = Process().sub("sub", deep.chain("near", "h_near", "mid_e"))
    player = Player(caught_by(process, ("far", event, E, True))).start().complete("x")
    assert player.open == ["h_near"]


@pytest.mark.parametrize("event", BOTH)
@pytest.mark.parametrize("code", [E, ""])
def test_an_event_subprocess_goes_before_the_boundary(event: str, code: str) -> None:
    process = Process().sub("sub", with_handler(throwing(event), handler(event, code)))
    player = Player(caught_by(process, ("b", event, E, True))).start().complete("x")
    assert player.open == ["h"]
    assert player.complete("h").open == ["after"]
    assert player.variables["errors"]["hs"][0]["code"] == E


def test_an_error_caught_tells_its_code_and_message_on_leaving() -> None:
    host = FakeHost()
    seen: dict[str, Any] = {}
    host.on_leave = lambda visit, variables: seen.update({visit.element_id: variables.get("this")})
    process = caught_by(Process().sub("sub", throwing("error")), ("b", "error", E, True))
    Player(process, host).start().complete("x")
    assert seen["b"] == {"code": E, "message": f"thrown：{E}"}


def test_a_thrown_escalation_goes_on_where_it_is_not_interrupted() -> None:
    inner = Process("in").start("is").end("ie").user("x", "z").chain("is", "x", "t", "z", "ie")
    inner.element("intermediateThrowEvent", "t", inner.about("escalation", E))
    process = caught_by(Process().sub("sub", inner), ("b", "escalation", E, False))
    player = Player(process).start().complete("x")
    assert player.open == ["h_b", "z"]
    inner = Process("in").start("is").end("ie").user("x", "z").chain("is", "x", "t", "z", "ie")
    inner.element("intermediateThrowEvent", "t", inner.about("escalation", E))
    process = caught_by(Process().sub("sub", inner), ("b", "escalation", E, True))
    assert Player(process).start().complete("x").open == ["h_b"]


def test_an_escalation_at_an_end_is_caught_as_often_as_it_is_thrown() -> None:
    inner = Process("in").start("is").parallel("ip").user("x").flow("is", "ip")
    inner.element("endEvent", "thrown", inner.about("escalation", E)).flow("x", "thrown")
    process = caught_by(
        Process().sub("sub", inner.flow("ip", "x").flow("ip", "x")), ("b", "escalation", E, False)
    )
    player = Player(process).start().complete("x")
    assert player.open == ["h_b", "x"]
    assert player.complete("x").open == ["after", "h_b", "h_b"]


def test_a_non_interrupting_handler_keeps_the_scope_until_it_is_done() -> None:
    inner = with_handler(throwing("escalation"), handler("escalation", E, stop=False))
    player = Player(caught_by(Process().sub("sub", inner))).start().complete("x").complete("y")
    assert player.open == ["h"]
    assert player.complete("h").open == ["after"]


def test_an_escalation_that_nobody_catches_changes_nothing() -> None:
    player = Player(throwing("escalation", prefix="p")).start().complete("x")
    assert (player.open, player.failing, player.step.escalations) == (["y"], [], ())


def test_an_error_that_nobody_catches_is_an_incident_until_it_is_seen_to() -> None:
    player = Player(throwing("error", prefix="p")).start().complete("x")
    assert (player.open, player.failing) == (["y"], ["thrown"])
    (failure,) = player.incidents.values()
    assert failure.message == "错误 E-X 没有被任何边界事件或事件子流程捕获"
    assert player.retry("thrown").failing == ["thrown"]


@pytest.mark.parametrize("event", BOTH)
def test_what_a_handler_throws_goes_past_it(event: str) -> None:
    thrower = Process("h").user("h")
    thrower.element("endEvent", "h_e", thrower.about(event, E))
    thrower.element("startEvent", "hs", thrower.about(event, E)).chain("hs", "h", "h_e")
    inner = with_handler(throwing(event), thrower)
    process = caught_by(Process().sub("sub", inner), ("b", event, E, True))
    player = Player(process).start().complete("x")
    assert player.open == ["h"]
    assert player.complete("h").open == ["h_b"]


def test_a_second_error_in_an_interrupted_scope_goes_past_its_handler() -> None:
    inner = throwing("error")
    first = Process("f").user("h").element("endEvent", "f_e", inner.about("error", E))
    first.element("startEvent", "hs", inner.about("signal", "S-X")).chain("hs", "h", "f_e")
    with_handler(inner, first, id="first")
    failing = handler("error", E, task="h2", id="hs2")
    process = caught_by(Process().sub("sub", with_handler(inner, failing)), ("b", "error", E, True))
    player = Player(process).start()
    assert player.signal("S-X").open == ["h"]
    assert player.complete("h").open == ["h_b"]


def test_an_error_in_an_iteration_ends_the_whole_activity() -> None:
    inner = Process("in").inside(throwing("error"), multi("=items"))
    process = Process().element("subProcess", "sub", inner)
    process._declared |= throwing("error")._declared
    player = Player(caught_by(process, ("b", "error", E, True)), items=[1, 2]).start()
    assert player.open == ["x", "x", "y", "y"]
    assert player.complete("x", n=1).open == ["h_b"]
    assert player.variables["answers"] == {"x": [{"n": 1}]}


# What the work of the host raises


def working(kind: str = "serviceTask", mark: str = "") -> tuple[Process, FakeHost]:
    process, host = Process(), FakeHost()
    named = {"messageRef": process._ref("M-X")} if kind == "sendTask" else {}
    host.fail["perform", "x"] = BusinessError(E, "not enough paper")
    return process.element(kind, "x", mark, **named), host


@pytest.mark.parametrize("kind", ["serviceTask", "businessRuleTask", "sendTask"])
@pytest.mark.parametrize("code", [E, None])
def test_what_an_operation_raises_is_caught_at_its_boundary(kind: str, code: str | None) -> None:
    process, host = working(kind)
    process.start().end().user("h").on("b", "x", "error", code).chain("start", "x", "end")
    player = Player(process.chain("b", "h", "end"), host).start()
    assert (player.open, player.failing) == (["h"], [])
    assert player.variables["errors"]["b"] == [{"code": E, "message": "not enough paper"}]


@pytest.mark.parametrize("mark", ["", multi(count="2"), multi(count="2", sequential=True)])
def test_what_an_operation_raises_is_caught_further_out(mark: str) -> None:
    process, host = working(mark=mark)
    inner = process.start("in_s").end("in_e").chain("in_s", "x", "in_e")
    outer = caught_by(Process("outer").sub("sub", inner), ("b", "error", E, True))
    assert Player(outer, host).start().open == ["h_b"]


def test_a_repeated_operation_is_caught_at_the_boundary_of_the_whole() -> None:
    process, host = working(mark=multi(count="3"))
    process.start().end().user("h").on("b", "x", "error", E).chain("start", "x", "end")
    player = Player(process.chain("b", "h", "end"), host).start()
    assert player.open == ["h"]
    assert host.calls.count(("perform", "x")) == 1


def test_what_an_operation_raises_and_nobody_catches_is_an_incident() -> None:
    process, host = working()
    process.start().end().user("h").on("b", "x", "error", "E-Y").chain("start", "x", "end")
    player = Player(process.chain("b", "h", "end"), host).start()
    assert player.failing == ["x"]
    host.fail.clear()
    assert player.retry("x").step.ended


def test_an_exception_that_is_no_business_error_is_never_caught() -> None:
    process, host = working()
    host.fail["perform", "x"] = ValueError(E)
    process.start().end().user("h").on("b", "x", "error").chain("start", "x", "end")
    assert Player(process.chain("b", "h", "end"), host).start().failing == ["x"]


# What called processes throw


def calling(event: str, code: str | None, stop: bool = True, mark: str = "") -> Player:
    process = (
        Process().start().end().user("h").element("callActivity", "x", mark, calledElement="q")
    )
    process.on("b", "x", event, code, stop).chain("start", "x", "end").chain("b", "h", "end")
    called = Process("q").start("qs").end("qe").flow("qs", "qe").process_xml()
    return Player(parse({"bpmn/x.bpmn": process.xml(called)})[0]).start()


@pytest.mark.parametrize("code", [E, None])
@pytest.mark.parametrize("mark", ["", multi(count="2")])
def test_the_error_of_a_called_process_is_caught_at_its_call(code: str | None, mark: str) -> None:
    player = calling("error", code, mark=mark).raise_in_call("x", E)
    assert (player.open, player.waiting) == (["h"], [])
    assert player.variables["errors"]["b"] == [{"code": E, "message": f"failed with {E}"}]


def test_the_error_of_a_called_process_that_nobody_catches_is_an_incident_there() -> None:
    player = calling("error", "E-Y").raise_in_call("x", E)
    assert (player.failing, player.waiting) == (["x"], [])
    assert player.retry("x").waiting == ["x"]


@pytest.mark.parametrize("stop", [True, False])
def test_the_escalation_of_a_called_process_is_caught_at_its_call(stop: bool) -> None:
    player = calling("escalation", E, stop).escalate_in_call("x", E)
    assert (player.open, player.waiting) == (["h"], [] if stop else ["x"])


def test_the_escalation_of_a_called_process_that_nobody_catches_leaves_it_running() -> None:
    assert calling("escalation", "E-Y").escalate_in_call("x", E).waiting == ["x"]


def test_a_called_process_ends_with_an_error_or_hands_its_escalation_on() -> None:
    host = FakeHost(is_called=True)
    player = Player(throwing("error", prefix="p"), host).start().complete("x")
    assert (player.step.ended, player.step.error) == (True, (E, f"thrown：{E}"))
    player = Player(throwing("escalation", prefix="p"), FakeHost(is_called=True)).start()
    assert (player.complete("x").step.escalations, player.open) == ((E,), ["y"])
