"""Event subprocesses: armed with their scope, interrupting or beside it, as often as it comes."""

import pytest

from tests.engine.builder import Player, Process, line
from tests.engine.refusing import at, refused
from tests.engine.shapes import (
    TEXTS,
    body,
    bring,
    handler,
    multi,
    tick,
    ticking,
    with_handler,
    work,
)

WAITED_FOR = ["message", "timer", "signal", "conditional"]
PLACES = ["process", "subprocess", "nested"]


def handled(place: str, inner: Process) -> Player:
    """Draw task x with an event subprocess beside it, in the process or in subprocesses."""
    process = ticking().user("after")
    around = {
        "process": lambda: with_handler(process.user("x").chain("split", "x", "after"), inner),
        "subprocess": lambda: process.sub("sub", with_handler(body("in", "x"), inner)),
        "nested": lambda: process.sub(
            "sub", with_handler(body("in", "first"), _outer(inner), id="o")
        ),
    }
    around[place]()
    ways = {"process": ("after", "end")}.get(place, ("split", "sub", "after", "end"))
    return Player(process.chain(*ways)).start()


def _outer(inner: Process) -> Process:
    """Draw an event subprocess that holds task x and an event subprocess of its own."""
    outer = Process("outer").user("x").end("outer_e")
    outer.element("startEvent", "outer_s", outer.about("signal", "S-OUTER"))
    return with_handler(outer.chain("outer_s", "x", "outer_e"), inner)


def arrived(place: str, inner: Process) -> Player:
    """Bring the token to task x, wherever it is drawn."""
    player = handled(place, inner)
    return {"nested": lambda: player.signal("S-OUTER")}.get(place, lambda: player)()


@pytest.mark.parametrize("place", ["subprocess", "nested"])
@pytest.mark.parametrize("event", WAITED_FOR)
def test_an_interrupting_start_takes_its_scope_over(event: str, place: str) -> None:
    player = arrived(place, handler(event))
    assert work(player) == ["x"]
    assert work(bring(player, event, "hs")) == ["h"]
    assert player.waiting == []
    assert work(player.complete("h")) == ["after"]


@pytest.mark.parametrize("event", WAITED_FOR)
def test_an_interrupting_start_of_the_process_ends_all_else(event: str) -> None:
    player = arrived("process", handler(event))
    assert bring(player, event, "hs").open == ["h"]
    assert player.complete("h").step.ended


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("event", WAITED_FOR)
def test_a_non_interrupting_start_runs_beside(event: str, place: str) -> None:
    player = arrived(place, handler(event, stop=False))
    assert work(bring(player, event, "hs")) == ["h", "x"]
    assert "after" in work(player.complete("h").complete("x"))


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("event", ["message", "signal"])
def test_a_non_interrupting_start_comes_as_often_as_it_comes(event: str, place: str) -> None:
    player = arrived(place, handler(event, stop=False))
    for _ in range(3):
        bring(player, event, "hs")
    assert work(player) == ["h", "h", "h", "x"]


@pytest.mark.parametrize("stop", [True, False])
def test_a_scope_goes_on_only_after_its_handlers(stop: bool) -> None:
    player = bring(arrived("subprocess", handler("signal", stop=stop)), "signal", "hs")
    for task in [task for task in work(player) if task == "x"]:
        player.complete(task)
    assert work(player) == ["h"]
    assert work(player.complete("h")) == ["after"]


def throwing(event: str, *start: str) -> Process:
    """Draw task x, then an end that throws, beside task y."""
    inner = Process("in").user("x", "y").parallel("fork").end("in_e")
    inner.element("endEvent", "t", inner.about(event, TEXTS[event]))
    inner.element("startEvent", "in_s", inner.about(*start))
    return inner.chain("in_s", "fork", "x", "t").chain("fork", "y", "in_e")


