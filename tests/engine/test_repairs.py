"""Skips and moves leave nothing behind: no scope that waits for ever, no event that is deaf."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.engine.builder import NOW, FakeHost, Player, Process
from tests.engine.shapes import handler, multi, with_handler
from workflow_server.engine import runtime
from workflow_server.engine.refusals import MoveRefused, SkipRefused


def skip(player: Player, element: str) -> Player:
    visit = next(i for i, each in player.incidents.items() if each.element_id == element)
    return player._took(
        runtime.skip(player.definition, player.state, player.variables, visit, NOW, player.host)
    )


def move(player: Player, element: str, target: str, besides: Sequence[str] = ()) -> Player:
    places = {
        each.element_id: each.visit_id
        for each in runtime.positions(player.definition, player.state, NOW)
    }
    act = (places[element], target, NOW, player.host)
    others = [places[each] for each in besides]
    return player._took(
        runtime.move(player.definition, player.state, player.variables, *act, besides=others)
    )


def failing(call: str, element: str) -> FakeHost:
    return FakeHost(fail={(call, element): RuntimeError("out of order")})


def handled(event: str = "message", stop: bool = True) -> Process:
    process = Process().start().end().user("a").chain("start", "a", "end")
    return with_handler(process, handler(event, stop=stop))


@pytest.mark.parametrize("call", ["enter", "leave"])
def test_an_event_subprocess_goes_on_where_its_start_is_skipped(call: str) -> None:
    player = Player(handled(), failing(call, "hs")).start().receive("hs")
    assert skip(player, "hs").open == ["h"]
    assert player.complete("h").step.ended


def test_with_an_event_subprocess_that_is_skipped_all_in_it_is_left() -> None:
    player = Player(handled(), failing("enter", "handler")).start().receive("hs")
    assert player.open == ["h"]
    assert skip(player, "handler").step.ended


def test_the_last_event_that_a_gateway_offers_is_not_skipped() -> None:
    process = Process().start().end().event_gateway("g")
    for id, about in (("c", "=c"), ("d", "=d")):
        process.element("intermediateCatchEvent", id, process.about("conditional", about))
        process.chain("g", id, "end")
    host = FakeHost(fail={("evaluate", each): RuntimeError("?") for each in "cd"})
    player = Player(process.flow("start", "g"), host).start()
    assert player.failing == ["c", "d"]
    assert skip(player, "c").failing == ["d"]
    with pytest.raises(SkipRefused, match="'d'"):
        skip(player, "d")


def test_what_is_in_another_iteration_is_not_moved_along() -> None:
    inner = Process("in").start("is").end("ie").user("x", "y").chain("is", "x", "y", "ie")
    process = Process().start().end()
    process.element("subProcess", "s", process.inside(inner, multi(count="2")))
    player = Player(process.chain("start", "s", "end")).start()
    one, other = player.tasks
    with pytest.raises(MoveRefused, match="another iteration"):
        runtime.move(
            player.definition, player.state, {}, one, "y", NOW, player.host, besides=[other]
        )


@pytest.mark.parametrize("place", ["h", "handler"])
def test_who_leaves_an_interrupting_event_subprocess_hears_the_events_again(place: str) -> None:
    player = Player(handled()).start().receive("hs")
    assert player.waiting == []
    assert move(player, place, "a").open == ["a"]
    assert player.waiting == ["hs"]
    assert player.receive("hs").open == ["h"]


def test_what_still_listens_does_not_listen_twice() -> None:
    player = Player(handled(stop=False)).start().receive("hs")
    assert move(player, "h", "a", besides=["a"]).open == ["a"]
    assert player.waiting == ["hs"]


def test_branches_that_leave_an_event_subprocess_together_let_it_listen_once() -> None:
    inner = Process("in").parallel("split").user("h1", "h2").end("he")
    inner.element("startEvent", "hs", inner.about("message", "M-X"), isInterrupting="true")
    inner.chain("hs", "split", "h1", "he").chain("split", "h2", "he")
    process = Process().start().end().user("a").chain("start", "a", "end")
    player = Player(with_handler(process, inner)).start().receive("hs")
    assert move(player, "h1", "a", besides=["h2"]).open == ["a"]
    assert player.waiting == ["hs"]
