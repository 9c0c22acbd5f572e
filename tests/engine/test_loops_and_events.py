"""Repeated activities together with what ends, throws, chooses a way or goes round."""

import pytest

from tests.engine.builder import FakeHost, Player, Process
from tests.engine.shapes import FeelHost, again, body, handler, multi, with_handler

ITEM = {"as": "item"}


def around(inner: Process, mark: str) -> Process:
    """Draw a repeated subprocess x."""
    process = Process().start().end().chain("start", "x", "end")
    return process.element("subProcess", "x", process.inside(inner, mark))


def test_a_signal_from_one_iteration_may_take_the_whole_away() -> None:
    inner = Process("in").start("is").end("ie").user("a").chain("is", "a", "t", "ie")
    inner.element("intermediateThrowEvent", "t", inner.about("signal", "S-X"))
    process = around(inner, multi("=items", result="=item", into="found", **ITEM))
    process.user("h").on("b", "x", "signal", "S-X").chain("b", "h", "end")
    player = Player(process, items=[1, 2]).start().complete("a")
    assert (player.open, player.step.signals) == (["h"], ("S-X",))
    assert "found" not in player.variables


def test_iterations_that_are_not_needed_any_more_are_not_begun() -> None:
    process = Process().start().end().chain("start", "x", "end")
    process.element("serviceTask", "x", multi(count="5", done="nrOfCompletedInstances = 2"))
    player = Player(process, FeelHost()).start()
    assert player.step.ended
    assert player.host.calls.count(("perform", "x")) == 2


def test_a_terminating_end_ends_its_iteration_alone() -> None:
    inner = Process("in").start("is").end("ie").end("te", terminate=True).user("a", "b")
    inner.parallel("s").chain("is", "s", "a", "te").chain("s", "b", "ie")
    player = Player(around(inner, multi("=items")), items=[1, 2]).start().complete("a")
    assert player.open == ["a", "b"]
    assert player.complete("a").step.ended


def test_an_error_in_an_iteration_ends_a_called_instance() -> None:
    inner = Process("in").start("is").user("a").chain("is", "a", "t")
    inner.element("endEvent", "t", inner.about("error", "E-X"))
    process = around(inner, multi("=items"))
    player = Player(process, FakeHost(is_called=True), items=[1, 2]).start().complete("a", n=1)
    assert (player.step.ended, player.step.error) == (True, ("E-X", "t：E-X"))
    assert player.variables["answers"] == {"a": [{"n": 1}]}


def test_a_condition_in_an_iteration_sees_its_item() -> None:
    inner = Process("in").start("is").end("ie").user("a").chain("is", "c", "a", "ie")
    inner.element("intermediateCatchEvent", "c", inner.about("conditional", "=item = wanted"))
    process = around(inner, multi("=items", **ITEM))
    process = with_handler(process, handler("signal", stop=False))
    player = Player(process, FeelHost(), items=[1, 2], wanted=2).start()
    assert player.open == ["a"]
    player.variables["wanted"] = 1
    assert player.signal("S-X").open == ["a", "a", "h"]


def test_ways_out_are_chosen_once_by_the_activity_as_a_whole() -> None:
    process = Process().start().end().user("a", "b").flow("start", "x")
    process.element("userTask", "x", multi(count="2", result="=loopCounter", into="found"))
    process.flow("x", "a", "p").flow("x", "b", "q").flow("a", "end").flow("b", "end")
    player = Player(process, FeelHost(), p=False, q=False).start().complete("x").complete("x")
    assert (player.open, player.failing) == ([], ["x"])
    player.variables["p"] = True
    assert player.retry("x").open == ["a"]
    assert player.variables["found"] == [1, 2]


def test_an_incident_in_a_result_keeps_the_answers_and_can_be_retried() -> None:
    host = FakeHost(fail={("evaluate", "worth"): RuntimeError("no")})
    process = Process().start().end().chain("start", "x", "end")
    process.element("userTask", "x", multi(count="2", result="=worth", into="found"))
    player = Player(process, host, worth=7).start().complete("x", n=1)
    assert (player.open, player.failing) == (["x"], ["x"])
    host.fail.clear()
    assert player.retry("x").complete("x", n=2).step.ended
    assert player.variables["found"] == [7, 7]
    assert player.variables["answers"] == {"x": [{"n": 1}, {"n": 2}]}


def test_each_turn_has_an_event_subprocess_anew_and_waits_for_it() -> None:
    inner = with_handler(body("in", "a"), handler("message", stop=False))
    player = Player(around(inner, again("more")), more=True).start().receive("hs").complete("a")
    assert player.open == ["h"]
    assert player.complete("h").open == ["a"]
    assert player.waiting == ["hs"]


def test_loops_and_calls_and_messages_go_together() -> None:
    process = Process()
    named = process._ref("M-X")
    process.start().end().element("receiveTask", "x", again("more"), messageRef=named)
    player = Player(process.chain("start", "x", "end"), more=True).start().receive("x", n=1)
    assert player.waiting == ["x"]
    player.variables["more"] = False
    assert player.receive("x", n=2).step.ended
    assert player.variables["messages"] == {"M-X": [{"n": 1}, {"n": 2}]}


@pytest.mark.parametrize(
    "mark", [multi("=items"), multi("=items", sequential=True), again("=more", before=True)]
)
def test_a_circle_in_which_nothing_is_done_ends_in_an_incident(mark: str) -> None:
    process = Process().start().end().xor("m").xor("g", default="d").chain("start", "m", "x", "g")
    process.element("userTask", "x", mark).flow("g", "end", "over").flow("g", "m", id="d")
    (failure,) = Player(process, items=[], more=False).start().incidents.values()
    assert failure.message == "一步之内经过的环节超过 20000 个，流程可能在空转"


def test_a_handler_that_sets_itself_off_ends_in_an_incident() -> None:
    inner = Process("hh").end("he").chain("hs", "t", "he")
    inner.element("startEvent", "hs", inner.about("signal", "S-X"), isInterrupting="false")
    inner.element("intermediateThrowEvent", "t", inner.about("signal", "S-X"))
    process = with_handler(body("p", "x"), inner)
    player = Player(process).start().signal("S-X")
    assert player.open == ["x"]
    assert {failure.message for failure in player.incidents.values()} == {
        "一步之内经过的环节超过 20000 个，流程可能在空转"
    }


def test_more_than_can_run_at_once_is_an_incident() -> None:
    process = Process().start().end().chain("start", "x", "end")
    process.element("userTask", "x", multi("=items"))
    (failure,) = Player(process, items=[0] * 501).start().incidents.values()
    assert failure.message == "x 的多实例有 501 次，最多 500 次"
    one_by_one = Process().start().end().chain("start", "x", "end")
    one_by_one.element("serviceTask", "x", multi("=items", sequential=True))
    assert Player(one_by_one, items=[0] * 501).start().step.ended
