"""A person makes happen what waits for a message: where it stands, once, with their answers."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.engine.builder import NOW, FakeHost, Player, Process
from tests.engine.shapes import handler, learning, with_handler
from workflow_server.engine import runtime
from workflow_server.engine.runtime import WaitNotOpen


def caught() -> Player:
    drawn = Process().start().end().catch("c", "M-X").user("t").chain("start", "c", "t", "end")
    return Player(drawn, learning(FakeHost())).start()


def test_a_catch_event_goes_on_with_answers_and_no_message() -> None:
    player = caught().cause("c", said="甲")
    assert (player.open, player.waiting) == (["t"], [])
    assert player.variables["answers"] == {"c": [{"said": "甲"}]}
    assert player.variables["said"] == "甲"
    assert "messages" not in player.variables


def test_it_is_caused_once() -> None:
    player = caught()
    wait = player.wait("c")
    player.cause("c")
    with pytest.raises(WaitNotOpen):
        runtime.cause(player.definition, player.state, player.variables, wait, {}, NOW, player.host)


@pytest.mark.parametrize("known", [True, False])
def test_what_waits_for_no_message_cannot_be_caused(known: bool) -> None:
    drawn = Process().start().end().catch("c", timer="P1D").chain("start", "c", "end")
    player = Player(drawn).start()
    wait = {True: player.wait("c"), False: uuid4()}[known]
    with pytest.raises(WaitNotOpen):
        runtime.cause(player.definition, player.state, player.variables, wait, {}, NOW, player.host)


@pytest.mark.parametrize(("stop", "left"), [(True, ["h"]), (False, ["h", "x"])])
def test_an_event_subprocess_is_begun(stop: bool, left: list[str]) -> None:
    drawn = Process().start().end().user("x").chain("start", "x", "end")
    player = Player(with_handler(drawn, handler("message", stop=stop))).start().cause("hs", n=1)
    assert sorted(player.open) == left


def test_a_non_interrupting_one_is_begun_again_and_again() -> None:
    drawn = Process().start().end().user("x").chain("start", "x", "end")
    player = Player(with_handler(drawn, handler("message", stop=False))).start()
    player.cause("hs", n=1).cause("hs", n=2)
    assert player.variables["answers"] == {"hs": [{"n": 1}, {"n": 2}]}
    assert player.waiting == ["hs"]


def test_behind_an_event_gateway_it_closes_the_others() -> None:
    drawn = Process().start().end().event_gateway("g").catch("a", "M-A").catch("b", "M-B")
    drawn.user("t").chain("start", "g", "a", "t", "end").chain("g", "b", "end")
    player = Player(drawn).start().cause("a")
    assert (player.open, player.waiting) == (["t"], [])


def test_a_boundary_event_takes_its_activity_away() -> None:
    drawn = Process().start().end().user("x", "t").boundary("e", "x", "M-X")
    player = Player(drawn.chain("start", "x", "end").chain("e", "t", "end")).start().cause("e")
    assert (player.open, player.waiting) == (["t"], [])
