"""Messages, timers, signals and conditions, at every place where a token may wait for them."""

import pytest

from tests.engine.builder import Player, Process
from tests.engine.shapes import TEXTS, body, bring, tick, ticking, work
from workflow_server.engine.definitions import parse

WAITED_FOR = ["message", "timer", "signal", "conditional"]
#: Kinds of activities at which something waits.
HOSTS = ["userTask", "manualTask", "receiveTask", "callActivity", "subProcess"]

CALLED = Process("q").start("qs").end("qe").flow("qs", "qe").process_xml()


def drawn(process: Process) -> Player:
    """Begin a process that may call another."""
    return Player(parse({"bpmn/x.bpmn": process.xml(CALLED)})[0]).start()


def guarded(kind: str, event: str, stop: bool) -> Player:
    """Draw an activity x of any kind with a boundary event b that leads to task h."""
    process = ticking()
    more = {
        "receiveTask": {"messageRef": process._ref("M-HOST")},
        "callActivity": {"calledElement": "q"},
    }.get(kind, {})
    inner = process.inside(body("in", "deep")) if kind == "subProcess" else ""
    process.element(kind, "x", inner, **more).on("b", "x", event, TEXTS[event], stop)
    process.user("h").end("h_end").chain("split", "x", "end").chain("b", "h", "h_end")
    return drawn(process)


def standing(player: Player) -> bool:
    """Tell whether a token stands at the activity, or in it."""
    return "x" in player.waiting or bool({"x", "deep"} & set(player.open))


@pytest.mark.parametrize("event", WAITED_FOR)
def test_an_intermediate_event_waits_until_it_comes(event: str) -> None:
    process = ticking().user("after")
    process.element("intermediateCatchEvent", "x", process.about(event, TEXTS[event]))
    player = drawn(process.chain("split", "x", "after", "end"))
    assert work(player) == []
    assert work(tick(player)) == []
    assert work(bring(player, event, "x")) == ["after"]
    assert player.waiting == []


@pytest.mark.parametrize("kind", HOSTS)
@pytest.mark.parametrize("event", WAITED_FOR)
def test_an_interrupting_event_takes_any_activity_away(event: str, kind: str) -> None:
    player = guarded(kind, event, stop=True)
    assert standing(player)
    bring(player, event, "b")
    assert (work(player), player.waiting) == (["h"], [])
    assert ("x", "cancelled") in [(move.element_id, move.kind) for move in player.step.moves]


@pytest.mark.parametrize("kind", HOSTS)
@pytest.mark.parametrize("event", WAITED_FOR)
def test_a_non_interrupting_event_leaves_any_activity_alone(event: str, kind: str) -> None:
    player = bring(guarded(kind, event, stop=False), event, "b")
    assert standing(player)
    assert "h" in player.open


@pytest.mark.parametrize("event", ["message", "signal"])
def test_a_non_interrupting_event_comes_as_often_as_it_comes(event: str) -> None:
    player = guarded("userTask", event, stop=False)
    for _ in range(5):
        bring(player, event, "b")
    assert work(player) == ["h"] * 5 + ["x"]
    player.complete("x")
    assert player.waiting == []


@pytest.mark.parametrize("event", WAITED_FOR)
def test_an_event_gateway_takes_the_first_event_of_any_kind(event: str) -> None:
    process = ticking().event_gateway("g").flow("split", "g").user("after", "other")
    process.element("intermediateCatchEvent", "x", process.about(event, TEXTS[event]))
    process.receive("r", "M-OTHER").chain("g", "x", "after", "end").chain("g", "r", "other", "end")
    player = bring(drawn(process), event, "x")
    assert (work(player), player.waiting) == (["after"], [])
    player = drawn(process).receive("r")
    assert (work(player), player.waiting) == (["other"], [])
    assert work(tick(player, c=True)) == ["other"]


@pytest.mark.parametrize("event", ["message", "timer", "signal"])
def test_a_process_begins_at_the_start_that_is_named(event: str) -> None:
    process = Process().start().end().user("a", "b").chain("start", "a", "end")
    process.element("startEvent", "x", process.about(event, TEXTS[event])).chain("x", "b", "end")
    definition = process.definition()
    assert Player(definition).start(element_id="x").open == ["b"]
    assert Player(definition).start().open == ["a"]
    starts = (definition.message_starts, definition.timer_starts, definition.signal_starts)
    assert [len(each) for each in starts].count(1) == 1


@pytest.mark.parametrize("kind", ["userTask", "manualTask"])
def test_tasks_of_persons_open_and_close(kind: str) -> None:
    process = (
        Process().start().end().element(kind, "x", name="see to it").chain("start", "x", "end")
    )
    player = Player(process).start()
    assert [(task.element_id, task.name) for task in player.step.opened] == [("x", "see to it")]
    assert player.complete("x").step.ended


@pytest.mark.parametrize("kind", ["serviceTask", "businessRuleTask", "sendTask"])
def test_work_of_the_host_is_done_at_once(kind: str) -> None:
    process = Process().start().end()
    named = {"messageRef": process._ref("M-X")} if kind == "sendTask" else {}
    process.element(kind, "x", **named).chain("start", "x", "end")
    player = Player(process).start()
    assert player.step.ended
    assert ("perform", "x") in player.host.calls


def test_thrown_events_that_say_nothing_or_a_message_pass_through() -> None:
    process = Process().start().end(message="M-END").throw("none").throw("said", message="M-X")
    player = Player(process.chain("start", "none", "said", "end")).start()
    assert player.step.ended
    assert [element for call, element in player.host.calls if call == "leave"] == [
        "start",
        "none",
        "said",
        "end",
    ]
