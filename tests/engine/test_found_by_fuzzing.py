"""What differed from the reference in random diagrams (tests/fuzzing), each as small as it got."""

from __future__ import annotations

import pytest

from tests.engine.builder import NOW, Player, Process
from tests.engine.shapes import FeelHost, again
from workflow_server.engine import runtime
from workflow_server.engine.definitions import parse
from workflow_server.engine.refusals import MoveRefused


@pytest.mark.parametrize("before", [True, False])
def test_the_turns_done_are_known_before_the_first_turn_too(before: bool) -> None:
    # loopCounter was null there, so the condition was never met and the loop silently skipped.
    process = Process().start().end().element("userTask", "x", again("loopCounter &lt; 3", before))
    player = Player(process.chain("start", "x", "end"), FeelHost()).start()
    for _ in range(3):
        assert player.open == ["x"]
        player.complete("x")
    assert player.step.ended


def test_the_default_way_is_not_taken_beside_one_without_condition() -> None:
    process = Process().start().end().user("a", "b", "c").element("userTask", "x", default="d")
    process.chain("start", "x", "a", "end").flow("x", "b", "no").flow("b", "end")
    process.flow("x", "c", id="d").flow("c", "end")
    assert Player(process, no=False).start().complete("x").open == ["a"]


def test_a_call_that_an_error_takes_away_is_not_told_to_have_left() -> None:
    process = Process().start().end().element("callActivity", "x", calledElement="q")
    process.user("h").on("b", "x", "error").chain("start", "x", "end").chain("b", "h", "end")
    other = Process("q").start("qs").end("qe").flow("qs", "qe").process_xml()
    player = Player(parse({"bpmn/x.bpmn": process.xml(other)})[0]).start()
    assert player.raise_in_call("x", "broken").open == ["h"]
    assert [move.kind for move in player.step.moves if move.element_id == "x"] == ["cancelled"]


def test_a_boundary_event_that_waits_is_no_token_that_an_inclusive_join_waits_for() -> None:
    # Who is at t can come to the flow that has a token already; b waits on t, and is nowhere.
    process = Process().start().end().parallel("split").xor("m").user("a", "t", "h", "d")
    process.element("inclusiveGateway", "join").on("b", "t", "timer", "PT1H", stop=False)
    process.chain("start", "split", "a", "m", "join", "d", "end").chain("split", "t", "m")
    process.chain("b", "h", "join")
    assert Player(process).start().complete("a").open == ["d", "t"]


def test_a_signal_is_heard_in_the_order_in_which_waiting_for_it_began() -> None:
    process = Process().start().end("seen").end("over", terminate=True).end()
    process.parallel("split").user("a").chain("start", "split", "a", "end").chain("b", "seen")
    process.on("b", "a", "signal", "S", stop=False)
    process.element("intermediateCatchEvent", "c", process.about("signal", "S"))
    player = Player(process.chain("split", "c", "over")).start().signal("S")
    assert player.step.end_events == ("seen", "over")


def test_a_move_takes_no_branch_along_that_has_passed_its_join_and_failed_there() -> None:
    # Both branches passed the join, one after the other, and found no way out: the move of one
    # silently took the other away, as if it still waited for the join to open.
    process = Process().start().end().parallel("split").xor("m").user("a", "b", "c")
    process.element("inclusiveGateway", "join").flow("join", "end", "go").flow("join", "c", "back")
    process.chain("start", "split", "a", "m", "join").chain("split", "b", "m").flow("c", "join")
    player = Player(process, go=False, back=False).start().complete("a").complete("b")
    assert player.failing == ["join", "join"]
    one, other = player.incidents
    act = (player.definition, player.state, player.variables, one, "a", NOW, player.host)
    with pytest.raises(MoveRefused, match="'m'"):
        runtime.move(*act)
    assert player._took(runtime.move(*act, besides=[other])).open == ["a"]
    assert player.failing == []
