"""Standard loops: again while their condition holds, before or after a turn, up to a maximum."""

import pytest

from tests.engine.builder import Player, Process
from tests.engine.refusing import at, between, refused
from tests.engine.shapes import FeelHost, again, body, learning


def looped(mark: str, kind: str = "userTask", inner: str = "") -> Process:
    process = Process().start().end().user("after").element(kind, "x", mark + inner)
    return process.chain("start", "x", "after", "end")


def test_a_task_is_done_once_and_then_again_while_the_condition_holds() -> None:
    player = Player(looped(again("more")), more=True).start().complete("x").complete("x")
    assert player.open == ["x"]
    player.variables["more"] = False
    assert player.complete("x").open == ["after"]
    assert len(player.variables["answers"]["x"]) == 3


def test_a_condition_tested_before_may_spare_the_activity() -> None:
    assert Player(looped(again("more", before=True))).start().open == ["after"]
    player = Player(looped(again("more", before=True)), more=True).start()
    assert player.open == ["x"]
    player.variables["more"] = False
    assert player.complete("x").open == ["after"]


@pytest.mark.parametrize("before", [True, False])
def test_a_maximum_ends_the_loop(before: bool) -> None:
    player = Player(looped(again("more", before, 3)), more=True).start()
    assert player.complete("x").complete("x").open == ["x"]
    assert player.complete("x").open == ["after"]


def test_turns_are_counted_from_one_and_write_to_the_instance() -> None:
    player = Player(looped(again("loopCounter &lt; 3 and not(found)")), learning(FeelHost()))
    player.variables["found"] = False
    player.start().complete("x", said=1).complete("x", said=2)
    assert player.variables["said"] == 2
    assert player.complete("x", said=3).open == ["after"]
    assert "loopCounter" not in player.variables


def test_subprocesses_loop_with_all_that_is_in_them() -> None:
    inner = Process("in").inside(body("in", "one", "two"))
    player = Player(looped(again("more"), "subProcess", inner), more=True).start()
    assert player.complete("one").complete("two").open == ["one"]
    player.variables["more"] = False
    assert player.complete("one").complete("two").open == ["after"]


def test_a_boundary_event_hangs_on_the_loop_as_a_whole() -> None:
    process = looped(again("more")).on("b", "x", "timer", "P1D").user("h").chain("b", "h", "end")
    player = Player(process, more=True).start().complete("x").complete("x")
    assert player.waiting == ["b"]
    assert player.ring("b").open == ["h"]


def test_a_condition_that_is_no_truth_value_is_an_incident_until_it_is() -> None:
    player = Player(looped(again("more")), more="perhaps").start().complete("x")
    assert player.failing == ["x"]
    player.variables["more"] = None
    assert player.retry("x").open == ["after"]


@pytest.mark.parametrize(
    ("mark", "sentence"),
    [
        (again(""), "循环没有写继续的条件（loopCondition）"),
        (again("=x", maximum=0), "循环的最多次数（loopMaximum）须是 1 到 10000 的整数"),
        (again("=if"), "FEEL 表达式"),
    ],
)
def test_loops_that_say_too_little_are_refused(mark: str, sentence: str) -> None:
    assert sentence in at(refused(between("userTask", mark)), "x")


def test_the_condition_sees_what_was_said_in_the_turn() -> None:
    player = Player(looped(again('this.note = "again"')), FeelHost()).start()
    assert player.complete("x", note="again").open == ["x"]
    assert player.complete("x", note="enough").open == ["after"]
    assert "this" not in player.variables
