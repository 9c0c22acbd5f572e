"""Conditional events: looked at once nothing moves, in the order of the file, and once each."""

from tests.engine.builder import FakeHost, Player, Process
from tests.engine.shapes import handler, learning, tick, ticking, with_handler, work


def watched(stop: bool = False) -> Process:
    process = ticking().user("x", "h").on("b", "x", "conditional", "=c", stop)
    return process.chain("split", "x", "end").chain("b", "h", "end")


def test_a_condition_that_is_true_on_arrival_fires_at_once() -> None:
    assert work(Player(watched(stop=True), c=True).start()) == ["h"]
    process = ticking().user("after").chain("split", "e", "after", "end")
    process.element("intermediateCatchEvent", "e", process.about("conditional", "=c"))
    assert work(Player(process, c=True).start()) == ["after"]
    process = with_handler(ticking(), handler("conditional"))
    assert Player(process, c=True).start().open == ["h"]


def test_a_condition_hears_what_another_branch_writes() -> None:
    player = Player(watched(), learning(FakeHost())).start()
    assert work(player.complete("tick0", c=True)) == ["h", "x"]


def test_a_condition_fires_again_only_after_it_was_false() -> None:
    player = Player(watched(), c=True).start()
    assert work(player) == ["h", "x"]
    assert work(tick(player)) == ["h", "x"]
    assert work(tick(player, c=False)) == ["h", "x"]
    assert work(tick(player, c=True)) == ["h", "h", "x"]


def test_conditions_are_looked_at_in_the_order_of_the_file() -> None:
    process = ticking().user("x", "h", "i").chain("split", "x", "end")
    process.on("first", "x", "conditional", "=c").chain("first", "h", "end")
    process.on("second", "x", "conditional", "=c").chain("second", "i", "end")
    assert work(tick(Player(process).start(), c=True)) == ["h"]


def test_what_one_condition_brings_about_the_next_one_sees() -> None:
    host = FakeHost()
    host.on_leave = lambda visit, variables: variables.update({visit.element_id: True})
    process = ticking().user("x", "h", "i").chain("split", "x", "end")
    process.on("second", "x", "conditional", "=first", False).chain("second", "i", "end")
    process.on("first", "x", "conditional", "=c", False).chain("first", "h", "end")
    assert work(tick(Player(process, host).start(), c=True)) == ["h", "i", "x"]


def test_null_is_not_met_and_anything_else_is_an_incident_until_it_is_right() -> None:
    player = tick(Player(watched(), c=None).start(), c="yes")
    assert (work(player), player.failing) == (["x"], ["b"])
    player.variables["c"] = True
    assert work(player.retry("b")) == ["h", "x"]
    player = tick(Player(watched()).start(), c="yes")
    player.variables["c"] = False
    assert (work(player.retry("b")), player.failing) == (["x"], [])
    assert work(tick(player, c=True)) == ["h", "x"]


def test_a_condition_in_incident_goes_with_what_it_hangs_on() -> None:
    player = tick(Player(watched()).start(), c="yes")
    assert player.complete("x").failing == []


def test_a_condition_is_no_wait_of_the_host() -> None:
    player = Player(watched()).start()
    assert player.step.waits_opened == ()
    assert player.complete("x").step.waits_closed == ()
