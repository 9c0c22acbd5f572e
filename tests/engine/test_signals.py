"""Signals: heard by all that waits for them here, and handed to the host for everybody else."""

import pytest

from tests.engine.builder import Player, Process
from tests.engine.shapes import handler, with_handler
from workflow_server.engine.runtime import WaitNotOpen


def thrown(kind: str) -> Process:
    """Draw task a, then something that throws S-X, beside an event that waits for it."""
    process = Process().start().end().parallel("split").user("a", "b", "h").flow("start", "split")
    process.element(kind, "x", process.about("signal", "S-X")).chain("split", "a", "x")
    process.element("intermediateCatchEvent", "c", process.about("signal", "S-X"))
    return process.chain("split", "c", "h", "end").chain("split", "b", "end")


@pytest.mark.parametrize("kind", ["endEvent", "intermediateThrowEvent"])
def test_a_signal_thrown_is_heard_here_and_told_to_the_host(kind: str) -> None:
    process = thrown(kind)
    rest = {"intermediateThrowEvent": lambda: process.flow("x", "end")}.get(kind, lambda: process)
    player = Player(rest()).start()
    assert player.waiting == ["c"]
    player.complete("a")
    assert (player.open, player.waiting, player.step.signals) == (["b", "h"], [], ("S-X",))


def test_all_that_waits_for_a_signal_hears_it_once() -> None:
    process = Process().start().parallel("split").user("x").end().flow("start", "split")
    process.on("b", "x", "signal", "S-X", stop=False).flow("b", "h").user("h", "i")
    process.element("intermediateCatchEvent", "c", process.about("signal", "S-X"))
    process.element("intermediateCatchEvent", "other", process.about("signal", "S-Y"))
    process.chain("split", "x", "end").chain("split", "c", "i", "end").chain("h", "end")
    process.chain("split", "other", "end")
    player = Player(with_handler(process, handler("signal", stop=False, task="j"))).start()
    assert player.signal("S-X").open == ["h", "i", "j", "x"]
    assert player.waiting == ["b", "hs", "other"]


def test_what_an_earlier_hearer_took_away_does_not_hear() -> None:
    process = Process().start().user("x", "h", "late").end().chain("start", "x", "end")
    process.on("first", "x", "signal", "S-X").chain("first", "h", "end")
    process.on("second", "x", "signal", "S-X").chain("second", "late", "end")
    assert Player(process).start().signal("S-X").open == ["h"]


def test_who_throws_does_not_hear_what_only_waits_afterwards() -> None:
    process = Process().start().end().user("a").chain("start", "a", "x", "c", "end")
    process.element("intermediateThrowEvent", "x", process.about("signal", "S-X"))
    process.element("intermediateCatchEvent", "c", process.about("signal", "S-X"))
    player = Player(process).start().complete("a")
    assert player.waiting == ["c"]
    assert player.signal("S-X").step.ended


def test_a_signal_that_takes_its_thrower_away_lets_no_token_go_on() -> None:
    inner = Process("in").start("is").user("a", "after").end("ie")
    inner.element("intermediateThrowEvent", "x", inner.about("signal", "S-X"))
    process = Process().start().end().sub("sub", inner.chain("is", "a", "x", "after", "ie"))
    process.on("b", "sub", "signal", "S-X").user("h").chain("start", "sub", "end")
    player = Player(process.chain("b", "h", "end")).start().complete("a")
    assert (player.open, player.step.signals) == (["h"], ("S-X",))


def test_a_signal_that_nothing_waits_for_is_refused_and_names_are_exact() -> None:
    player = Player(thrown("endEvent")).start()
    with pytest.raises(WaitNotOpen):
        player.signal("S-x")
