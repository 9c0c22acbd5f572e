"""Inclusive gateways: which ways they open, and what their joins wait for."""

from typing import Any

import pytest

from tests.engine.builder import Player, Process
from tests.engine.shapes import multi


def block(default: str | None = None, **conditions: str | None) -> Process:
    """Draw tasks between an inclusive split and an inclusive join, then task after."""
    process = Process().start().end().user("after")
    process.element("inclusiveGateway", "s", default=default).element("inclusiveGateway", "j")
    for task, when in conditions.items():
        process.user(task).flow("s", task, when, id=f"to_{task}").flow(task, "j")
    return process.flow("start", "s").chain("j", "after", "end")


@pytest.mark.parametrize(
    ("facts", "opened"),
    [
        ({"p": True, "q": True}, ["a", "b"]),
        ({"p": True}, ["a"]),
        ({"q": True, "p": None}, ["b"]),
        ({}, ["c"]),
    ],
)
def test_every_way_that_is_true_is_taken_and_waited_for(
    facts: dict[str, Any], opened: list[str]
) -> None:
    player = Player(block("to_c", a="p", b="q", c=None), **facts).start()
    assert player.open == opened
    for task in opened:
        assert "after" not in player.open
        player.complete(task)
    assert player.open == ["after"]


def test_no_way_and_no_default_is_an_incident_until_there_is_one() -> None:
    player = Player(block(a="p", b="q")).start()
    assert player.failing == ["s"]
    player.variables["q"] = True
    assert player.retry("s").open == ["b"]


def test_a_join_in_a_loop_waits_in_every_turn_whatever_the_order() -> None:
    process = Process().start().end().user("a", "b", "judge").xor("m").xor("g", default="d")
    process.element("inclusiveGateway", "s").element("inclusiveGateway", "j")
    process.chain("start", "m", "s").flow("s", "a", "p").flow("s", "b", "q")
    process.flow("a", "j").flow("b", "j").chain("j", "judge", "g")
    process.flow("g", "m", "again").flow("g", "end", id="d")
    player = Player(process, p=True, q=True, again=True).start()
    for turn in range(6):
        first, second = ("a", "b") if turn % 3 else ("b", "a")
        assert player.complete(first).open == [second]
        assert player.complete(second).open == ["judge"]
        assert player.complete("judge").open == ["a", "b"]


def test_blocks_in_blocks_wait_for_the_inner_ones() -> None:
    process = Process().start().end().user("a", "b", "c", "after").flow("start", "s")
    for name in ("s", "s2", "j2", "j"):
        process.element("inclusiveGateway", name)
    process.flow("s", "a", "p").flow("s", "s2", "q").flow("s2", "b", "p").flow("s2", "c", "q")
    process.flow("b", "j2").flow("c", "j2").flow("a", "j").flow("j2", "j").chain(
        "j", "after", "end"
    )
    player = Player(process, p=True, q=True).start()
    assert player.complete("a").complete("c").open == ["b"]
    assert player.complete("b").open == ["after"]


def test_an_inclusive_join_behind_a_parallel_split_waits_for_all() -> None:
    process = Process().start().end().parallel("s").user("a", "b", "after").flow("start", "s")
    process.element("inclusiveGateway", "j").chain("s", "a", "j").chain("s", "b", "j")
    player = Player(process.chain("j", "after", "end")).start()
    assert player.complete("b").open == ["a"]
    assert player.complete("a").open == ["after"]


def test_a_branch_that_ends_elsewhere_is_not_waited_for_any_more() -> None:
    process = Process().start().end().parallel("s").user("a", "b", "after").xor("g", default="d")
    process.flow("start", "s").element("inclusiveGateway", "j").chain("s", "a", "j")
    process.chain("s", "b", "g").flow("g", "j", "stay").flow("g", "end", id="d")
    player = Player(process.chain("j", "after", "end")).start()
    assert player.complete("a").open == ["b"]
    assert player.complete("b").open == ["after"]


def test_a_branch_may_still_come_by_a_boundary_event_or_a_link() -> None:
    process = Process().start().end().parallel("s").user("a", "b", "h", "after").flow("start", "s")
    process.element("inclusiveGateway", "j").chain("s", "a", "j").chain("s", "b", "end")
    process.on("e", "b", "message", "M-X").chain("e", "h", "t").chain("c", "j", "after", "end")
    process.element("intermediateThrowEvent", "t", process.about("link", "L"))
    process.element("intermediateCatchEvent", "c", process.about("link", "L"))
    player = Player(process).start().complete("a")
    assert player.open == ["b"]
    assert player.receive("e").complete("h").open == ["after"]
    player = Player(process).start().complete("a").complete("b")
    assert player.open == ["after"]


def test_each_iteration_has_joins_of_its_own() -> None:
    inner = Process("in").start("is").end("ie").user("a", "b", "after").parallel("s")
    inner.element("inclusiveGateway", "j").flow("is", "s").chain("s", "a", "j").chain("s", "b", "j")
    inner.chain("j", "after", "ie")
    process = Process().start().end().chain("start", "sub", "end")
    process.element("subProcess", "sub", process.inside(inner, multi("=items")))
    player = Player(process, items=[1, 2]).start()
    assert player.complete("a").complete("b").open == ["a", "after", "b"]


def test_one_token_of_each_flow_is_taken() -> None:
    process = Process().start().end().parallel("s").user("a", "b", "after").flow("start", "s")
    process.flow("s", "a").flow("s", "a").flow("s", "b").element("inclusiveGateway", "j")
    process.flow("a", "j").flow("b", "j").chain("j", "after", "end")
    player = Player(process).start().complete("a").complete("a")
    assert player.open == ["b"]
    player.complete("b")
    assert player.open == ["after", "after"]


def test_joins_that_wait_for_each_other_say_so() -> None:
    process = Process().start().end().parallel("s").flow("start", "s")
    for name in ("j1", "j2"):
        process.element("inclusiveGateway", name)
    process.parallel("p1", "p2").user("a", "b").flow("s", "j1").flow("s", "j2")
    process.chain("j1", "p1", "a", "j2").flow("p1", "end")
    process.chain("j2", "p2", "b", "j1").flow("p2", "end")
    player = Player(process).start()
    assert player.failing == ["j1", "j2"]