def thrown_in(place: str, event: str, inner: Process) -> Player:
    """Bring tokens to the tasks beside an event subprocess that catches."""
    plain = {
        "process": lambda: with_handler(throwing(event, "none"), inner),
        "subprocess": lambda: (
            Process()
            .start()
            .end()
            .sub("sub", with_handler(throwing(event, "none"), inner))
            .chain("start", "sub", "end")
        ),
        "nested": lambda: with_handler(
            line("first"), with_handler(throwing(event, "signal", "S-OUTER"), inner), id="o"
        ),
    }
    player = Player(plain[place]()).start()
    return {"nested": lambda: player.signal("S-OUTER")}.get(place, lambda: player)()


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    ("event", "stop", "left"),
    [
        ("error", True, ["h"]),
        ("escalation", True, ["h"]),
        ("escalation", False, ["h", "y"]),
    ],
)
def test_what_is_thrown_begins_a_handler_wherever_it_is_drawn(
    event: str, stop: bool, left: list[str], place: str
) -> None:
    player = thrown_in(place, event, handler(event, stop=stop))
    assert player.open == ["x", "y"]
    assert player.complete("x").open == left


def test_listeners_do_not_keep_their_scope_and_end_with_it() -> None:
    player = arrived("subprocess", handler("message"))
    assert player.waiting == ["hs"]
    assert work(player.complete("x")) == ["after"]
    assert player.waiting == []
    process = with_handler(body("p", "x"), handler("timer"))
    assert Player(process).start().complete("x").step.ended


def test_an_event_subprocess_never_begins_by_itself() -> None:
    for event in TEXTS:
        assert work(arrived("subprocess", handler(event))) == ["x"]


def test_an_interrupting_start_takes_running_handlers_and_listeners_away() -> None:
    inner = with_handler(body("in", "x"), handler("signal", stop=False))
    with_handler(inner, handler("timer", task="late", id="ts"), id="second")
    process = ticking().sub("sub", inner).chain("split", "sub", "end")
    player = Player(process).start().signal("S-X").signal("S-X")
    assert work(player) == ["h", "h", "x"]
    assert work(player.ring("ts")) == ["late"]
    assert player.waiting == []


def test_a_repeating_timer_begins_a_handler_each_time() -> None:
    player = arrived("process", handler("timer", "R2/P1D", stop=False))
    player.ring("hs").ring("hs")
    assert (work(player), player.waiting) == (["h", "h", "x"], [])


def test_an_event_subprocess_in_each_iteration_is_its_own() -> None:
    inner = with_handler(body("in", "x"), handler("message", stop=True))
    process = ticking()
    process.element("subProcess", "sub", process.inside(inner, multi("=items", **{"as": "item"})))
    process.chain("split", "sub", "end")
    player = Player(process, items=[1, 2]).start()
    assert player.waiting == ["hs", "hs"]
    assert work(player.receive("hs")) == ["h", "x"]


def test_what_an_event_subprocess_may_not_be() -> None:
    plain = with_handler(body("p", "x"), body("in", "h"))
    assert at(refused(plain), "in_s") == (
        "事件子流程的开始事件不支持“空”，可用：条件、错误、升级、消息、信号、定时"
    )
    two = handler("message")
    two.element("startEvent", "second", two.about("timer", "P1D")).flow("second", "h")
    assert "只能有一个开始事件" in at(refused(with_handler(body("p", "x"), two)), "second")
    wired = with_handler(body("p", "x"), handler("message")).flow("x", "handler")
    assert "不能连接流向" in at(refused(wired), "handler")
    faults = refused(with_handler(body("p", "x"), handler("error", stop=False)))
    assert "错误总是中断" in at(faults, "hs")


def test_nothing_changes_the_definition_that_instances_share() -> None:
    process = with_handler(body("p", "x"), handler("signal", stop=False))
    definition = process.definition()
    Player(definition).start().signal("S-X")
    second = Player(definition).start()
    assert (second.open, second.waiting) == (["x"], ["hs"])
    assert tick(Player(with_handler(ticking(), handler("signal"))).start()).waiting == ["hs"]
